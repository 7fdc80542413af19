"""`same_topics`: topics of one name in several places; make two of them one, or part them again."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from roadmap.apply import NotAppliedError
from roadmap.locks import BusyError
from roadmap.models import Edit, Topic
from roadmap.studio.doing import Asked
from tracker import same_topics
from tracker.management.commands.load_notes import actor
from tracker.same_topics import Named
from tracker.touched import learners_on


class Command(BaseCommand):
    help = "Topics that are called alike on different roadmaps: list them, make two one, or part two again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        group = parser.add_mutually_exclusive_group()
        group.add_argument(
            "--merge", nargs=2, metavar=("KEEP", "GONE"), help="GONE is the same topic as KEEP (slug or uid of each)"
        )
        group.add_argument("--unmerge", metavar="GONE", help="part GONE from the topic that it was merged into")
        parser.add_argument("--yes", action="store_true", help="do not ask before changing anything")
        parser.add_argument("--json", action="store_true", help="print as JSON")

    def handle(self, **options: Any) -> None:
        try:
            if options["merge"]:
                keep, gone = map(same_topics.find, options["merge"])
                self.merge(keep, gone, options)
            elif options["unmerge"]:
                self.unmerge(same_topics.find(options["unmerge"]), options)
            else:
                self.list(as_data=options["json"])
        except (NotAppliedError, BusyError) as error:
            raise CommandError(str(error)) from error

    def merge(self, keep: Topic, gone: Topic, options: dict[str, Any]) -> None:
        people = learners_on([gone.uid]).get(gone.uid, 0)
        self.confirm(
            f"Merge “{gone.title}” ({gone.slug}, {learners(people)}) into “{keep.title}” ({keep.slug})? "
            "Everybody keeps the better of what they did on the two.",
            yes=options["yes"],
        )
        edit, waits = same_topics.merge(keep=keep, gone=gone, by=None, asked=Asked(by=actor(), actor=""))
        note = " It waits in a draft revision: it counts for learners once that is published." if waits else ""
        self.done("waiting" if waits else "merged", edit, keep, gone, note, as_data=options["json"])

    def unmerge(self, gone: Topic, options: dict[str, Any]) -> None:
        keep = gone.replaced_by
        named = f"“{gone.title}” ({gone.slug})" + (f" from “{keep.title}” ({keep.slug})" if keep else "")
        self.confirm(
            f"Part {named}? What was done on each before is theirs again; what was done since stays on the one kept.",
            yes=options["yes"],
        )
        edit = same_topics.unmerge(gone=gone, by=None, asked=Asked(by=actor(), actor=""))
        self.done("parted", edit, keep, gone, "", as_data=options["json"])

    def done(self, what: str, edit: Edit, keep: Topic | None, gone: Topic, note: str, *, as_data: bool) -> None:
        if as_data:
            said = {"version": 1, "done": what, "said": edit.data["said"], "operation": str(edit.operation)}
            topics = {name: {"uid": str(t.uid), "slug": t.slug} for name, t in (("keep", keep), ("gone", gone)) if t}
            self.stdout.write(json.dumps(said | topics, ensure_ascii=False, indent=1))
            return
        self.stdout.write(self.style.SUCCESS(f"{edit.data['said']}.{note}"))
        if what == "merged":
            self.stdout.write(f"`same_topics --unmerge {gone.slug}` parts them again, whenever you like.")

    def list(self, *, as_data: bool) -> None:
        groups, merged = same_topics.groups(), same_topics.merged()
        if as_data:
            told = {
                "version": 1,
                "groups": [{"name": name, "topics": [t.as_json() for t in topics]} for name, topics in groups],
                "merged": [
                    {
                        "gone": {"uid": str(topic.uid), "slug": topic.slug, "title": topic.title},
                        "keep": {"uid": str(kept.uid), "slug": kept.slug, "title": kept.title},
                        "by": edit.by,
                        "at": edit.at.isoformat(),
                    }
                    for topic, edit in merged
                    if (kept := topic.replaced_by) is not None
                ],
            }
            self.stdout.write(json.dumps(told, ensure_ascii=False, indent=1))
            return
        for name, topics in groups:
            self.stdout.write(f"“{name}”: {len(topics)} topics")
            for topic in topics:
                self.stdout.write(f"  {row(topic)}")
        if groups:
            self.stdout.write("\nIf two of them are one: same_topics --merge KEEP GONE (slug or uid).")
        else:
            self.stdout.write("No two topics on different roadmaps are called alike.")
        for gone, edit in merged:
            if gone.replaced_by is not None:
                self.stdout.write(
                    f"Merged: {gone.slug} into {gone.replaced_by.slug}, {edit.at:%Y-%m-%d}"
                    + (f" by {edit.by}" if edit.by else "")
                )

    def confirm(self, question: str, *, yes: bool) -> None:
        if yes:
            return
        if not sys.stdin.isatty():
            raise CommandError("Nothing was changed: there is no terminal to ask on. --yes does it without asking.")
        self.stderr.write(question)
        if input("[y/N] ").strip().casefold() not in {"y", "yes"}:
            raise CommandError("Nothing was changed.")


def row(topic: Named) -> str:
    where = ", ".join(f"“{title}”" for title in topic.roadmaps) or "no roadmap"
    notes = f", notes “{topic.source}”" if topic.source else ""
    other = f" “{topic.title}”"
    return f"{topic.slug}{other}: on {where}{notes}; {learners(topic.learners)}, {topic.done} done"


def learners(number: int) -> str:
    return f"{number} learner{'s' * (number != 1)}"
