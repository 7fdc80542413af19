"""`write_back PATH|SOURCE`: show the edits that wait over a source's notes, line by line, and write them there."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from roadmap.apply import NotAppliedError
from roadmap.loading import source_at
from roadmap.locks import BusyError
from roadmap.models import NoteSource
from roadmap.studio.doing import Asked
from roadmap.writeback import verbs
from roadmap.writeback.looking import Change, Looked, opened_source
from tracker import topic_editing, writing
from tracker.management.commands.load_notes import actor


class Command(BaseCommand):
    help = "Write edits made in the browser back to the notes they were read from, where the source allows it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("source", help="the folder or file that was loaded, or the uid of the source")
        parser.add_argument("--plan", action="store_true", help="show what would change, and change nothing")
        parser.add_argument("--yes", action="store_true", help="do not ask before writing")
        group = parser.add_mutually_exclusive_group()
        group.add_argument("--allow", action="store_true", help="from now on edits may be written to these files")
        group.add_argument("--forbid", action="store_true", help="from now on nothing is written to these files")

    def handle(self, *, source: str, **options: Any) -> None:
        found = self.found(source)
        try:
            if options["allow"] or options["forbid"]:
                writing.allow_writing(source=found, allowed=options["allow"], by=None)
                said = "Edits may be written to" if options["allow"] else "Nothing is written any more to"
                self.stdout.write(f"{said} {found.location}.")
                return
            self.write(found, options)
        except (NotAppliedError, BusyError) as error:
            raise CommandError(str(error)) from error

    def found(self, named: str) -> NoteSource:
        try:
            source = NoteSource.objects.filter(uid=UUID(named)).first()
        except ValueError:
            source = source_at(Path(named))
        if source is None:
            raise CommandError(f"No notes were ever loaded from {named}; nothing was changed.")
        return source

    def write(self, source: NoteSource, options: dict[str, Any]) -> None:
        whole = opened_source(source)
        waiting = writing.waiting(whole)
        looked = [(topic, whole.look(topic.uid, names)) for topic, names in waiting]
        for topic, each in looked:
            self.show(topic.title, each)
        can = [(topic, each) for topic, each in looked if each.fields]
        fields = sum(len(each.fields) for _, each in can)
        kept = sum(len(each.changes) - len(each.fields) for _, each in looked)
        if not looked:
            self.stdout.write("Nothing waits: the notes say all that was edited.")
            return
        self.stdout.write(f"{fields} can be written, {kept} stay edits over the notes.")
        if options["plan"] or not can:
            return
        if not options["yes"]:
            self.confirm()
        for topic, each in can:
            edit = verbs.write_back(
                source=source,
                topic=topic,
                names=each.fields,
                roadmap=topic_editing.roadmap_of(topic),
                asked=Asked(by=actor(), actor=""),
            )
            self.stdout.write(f"{edit.data['said']}.")

    def show(self, title: str, looked: Looked) -> None:
        for change in looked.changes:
            self.stdout.write(f"“{title}”, {writing.NAMES[change.field].lower()}: {_told(change)}")
            for hunk in change.hunks:
                lines = [*(f"  - {line}" for line in hunk.before), *(f"  + {line}" for line in hunk.after)]
                self.stdout.write("\n".join([f"  {change.path}:{hunk.line}", *lines]))

    def confirm(self) -> None:
        if not sys.stdin.isatty():
            raise CommandError("Nothing was written: there is no terminal to ask on. --yes writes without asking.")
        if input("Write? [y/N] ").strip().casefold() not in {"y", "yes"}:
            raise CommandError("Nothing was written.")


def _told(change: Change) -> str:
    if change.refused:
        return f"stays an edit. {change.refused}"
    return "the notes say so already" if change.already else "to be written"
