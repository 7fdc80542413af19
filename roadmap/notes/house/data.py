"""An export as one JSON file -> the roadmap in it: what each key says is taken word for word (docs/export.md, "JSON").

What somebody wrote into the file by hand and cannot be used is left out with a warning; nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final, cast

from roadmap.notes.files import NoteFile
from roadmap.notes.house.reading import DEPTH, KINDS, OURS, Reader, Told
from roadmap.notes.items import Item, Path, Problem, RequirementSource, Resource, ResourceKind
from roadmap.notes.jsontext import Object, RefusedError, parse, text_in
from roadmap.notes.limits import DEFAULT, Limits

FORMAT: Final = "pathnotes-roadmap"
VERSION: Final = 1
_MARKED: Final = re.compile(rf'^\ufeff?\s{{0,80}}\{{\s{{0,80}}"format"\s{{0,20}}:\s{{0,20}}"{FORMAT}"')
MOST_PROBLEMS: Final = 20
"""Things left out that are told of one by one."""


def is_data(file: NoteFile) -> bool:
    """Whether the file is an export in JSON: it says so first of all."""
    return file.path.lower().endswith(".json") and bool(_MARKED.match(file.data[:300].decode("utf-8", "replace")))


def read_data(file: NoteFile, limits: Limits = DEFAULT) -> tuple[Path | None, list[Problem]]:
    """The roadmap of the file and what is wrong with it. Never raises."""
    problems: list[Problem] = []
    try:
        value = parse(file.data.decode("utf-8-sig", "replace"), file.path, problems, exact=True)
    except RefusedError as refused:
        return None, [*problems, Problem(file.path, refused.line, "error", "json-invalid", refused.message)]
    if value.get("version") != VERSION:
        message = f"This is an export of version {text_in(value.get('version'))[:20]!r}; version {VERSION} is read."
        return None, [*problems, Problem(file.path, 1, "error", "json-unknown", message)]
    reading = _Data(file.path, limits, problems)
    return reading.whole(value), reading.problems


class _Data(Reader):
    def __init__(self, source: str, limits: Limits, problems: list[Problem]) -> None:
        super().__init__(limits, source)
        self.problems += problems
        self.left_out = 0
        self.seats: dict[str, Told] = {}
        self.known: dict[str, Object] = {}

    def whole(self, value: Object) -> Path | None:
        roadmap = found if isinstance(found := value.get("roadmap"), Object) else Object()
        told = [entry for entry in _objects(value.get("topics")) if _text(entry.get("title")).strip()]
        if len(told) > self.limits.items:
            message = f"{len(told):,} topics; a file may have {self.limits.items:,}. Split it into several files."
            self.problems.append(Problem(self.source, 0, "error", "note-too-long", message))
            return None
        for entry in told:
            topic = self.told_topic(entry)
            self.topics.append(topic)
            self.seats.setdefault(_text(entry.get("uid")), topic)
            self.called(topic)
        ids = {uid: topic.item["id"] for uid, topic in self.seats.items()}
        for topic, entry in zip(self.topics, told, strict=True):
            topic.needs += self.stated(entry, ids)
        self.known = {_text(entry.get("uid")): entry for entry in reversed(_objects(value.get("sections")))}
        items = tuple(self.items(roadmap, 2))
        for topic in self.seats.values():
            self.leave_out(topic.item["line"], f"“{topic.item['title']}” stands in no section; it is left out.")
        if not items or not self.topics:
            self.problems.append(Problem(self.source, 0, "error", "json-unknown", "This export holds no topic."))
            return None
        meta = roadmap.get("meta")
        kept = {k: v for k, v in meta.items() if k not in OURS} if isinstance(meta, Object) else {}
        locking = {"locking": _text(roadmap.get("locking"))} if roadmap.get("locking") else {}
        id_ = _text(roadmap.get("id")) or _text(roadmap.get("slug"))
        return Path(
            title=_text(roadmap.get("title")) or "Roadmap",
            slug=id_,
            source=self.source,
            summary=_text(roadmap.get("summary")),
            items=items,
            id=id_,
            meta=tuple((kept | locking).items()),
            exported=_text(roadmap.get("uid")),
        )

    def items(self, holder: Object, depth: int) -> Iterator[Item]:
        """What stands in a section, or at the top. Each thing stands once: where it is named first."""
        for entry in _objects(holder.get("items")):
            if (uid := _text(entry.get("topic"))) and depth > 2 and (topic := self.seats.pop(uid, None)):
                topic.item["optional"] = entry.get("optional") is True
                yield self.topic_of(topic)
            elif (uid := _text(entry.get("section"))) and depth <= DEPTH and (found := self.known.pop(uid, None)):
                yield self.section(found, depth)
            else:
                self.leave_out(entry.line, "What this names is not in the file, or stands elsewhere; it is left out.")

    def section(self, entry: Object, depth: int) -> Item:
        number, choose = entry.get("number"), entry.get("choose")
        return Item(
            kind="level" if entry.get("kind") == "level" else "module",
            title=_text(entry.get("title")).strip() or "?",
            source=self.source,
            line=entry.line,
            number=number if _count(number, 0) else None,
            summary=_text(entry.get("summary")),
            optional=entry.get("optional") is True,
            choose=choose if _count(choose, 1) else None,
            ordered=entry.get("ordered") is True,
            resources=tuple(_resources(entry.get("resources"))),
            items=tuple(self.items(entry, depth + 1)),
            id=_text(entry.get("id")),
            rule="export",
        )

    def told_topic(self, entry: Object) -> Told:
        done, meta = entry.get("done"), entry.get("meta")
        steps = [
            Item("step", _text(s.get("title")) or "?", self.source, s.line, done=s.get("done") is True, rule="export")
            for s in _objects(entry.get("steps"))
        ]
        return Told(
            {
                "title": _text(entry.get("title")),
                "line": entry.line,
                "summary": _text(entry.get("summary")),
                "details": tuple(_texts(entry.get("details"))),
                "optional": False,
                "hours": _hours(entry.get("hours")),
                "id": _text(entry.get("id")),
                "done": done if isinstance(done, bool) else None,
                "resources": tuple(_resources(entry.get("resources"))),
                "aliases": tuple(_texts(entry.get("aliases"))),
                "related": tuple(_texts(entry.get("related"))),
                "steps": steps,
                "planned": entry.get("planned") is True,
                "body": _text(entry.get("body")),
                "meta": tuple(meta.items()) if isinstance(meta, Object) else (),
            }
        )

    def stated(self, entry: Object, ids: dict[str, str]) -> Iterator[tuple[str, str, str, str, RequirementSource]]:
        """Prerequisites; those that the order of a section lays are laid again by it."""
        away = []
        for need in _objects(entry.get("requires")):
            uid, by = _text(need.get("topic")), _text(need.get("by"))
            if uid in ids and by != "chain":
                told: RequirementSource = "guess" if by == "guess" else "notes"
                title = self.seats[uid].item["title"]
                yield ids[uid], title, _text(need.get("reason")), _text(need.get("any_of")), told
            elif uid not in ids and _text(need.get("title")):
                away.append(_text(need["title"]))
            elif uid not in ids:
                self.leave_out(need.line, "A prerequisite without a title is not in the file; it is left out.")
        for title in (*_texts(entry.get("requires_text")), *away):
            yield "", title, "", "", "text"

    def leave_out(self, line: int, message: str) -> None:
        self.left_out += 1
        if self.left_out <= MOST_PROBLEMS:
            self.problems.append(Problem(self.source, line, "warning", "json-left-out", message))


def _objects(value: Any) -> list[Object]:
    return [entry for entry in value if isinstance(entry, Object)] if isinstance(value, list) else []


def _texts(value: Any) -> Iterator[str]:
    return (entry for entry in value if isinstance(entry, str)) if isinstance(value, list) else iter(())


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _hours(value: Any) -> float | None:
    known = isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1_000_000
    return float(value) if known else None


def _count(value: Any, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value < 1_000_000_000


def _resources(value: Any) -> Iterable[Resource]:
    for entry in _objects(value):
        kind, title, url = (_text(entry.get(name)) for name in ("kind", "title", "url"))
        if title.strip() or url:
            yield Resource(title or url, url, cast("ResourceKind", kind if kind in KINDS else "link"))


__all__ = ["is_data", "read_data"]
