"""The acts on one topic as verbs: its fields, what it requires, and what the notes say instead.

Each is carried out by `doing.do`, on one of the roadmaps that seat the topic: there it is undone and redone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from django.utils.translation import gettext as _

from roadmap.apply import NotAppliedError
from roadmap.models import Alias, Edit, Roadmap
from roadmap.models import Topic as TopicRow
from roadmap.plan.curriculum import Curriculum, Json, Topic
from roadmap.studio import fields
from roadmap.studio.acts import Fresh
from roadmap.studio.doing import Act, Asked, do, told
from roadmap.studio.saying import kept
from roadmap.studio.shape import ImpossibleError, topic_in

Change = Callable[[Curriculum, Fresh], Curriculum]


class TopicChangedError(NotAppliedError):
    """Fields of the topic are not any more what the editor saw. `now` is the topic as it is, `names` the fields, and
    `last` the last recorded act on it."""

    def __init__(self, now: Topic, names: tuple[str, ...], last: Edit | None) -> None:
        self.now, self.names, self.last = now, names, last
        super().__init__(
            _("“%(told)s” was changed since you opened it. Nothing was saved.") % {"told": told(now.title)}
        )


def edit_topic(
    *, topic: TopicRow, roadmap: Roadmap, wanted: Mapping[str, Any], seen: Mapping[str, str], drop: str, asked: Asked
) -> Edit | None:
    """Set the fields of `wanted` (see `fields.edit`), then let the field `drop`, if any, be as the notes say.

    `seen`: field -> `fields.digest` of what the editor saw. None when nothing was to change. Raise TopicChangedError,
    RefusedEditError, PrerequisiteLoopError or BusyError, having changed nothing.
    """

    def change(curriculum: Curriculum, fresh: Fresh) -> Curriculum:
        _still(topic, topic_in(curriculum, topic.uid), seen)
        if "slug" in wanted:
            _free(topic, fields.slug_of(wanted["slug"]))
        after = fields.edit(curriculum, uid=topic.uid, wanted=wanted, new_uid=fresh.uid)
        return fields.as_noted(after, uid=topic.uid, field=drop, new_uid=fresh.uid) if drop else after

    return do(roadmap=roadmap, act=Act(Edit.Verb.EDIT_TOPIC, topic.uid, change, partial(_said, topic.uid)), asked=asked)


def set_need(
    *, topic: TopicRow, roadmap: Roadmap, requires: TopicRow, reason: str, beside: UUID | None, asked: Asked
) -> Edit | None:
    """`topic` requires `requires`, for a reason, alone or as an alternative of another. Raise as `edit_topic`."""

    def change(curriculum: Curriculum, fresh: Fresh) -> Curriculum:
        return fields.require(curriculum, uid=topic.uid, requires=requires.uid, reason=reason, beside=beside)

    said = kept("requires", title=told(topic.title), requires=told(requires.title))
    act = Act(Edit.Verb.ADD_PREREQUISITE, topic.uid, change, lambda before, after: said)
    return do(roadmap=roadmap, act=act, asked=asked)


def remove_need(*, topic: TopicRow, roadmap: Roadmap, requires: TopicRow, asked: Asked) -> Edit | None:
    """`topic` requires `requires` no longer, whatever the notes say. Raise as `edit_topic`."""

    def change(curriculum: Curriculum, fresh: Fresh) -> Curriculum:
        return fields.not_require(curriculum, uid=topic.uid, requires=requires.uid)

    said = kept("requires-no-longer", title=told(topic.title), requires=told(requires.title))
    act = Act(Edit.Verb.REMOVE_PREREQUISITE, topic.uid, change, lambda before, after: said)
    return do(roadmap=roadmap, act=act, asked=asked)


def need_as_noted(*, topic: TopicRow, roadmap: Roadmap, requires: TopicRow, asked: Asked) -> Edit | None:
    """`topic` requires `requires` as the notes say. Raise as `edit_topic`."""

    def change(curriculum: Curriculum, fresh: Fresh) -> Curriculum:
        return fields.require_as_noted(curriculum, uid=topic.uid, requires=requires.uid)

    said = kept("requires-as-noted", title=told(topic.title), requires=told(requires.title))
    act = Act(Edit.Verb.TAKE_NOTES_NEED, topic.uid, change, lambda before, after: said)
    return do(roadmap=roadmap, act=act, asked=asked)


def asked_by(*, name: str, key: int, operation: UUID | None = None) -> Asked:
    return Asked(by=name, actor=str(key), operation=operation or uuid4())


def _still(row: TopicRow, now: Topic, seen: Mapping[str, str]) -> None:
    """Raise TopicChangedError where a field is not what was seen. One query then."""
    are = fields.digests(now)
    if names := tuple(name for name in fields.FIELDS if name in seen and seen[name] != are[name]):
        raise TopicChangedError(now, names, row.edits.first())


def _free(topic: TopicRow, slug: str) -> None:
    """Raise ImpossibleError for an address of another topic, a former one too. Two queries."""
    other = TopicRow.objects.filter(slug=slug).exclude(pk=topic.pk).first()
    if other is None:
        former = Alias.objects.filter(kind=Alias.Kind.SLUG, text=slug).exclude(topic=topic).select_related("topic")
        other = next((alias.topic for alias in former), None)
    if other is not None:
        raise ImpossibleError(
            _("The address “%(slug)s” is taken: it leads to “%(told)s”. Choose another one. Nothing was saved.")
            % {"slug": slug, "told": told(other.title)}
        )


def _said(uid: UUID, before: Curriculum, after: Curriculum) -> Json:
    """`Changed title and body of “Soil”`."""
    old, new = topic_in(before, uid), topic_in(after, uid)
    was, is_ = fields.digests(old), fields.digests(new)
    names = tuple(name for name in fields.FIELDS if was[name] != is_[name])
    if not names:
        return kept("took-notes", title=told(new.title))
    return kept("changed", fields=names, title=told(old.title))
