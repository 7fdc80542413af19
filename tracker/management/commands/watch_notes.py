"""`watch_notes [PATH …]`: read notes again whenever they change, until it is told to stop."""

from __future__ import annotations

import signal
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from roadmap.loading import source_at
from roadmap.models import NoteSource
from tracker.watching.loop import Watch


class Command(BaseCommand):
    help = (
        "Read notes again whenever they change. What needs no decision is applied; the rest waits among the imports. "
        "Without a path, every source whose notes lie in a folder, a file or a zip on this machine is watched."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="a folder of notes, a zip or a file")

    def handle(self, *, paths: list[Path], **options: Any) -> None:
        for path in paths:
            if not path.exists() and source_at(path) is None:
                raise CommandError(f"{path}: there is no such folder or file, and no notes were ever read from there.")
        signal.signal(signal.SIGTERM, _stop)
        try:
            watch(paths, self.say)
        except KeyboardInterrupt:
            self.say("Watching has ended.")

    def say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


def watch(paths: list[Path], say: Callable[[str], None]) -> None:
    """Until KeyboardInterrupt."""
    named = [path.resolve() for path in paths]
    say(f"Watching {', '.join(map(str, named))}." if named else "Watching the notes that were loaded on this machine.")
    Watch(lambda: named or list(on_this_machine()), say).run()


def on_this_machine() -> Iterator[Path]:
    """Where the notes of sources lie that were loaded from a path. One query."""
    try:
        for location in NoteSource.objects.filter(location__startswith="/").values_list("location", flat=True):
            yield Path(location)
    finally:
        connections.close_all()


def _stop(number: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt
