"""`export_notes ROADMAP DIR`: a roadmap as notes, as JSON or as a CASE package. Changes nothing in the database."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from roadmap.exporting.case import case_package
from roadmap.exporting.data import roadmap_data
from roadmap.exporting.folder import NotExportedError, write_folder
from roadmap.exporting.notes import Ticks, files_of
from roadmap.exporting.roadmaps import NoRoadmapError, export_of, known_of, roadmap_called
from roadmap.notes.limits import DEFAULT
from tracker.ticks import NoLearnerError, learner_called, ticks_of


class Command(BaseCommand):
    help = "Write a roadmap into a folder: notes that can be edited and loaded again, JSON, or a CASE 1.1 package."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("roadmap", help="slug of the roadmap, as in its address, or its title")
        parser.add_argument("folder", type=Path, metavar="DIR", help="a folder that is new or empty")
        parser.add_argument("--format", choices=["notes", "json", "case"], default="notes")
        parser.add_argument("--with-ticks", metavar="EMAIL", default="", help="what this user has done, as [x]")
        parser.add_argument("--force", action="store_true", help="replace an earlier export of the same roadmap")

    def handle(self, *, roadmap: str, folder: Path, **options: Any) -> None:
        if options["with_ticks"] and options["format"] == "case":
            raise CommandError("A CASE package says nothing of people: leave --with-ticks out. Nothing was written.")
        try:
            files, said = self.files(roadmap, options)
            write_folder(folder, files[0], of=files[1], force=options["force"])
        except (NoRoadmapError, NoLearnerError, NotExportedError) as error:
            raise CommandError(str(error)) from error
        for path, data in files[0].items() if options["format"] != "case" else ():
            if len(data) > DEFAULT.note_bytes:
                size = f"{DEFAULT.note_bytes >> 20} MiB"
                self.stderr.write(f"{path} is larger than {size}: it can be kept, but not loaded again.")
        self.stdout.write(self.style.SUCCESS(f"{said} in {folder}."))

    def files(self, name: str, options: dict[str, Any]) -> tuple[tuple[dict[str, bytes], str], str]:
        """((path -> bytes, what it is an export of), what to say)."""
        learner = learner_called(options["with_ticks"]) if options["with_ticks"] else None
        roadmap = roadmap_called(name)
        export, shown = export_of(roadmap)
        topics = export.curriculum.topics
        if not topics:
            raise NoRoadmapError(f"“{roadmap.title}” has no topics yet. Nothing was written.")
        ticks: Ticks | None = ticks_of(learner, [topic.uid for topic in topics]) if learner is not None else None
        kind = options["format"]
        if kind == "notes":
            files = files_of(export, ticks)
        elif kind == "json":
            titles = {topic.uid: topic.title for topic in shown.topics}
            files = {f"{roadmap.slug}.json": _json(roadmap_data(export, titles, ticks))}
        else:
            files = {f"{roadmap.slug}.case.json": _json(case_package(export, known_of(roadmap, shown)))}
        count = f"{len(topics)} topic{'s' * (len(topics) != 1)}"
        return (
            files,
            f"{kind} {roadmap.uid}",
        ), f"“{roadmap.title}”: {count}, {len(files)} file{'s' * (len(files) != 1)}"


def _json(data: Any) -> bytes:
    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")
