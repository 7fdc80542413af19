"""`read_notes PATH`: what Pathnotes sees in notes, for people or as JSON. Touches no database."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from roadmap import guarding
from roadmap.notes.items import Reading
from roadmap.notes.telling.printed import place
from roadmap.terminal import Bar


class Command(BaseCommand):
    help = "Print the outline found in a note, a folder of notes or a zip. Changes nothing and needs no database."
    requires_system_checks: list[str] = []  # the checks import every view and form; reading needs none of them

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="a note, a folder of notes, or a zip of them")
        parser.add_argument(
            "--root",
            action="append",
            default=[],
            metavar="NOTE",
            help="draw the roadmap of this note (path, file name or title); repeatable",
        )
        parser.add_argument("--format", choices=["text", "json"], default="text", help="text for people, or json")
        parser.add_argument("--explain", metavar="FILE:LINE", help="say what became of one line, and by which rule")

    def handle(
        self,
        *,
        path: Path,
        root: list[str],
        format: str,  # noqa: A002  # the option's public name
        explain: str | None,
        **options: Any,
    ) -> None:
        as_json = format == "json" and not explain
        with Bar() as bar:
            found = guarding.look(path, root, tell=bar.tell, explain=None if as_json else explain or "")
        reading = found.reading
        if not explain:
            self.refuse_nothing(reading)
        if as_json:
            self.stdout.write(json.dumps(reading.as_json(), ensure_ascii=False, indent=1))
            return
        if any(problem.code == "reading-stopped" for problem in reading.problems):
            raise CommandError(refusal(reading))
        if "refused" in found.said:
            raise CommandError(found.said["refused"][0])
        self.stdout.write("\n".join(found.said["lines"]))

    def refuse_nothing(self, reading: Reading) -> None:
        if not reading.paths:
            raise CommandError(refusal(reading))


def refusal(reading: Reading) -> str:
    """One sentence that says why nothing could be read, with file and line."""
    error = next((p for p in reading.problems if p.severity == "error"), None)
    return place(error) + error.message if error is not None else "There is nothing to learn in these notes."
