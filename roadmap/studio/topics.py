"""What an editor does to topics as wholes: duplicate, retire, restore, split, merge. Pure.

No topic is ever taken out of a curriculum: what is not wanted any more is retired, with all progress on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from uuid import UUID

from roadmap.plan.curriculum import Curriculum, Need, Origin, Roadmap, Section, Step, Topic, need_json
from roadmap.plan.incoming import STEP, TITLE, clean
from roadmap.plan.keys import Slugs, key
from roadmap.sentences import sentence
from roadmap.studio.acts import Fresh, new_topic, seated_below, settled, titled
from roadmap.studio.shape import (
    Child,
    ImpossibleError,
    below,
    children,
    parents,
    rearranged,
    roadmap_in,
    topic_in,
    with_roadmap,
    with_topics,
)

COPY = " (copy)"
MOST_PARTS = 50
"""Parts that one split makes at most."""


def retire(curriculum: Curriculum, *, roadmap: UUID, uid: UUID) -> Curriculum:
    """Take a topic, or every topic below a section, out of all roadmaps. Seats and progress are kept."""
    topics = curriculum.topic_by_uid()
    found = [topics[topic] for topic in seated_below(roadmap_in(curriculum, roadmap), uid) if topic in topics]
    return with_topics(curriculum, *(retired(topic) for topic in found if not topic.retired))


def restore(curriculum: Curriculum, *, roadmap: UUID, uid: UUID) -> Curriculum:
    """Bring a topic, or every topic below a section, back to the seats they have."""
    topics = curriculum.topic_by_uid()
    found = [topics[topic] for topic in seated_below(roadmap_in(curriculum, roadmap), uid) if topic in topics]
    return with_topics(curriculum, *(restored(topic) for topic in found if topic.retired))


def retired(topic: Topic, heir: UUID | None = None) -> Topic:
    return replace(topic, retired=True, replaced_by=heir, overrides=_noting(topic, retired=True))


def restored(topic: Topic) -> Topic:
    return replace(topic, retired=False, replaced_by=None, overrides=_noting(topic, retired=False))


def _noting(topic: Topic, *, retired: bool) -> dict[str, object]:
    """The overrides once an editor said whether it is retired: none when the notes say the same."""
    overrides = dict(topic.overrides)
    said = overrides.pop("retired", topic.retired)
    if said != retired and (topic.origin != Origin() or "retired" in topic.overrides):
        overrides["retired"] = said
    return overrides


def duplicate(curriculum: Curriculum, *, roadmap: UUID, uid: UUID, fresh: Fresh) -> Curriculum:
    """A copy of a topic, or of a section with all that is below it, right behind it. Nobody has progress on a copy.

    A copied topic has the text, steps, resources and prerequisites of its model; those among the topics copied with it
    lead to the copies. Retired topics are not copied.
    """
    found = roadmap_in(curriculum, roadmap)
    known = curriculum.topic_by_uid()
    models = [known[topic] for topic in seated_below(found, uid) if topic in known and not known[topic].retired]
    copies = {model.uid: _copied(model, fresh, outermost=model.uid == uid) for model in models}
    new = {model: copy.uid for model, copy in copies.items()}
    led = [replace(copy, needs=_led(copy.needs, new)) for copy in copies.values()]
    inside = children(found)
    home = parents(inside)
    if uid not in home:
        raise ImpossibleError(sentence("This does not stand on the roadmap any more. Nothing was changed."))
    if uid in {section.uid for section in found.sections}:
        grown, top = _sections_copied(found, uid, new, fresh)
    else:
        if uid not in new:
            raise ImpossibleError(sentence("A retired topic is not copied. Restore it first. Nothing was changed."))
        grown = found
        top = Child(new[uid], optional=next(c.optional for c in inside[home[uid]] if c.uid == uid))
    group = inside[home[uid]]
    place = next(i for i, child in enumerate(group) if child.uid == uid) + 1
    seated = rearranged(grown, {home[uid]: [*group[:place], top, *group[place:]]}, before=found)
    return settled(curriculum, with_roadmap(with_topics(curriculum, *led), seated))


def _copied(topic: Topic, fresh: Fresh, *, outermost: bool) -> Topic:
    new = new_topic(topic.title[: TITLE - len(COPY)] + COPY if outermost else topic.title, fresh)
    steps = tuple(Step(fresh.uid(), step.title) for step in topic.steps if not step.retired)
    # Chain links are laid by the section that the copy stands in.
    needs = tuple(replace(need, source="editor") for need in topic.needs if need.source != "chain")
    return replace(
        new, summary=topic.summary, body=topic.body, hours=topic.hours, details=topic.details, planned=topic.planned,
        related=topic.related, steps=steps, resources=topic.resources, needs=needs,
    )  # fmt: skip


def _led(needs: Iterable[Need], new: dict[UUID, UUID]) -> tuple[Need, ...]:
    return tuple(replace(need, topic=new.get(need.topic, need.topic)) for need in needs)


def _sections_copied(found: Roadmap, uid: UUID, new: dict[UUID, UUID], fresh: Fresh) -> tuple[Roadmap, Child]:
    """The roadmap with the section copied beside itself, and that copy."""
    slugs = Slugs(section.slug for section in found.sections)
    sections = {section: fresh.uid() for section in below(found, uid)}
    made: list[Section] = []
    for section in found.sections:
        if section.uid in sections:
            title = section.title[: TITLE - len(COPY)] + COPY if section.uid == uid else section.title
            seats = tuple(seat._replace(topic=new[seat.topic]) for seat in section.seats if seat.topic in new)
            parent = section.parent if section.uid == uid else sections[section.parent or uid]
            copy = replace(section, uid=sections[section.uid], parent=parent, title=title, seats=seats)
            made.append(replace(copy, slug=slugs.take(title, "section"), overrides={}, origin=Origin()))
    return replace(found, sections=(*found.sections, *made)), Child(sections[uid], section=True)


def split_into_steps(curriculum: Curriculum, *, uid: UUID, titles: Sequence[str], fresh: Fresh) -> Curriculum:
    """Give a topic steps. Those it has under one of these titles stay, with their ticks; the others stay, too.

    Whoever has done the topic has still done it.
    """
    topic = topic_in(curriculum, uid)
    known = {key(step.title): step for step in topic.steps}
    wanted: list[Step] = []
    for title in _parts(titles, STEP):
        step = known.pop(key(title), None)
        wanted.append(Step(step.uid, step.title) if step else Step(fresh.uid(), title))
    steps = (*(step for step in topic.steps if key(step.title) in known and not step.retired), *wanted)
    steps += tuple(step for step in topic.steps if key(step.title) in known and step.retired)
    overrides = dict(topic.overrides)
    if topic.origin != Origin():
        overrides.setdefault("steps", [step.title for step in topic.steps if not step.retired])
    return with_topics(curriculum, replace(topic, steps=steps, overrides=overrides))


def split_into_topics(
    curriculum: Curriculum, *, roadmap: UUID, uid: UUID, titles: Sequence[str], fresh: Fresh
) -> Curriculum:
    """Make several topics of one. It stays, as the first part, and the others follow it wherever it is seated.

    The topic keeps its id, its address and all progress. The first title becomes its title, and the one it had becomes
    another name of it. What required the topic requires every part; the parts require what the topic requires.
    Whoever has done it is to have done the parts as well: that is for the caller, who knows people.
    """
    roadmap_in(curriculum, roadmap)
    topic = topic_in(curriculum, uid)
    if topic.retired:
        raise ImpossibleError(
            sentence("“%(title)s” is retired. Restore it first. Nothing was changed.", title=topic.title)
        )
    first, *rest = _parts(titles, TITLE)
    if not rest:
        raise ImpossibleError(sentence("Give at least two titles, one to a line. Nothing was changed."))
    stated = tuple(replace(need, source="editor") for need in topic.needs if need.source != "chain")
    parts = [replace(new_topic(title, fresh), needs=stated) for title in rest]
    renamed = _called(topic, first)
    asking = [
        replace(other, needs=_also(other.needs, uid, parts)) for other in curriculum.topics
        if any(need.topic == uid and need.source not in {"chain", "guess"} for need in other.needs)
    ]  # fmt: skip
    after = with_topics(curriculum, renamed, *parts, *asking)
    for found in curriculum.roadmaps:
        home = parents(inside := children(found)).get(uid)
        if home is not None:
            place = next(i for i, child in enumerate(inside[home]) if child.uid == uid)
            new = [Child(part.uid, optional=inside[home][place].optional) for part in parts]
            after = with_roadmap(after, rearranged(found, {home: _spliced(inside[home], place, new)}))
    return settled(curriculum, after)


def _spliced(group: list[Child], place: int, new: list[Child]) -> list[Child]:
    return [*group[: place + 1], *new, *group[place + 1 :]]


def _also(needs: tuple[Need, ...], uid: UUID, parts: list[Topic]) -> tuple[Need, ...]:
    """`needs` with the parts behind the topic they were split from. An alternative stays one: its first part."""
    model = next(need for need in needs if need.topic == uid)
    if model.group:
        return needs
    return (*needs, *(Need(part.uid, model.reason, source="editor") for part in parts))


def _called(topic: Topic, title: str) -> Topic:
    """`topic` under another title, the one it had kept as another name."""
    if title == topic.title:
        return topic
    overrides = dict(topic.overrides)
    if topic.origin != Origin():
        overrides.setdefault("title", topic.title)
        overrides.setdefault("aliases", list(topic.aliases))
    aliases = tuple(sorted({*topic.aliases, topic.title} - {title}))
    return replace(topic, title=title, aliases=aliases, overrides=overrides)


def merge(curriculum: Curriculum, *, keep: UUID, gone: UUID) -> Curriculum:
    """Two topics are one: `gone` is retired in favour of `keep`, which takes its seats, and its title as another name.

    On a roadmap that seats both, the seat of `gone` goes, and `keep` counts there if either did. What required `gone`
    requires `keep`. `keep` requires what it required before. Progress is for the caller, who knows people. Every
    roadmap that seats one of the two, and every topic that requires `gone`, must be in `curriculum`.
    """
    kept, lost = topic_in(curriculum, keep), topic_in(curriculum, gone)
    if keep == gone:
        raise ImpossibleError(sentence("These are one topic already. Nothing was changed."))
    for topic in (kept, lost):
        if topic.retired:
            raise ImpossibleError(
                sentence("“%(title)s” is retired. Restore it first. Nothing was changed.", title=topic.title)
            )
    overrides = dict(kept.overrides)
    if kept.origin != Origin():
        overrides.setdefault("aliases", list(kept.aliases))
    aliases = tuple(sorted({*kept.aliases, lost.title} - {kept.title}))
    asking = [
        _asking(other, keep, gone) for other in curriculum.topics
        if other.uid not in {keep, gone} and any(need.topic == gone for need in other.needs)
    ]  # fmt: skip
    named = _not_asking(replace(kept, aliases=aliases, overrides=overrides), gone)
    after = with_topics(curriculum, named, retired(lost, keep), *asking)
    for found in curriculum.roadmaps:
        changed = _reseated(found, keep, gone)
        if changed is not found:
            after = with_roadmap(after, changed)
    return settled(curriculum, after)


def _asking(topic: Topic, keep: UUID, gone: UUID) -> Topic:
    """`topic`, which required `gone`, requires `keep` instead."""
    model = next(need for need in topic.needs if need.topic == gone)
    told = _not_asking(topic, gone)
    if model.source in {"chain", "guess"} or any(need.topic == keep for need in topic.needs):
        return told
    return replace(told, needs=(*told.needs, Need(keep, model.reason, model.group, "editor")))


def _not_asking(topic: Topic, gone: UUID) -> Topic:
    """`topic` without a need of `gone`. What the notes say of it is remembered; a chain is laid by its section."""
    need = next((need for need in topic.needs if need.topic == gone), None)
    if need is None or need.source == "chain":
        return topic
    overrides = dict(topic.overrides)
    if need.source != "editor" and topic.origin != Origin():
        overrides["needs"] = overrides.get("needs", {}) | {str(gone): need_json(need)}
    return replace(topic, needs=tuple(other for other in topic.needs if other is not need), overrides=overrides)


def _reseated(found: Roadmap, keep: UUID, gone: UUID) -> Roadmap:
    inside = children(found)
    home = parents(inside)
    if gone not in home:
        return found
    there = home[gone]
    if keep not in home:
        group = [Child(keep, optional=c.optional) if c.uid == gone else c for c in inside[there]]
        return rearranged(found, {there: group})
    counts = not all(c.optional for group in inside.values() for c in group if c.uid in {keep, gone})
    seat = Child(keep, optional=not counts)
    changed = {}
    for place in dict.fromkeys((there, home[keep])):
        changed[place] = [seat if c.uid == keep else c for c in inside[place] if c.uid != gone]
    return rearranged(found, changed)


def _parts(titles: Sequence[str], limit: int) -> list[str]:
    """Lines as titles, each once. Raise ImpossibleError for none, or for too many."""
    found = list(dict.fromkeys(clean(titled(title), limit) for title in titles if title.strip()))
    if not found:
        raise ImpossibleError(sentence("Give the titles, one to a line. Nothing was changed."))
    if len(found) > MOST_PARTS:
        raise ImpossibleError(sentence("At most %(most_parts)s at a time. Nothing was changed.", most_parts=MOST_PARTS))
    return found
