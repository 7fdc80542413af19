"""`load_notes PATH --write-ids`: show the lines that get an id, ask, write them."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from django.core.management.base import CommandError, OutputWrapper

from roadmap.loading import location_of, prepare, source_at, source_of
from roadmap.models import NoteSource
from roadmap.notes.writing.hunks import Hunk
from roadmap.opening import is_zip_at
from roadmap.plan import Curriculum
from roadmap.stored import curriculum_of
from roadmap.writeback.identify import Ids, look_for_ids, write_ids

SHOWN: Final = 200
"""Lines of the difference that are shown without --plan; with it, all are."""
NAMED: Final = 10
"""Topics without an id that are named."""


class IdWriting:
    """One run, after the notes were loaded or, with --plan, as if they had been."""

    def __init__(
        self, path: Path, out: OutputWrapper, *, by: str, plan: bool, yes: bool, roots: Sequence[str] | None
    ) -> None:
        """`roots`: as `prepare` takes them. Raise CommandError where nothing can be written, before anything loads."""
        self.roots = roots
        self.path, self.out, self.by, self.plan, self.yes = path, out, by, plan, yes
        if is_zip_at(path):
            raise CommandError("These notes lie in a zip, and nothing is written into one. Nothing was changed.")
        if not Path(location_of(path)).is_absolute():
            raise CommandError("These notes come with Pathnotes; copy them to a folder of yours to write ids to them.")

    def run(self) -> None:
        if source_at(self.path) is None and source_of(self.path) is not None:
            self.out.write("These notes are an export: every topic in it has its id.")
            return
        looked = look_for_ids(location=self.path, now=self.now(), roots=self.chosen())
        self.show(looked)
        if self.plan:
            if looked.put and source_at(self.path) is None:
                self.out.write("The notes are not loaded yet: the ids will be others, made when they are.")
        elif looked.changes:
            if not self.yes:
                confirm()
            self.write(looked)

    def now(self) -> Curriculum:
        """What is, or with --plan would be, stored of the notes."""
        if self.plan:
            planned = prepare(self.path, roots=self.roots).plan
            if planned is not None and planned.unclear:
                raise CommandError("Ids can be shown once it is clear what was renamed; see the questions above.")
            if planned is not None:
                return planned.target
        return curriculum_of(self.source())

    def chosen(self) -> Sequence[str]:
        """The notes that draw the roadmaps."""
        found = source_at(self.path) if self.roots is None else None
        return found.roots if found is not None else self.roots or ()

    def source(self) -> NoteSource:
        found = source_at(self.path)
        if found is None:
            raise CommandError(f"No notes were ever loaded from {self.path}; nothing was written.")
        return found

    def write(self, looked: Ids) -> None:
        done = write_ids(source=self.source(), by=self.by)
        for file, why in done.refused.items():
            if file not in looked.refused:
                self.out.write(f"{file} was not written. {why}")
        ids, files = _number(len(done.put), "id"), _number(len(done.changes), "file")
        self.out.write(f"Wrote {ids} to {files}; all else in them is unchanged.")

    def show(self, looked: Ids) -> None:
        """The lines that change, then what gets no id and why."""
        lines = [line for change in looked.changes for hunk in change.hunks for line in _shown(change.path, hunk)]
        for line in lines if self.plan else lines[:SHOWN]:
            self.out.write(line)
        if len(lines) > SHOWN and not self.plan:
            self.out.write(f"… and {len(lines) - SHOWN:,} more lines; --plan shows them all.")
        for file, why in looked.refused.items():
            self.out.write(f"{file} cannot be written. {why}")
        for skipped in looked.skipped[:NAMED]:
            item = skipped.item
            self.out.write(f"{item.source}:{item.line}: “{item.title}” gets no id. {skipped.why}")
        if len(looked.skipped) > NAMED:
            self.out.write(f"… and {len(looked.skipped) - NAMED:,} more topics get no id.")
        if looked.put:
            self.out.write(
                f"{_number(len(looked.put), 'topic')} in {_number(len(looked.changes), 'file')} would get an id."
            )
        elif not looked.skipped and not looked.refused:
            self.out.write("Every topic has an id already.")
        else:
            self.out.write("No other topic needs an id.")


def _shown(path: str, hunk: Hunk) -> list[str]:
    return [f"{path}:{hunk.line}", *(f"  - {line}" for line in hunk.before), *(f"  + {line}" for line in hunk.after)]


def _number(n: int, word: str) -> str:
    return f"{n:,} {word}{'' if n == 1 else 's'}"


def confirm() -> None:
    if not sys.stdin.isatty():
        raise CommandError("No id was written: there is no terminal to ask on. --yes writes without asking.")
    if input("Write these ids? [y/N] ").strip().casefold() not in {"y", "yes"}:
        raise CommandError("No id was written.")
