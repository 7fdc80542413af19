"""From what an editor sent to the verb that does it, and to words for what they wanted."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _lazy

from roadmap.models import Edit, Placement, Roadmap
from roadmap.publishing.desk import desk_of
from roadmap.studio import verbs
from roadmap.studio.doing import Asked
from tracker import access, fork_access, forks, merging
from tracker.models import User
from tracker.permissions import Person, Right, may
from tracker.studio_rows import rows_of

WORDS = {
    "rename": _lazy("rename it to “{title}”"),
    "move": _lazy("move it"),
    "step up": _lazy("move it up"),
    "step down": _lazy("move it down"),
    "step in": _lazy("move it in"),
    "step out": _lazy("move it out"),
    "optional": _lazy("say whether it is optional"),
    "choice": _lazy("say how many of its topics are enough"),
    "chain": _lazy("say whether it is a chain"),
    "duplicate": _lazy("duplicate it"),
    "retire": _lazy("retire it"),
    "restore": _lazy("restore it"),
    "remove": _lazy("take it away"),
    "steps": _lazy("split it into steps"),
    "topics": _lazy("split it into topics"),
    "merge": _lazy("merge it into another topic"),
    "new_section": _lazy("make “{title}” in it"),
    "new_topic": _lazy("make “{title}” in it"),
    "take_out": _lazy("take it out of this roadmap"),
    "put_in": _lazy("put a topic back in it"),
    "own_copy": _lazy("make a copy of it for this roadmap alone"),
}
OF_TOPICS = {"rename", "duplicate", "retire", "restore", "steps", "topics", "merge"}
"""Acts that change topics wherever they are shown, not only what stands where on this roadmap."""


def asked_by(user: User, operation: UUID, seen: str = "") -> Asked:
    return Asked(user.shown_name, str(user.pk), seen, operation)


def wanted(act: str, data: dict[str, Any]) -> str:
    """What the editor wanted, after "You wanted to"."""
    words = WORDS[f"step {data['way']}" if act == "step" else act]
    return words.format(title=data.get("title", ""))


def carry_out(user: User, roadmap: Roadmap, act: str, data: dict[str, Any]) -> Edit | None:
    """Do it. Raise as `roadmap.studio.doing.do`; Http404 or PermissionDenied for topics that are not theirs."""
    if act in OF_TOPICS:
        require_topics_editing(user, roadmap, data["uid"])
    return ACTS[act](user, roadmap, data, asked_by(user, data["operation"], data["seen"]))


def require_topics_editing(person: Person, roadmap: Roadmap, uid: UUID) -> None:
    """Raise PermissionDenied for who edits single roadmaps where another one shows the topic of this uid, or one below
    the section: what is shared is not theirs to change. No query for editors by role, else four, seven in a draft."""
    if may(person, Right.EDIT_CURRICULUM):
        return
    rows = rows_of(desk_of(roadmap))
    sections = rows.sections()
    inside = {section.pk for section in sections if section.uid == uid}
    for _ in sections:
        inside |= {section.pk for section in sections if section.parent_id in inside}
    topics = [seat.topic.uid for seat in rows.seats(inside)] if inside else [uid]
    elsewhere = Placement.objects.filter(topic__uid__in=topics, roadmap__retired_at=None)
    if elsewhere.exclude(roadmap__in=access.edited_roadmaps(person)).exists():
        raise PermissionDenied


def _move(user: User, roadmap: Roadmap, data: dict[str, Any], asked: Asked) -> Edit | None:
    after, parent = data["after"], data["parent"]
    behind = None if not after else LAST if after == "last" else UUID(after) if _UID.fullmatch(after) else LAST
    return verbs.move(roadmap=roadmap, uid=data["uid"], parent=parent, after=behind, asked=asked)


def _merge(user: User, roadmap: Roadmap, data: dict[str, Any], asked: Asked) -> Edit | None:
    keep, gone = (access.topic_for_editing(user, data[name]) for name in ("keep", "uid"))
    return merging.merge(roadmap=roadmap, keep=keep, gone=gone, by=user, asked=asked)


def _split(user: User, roadmap: Roadmap, data: dict[str, Any], asked: Asked) -> Edit | None:
    topic = access.topic_for_editing(user, data["uid"])
    return merging.split(roadmap=roadmap, topic=topic, titles=data["titles"], by=user, asked=asked)


def _new_section(user: User, roadmap: Roadmap, data: dict[str, Any], asked: Asked) -> Edit | None:
    parent = None if data["uid"] == roadmap.uid else data["uid"]
    return verbs.create_section(roadmap=roadmap, parent=parent, title=data["title"], kind=data["kind"], asked=asked)


def _take_out(_: User, roadmap: Roadmap, data: dict[str, Any], asked: Asked) -> Edit | None:
    forks.require_fork(roadmap)
    return verbs.take_out(roadmap=roadmap, uid=data["uid"], asked=asked)


def _put_in(user: User, roadmap: Roadmap, data: dict[str, Any], asked: Asked) -> Edit | None:
    forks.require_fork(roadmap)
    topic = fork_access.topic_to_link(user, data["topic"])
    return verbs.put_in(roadmap=roadmap, section=data["uid"], topic=topic, asked=asked)


def _own_copy(user: User, roadmap: Roadmap, data: dict[str, Any], asked: Asked) -> Edit | None:
    topic = fork_access.topic_on(roadmap, data["uid"])
    return forks.own_copy(roadmap=roadmap, topic=topic, by=user, asked=asked)


LAST = UUID(int=0)
"""Stands nowhere: behind it is the last place."""
_UID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

Do = Callable[[User, Roadmap, dict[str, Any], Asked], Edit | None]
ACTS: dict[str, Do] = {
    "rename": lambda _, r, d, asked: verbs.rename(roadmap=r, uid=d["uid"], title=d["title"], asked=asked),
    "move": _move,
    "step": lambda _, r, d, asked: verbs.step(roadmap=r, uid=d["uid"], way=d["way"], asked=asked),
    "optional": lambda _, r, d, asked: verbs.set_optional(roadmap=r, uid=d["uid"], optional=d["on"], asked=asked),
    "choice": lambda _, r, d, asked: verbs.set_choice(roadmap=r, uid=d["uid"], choose=d["choose"], asked=asked),
    "chain": lambda _, r, d, asked: verbs.set_ordered(roadmap=r, uid=d["uid"], ordered=d["on"], asked=asked),
    "duplicate": lambda _, r, d, asked: verbs.duplicate(roadmap=r, uid=d["uid"], asked=asked),
    "retire": lambda _, r, d, asked: verbs.retire(roadmap=r, uid=d["uid"], asked=asked),
    "restore": lambda _, r, d, asked: verbs.restore(roadmap=r, uid=d["uid"], asked=asked),
    "remove": lambda _, r, d, asked: verbs.remove_section(roadmap=r, uid=d["uid"], asked=asked),
    "steps": lambda _, r, d, asked: verbs.split_into_steps(roadmap=r, uid=d["uid"], titles=d["titles"], asked=asked),
    "topics": _split,
    "merge": _merge,
    "new_section": _new_section,
    "new_topic": lambda _, r, d, asked: verbs.create_topic(roadmap=r, section=d["uid"], title=d["title"], asked=asked),
    "take_out": _take_out,
    "put_in": _put_in,
    "own_copy": _own_copy,
}
