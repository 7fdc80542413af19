"""Two topics that an editor made one are two again, whatever happened since: other acts, imports.

Where nothing touched what the merge changed, all of it is as it was before. Else each thing is parted by itself: the
other topic is back, with its seats where their sections still are, and what required it requires it again; what was
changed since on the topic that was kept stays on it. A merge that was parted is neither undone nor done again by the
editor's undo: merging them anew is an act of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from roadmap.editing import RefusedEditError
from roadmap.in_words import in_words
from roadmap.locks import curriculum_lock
from roadmap.models import Edit, Topic
from roadmap.models import Roadmap as Rows
from roadmap.plan.curriculum import Curriculum, Json, Need, Roadmap
from roadmap.plan.curriculum import Topic as PlainTopic
from roadmap.publishing.desk import Tables, open_draft
from roadmap.publishing.models import DraftAct, DraftRevision
from roadmap.studio.acts import settled
from roadmap.studio.changes import OverlaidError, difference, named_in, taken_back
from roadmap.studio.doing import Asked, told, with_chains
from roadmap.studio.saying import kept
from roadmap.studio.shape import (
    Child,
    ImpossibleError,
    Inside,
    children,
    overriding,
    parents,
    rearranged,
    roadmap_in,
    topic_in,
    with_roadmap,
    with_topics,
)
from roadmap.studio.topics import restored


def merge_of(topic: Topic) -> Edit | None:
    """The act that made it one with another topic, if it is retired by one that stands. One query."""
    if topic.retired_at is None or topic.replaced_by_id is None:
        return None
    found = Edit.objects.filter(topic=topic, verb=Edit.Verb.MERGE, undone_at=None, data__has_key="changes")
    return found.select_related("roadmap").first()


def unmerge(*, merged: Edit, asked: Asked) -> Edit:
    """Part what the act `merged` made one; the record of it, whose things begin with the two topics. Progress is for
    `tracker.merging`, which calls this.

    Raise RefusedEditError where that cannot be done, PrerequisiteLoopError or BusyError, having changed nothing.
    """
    with curriculum_lock(asked.because()):
        merged.refresh_from_db()
        roadmap, changes, gone, keep = _what(merged)
        desk = Tables(roadmap)
        topics, roadmaps = named_in(changes)
        seating, needing = desk.around([keep, gone])
        rows = set(Rows.objects.filter(uid__in=roadmaps).values_list("pk", flat=True))
        before = desk.part(roadmaps=rows | seating, topics={*topics, *needing, keep, gone})
        try:
            after = taken_back(before, changes)
        except OverlaidError:
            try:
                after = parted(before, changes, keep=keep, gone=gone)
            except ImpossibleError as error:
                raise RefusedEditError(in_words(error)) from error
        before, after = with_chains(desk, before, after)
        desk.store(before, after)
        named = after.topic_by_uid()
        made = Edit.objects.create(
            verb=Edit.Verb.RESTORE,
            roadmap=roadmap,
            topic=merged.topic,
            by=asked.by[:150],
            actor=asked.actor,
            operation=asked.operation,
            data={
                **kept("parted", gone=told(named[gone].title), keep=told(named[keep].title)),
                "things": list(dict.fromkeys([str(gone), str(keep), *difference(before, after).get("topics", {})])),
                "parts": str(merged.operation),
            },
        )
        merged.data = {name: value for name, value in merged.data.items() if name != "changes"} | {"parted": changes}
        merged.save(update_fields=["data"])
        return made


def _what(merged: Edit) -> tuple[Rows, Json, UUID, UUID]:
    """(where it was done, what it changed, the topic that went, the one that was kept). Raise RefusedEditError."""
    if merged.verb != Edit.Verb.MERGE or merged.roadmap is None or "changes" not in merged.data or merged.undone_at:
        raise RefusedEditError(_("These are two topics already: that was taken back. Nothing was changed."))
    act = DraftAct.objects.filter(edit=merged).select_related("draft").first()
    if act is not None and act.draft.state != DraftRevision.State.PUBLISHED:
        raise RefusedEditError(_("They were made one in a draft revision: undo it there. Nothing was changed."))
    if open_draft(merged.roadmap) is not None:
        title = told(merged.roadmap.title)
        raise RefusedEditError(
            _(
                "A draft revision of “%(title)s” is open, which knows them as one. Publish or discard it first. "
                "Nothing was changed."
            )
            % {"title": title}
        )
    gone = UUID(merged.data["things"][0])
    keep = UUID(merged.data["changes"]["topics"][str(gone)]["replaced_by"][1])
    lost = Topic.objects.get(uid=gone)
    kept = Topic.objects.select_related("replaced_by").get(uid=keep)
    if lost.retired_at is None or lost.replaced_by_id != kept.pk:
        raise RefusedEditError(
            _("“%(told)s” is not a part of “%(told2)s” any more. Nothing was changed.")
            % {"told": told(lost.title), "told2": told(kept.title)}
        )
    if kept.replaced_by is not None:
        raise RefusedEditError(
            _("“%(told)s” was made one with “%(told2)s” since. Part these two first. Nothing was changed.")
            % {"told": told(kept.title), "told2": told(kept.replaced_by.title)}
        )
    return merged.roadmap, merged.data["changes"], gone, keep


def parted(curriculum: Curriculum, changes: Json, *, keep: UUID, gone: UUID) -> Curriculum:
    """`curriculum`, in which other things changed since, with the two parted. Pure. Raise ImpossibleError."""
    kept, lost = topic_in(curriculum, keep), topic_in(curriculum, gone)
    told_of = changes["topics"]
    known = curriculum.topic_by_uid()
    found = [_named_again(_asking_again(kept, told_of.get(str(keep), {}), keep, gone), told_of.get(str(keep), {}))]
    found += [
        _asking_again(known[UUID(uid)], fields, keep, gone) for uid, fields in told_of.items()
        if UUID(uid) in known and UUID(uid) not in {keep, gone}
    ]  # fmt: skip
    after = with_topics(curriculum, restored(lost), *found)
    seats: dict[UUID, dict[UUID, Any]] = {}
    for uid, fields in changes.get("sections", {}).items():
        if "seats" in fields:
            seats.setdefault(UUID(fields["roadmap"]), {})[UUID(uid)] = fields["seats"]
    seated = False
    for uid, lists in seats.items():
        roadmap = roadmap_in(after, uid)
        changed = _seated_again(roadmap, lists, keep, gone)
        after = with_roadmap(after, changed) if changed is not roadmap else after
        seated = seated or any(seat.topic == gone for section in changed.sections for seat in section.seats)
    if seats and not seated:
        raise ImpossibleError(
            _(
                "No place that “%(lost)s” had is left on any roadmap. Give it one by hand: restore it. Nothing was "
                "changed."
            )
            % {"lost": lost.title}
        )
    return settled(curriculum, after)


def _named_again(topic: PlainTopic, fields: Json) -> PlainTopic:
    """Without the names that the merge gave it."""
    was, is_ = fields.get("aliases", ((), ()))
    given = set(is_) - set(was)
    return overriding(topic, aliases=tuple(name for name in topic.aliases if name not in given)) if given else topic


def _asking_again(topic: PlainTopic, fields: Json, keep: UUID, gone: UUID) -> PlainTopic:
    """It requires the topic that is back, if it did, and the kept one no more, if the merge asked for that."""
    if "needs" not in fields:
        return topic
    was, is_ = fields["needs"]
    model = next((need for need in was if need["topic"] == str(gone) and need["source"] != "chain"), None)
    if model is None:
        return topic
    given = any(n["topic"] == str(keep) for n in is_) and not any(n["topic"] == str(keep) for n in was)
    kept = [n for n in topic.needs if not (given and n.topic == keep and n.source == "editor")]
    if all(need.topic != gone for need in kept):
        kept.append(Need(gone, model["reason"], model["group"], model["source"]))
    overrides = dict(topic.overrides)
    away = {uid: said for uid, said in overrides.pop("needs", {}).items() if uid != str(gone)}
    return replace(topic, needs=tuple(kept), overrides=overrides | ({"needs": away} if away else {}))


def _seated_again(roadmap: Roadmap, lists: Mapping[UUID, Any], keep: UUID, gone: UUID) -> Roadmap:
    """`roadmap` with the seat that the merge took from the topic, where its section, or else the kept topic, stands."""
    inside = children(roadmap)
    home = parents(inside)
    there = next((uid for uid, (was, _) in lists.items() if any(seat[0] == str(gone) for seat in was)), None)
    if there is None or gone in home:
        return roadmap
    was, is_ = lists[there]
    index, optional = next((i, seat[2]) for i, seat in enumerate(was) if seat[0] == str(gone))
    seat = Child(gone, optional=optional)
    taken_over = str(keep) in {s[0] for s in is_} and str(keep) not in {s[0] for s in was}
    if taken_over and keep in home:
        place = home[keep]
        return rearranged(roadmap, {place: [seat if child.uid == keep else child for child in inside[place]]})
    place = there if there in inside else home.get(keep)
    if place is None:
        return roadmap
    changed: Inside = {place: [*inside[place][:index], seat, *inside[place][index:]]}
    _counting_again(changed, inside, home, lists, keep)
    return rearranged(roadmap, changed)


def _counting_again(
    changed: Inside, inside: Inside, home: Mapping[UUID, UUID | None], lists: Mapping[UUID, Any], keep: UUID
) -> None:
    """Optional, or not, as the kept topic was before, if that is how the merge left it."""
    were = _optional(lists, keep, 0), _optional(lists, keep, 1)
    place = home.get(keep)
    if None in were or were[0] == were[1] or place is None:
        return
    group = changed.get(place, inside[place])
    changed[place] = [
        c._replace(optional=bool(were[0])) if c.uid == keep and c.optional == were[1] else c for c in group
    ]


def _optional(lists: Mapping[UUID, Sequence[Any]], keep: UUID, side: int) -> bool | None:
    return next((seat[2] for pair in lists.values() for seat in pair[side] if seat[0] == str(keep)), None)


__all__ = ["merge_of", "parted", "unmerge"]
