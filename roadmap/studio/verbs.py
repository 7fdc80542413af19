"""The verbs of the studio: each names an act, what it is about, and the sentence that the history keeps of it.

Raise, all of them, as `doing.do`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID, uuid4

from django.db.models import Max

from roadmap.locks import curriculum_lock
from roadmap.models import Edit, Roadmap, Topic
from roadmap.plan import curriculum as plain
from roadmap.plan.curriculum import Curriculum, Json
from roadmap.plan.keys import RESERVED, Slugs
from roadmap.stored import slugs_elsewhere
from roadmap.studio import acts, forks, sight, topics
from roadmap.studio.acts import Fresh, titled
from roadmap.studio.doing import Act, Asked, do, title_of, told
from roadmap.studio.saying import kept
from roadmap.studio.shape import home_of, inside_of, roadmap_in

Verb = Edit.Verb
LAST = 1_000_000
"""A place past every end."""


def create_roadmap(*, title: str, asked: Asked) -> Roadmap:
    """A roadmap of no notes, as a draft; its slug is made from the title. The same operation again answers the same.

    Raise ImpossibleError for a title that is none, or BusyError.
    """
    title = titled(title)
    with curriculum_lock(asked.because()):
        known = Edit.objects.filter(operation=asked.operation).select_related("roadmap").first()
        if known is not None and known.roadmap is not None:
            return known.roadmap
        uid = uuid4()
        slug = Slugs(slugs_elsewhere(None), RESERVED).take(title, f"roadmap-{uid.hex[:8]}")
        last = Roadmap.objects.aggregate(last=Max("position"))["last"] or 0
        made = Roadmap.objects.create(
            uid=uid, slug=slug, title=title, state=Roadmap.State.DRAFT, position=min(last + 1, 2**31 - 1)
        )
        Edit.objects.create(
            verb=Verb.CREATE_ROADMAP, roadmap=made, by=asked.by[:150], actor=asked.actor, operation=asked.operation,
            data={**kept("made-roadmap", title=told(title)), "things": [str(uid)]},
        )  # fmt: skip
        return made


def create_section(
    *, roadmap: Roadmap, parent: UUID | None, title: str, kind: str, asked: Asked, index: int = LAST
) -> Edit | None:
    """A level or a module in `parent`; None: at the top."""

    def change(now: Curriculum, fresh: Fresh) -> Curriculum:
        return acts.create_section(
            now, roadmap=roadmap.uid, parent=parent, index=index, kind=kind, title=title, fresh=fresh
        )

    said = kept("made-level" if kind == "level" else "made-module", title=told(title.strip()))
    return do(roadmap=roadmap, act=Act(Verb.CREATE_SECTION, parent or roadmap.uid, change, _says(said)), asked=asked)


def create_topic(*, roadmap: Roadmap, section: UUID, title: str, asked: Asked, index: int = LAST) -> Edit | None:
    def change(now: Curriculum, fresh: Fresh) -> Curriculum:
        return acts.create_topic(now, roadmap=roadmap.uid, section=section, index=index, title=title, fresh=fresh)

    said = kept("made-topic", title=told(title.strip()))
    return do(roadmap=roadmap, act=Act(Verb.CREATE_TOPIC, section, change, _says(said), makes=True), asked=asked)


def rename(*, roadmap: Roadmap, uid: UUID, title: str, asked: Asked) -> Edit | None:
    """The roadmap itself, a section of it, or a topic."""

    def change(now: Curriculum, _: Fresh) -> Curriculum:
        return acts.rename(now, roadmap=roadmap.uid, uid=uid, title=title)

    said = _about(roadmap, uid, lambda was, now: kept("renamed", was=was, now=now))
    return do(roadmap=roadmap, act=Act(Verb.RENAME, uid, change, said), asked=asked)


def move(*, roadmap: Roadmap, uid: UUID, parent: UUID | None, after: UUID | None, asked: Asked) -> Edit | None:
    """To a place in `parent`, None for the top: behind `after`, None for the first place.

    Where `after` does not stand there any more, to the end of `parent`.
    """

    def change(now: Curriculum, _: Fresh) -> Curriculum:
        group = [c.uid for c in inside_of(roadmap_in(now, roadmap.uid), parent) if c.uid != uid]
        index = 0 if after is None else group.index(after) + 1 if after in group else LAST
        return acts.move(now, roadmap=roadmap.uid, uid=uid, parent=parent, index=index)

    def said(before: Curriculum, now: Curriculum) -> Json:
        is_ = roadmap_in(now, roadmap.uid)
        to = title_of(now, is_, parent or roadmap.uid)
        within = home_of(roadmap_in(before, roadmap.uid), uid)[1] == parent
        return kept("moved-within" if within else "moved-to", title=title_of(now, is_, uid), place=to)

    return do(roadmap=roadmap, act=Act(Verb.MOVE, uid, change, said), asked=asked)


def step(*, roadmap: Roadmap, uid: UUID, way: str, asked: Asked) -> Edit | None:
    """One place `up` or `down` among its siblings, `in` to the section before it, or `out` behind the one around it.

    Nothing happens where there is no such place.
    """

    def change(now: Curriculum, _: Fresh) -> Curriculum:
        found = roadmap_in(now, roadmap.uid)
        parent = home_of(found, uid)[1]
        group = inside_of(found, parent)
        at = next(i for i, child in enumerate(group) if child.uid == uid)
        index = at
        if way in {"up", "down"}:
            index = max(0, at - 1) if way == "up" else at + 1
        elif way == "in":
            before = next((child.uid for child in reversed(group[:at]) if child.section), None)
            if before is None:
                return now
            parent, index = before, LAST
        elif way == "out" and parent is not None:
            above = home_of(found, parent)[1]
            if above is None and not group[at].section:
                return now
            index = next(i for i, child in enumerate(inside_of(found, above)) if child.uid == parent) + 1
            parent = above
        return acts.move(now, roadmap=roadmap.uid, uid=uid, parent=parent, index=index)

    said = _about(roadmap, uid, lambda _, now: kept(f"moved-{way}", title=now))
    return do(roadmap=roadmap, act=Act(Verb.MOVE, uid, change, said), asked=asked)


def set_optional(*, roadmap: Roadmap, uid: UUID, optional: bool, asked: Asked) -> Edit | None:
    def change(now: Curriculum, _: Fresh) -> Curriculum:
        return acts.set_optional(now, roadmap=roadmap.uid, uid=uid, optional=optional)

    said = _about(roadmap, uid, lambda _, now: kept("optional" if optional else "required", title=now))
    return do(roadmap=roadmap, act=Act(Verb.SET_OPTIONAL, uid, change, said), asked=asked)


def set_choice(*, roadmap: Roadmap, uid: UUID, choose: int | None, asked: Asked) -> Edit | None:
    """So many of a section's topics are enough; None: all."""

    def change(now: Curriculum, _: Fresh) -> Curriculum:
        return acts.set_choice(now, roadmap=roadmap.uid, uid=uid, choose=choose)

    said = _about(
        roadmap, uid, lambda _, now: kept("enough", title=now, n=choose) if choose else kept("all-asked", title=now)
    )
    return do(roadmap=roadmap, act=Act(Verb.SET_CHOICE, uid, change, said), asked=asked)


def set_ordered(*, roadmap: Roadmap, uid: UUID, ordered: bool, asked: Asked) -> Edit | None:
    """Whether a section is a chain. Raise PrerequisiteLoopError too, where its order goes against what is required."""

    def change(now: Curriculum, _: Fresh) -> Curriculum:
        return acts.set_ordered(now, roadmap=roadmap.uid, uid=uid, ordered=ordered)

    said = _about(roadmap, uid, lambda _, now: kept("chain" if ordered else "no-chain", title=now))
    return do(roadmap=roadmap, act=Act(Verb.SET_ORDERED, uid, change, said), asked=asked)


def duplicate(*, roadmap: Roadmap, uid: UUID, asked: Asked) -> Edit | None:
    """A topic, or a section with all that is below it."""

    def change(now: Curriculum, fresh: Fresh) -> Curriculum:
        return topics.duplicate(now, roadmap=roadmap.uid, uid=uid, fresh=fresh)

    said = _about(roadmap, uid, lambda _, now: kept("duplicated", title=now))
    act = Act(Verb.DUPLICATE, uid, change, said, topics=_below(uid), makes=True)
    return do(roadmap=roadmap, act=act, asked=asked)


def retire(*, roadmap: Roadmap, uid: UUID, asked: Asked) -> Edit | None:
    """A topic, or all below a section: out of every roadmap, with its seats and all progress kept."""

    def change(now: Curriculum, _: Fresh) -> Curriculum:
        return topics.retire(now, roadmap=roadmap.uid, uid=uid)

    said = _about(roadmap, uid, lambda _, now: kept("retired", title=now))
    return do(roadmap=roadmap, act=Act(Verb.RETIRE, uid, change, said, topics=_below(uid)), asked=asked)


def restore(*, roadmap: Roadmap, uid: UUID, asked: Asked) -> Edit | None:
    """What was retired, a topic or all below a section, with the progress there was."""

    def change(now: Curriculum, _: Fresh) -> Curriculum:
        return topics.restore(now, roadmap=roadmap.uid, uid=uid)

    said = _about(roadmap, uid, lambda _, now: kept("restored", title=now))
    return do(roadmap=roadmap, act=Act(Verb.RESTORE, uid, change, said, topics=_below(uid)), asked=asked)


def take_out(*, roadmap: Roadmap, uid: UUID, asked: Asked) -> Edit | None:
    """A topic, or all below a section, has no seat here any more; elsewhere it stays, with everybody's progress."""

    def change(now: Curriculum, _: Fresh) -> Curriculum:
        return forks.take_out(now, roadmap=roadmap.uid, uid=uid)

    said = _about(roadmap, uid, lambda was, _: kept("took-out", title=was))
    return do(roadmap=roadmap, act=Act(Verb.TAKE_OUT, uid, change, said), asked=asked)


def put_in(*, roadmap: Roadmap, section: UUID, topic: Topic, asked: Asked) -> Edit | None:
    """A topic that there is gets a seat at the end of a section."""

    def change(now: Curriculum, _: Fresh) -> Curriculum:
        return forks.put_in(now, roadmap=roadmap.uid, section=section, topic=topic.uid)

    act = Act(
        Verb.PUT_IN, section, change, _says(kept("put-in", title=told(topic.title))), topics=lambda _: [topic.uid]
    )
    return do(roadmap=roadmap, act=act, asked=asked)


def own_copy(*, roadmap: Roadmap, topic: Topic, asked: Asked) -> Edit | None:
    """See `forks.own_copy`. Progress is for `tracker.forks`, which calls this."""
    own = (
        list(Topic.objects.filter(source=roadmap.source_id).values_list("uid", flat=True)) if roadmap.source_id else []
    )

    def change(now: Curriculum, fresh: Fresh) -> Curriculum:
        return forks.own_copy(now, roadmap=roadmap.uid, uid=topic.uid, own=own, fresh=fresh)

    said = kept("own-copy", title=told(topic.title))
    act = Act(Verb.OWN_COPY, topic.uid, change, _says(said), topics=lambda _: own, makes=True)
    return do(roadmap=roadmap, act=act, asked=asked)


def remove_section(*, roadmap: Roadmap, uid: UUID, asked: Asked) -> Edit | None:
    """An empty section that the notes do not have."""

    def change(now: Curriculum, _: Fresh) -> Curriculum:
        return acts.remove_section(now, roadmap=roadmap.uid, uid=uid)

    said = _about(roadmap, uid, lambda was, _: kept("took-away", title=was))
    return do(roadmap=roadmap, act=Act(Verb.REMOVE_SECTION, uid, change, said), asked=asked)


def split_into_steps(*, roadmap: Roadmap, uid: UUID, titles: Sequence[str], asked: Asked) -> Edit | None:
    """Whoever has done the topic has still done it."""

    def change(now: Curriculum, fresh: Fresh) -> Curriculum:
        return topics.split_into_steps(now, uid=uid, titles=titles, fresh=fresh)

    said = _about(roadmap, uid, lambda _, now: kept("split-steps", title=now))
    return do(roadmap=roadmap, act=Act(Verb.SPLIT_STEPS, uid, change, said), asked=asked)


def split_into_topics(*, roadmap: Roadmap, uid: UUID, titles: Sequence[str], asked: Asked) -> Edit | None:
    """See `topics.split_into_topics`. Progress is for `tracker.merging`, which calls this."""

    def change(now: Curriculum, fresh: Fresh) -> Curriculum:
        return topics.split_into_topics(now, roadmap=roadmap.uid, uid=uid, titles=titles, fresh=fresh)

    said = _about(roadmap, uid, lambda was, _: kept("split-topics", title=was))
    act = Act(Verb.SPLIT_TOPICS, uid, change, said, seating=(uid,), makes=True)
    return do(roadmap=roadmap, act=act, asked=asked)


def merge(*, roadmap: Roadmap, keep: Topic, gone: Topic, asked: Asked) -> Edit | None:
    """`gone` is the same as `keep`, on every roadmap. Progress is for `tracker.merging`, which calls this."""

    def change(now: Curriculum, _: Fresh) -> Curriculum:
        return topics.merge(now, keep=keep.uid, gone=gone.uid)

    said = kept("merged", gone=told(gone.title), keep=told(keep.title))
    act = Act(Verb.MERGE, gone.uid, change, _says(said), seating=(keep.uid, gone.uid))
    return do(roadmap=roadmap, act=act, asked=asked)


def _says(said: Json) -> Callable[[Curriculum, Curriculum], Json]:
    return lambda was, now: said


def _about(roadmap: Roadmap, uid: UUID, said: Callable[[str, str], Json]) -> Callable[[Curriculum, Curriculum], Json]:
    """`said` of the thing's title before and after."""

    def about(was: Curriculum, now: Curriculum) -> Json:
        return said(*(title_of(each, roadmap_in(each, roadmap.uid), uid) for each in (was, now)))

    return about


def _below(uid: UUID) -> Callable[[plain.Roadmap], list[UUID]]:
    """The topics below a section."""

    def found(roadmap: plain.Roadmap) -> list[UUID]:
        return acts.seated_below(roadmap, uid) if sight.section_of(roadmap, uid) else []

    return found
