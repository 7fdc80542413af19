"""Stated prerequisites -> links between topics: titles resolved, chains laid, loops refused. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import TypeVar
from uuid import UUID

from roadmap.graph import find_cycle, without_cycles
from roadmap.notes.items import Problem, Requirement
from roadmap.plan.curriculum import Json, Need, Topic, need_json
from roadmap.plan.incoming import Incoming, InRoadmap, InSection, InTopic, clean, requirements
from roadmap.plan.keys import key, link_key, loose
from roadmap.sentences import sentence

T = TypeVar("T")
GROUP = 40
LOOPS = 50
"""Loops that are named; were there more, the links that remain in loops are left out without a name."""
STRENGTH = ("editor", "notes", "diagram", "chain", "guess")
"""Sources of a link, the strongest first."""


class Names:
    """Which topic of the notes a title means: nearest first, and only if one."""

    def __init__(self, incoming: Incoming) -> None:
        self._exact: dict[str, list[InTopic]] = defaultdict(list)
        self._loose: dict[str, list[InTopic]] = defaultdict(list)
        self._marked = {f"^{topic.id}": [topic] for topic in incoming.topics if topic.id}
        """By what stands behind a title; such a mark means nothing else, whatever other topics are called."""
        for topic in incoming.topics:
            names = {topic.title, *topic.aliases, *(item.title for item in topic.mentions)}
            for name in {*map(key, names), topic.link, topic.id} - {""}:
                self._exact[name].append(topic)
            for name in {*map(loose, names), topic.link.rpartition("/")[2]} - {""}:
                self._loose[name].append(topic)

    def find(self, title: str, topic: InTopic) -> list[InTopic]:
        """The topics `title` may mean where `topic` stands: one when it is clear, several when not, else none."""
        for wanted, index in (
            (key(title), self._marked),
            (key(title), self._exact),
            (link_key(title), self._exact),
            (loose(title), self._loose),
        ):
            found = [other for other in index.get(wanted, ()) if other is not topic]
            if found:
                return _nearest(found, topic)
        return []


def _nearest(found: list[InTopic], topic: InTopic) -> list[InTopic]:
    """Of several topics of one name, those in the same section, else in the same roadmap, else all."""
    if len(found) == 1:
        return found
    sections: set[InSection] = set(topic.sections)
    roadmaps: set[InRoadmap] = {section.roadmap for section in topic.sections}
    near = [other for other in found if sections & set(other.sections)]
    return near or [other for other in found if roadmaps & {s.roadmap for s in other.sections}] or found


class Links:
    """The needs of every topic of the notes, in the order the notes state them."""

    def __init__(self, incoming: Incoming, uids: Mapping[InTopic, UUID], problems: list[Problem]) -> None:
        self.uids, self.problems = uids, problems
        self.names = Names(incoming)
        self.before: dict[InTopic, list[InTopic]] = defaultdict(list)
        for roadmap in incoming.roadmaps:
            for section in roadmap.sections:
                if section.item.ordered:
                    seated = [seat.topic for seat in section.seats]
                    for earlier, later in pairwise(seated):
                        self.before[later].append(earlier)

    def of(self, topic: InTopic) -> tuple[tuple[Need, ...], tuple[str, ...]]:
        """(needs, prerequisites no topic answers)."""
        needs: dict[UUID, Need] = {}
        unmet: list[str] = []
        for requirement in requirements(topic):
            self._add(topic, requirement, needs, unmet)
        for earlier in self.before.get(topic, ()):
            needs.setdefault(self.uids[earlier], Need(self.uids[earlier], source="chain"))
        return _without_lone_groups(needs.values()), tuple(dict.fromkeys(unmet))

    def _add(self, topic: InTopic, requirement: Requirement, needs: dict[UUID, Need], unmet: list[str]) -> None:
        found = self.names.find(requirement.title, topic) if requirement.source != "text" else []
        if len(found) == 1:
            uid = self.uids[found[0]]
            if uid != self.uids[topic]:
                need = Need(uid, clean(requirement.reason), clean(requirement.group, GROUP), requirement.source)
                needs.setdefault(uid, need)
        elif key(requirement.title) != key(topic.title) or requirement.source == "text":
            unmet.append(clean(requirement.title))
            if found:
                places = ", ".join(f"{other.item.source}:{other.item.line}" for other in found[:5])
                self.problems.append(
                    Problem(
                        topic.item.source,
                        topic.item.line,
                        "warning",
                        "requirement-ambiguous",
                        sentence(
                            "“%(title)s” requires “%(requires)s”, and several topics are called so (%(places)s); link "
                            "the note or give the topics ids.",
                            title=topic.title,
                            requires=requirement.title,
                            places=places,
                        ),
                    )
                )


def _without_lone_groups(needs: Iterable[Need]) -> tuple[Need, ...]:
    """An alternative to nothing is a plain prerequisite."""
    needs = tuple(needs)
    sizes: dict[str, int] = defaultdict(int)
    for need in needs:
        sizes[need.group] += 1
    return tuple(replace(need, group="") if need.group and sizes[need.group] == 1 else need for need in needs)


def merge_needs(noted: tuple[Need, ...], old: Topic | None) -> tuple[tuple[Need, ...], Json]:
    """(the notes' needs with an editor's laid over them, the links an editor took away with what the notes say)."""
    if old is None:
        return noted, {}
    removed: Json = old.overrides.get("needs", {})
    gone = {str(need.topic): need_json(need) for need in noted if str(need.topic) in removed}
    edited = {need.topic: need for need in old.needs if need.source == "editor"}
    kept = [need for need in noted if str(need.topic) not in gone and need.topic not in edited]
    return (*kept, *edited.values()), gone


def without_loops(topics: list[Topic], lines: Mapping[UUID, tuple[str, int]], problems: list[Problem]) -> list[Topic]:
    """The topics without the links that would close a loop; each loop is a problem that names it.

    Of a loop the link of the weakest source is left out. Retired topics close none.
    """
    live = {topic.uid: topic for topic in topics if not topic.retired}
    sources = {(uid, need.topic): need.source for uid, topic in live.items() for need in topic.needs}
    requires = {uid: [need.topic for need in topic.needs if need.topic in live] for uid, topic in live.items()}
    dropped: set[tuple[UUID, UUID]] = set()
    for _ in range(LOOPS):
        loop = find_cycle(requires)
        if loop is None:
            break
        weakest = max(pairwise(loop), key=lambda link: STRENGTH.index(sources[link]))
        requires[weakest[0]].remove(weakest[1])
        dropped.add(weakest)
        problems.append(_loop(loop, live, lines.get(weakest[0], ("", 0))))
    else:
        for loop in without_cycles(requires)[1]:
            dropped.add((loop[-2], loop[-1]))
    if not dropped:
        return topics
    losing = {uid for uid, _ in dropped}
    return [
        replace(topic, needs=tuple(need for need in topic.needs if (topic.uid, need.topic) not in dropped))
        if topic.uid in losing
        else topic
        for topic in topics
    ]


def _loop(loop: list[UUID], topics: Mapping[UUID, Topic], place: tuple[str, int]) -> Problem:
    named = " → ".join(f"“{topics[uid].title}”" for uid in loop)
    message = sentence("A loop of prerequisites, each needing the next: %(named)s; take one of them away.", named=named)
    return Problem(*place, "error", "prerequisite-loop", message)
