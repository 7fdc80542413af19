"""Curricula in JSON: a graph of topics that require each other, or a track of concepts and exercises (exercism's).

Nothing is guessed here: what a file calls a prerequisite is looked up by id, then by title.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from roadmap.notes import links, vocabulary
from roadmap.notes.files import REQUIRES, NoteFile
from roadmap.notes.items import Problem, Requirement, Resource
from roadmap.notes.jsontext import Object, read_json, text_in
from roadmap.notes.limits import DEFAULT, Limits
from roadmap.notes.meta import strings
from roadmap.notes.note import Note, name_of
from roadmap.notes.outline.draft import Draft
from roadmap.notes.vault import Vault
from roadmap.sentences import sentence

EXPECTED: Final = sentence(
    'Expected is {"title": …, "topics": [{"id": …, "title": …, "requires": [ids]}]} ("nodes" and "concepts" are read '
    'like "topics", "prerequisites" and "depends_on" like "requires"), or a track with "concepts" and "exercises".'
)
TOPICS: Final = ("topics", "nodes", "concepts")
SECTIONS: Final = ("levels", "modules", "sections", "parts", "chapters", "units")
LONGEST_ID: Final = 200
_IDS: Final = ("id", "uuid", "slug", "key")
_TITLES: Final = ("title", "name", "label")
_SUMMARIES: Final = ("summary", "description", "blurb")
_NOTES: Final = ("note", "file", "path")
_OWN: Final = ("hours", "optional", "aliases", "resources", "difficulty", "practices", "related")
_READ: Final = frozenset((*REQUIRES, *TOPICS, *SECTIONS, *_IDS, *_TITLES, *_SUMMARIES, *_NOTES, *_OWN))


@dataclass(slots=True)
class Curriculum:
    """One roadmap that a JSON file holds."""

    source: str
    root: Draft
    notes: dict[int, str] = field(default_factory=dict)
    """id() of a topic -> what the file calls the topic's note."""
    problems: list[Problem] = field(default_factory=list)


def read(file: NoteFile, limits: Limits = DEFAULT) -> Curriculum | list[Problem]:
    """What the file lays out, or why nothing was read of it."""
    parsed = read_json(file.data, file.path, limits)
    if parsed.refused:
        return parsed.problems
    reader = _Reader(file.path, limits, list(parsed.problems))
    root = reader.track(parsed.value) if _is_track(parsed.value) else reader.graph(parsed.value)
    if root is None:
        message = sentence("%(path)s is JSON, but no curriculum. %(expected)s", path=file.path, expected=EXPECTED)
        return [Problem(file.path, 0, "error", "json-unknown", message)]
    if reader.count > limits.items:
        message = sentence(
            "%(count)s topics; a file may have %(items)s. Split it into several files.",
            count=reader.count,
            items=limits.items,
        )
        return [Problem(file.path, 0, "error", "note-too-long", message)]
    reader.resolve()
    return Curriculum(file.path, root, reader.notes, reader.problems)


def _is_track(value: Any) -> bool:
    exercises = value.get("exercises") if isinstance(value, Object) else None
    return isinstance(exercises, Object) and any(_objects(exercises.get(kind)) for kind in ("concept", "practice"))


def _objects(value: Any) -> list[Object]:
    return [entry for entry in value if isinstance(entry, Object)] if isinstance(value, list) else []


@dataclass(slots=True)
class _Stated:
    """What one topic requires, as the file writes it."""

    topic: Draft
    value: Any
    among: str
    """The kind of topic that a bare name means first."""


class _Reader:
    def __init__(self, source: str, limits: Limits, problems: list[Problem]) -> None:
        self.source, self.limits, self.problems = source, limits, problems
        self.notes: dict[int, str] = {}
        self.count = 0
        self._by_id: dict[str, Draft] = {}
        self._by_title: dict[str, list[Draft]] = {}
        self._stated: list[_Stated] = []

    # A track

    def track(self, value: Object) -> Draft:
        """Concepts and exercises. A concept requires what the exercises that teach it require."""
        root = self._section(value, _first(value, ("language", *_TITLES, "slug")))
        exercises: Object = value["exercises"]
        taught: dict[str, list[Any]] = {}
        for entry in _live(exercises.get("concept")):
            for name in strings_of(entry.get("concepts")):
                taught.setdefault(vocabulary.fold(name), []).extend(_list(entry.get("prerequisites")))
        concepts = []
        for entry in _objects(value.get("concepts")):
            topic = self._topic(entry)
            if topic is not None:
                concepts.append(topic)
                names = {vocabulary.fold(text_in(entry.get(key))) for key in (*_IDS, *_TITLES)} - {""}
                stated = [each for name in sorted(names) for each in taught.get(name, ())]
                self._stated.append(_Stated(topic, [*_list(_needs(entry)), *stated], "concept"))
        groups = [("Concepts", concepts)]
        for kind, title in (("concept", "Concept exercises"), ("practice", "Practice exercises")):
            found = [self._exercise(entry) for entry in _live(exercises.get(kind))]
            groups.append((title, [topic for topic in found if topic is not None]))
        for title, topics in groups:
            if topics:
                root.items.append(Draft("module", title, topics[0].line, items=topics, rule="json-section"))
        return root

    def _exercise(self, entry: Object) -> Draft | None:
        topic = self._topic(entry)
        if topic is not None:
            self._stated.append(_Stated(topic, _needs(entry), "concept"))
            topic.related = [*strings_of(entry.get("concepts")), *strings_of(entry.get("practices"))]
            if difficulty := text_in(entry.get("difficulty")):
                topic.details.append(f"difficulty {difficulty}")
            topic.planned = text_in(entry.get("status")) == "wip"
        return topic

    # A graph

    def graph(self, value: Any) -> Draft | None:
        """Topics that may state what they require, perhaps in sections; None where there are none."""
        if isinstance(value, list):
            states = any(_needs(entry) is not None for entry in _objects(value))
            value = Object(topics=value) if states else None
        if not isinstance(value, Object):
            return None
        root = self._section(value, _first(value, _TITLES))
        self._fill(root, value)
        return root if root.topics() else None

    def _fill(self, parent: Draft, value: Object) -> None:
        for key in TOPICS:
            for entry in _entries(value.get(key)):
                if any(_entries(entry.get(inner)) for inner in (*TOPICS, *SECTIONS)):
                    self._below(parent, entry)
                elif (topic := self._topic(entry)) is not None:
                    parent.items.append(topic)
                    self._stated.append(_Stated(topic, _needs(entry), ""))
        for key in SECTIONS:
            for entry in _entries(value.get(key)):
                self._below(parent, entry, "level" if key == "levels" else "module")

    def _below(self, parent: Draft, entry: Object, kind: str = "module") -> None:
        section = self._section(entry, _first(entry, _TITLES))
        section.kind = "level" if kind == "level" else "module"
        self._fill(section, entry)
        if section.items:
            section.title = section.title or "Part"
            section.id = _first(entry, ("id", "uuid"))
            parent.items.append(section)
            self._stated.append(_Stated(section, _needs(entry), ""))

    # Both

    def _section(self, value: Object, title: str) -> Draft:
        return Draft(
            "module", title, value.line, source=self.source, summary=_first(value, _SUMMARIES), rule="json-section"
        )

    def _topic(self, entry: Object) -> Draft | None:
        identity = _first(entry, _IDS)
        identity = identity if len(identity) <= LONGEST_ID else ""
        title = _first(entry, _TITLES) or (name_of(identity) if identity else "")
        if not title:
            self._say(entry.line, "info", "json-untitled", sentence("An entry without a title and an id is left out."))
            return None
        topic = Draft("topic", title, entry.line, source=self.source, id=identity, summary=_first(entry, _SUMMARIES))
        topic.rule = "json-entry"
        topic.aliases = [name for name in strings_of(entry.get("aliases")) if name != title]
        topic.related = strings_of(entry.get("related"))
        topic.resources = list(_resources(entry.get("resources")))
        topic.hours = links.hours_in(text_in(entry.get("hours")))
        topic.optional = entry["optional"] if isinstance(entry.get("optional"), bool) else None
        topic.meta = [(key, _plain(kept)) for key, kept in entry.items() if key not in _READ and kept is not None]
        self.count += 1
        if note := _first(entry, _NOTES):
            self.notes[id(topic)] = note
        for key in _IDS:
            if name := text_in(entry.get(key)):
                self._by_id.setdefault(name, topic)
        for name in (title, *topic.aliases):
            self._by_title.setdefault(vocabulary.fold(name), []).append(topic)
        return topic

    def resolve(self) -> None:
        """Give every topic what it requires, once all are known."""
        for stated in self._stated:
            at = 0
            for entry in _list(stated.value):
                if isinstance(entry, list):
                    at += 1
                    for alternative in entry:
                        self._require(stated, alternative, f"any-{at}")
                else:
                    self._require(stated, entry, "")

    def _require(self, stated: _Stated, entry: Any, group: str) -> None:
        topic = stated.topic
        reason = ""
        name = text_in(entry)
        if isinstance(entry, Object):
            name = _first(entry, (*_IDS, "topic", "concept", *_TITLES))
            reason = _first(entry, ("reason", "why"))
        if not name:
            return
        found = self._by_id.get(name) or next(iter(self._by_title.get(vocabulary.fold(name), ())), None)
        if found is topic:
            self._say(
                topic.line,
                "warning",
                "requirement-self",
                sentence("%(title)s requires itself; that is left out.", title=repr(topic.title)),
            )
            return
        if found is None:
            message = sentence(
                "%(title)s requires %(name)s, which is no topic of this file; it is kept as text.",
                title=repr(topic.title),
                name=repr(name[:80]),
            )
            self._say(topic.line, "info", "requirement-unknown", message)
        requirement = Requirement(self._called(found) if found is not None else name, reason, group)
        if all((r.title, r.group) != (requirement.title, group) for r in topic.requires):
            topic.requires.append(requirement)

    def _called(self, topic: Draft) -> str:
        """The title; the id where several topics are called so."""
        alone = len(self._by_title[vocabulary.fold(topic.title)]) == 1
        return topic.title if alone or not topic.id else topic.id

    def _say(self, line: int, severity: Any, code: str, message: str) -> None:
        self.problems.append(Problem(self.source, line, severity, code, message))


def bind(curriculum: Curriculum, vault: Vault) -> dict[int, Note]:
    """The notes that topics name (`note`, `file`, `path`), or that alone are called by a topic's id, slug or title."""
    found: dict[int, Note] = {}
    for topic in curriculum.root.walk():
        if topic.kind != "topic":
            continue
        given = curriculum.notes.get(id(topic))
        for name in [given] if given else [topic.id, topic.title]:
            notes = vault.named(name) if name else []
            if len(notes) == 1 and not notes[0].is_index:
                found[id(topic)] = notes[0]
                break
    return found


def _live(value: Any) -> Iterator[Object]:
    return (entry for entry in _objects(value) if text_in(entry.get("status")) != "deprecated")


def _entries(value: Any) -> list[Object]:
    """The entries of a list, or of an object that has them by id."""
    if not isinstance(value, Object):
        return _objects(value)
    found = []
    for name, entry in value.items():
        if isinstance(entry, Object):
            if not any(key in entry for key in _IDS):
                entry["id"] = name
            found.append(entry)
    return found


def _needs(entry: Object) -> Any:
    return next((entry[key] for key in REQUIRES if key in entry), None)


def _first(entry: Object, keys: Iterable[str]) -> str:
    return next((text for key in keys if (text := text_in(entry.get(key)))), "")


def _list(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def strings_of(value: Any) -> list[str]:
    """Texts of a list, or of one text with commas."""
    if isinstance(value, str):
        return strings(text_in(value))
    return [text for entry in value if (text := text_in(entry))] if isinstance(value, list) else []


def _resources(value: Any) -> Iterator[Resource]:
    for entry in _list(value):
        url = _first(entry, ("url", "link", "href")) if isinstance(entry, Object) else ""
        if isinstance(entry, Object) and (title := _first(entry, _TITLES) or url):
            yield Resource(title, url, links.resource_kind(url, _first(entry, ("kind", "type"))))
        elif text := text_in(entry):
            yield Resource(text, text if links.is_external(text) else "", links.resource_kind(text))


def _plain(value: Any) -> Any:
    """A field that is kept: text, numbers, lists and maps, whose text can be shown."""
    if isinstance(value, list):
        return [_plain(entry) for entry in value]
    if isinstance(value, dict):
        return {text_in(key): _plain(entry) for key, entry in value.items()}
    return value if isinstance(value, bool) or value is None else text_in(value)
