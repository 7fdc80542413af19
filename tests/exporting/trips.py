"""An export read again, in memory."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from uuid import UUID

from roadmap.exporting.data import roadmap_data
from roadmap.exporting.notes import Ticks, files_of
from roadmap.exporting.told import Told, told
from roadmap.notes.files import NoteFile, Scan
from roadmap.notes.items import Reading
from roadmap.notes.reading import read_files
from roadmap.plan import Curriculum, Topic, plan
from roadmap.plan.arranging import lists_of
from roadmap.plan.curriculum import Section


def read_again(files: dict[str, bytes]) -> Reading:
    return read_files(Scan(tuple(NoteFile(path, data) for path, data in files.items())), "export")


def round_trip(curriculum: Curriculum, roadmap: UUID, ticks: Ticks | None = None) -> tuple[Told, Reading]:
    export = told(curriculum, roadmap)
    return export, read_again(files_of(export, ticks))


def as_json(export: Told, curriculum: Curriculum) -> dict[str, bytes]:
    """The files of the export as one JSON document."""
    data = roadmap_data(export, {topic.uid: topic.title for topic in curriculum.topics})
    return {"roadmap.json": json.dumps(data).encode()}


def shape(curriculum: Curriculum) -> list[Any]:
    """All that people see of a curriculum of one roadmap, in reading order: uids stand for titles no more."""
    (roadmap,) = curriculum.roadmaps
    topics = curriculum.topic_by_uid()
    lists, sections = lists_of(roadmap.sections), {section.uid: section for section in roadmap.sections}
    numbers = {seat.topic: n for n, (_, _, seat) in enumerate(curriculum.seats())}

    def of(uid: UUID, optional: bool) -> Any:
        if uid in sections:
            return [of_section(sections[uid]), [of(*child) for child in lists[uid]]]
        return [of_topic(topics[uid], numbers), optional]

    meta = {name: value for name, value in roadmap.meta.items() if name != "locking"}
    return [roadmap.title, roadmap.summary, roadmap.locking, meta, [of(*child) for child in lists[None]]]


def of_section(section: Section) -> Any:
    s = section
    return [s.kind, s.title, s.number, s.summary, s.optional, s.choose, s.ordered, s.resources]


def of_topic(topic: Topic, numbers: dict[UUID, int]) -> Any:
    needs = [(numbers[n.topic], n.reason, n.group, n.source) for n in topic.needs]
    steps = [step.title for step in topic.steps if not step.retired]
    t = topic
    return [
        t.title, t.summary, t.body, t.hours, t.details, t.planned, t.unmet, t.related, t.meta, t.aliases, steps,
        t.resources, needs,
    ]  # fmt: skip


def anew(reading: Reading) -> Curriculum:
    """What a database that knows nothing holds after reading it."""
    assert not [problem for problem in reading.problems if problem.severity != "info"], reading.problems
    planned = plan(Curriculum(), reading)
    assert not planned.unclear
    return replace(planned.target)
