"""Changes of a roadmap in the words of those who walk it. Pure: no field names, no keys, nothing of how it is kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from roadmap.plan.changes import READ_BY_LEARNERS, Change
from roadmap.sentences import nsentence, sentence

_TEXT = frozenset(READ_BY_LEARNERS)
_TOLD = {
    "resources": sentence("other resources"),
    "needs": sentence("builds on other topics"),
    "hours": sentence("another estimate of its hours"),
}
"""Field of a topic -> what a learner is told of it."""
ORDERED, UNORDERED = sentence("in order now"), sentence("in any order now")
GROUPS = ("new", "back", "text", "moved", "renamed", "counts", "other", "gone")
HEADINGS = {
    "new": sentence("New"),
    "back": sentence("Back again"),
    "text": sentence("Rewritten"),
    "moved": sentence("In another place"),
    "renamed": sentence("Under another name"),
    "counts": sentence("What counts"),
    "other": sentence("Also changed"),
    "gone": sentence("No longer part of it"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """One change: its group, what it is about, and the words behind that."""

    group: str
    title: str
    beside: str = ""


def heard(change: Change) -> bool:
    """Whether learners are told of it."""
    return any(True for _ in told(change.as_json()))


def grouped(changes: Iterable[Mapping[str, Any]]) -> list[tuple[str, list[Told]]]:
    """(heading, what is told under it), in the order in which a learner wants to know. `changes` as a revision keeps
    them."""
    found: dict[str, list[Told]] = {group: [] for group in GROUPS}
    for change in changes:
        for each in told(change):
            found[each.group].append(each)
    return [(HEADINGS[group], found[group]) for group in GROUPS if found[group]]


def told(change: Mapping[str, Any]) -> Iterator[Told]:
    if change["what"] == "topic":
        yield from _of_topic(change)
    elif change["what"] == "section":
        yield from _of_section(change)
    elif change["kind"] == "renamed":
        yield Told("renamed", change["now"], _was(change))
    elif any(field["name"] == "locking" for field in change["fields"]):
        yield Told("other", change["title"], sentence("whether topics wait for what they need"))


def _of_topic(change: Mapping[str, Any]) -> Iterator[Told]:
    title, kind = change["title"], change["kind"]
    match kind:
        case "added":
            yield Told("new", title, _place(change["now"]))
        case "retired":
            yield Told("gone", title, sentence("now part of %(title)s", title=change["now"]) if change["now"] else "")
        case "revived":
            yield Told("back", title, _place(change["now"]))
        case "moved":
            yield Told("moved", title, _place(change["now"]))
        case "renamed":
            yield Told("renamed", change["now"], _was(change))
        case _:
            names = {field["name"] for field in change["fields"]}
            if names & _TEXT:
                yield Told("text", title)
            for field in change["fields"]:
                if field["name"] == "optional":
                    yield Told("counts", title, _optional(yes=field["now"] == "optional"))
                elif field["name"] in _TOLD:
                    yield Told("other", title, _TOLD[field["name"]])


def _of_section(change: Mapping[str, Any]) -> Iterator[Told]:
    title, kind = change["title"], change["kind"]
    if kind == "added":
        yield Told("new", title, sentence("a part of its own"))
    elif kind == "retired":
        yield Told("gone", title)
    elif kind == "renamed":
        yield Told("renamed", change["now"], _was(change))
    elif kind == "moved":
        yield Told("moved", title, sentence("in %(place)s", place=change["now"]))
    elif kind == "changed":
        for field in change["fields"]:
            if field["name"] == "choose":
                some = field["now"]
                yield Told("counts", title, _enough(some))
            elif field["name"] == "optional":
                yield Told("counts", title, _optional(yes=field["now"] == "yes"))
            elif field["name"] == "ordered":
                yield Told("other", title, ORDERED if field["now"] == "yes" else UNORDERED)


def _place(path: str) -> str:
    """`in Ground` of `Garden / Beginner / Ground`: the roadmap is known, the way to it can be seen on its page."""
    return sentence("in %(place)s", place=path.rpartition(" / ")[2]) if " / " in path else ""


def _was(change: Mapping[str, Any]) -> str:
    return sentence("was %(title)s", title=change["was"])


def _optional(*, yes: bool) -> str:
    return sentence("is optional now") if yes else sentence("counts now")


def _enough(some: str) -> str:
    if not some:
        return sentence("all of it counts now")
    return nsentence("%(n)s of its topics is enough", "%(n)s of its topics are enough", int(some))
