"""Which edits over the notes wait to be written to them, and what each would have the notes say. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from roadmap.notes.items import Reading, Requirement
from roadmap.notes.writing import FIELDS, Asked, NotWritableError, proof
from roadmap.plan.arranging import INSIDE
from roadmap.plan.curriculum import Curriculum, Json, Need, Section, Topic, canonical, need_json
from roadmap.plan.identity import match
from roadmap.plan.incoming import InTopic, lay_flat
from roadmap.plan.keeping import remembered
from roadmap.plan.needs import Names
from roadmap.sentences import Sentence, sentence

NEEDS, OPTIONAL = "requires", "optional"


def fields_of(now: Curriculum, topic: Topic) -> list[str]:
    """The fields of a topic that an editor has otherwise than the notes, in the order of FIELDS."""
    own = set(topic.overrides)
    edited = {need.topic for need in topic.needs if need.source == "editor"}
    if own & {"needs"} or edited:
        own.add(NEEDS)
    if any(True for _ in _seats(now, topic.uid)):
        own.add(OPTIONAL)
    return [name for name in FIELDS if name in own] if topic.origin.places else []


def said_already(topic: Topic, name: str) -> bool:
    """Whether the notes say what the editor said, so that nothing is left of the edit but its memory."""
    return name in topic.overrides and topic.overrides[name] == _remembered(topic, name)


def _remembered(topic: Topic, name: str) -> Any:
    if name == "steps":
        return [step.title for step in topic.steps if not step.retired]
    return remembered(getattr(topic, name))


def _seats(now: Curriculum, uid: UUID) -> Iterable[tuple[Section, bool, bool]]:
    """(section, as the notes have it, as it is) of seats that an editor made optional, or required."""
    for roadmap in now.roadmaps:
        for section in roadmap.sections:
            said = dict(map(tuple, section.overrides.get(INSIDE, ())))
            for seat in section.seats:
                if seat.topic == uid and said.get(str(uid), seat.optional) != seat.optional:
                    yield section, bool(said[str(uid)]), seat.optional


@dataclass(eq=False)
class Standing:
    """Where the topics of a curriculum stand in its notes."""

    now: Curriculum
    reading: Reading
    _topics: dict[UUID, InTopic] = field(init=False)
    _names: Names = field(init=False)

    def __post_init__(self) -> None:
        incoming = lay_flat(self.reading)
        self._found = match(self.now, incoming, {}).topics
        self._topics = {uid: topic for topic, uid in self._found.items()}
        self._names = Names(incoming)

    def asked(self, topic: Topic, name: str) -> Asked:
        """What is to be written. Raise NotWritableError where the notes have no place for it."""
        found = self._topics.get(topic.uid)
        if found is None:
            message = sentence(
                "“%(title)s” does not stand in the notes, so there is no place for it.", title=topic.title
            )
            raise NotWritableError("not-there", message)
        item = found.item
        at = proof.mentions(self.reading, item.source, item.line, item.title)
        every = proof.topics(self.reading)
        old = proof.value([every[index] for index in at], name)
        if name == NEEDS:
            stated = [Requirement(*parts) for parts in old]
            return Asked(item.source, item.line, item.title, name, stated, self._required(topic, found, stated))
        return Asked(item.source, item.line, item.title, name, old, self._wanted(topic, name))

    def _wanted(self, topic: Topic, name: str) -> Any:
        if name == OPTIONAL:
            return next(is_ for _, _, is_ in _seats(self.now, topic.uid))
        if name == "steps":
            return tuple(step.title for step in topic.steps if not step.retired)
        return getattr(topic, name)

    def _required(self, topic: Topic, found: InTopic, stated: list[Requirement]) -> list[Requirement]:
        said: Json = topic.overrides.get("needs", {})
        kept = []
        for requirement in stated:
            means = [self._found.get(other) for other in self._names.find(requirement.title, found)]
            if not (len(means) == 1 and str(means[0]) in said):
                kept.append(requirement)
        return kept + [self._requirement(need) for need in topic.needs if need.source == "editor"]

    def _requirement(self, need: Need) -> Requirement:
        required = self._topics.get(need.topic)
        if required is None:
            message = sentence("One of its prerequisites stands in other notes, which these cannot name.")
            raise NotWritableError("elsewhere", message)
        if need.group:
            message = sentence("Alternatives among its prerequisites cannot be written back.")
            raise NotWritableError("alternatives", message)
        return Requirement(required.title, need.reason)


def without_edits(now: Curriculum, uid: UUID, names: Iterable[str]) -> Curriculum:
    """`now` as if these fields of the topic had never been edited, with the values that they have."""
    topic = now.topic_by_uid()[uid]
    left = {name: value for name, value in topic.overrides.items() if name not in names}
    needs = topic.needs
    if NEEDS in names:
        left.pop("needs", None)
        needs = tuple(need for need in needs if need.source != "editor")
    return with_topic(now, replace(topic, overrides=left, needs=needs))


def with_topic(now: Curriculum, topic: Topic) -> Curriculum:
    others = [other for other in now.topics if other.uid != topic.uid]
    return canonical(list(now.roadmaps), [*others, topic])


def remember(now: Curriculum, uid: UUID, names: Iterable[str]) -> Json:
    """What `with_edits` needs to have the edits again, once the notes say again what they said."""
    topic = now.topic_by_uid()[uid]
    told: Json = {
        "overrides": {n: v for n, v in topic.overrides.items() if n in {*names} or (n == "needs" and NEEDS in names)}
    }
    if NEEDS in names:
        told["needs"] = [need_json(need) for need in topic.needs if need.source == "editor"]
    if OPTIONAL in names:
        told["seats"] = {str(section.uid): section.overrides[INSIDE] for section, _, _ in _seats(now, uid)}
    return told


def with_edits(now: Curriculum, uid: UUID, told: Json) -> Curriculum:
    """`now` with the edits that `remember` kept as edits again; a field that was edited since keeps its newer value."""
    topic = now.topic_by_uid()[uid]
    mine = {
        UUID(need["topic"]): Need(UUID(need["topic"]), need["reason"], need["group"], "editor")
        for need in told.get("needs", ())
    }
    needs = tuple(mine.get(need.topic, need) for need in topic.needs)
    changed = replace(topic, overrides=dict(told["overrides"]) | dict(topic.overrides), needs=needs)
    seats: Mapping[str, Any] = told.get("seats", {})
    roadmaps = [
        replace(
            roadmap,
            sections=tuple(
                replace(section, overrides={INSIDE: seats[str(section.uid)]} | dict(section.overrides))
                if str(section.uid) in seats
                else section
                for section in roadmap.sections
            ),
        )
        for roadmap in now.roadmaps
    ]
    return with_topic(canonical(roadmaps, list(now.topics)), changed)


def more_changed(before: Curriculum, after: Curriculum, uid: UUID, names: Iterable[str]) -> Sentence | None:
    """What `after` has otherwise than `before` beyond these fields of the topic, in words; None when nothing."""
    names = set(names)
    old = before.topic_by_uid()
    if old.keys() != after.topic_by_uid().keys():
        return sentence("other topics would be found in the notes")
    for topic in after.topics:
        was = old[topic.uid]
        if topic.uid == uid:
            left = {n: v for n, v in was.overrides.items() if n not in names and (n, NEEDS in names) != ("needs", True)}
            was = replace(was, origin=topic.origin, overrides=left)
            if NEEDS in names and _stated(was) == _stated(topic):
                was = replace(was, needs=topic.needs)
            if "body" in names and was.body.strip() == topic.body.strip():
                was = replace(was, body=topic.body)
        if was != topic:
            return sentence("“%(title)s” would be read otherwise", title=topic.title)
    for roadmap, known in zip(after.roadmaps, before.roadmaps, strict=False):
        if _bare(roadmap, names) != _bare(known, names):
            return sentence("“%(title)s” would be read otherwise", title=roadmap.title)
    same = len(after.roadmaps) == len(before.roadmaps)
    return None if same else sentence("other roadmaps would be found in the notes")


def _stated(topic: Topic) -> set[tuple[UUID, str, str]]:
    """What it requires, whoever says so."""
    return {(need.topic, need.reason, need.group) for need in topic.needs}


def _bare(roadmap: Any, names: set[str]) -> Any:
    """A roadmap without what being optional changes in it."""
    if OPTIONAL not in names:
        return roadmap
    sections = [replace(s, overrides={n: v for n, v in s.overrides.items() if n != INSIDE}) for s in roadmap.sections]
    return replace(roadmap, sections=tuple(sections))
