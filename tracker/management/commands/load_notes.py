"""`load_notes PATH`: read notes, show what would change and for how many learners, ask, store. Undoable.

It lives beside the people, not in `roadmap`, because it says how many learners a change touches.
"""

from __future__ import annotations

import getpass
import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from roadmap.apply import NotAppliedError
from roadmap.because import commanded
from roadmap.loading import NotesRefusedError, Prepared, prepare, source_of, take_note
from roadmap.locks import BusyError
from roadmap.plan import Curriculum, Plan, Unclear
from roadmap.plan.report import as_json, ask, describe, describe_problems
from roadmap.terminal import Bar
from tracker.management.id_writing import IdWriting
from tracker.progress import ProgressError
from tracker.storing import store, undo_last
from tracker.ticks import NoLearnerError, Wanted, learner_called, tick, wanted_of
from tracker.touched import learners_on


class Command(BaseCommand):
    help = "Load a folder of notes (a zip, or one file) as roadmaps: plan, ask, store. Progress is never lost."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="a folder of notes, a zip of them, or one file")
        parser.add_argument(
            "--root",
            action="append",
            default=[],
            metavar="NOTE",
            help="draw the roadmap of this note (path, file name or title), now and at later loads; repeatable",
        )
        parser.add_argument("--all-roots", action="store_true", help="forget --root: the hubs of the folder draw again")
        parser.add_argument("--plan", action="store_true", help="show what would change, and change nothing")
        parser.add_argument(
            "--yes", action="store_true", help="do not ask before applying; unclear renames are still asked"
        )
        parser.add_argument("--undo", action="store_true", help="take back the last import of these notes")
        parser.add_argument(
            "--accept",
            action="append",
            default=[],
            metavar="N[.K]|all",
            help="answer unclear N: it is the first (or K-th) topic offered, renamed; repeatable",
        )
        parser.add_argument(
            "--reject", action="append", default=[], metavar="N|all", help="answer unclear N: a new topic; repeatable"
        )
        parser.add_argument("--retire-many", action="store_true", help="yes, more than a fifth of the topics are gone")
        parser.add_argument("--skip-broken", action="store_true", help="load the rest when some notes have errors")
        parser.add_argument(
            "--ticks-for", metavar="EMAIL", default="", help="boxes ticked in the notes become this user's progress"
        )
        parser.add_argument("--json", action="store_true", help="print the plan as JSON")
        parser.add_argument(
            "--write-ids",
            action="store_true",
            help="then put a stable id on every topic in the notes, so that a tick survives any rename; "
            "with --plan: show that, and write nothing",
        )

    def handle(self, *, path: Path, **options: Any) -> None:
        if options["undo"] and options["ticks_for"]:
            raise CommandError("--undo takes back an import, never ticks: leave --ticks-for out. Nothing was changed.")
        if options["write_ids"] and (options["undo"] or options["json"]):
            raise CommandError("--write-ids goes neither with --undo nor with --json; nothing was changed.")
        try:
            with commanded("load_notes"):
                writing = self.id_writing(path, options) if options["write_ids"] else None
                self.undo(path) if options["undo"] else self.load(path, options)
                if writing is not None:
                    writing.run()
        except (NotAppliedError, BusyError, NoLearnerError, ProgressError) as error:
            raise CommandError(str(error)) from error

    def id_writing(self, path: Path, options: dict[str, Any]) -> IdWriting:
        return IdWriting(
            path, self.stdout, by=actor(), plan=options["plan"], yes=options["yes"], roots=roots_in(options)
        )

    def undo(self, path: Path) -> None:
        source = source_of(path)
        if source is None:
            raise CommandError(f"No notes were ever loaded from {path}; nothing was changed.")
        taken_back = undo_last(source=source, by=actor())
        self.stdout.write(
            f"Taken back: the import of {taken_back.applied_at:%Y-%m-%d %H:%M} UTC. Check-offs made since stay."
        )

    def load(self, path: Path, options: dict[str, Any]) -> None:
        roots = roots_in(options)
        learner = learner_called(options["ticks_for"]) if options["ticks_for"] else None
        with Bar() as bar:
            prepared = prepare(path, roots=roots, tell=bar.tell)
        if prepared.plan is not None and prepared.plan.unclear:
            answers = self.answers(prepared.plan, options)
            if answers:
                prepared = prepare(path, answers=answers, reading=prepared.reading, roots=roots)
        broken = prepared.errors and (options["plan"] or not (options["skip_broken"] and prepared.reading.paths))
        wanted = wanted_of(prepared, learner) if learner is not None else None
        if not broken or (options["plan"] and prepared.reading.paths):
            self.show(prepared, wanted, as_data=options["json"])
        elif len(prepared.errors) > 1:
            for line in describe_problems(prepared.errors[1:]):
                self.stderr.write(line)
        if broken:
            raise CommandError(refusal(prepared))
        if options["plan"]:
            return
        ticks = wanted is not None and not wanted.nothing
        if prepared.nothing and not ticks:
            take_note(source=prepared.source, reading=prepared.reading, by=actor(), roots=prepared.roots)
            return
        if not (prepared.plan is not None and prepared.plan.unclear) and not options["yes"]:
            self.confirm()
        store(prepared, by=actor(), retire_many=options["retire_many"], skip_broken=options["skip_broken"])
        set_ = tick(wanted) if wanted is not None and ticks else 0
        if not options["json"]:
            undo = "" if prepared.nothing else " --undo takes it back."
            kept = f" {set_} ticked for {wanted.learner.email}; these stay." if wanted is not None and ticks else ""
            self.stdout.write(self.style.SUCCESS(f"Applied.{undo}{kept}"))

    def show(self, prepared: Prepared, wanted: Wanted | None, *, as_data: bool) -> None:
        plan = prepared.plan or Plan(now=Curriculum(), target=Curriculum(), problems=prepared.reading.problems)
        learners = learners_on(touched(plan)) if prepared.plan is not None else {}
        if as_data:
            checkout = prepared.reading.checkout
            told = as_json(plan, learners) | {"checkout": checkout.as_json() if checkout else None}
            told |= {"ticks": wanted.as_json()} if wanted is not None else {}
            self.stdout.write(json.dumps(told, ensure_ascii=False, indent=1))
            return
        if prepared.reading.checkout is not None:
            self.stdout.write(f"Read from commit {prepared.reading.checkout}.")
        for line in describe(plan, learners):
            self.stdout.write(line)
        if wanted is not None:
            self.stdout.write(wanted.said())

    def confirm(self) -> None:
        if not sys.stdin.isatty():
            raise CommandError("Nothing was changed: there is no terminal to ask on. --yes applies without asking.")
        if input("Apply? [y/N] ").strip().casefold() not in {"y", "yes"}:
            raise CommandError("Nothing was changed.")

    def answers(self, plan: Plan, options: dict[str, Any]) -> dict[int, int | None]:
        """Answers from the command line, then from the terminal where there is one."""
        answers = stated(plan.unclear, options["accept"], options["reject"])
        if sys.stdin.isatty() and not options["plan"] and not options["json"]:
            learners = learners_on(touched(plan))
            for question in plan.unclear:
                if question.number not in answers:
                    answers[question.number] = self.asked(question, learners)
        return answers

    def asked(self, question: Unclear, learners: dict[Any, int]) -> int | None:
        for line in ask(question, learners):
            self.stdout.write(line)
        choices = {str(number): number - 1 for number in range(1, len(question.candidates) + 1)}
        while True:
            said = input(f"[{'/'.join(choices)}/n] ").strip().casefold()
            if said in choices:
                return choices[said]
            if said in {"n", "no", "new"}:
                return None


def roots_in(options: dict[str, Any]) -> list[str] | None:
    """The notes that --root names, none with --all-roots; None where neither is given. Raise CommandError for both."""
    if options["root"] and options["all_roots"]:
        raise CommandError("--root and --all-roots say different things: choose one. Nothing was changed.")
    return [] if options["all_roots"] else options["root"] or None


def refusal(prepared: Prepared) -> str:
    """Why the notes are not loaded, in words."""
    refused = f"{NotesRefusedError(prepared.errors)} Nothing was changed."
    if prepared.roots is None and any(problem.code.startswith("root-") for problem in prepared.errors):
        refused += " It was chosen at an earlier load: --root chooses another, --all-roots forgets it."
    return refused


def stated(unclear: tuple[Unclear, ...], accept: list[str], reject: list[str]) -> dict[int, int | None]:
    """What --accept and --reject say. Raise CommandError for a number that no question or candidate has."""
    questions = {question.number: question for question in unclear}
    answers: dict[int, int | None] = {}
    for word in accept:
        if word == "all":
            answers |= dict.fromkeys(questions.keys() - answers.keys(), 0)
            continue
        number, _, choice = word.partition(".")
        if not number.isdecimal() or int(number) not in questions or not (choice or "1").isdecimal():
            raise CommandError(f"--accept {word}: there is no such question. Nothing was changed.")
        index = int(choice or "1") - 1
        if not 0 <= index < len(questions[int(number)].candidates):
            raise CommandError(f"--accept {word}: question {number} offers no topic {choice}. Nothing was changed.")
        answers[int(number)] = index
    for word in reject:
        if word == "all":
            answers |= dict.fromkeys(questions.keys() - answers.keys(), None)
        elif word.isdecimal() and int(word) in questions:
            answers[int(word)] = None
        else:
            raise CommandError(f"--reject {word}: there is no such question. Nothing was changed.")
    return answers


def touched(plan: Plan) -> set[Any]:
    """Topics whose learners the report counts."""
    changed = {change.uid for change in plan.changes if change.what == "topic" and change.kind != "added"}
    return changed | {candidate.topic for question in plan.unclear for candidate in question.candidates}


def actor() -> str:
    """Whom the import's record names: the account of this machine."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return "command line"
