"""The notes of a person's roadmaps with their ticks, and their own notes beside them, as one zip of Markdown."""

from __future__ import annotations

import re
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import datetime
from typing import IO

from django.utils import timezone

from roadmap.exporting.notes import files_of
from roadmap.exporting.roadmaps import export_of
from roadmap.models import Roadmap
from roadmap.notes.house.text import escaped
from roadmap.queries import readable_roadmaps
from tracker.models import OwnResource, TopicNote, User
from tracker.permissions import Right, may
from tracker.ticks import ticks_of

IN_MEMORY = 4 * 1024 * 1024
"""Bytes of the zip up to which no file is written for it."""
OWN = "my-notes"


def own_zip(person: User, *, now: datetime) -> IO[bytes]:
    """A folder for each roadmap they walk (readable ones), as `export_notes --with-ticks` writes it, and `my-notes`
    with a file for each topic that they keep something on. Roadmap by roadmap: memory holds one of them."""
    file: IO[bytes] = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  (whoever sends it closes it)
    at = timezone.localtime(now).timetuple()[:6]
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in _files(person):
            entry = zipfile.ZipInfo(path, date_time=at)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data)
    file.seek(0)
    return file


def _files(person: User) -> Iterator[tuple[str, bytes]]:
    for roadmap in walked(person):
        export, _ = export_of(roadmap)
        topics = [topic.uid for topic in export.curriculum.topics]
        for path, data in files_of(export, ticks_of(person, topics)).items():
            yield f"{roadmap.slug}/{path}", data
    yield from _own(person)


def walked(person: User) -> list[Roadmap]:
    """Roadmaps that they are enrolled in and may read now. One query."""
    readable = readable_roadmaps(drafts=may(person, Right.READ_DRAFTS))
    return list(readable.filter(enrolments__learner=person).order_by("slug"))


def _own(person: User) -> Iterator[tuple[str, bytes]]:
    """Three queries, whatever there is."""
    links: dict[int, list[OwnResource]] = {}
    titles: dict[int, tuple[str, str]] = {}
    for each in OwnResource.objects.filter(learner=person).select_related("topic").order_by("pk"):
        links.setdefault(each.topic_id, []).append(each)
        titles[each.topic_id] = (each.topic.slug, each.topic.title)
    for note in TopicNote.objects.filter(learner=person).select_related("topic").order_by("pk").iterator(500):
        here = (note.topic.slug, note.topic.title)
        yield _note(*here, note.text, links.pop(note.topic_id, []))
    for topic, rows in links.items():
        yield _note(*titles[topic], "", rows)


def _note(slug: str, title: str, text: str, links: list[OwnResource]) -> tuple[str, bytes]:
    lines = [f"# {escaped(title)}", ""]
    if text:
        lines += [text, ""]
    if links:
        lines += ["## My links", "", *(f"- [{_label(each.title)}](<{each.url}>) ({each.kind})" for each in links), ""]
    return f"{OWN}/{slug}.md", "\n".join(lines).encode("utf-8", "replace")


def _label(title: str) -> str:
    return re.sub(r"([\\\[\]])", r"\\\1", title)
