"""From what waits to a plan with everything that its page shows, made anew whenever the curriculum changed."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from itertools import count
from pathlib import Path
from uuid import UUID, uuid5

from django.conf import settings
from django.utils.translation import gettext as _

from roadmap import guarding
from roadmap.apply import revisions_of
from roadmap.loading import exported, renamed, take_note
from roadmap.models import Import, NoteSource, Roadmap
from roadmap.notes.apart.parent import Progress
from roadmap.notes.files import may_be_read
from roadmap.notes.items import Problem, Reading
from roadmap.notes.quoted import QUOTED
from roadmap.plan import Plan, Unclear, digest_of, plan
from roadmap.plan.partial import Parting
from roadmap.stored import curriculum_of, slugs_elsewhere
from roadmap.uploads import shelf
from roadmap.uploads.shelf import Waiting
from tracker import languages
from tracker.effects import Effects, effects_of
from tracker.imports import jobs
from tracker.imports.jobs import Job
from tracker.touched import learners_on

STAGES = 3
PROBLEMS = QUOTED
"""Problems that are shown, with the text of their line."""
LOOKED_AT = 20_000
"""Entries of a folder that are looked at to tell whether it changed."""
NEW = "new"


@dataclass(frozen=True, slots=True)
class Planned:
    """What a plan's page shows."""

    source: NoteSource
    """Perhaps unsaved."""
    reading: Reading
    whole: Plan
    """With the answers given, and nothing left out."""
    part: Plan
    """What would be stored."""
    questions: tuple[Unclear, ...]
    """All of them, answered ones too."""
    effects: Effects
    learners: Mapping[UUID, int]
    """uid of a topic -> how many learners have a state on it."""
    lines: Mapping[tuple[str, int], str]
    """(file, line) of a problem -> the text of the line."""
    token: str
    """Of what the page shows: another one when anything of it changed."""

    @property
    def errors(self) -> tuple[Problem, ...]:
        return self.whole.errors


@dataclass(frozen=True, slots=True)
class Look:
    """A folder as it lies on disk."""

    there: bool
    size: int = 0
    """Bytes of its notes, as far as it was looked through."""
    newest: float = 0.0
    """When a note or a folder in it last changed, Unix time."""
    whole: bool = True


def look(path: Path) -> Look:
    """How large it is and when it changed, without reading a note; `LOOKED_AT` entries of it at most."""
    try:
        first = path.stat()
    except (OSError, ValueError):
        return Look(there=False)
    if not stat.S_ISDIR(first.st_mode):
        return Look(there=True, size=first.st_size, newest=first.st_mtime)
    size, newest, seen = 0, first.st_mtime, 0
    for folder, folders, names in os.walk(path):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in (*folders, *names):
            seen += 1
            if seen > LOOKED_AT:
                return Look(there=True, size=size, newest=newest, whole=False)
            is_note = may_be_read(name)
            try:
                found = Path(folder, name).lstat() if is_note or name in folders else None
            except OSError:
                continue
            if found is not None:
                newest = max(newest, found.st_mtime)
                size += found.st_size if is_note else 0
    return Look(there=True, size=size, newest=newest)


def plan_of(waiting: Waiting) -> Job:
    """The job that makes the plan; over at once for notes of no great size. The reading is kept beside it, so that
    an answer does not read everything again. Twenty queries and four per roadmap that somebody walks."""
    source = NoteSource.objects.filter(location=waiting.location).first()
    last = Import.objects.filter(source=source).values_list("pk", "state").first() if source else None
    state = tuple(sorted(revisions_of(source).items())) if source else ()
    decided = (tuple(sorted(waiting.answers.items())), waiting.without)
    key = ("plan", waiting.uid, source and source.pk, last, state, decided)
    large = look(shelf.notes_of(waiting)).size > settings.IMPORTS_AT_ONCE
    return jobs.run(key, lambda job: _plan(waiting, source, job), beside=large)


def forget(waiting: Waiting) -> None:
    """Have the plan made anew, of the same reading."""
    jobs.forget_those(lambda key: isinstance(key, tuple) and key[:2] == ("plan", waiting.uid))


def key_of(question: Unclear) -> str:
    """What a question is called between two plans of the same notes."""
    told = repr((question.source, question.line, question.title))
    return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()[:16]


def reading_of(waiting: Waiting, source: NoteSource | None, job: Job) -> tuple[Reading, Mapping[tuple[str, int], str]]:
    """The notes as they were read first: a plan is of one reading, whatever happens on the disk meanwhile. The roots
    that were chosen for the source draw its roadmaps again."""

    def work(_: Job) -> object:
        roots = source.roots if source is not None else ()
        tell = partial(_say_how_far, job)
        here = bool(waiting.path)  # what was uploaded goes when its import does, and leaves no copy behind
        seen = guarding.look(shelf.notes_of(waiting), roots, tell=tell, checkout=here, keep=here)
        return seen.reading, seen.lines

    job.say(1, _("Reading the notes"))
    return jobs.run(("reading", waiting.uid), work, beside=False).outcome()  # type: ignore[no-any-return]


def _say_how_far(job: Job, progress: Progress) -> None:
    if progress.total:
        job.say(1, _("Reading the notes: %(read)s of %(all)s") % {
            "read": languages.number(progress.notes), "all": languages.number(progress.total // 2)
        })  # fmt: skip


def _plan(waiting: Waiting, source: NoteSource | None, job: Job) -> Planned:
    reading, lines = reading_of(waiting, source, job)
    if source is None and (roadmap := exported(reading)) is not None:
        reading = replace(reading, problems=(_copied(roadmap, reading.paths[0].source), *reading.problems))
    job.say(2, _("Comparing them with the curriculum"))
    source = source or NoteSource(location=waiting.location, title=waiting.title[:200])
    now = curriculum_of(source)
    taken, digest = slugs_elsewhere(source), digest_of(reading)
    # The same plan gives new topics the same uids each time it is made, and never those of another plan.
    seed = now.fingerprint()

    def new_uid() -> Callable[[], UUID]:
        numbers = count()
        return lambda: uuid5(waiting.uid, f"{seed}:{next(numbers)}")

    evidence = renamed(source, Path(waiting.path), reading) if waiting.path else {}

    def planned(answers: Mapping[int, int | None]) -> Plan:
        return plan(now, reading, answers=answers, taken=taken, digest=digest, new_uid=new_uid(), renamed=evidence)

    asked = planned({})
    answers = dict(_answered(asked.unclear, waiting.answers))
    whole = planned(answers) if answers else asked
    part = Parting(whole).without(waiting.without)
    job.say(3, _("Counting what it does to learners"))
    changed = {change.uid for change in whole.changes if change.what == "topic" and change.kind != "added"}
    changed |= {candidate.topic for question in asked.unclear for candidate in question.candidates}
    if whole.empty or waiting.path:
        by, at = waiting.reader or _("an editor"), datetime.fromtimestamp(waiting.at, UTC)
        take_note(source=source, reading=reading, by=by, at=at, files=whole.empty)
    token = hashlib.sha256(f"{seed}{part.target.fingerprint()}{part.unclear}{part.errors}".encode()).hexdigest()
    return Planned(
        source=source,
        reading=reading,
        whole=whole,
        part=part,
        questions=asked.unclear,
        effects=effects_of(now, part.target, changed) if source.pk else Effects(),
        learners=learners_on(changed),
        lines=lines,
        token=token,
    )


def _copied(roadmap: Roadmap, source: str) -> Problem:
    """Why an export of a roadmap that is here is not brought in as another one."""
    message = _(
        "These notes are an export of “%(roadmap)s”, which is here already: bringing them in makes a second one. Load "
        "them with `manage.py load_notes`, which finds the first, or take `pathnotes:` and what is under it out of "
        "README.md."
    )
    if source.endswith(".json"):
        message = _(
            "This file is an export of “%(roadmap)s”, which is here already: bringing it in makes a second one. Load "
            "it with `manage.py load_notes`, which finds the first, or take the `uid` of its `roadmap` out of the file."
        )
    return Problem(source, 2, "error", "export-known", message % {"roadmap": roadmap.title})


def _answered(questions: tuple[Unclear, ...], given: Mapping[str, str]) -> Iterator[tuple[int, int | None]]:
    """The answers that still fit: a topic that is no longer offered is asked again."""
    for question in questions:
        answer = given.get(key_of(question))
        offered = [str(candidate.topic) for candidate in question.candidates]
        if answer == NEW:
            yield question.number, None
        elif answer in offered:
            yield question.number, offered.index(answer)
