"""A roadmap as it was published once, made again of what is there now: a curriculum in, another one out. Pure.

It is an editor's act like any other. What the notes say now is remembered beside what is brought back, so that the next
import keeps it; addresses stay; nothing that somebody may have done is taken away.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from uuid import UUID

from roadmap.plan.curriculum import Curriculum, Need, Origin, Roadmap, Section, Topic, need_json
from roadmap.plan.keys import Slugs
from roadmap.studio.acts import settled
from roadmap.studio.fields import stepped
from roadmap.studio.shape import children, overriding, rearranged, roadmap_in, with_roadmap, with_topics
from roadmap.studio.topics import restored as brought_back
from roadmap.studio.topics import retired as taken_out

_TOPIC = ("title", "aliases", "summary", "body", "hours", "details", "resources")
_SECTION = ("kind", "title", "number", "summary", "optional", "choose", "ordered", "resources")
_ROADMAP = ("title", "summary", "locking")


def seated(roadmap: Roadmap) -> list[UUID]:
    """The topics of a tree, retired ones too."""
    return [seat.topic for section in roadmap.sections for seat in section.seats]


def as_then(now: Curriculum, *, roadmap: UUID, then: Curriculum, elsewhere: Collection[UUID]) -> Curriculum:
    """`now` with the roadmap and its topics as they are in `then`.

    Topics retired since come back. Those that came since are retired, or, where another roadmap shows them
    (`elsewhere`), lose their seat here. Every topic seated now or then must be in `now`.
    """
    tree, model = roadmap_in(now, roadmap), roadmap_in(then, roadmap)
    known, were = now.topic_by_uid(), then.topic_by_uid()
    changed = [_topic(known[uid], topic) for uid, topic in were.items() if uid in known]
    later = [known[uid] for uid in seated(tree) if uid not in were and uid not in elsewhere and uid in known]
    changed += [taken_out(topic) for topic in later if not topic.retired]
    after = with_topics(now, *changed)
    return settled(now, with_roadmap(after, _tree(tree, model, known.keys())))


def _topic(now: Topic, then: Topic) -> Topic:
    changed = overriding(now, **{name: getattr(then, name) for name in _TOPIC})
    steps = {step.uid for step in then.steps}
    later = tuple(replace(step, retired=True) for step in now.steps if step.uid not in steps)
    changed = stepped(changed, (*then.steps, *later))
    changed = _needing(changed, [need for need in then.needs if need.source != "chain"])
    if then.retired and not changed.retired:
        return taken_out(changed, then.replaced_by)
    return brought_back(changed) if changed.retired and not then.retired else changed


def _needing(topic: Topic, wanted: list[Need]) -> Topic:
    """`topic` with these prerequisites in place of those it has, the links of chains apart."""
    have = {need.topic: need for need in topic.needs if need.source != "chain"}
    if list(have.values()) == wanted:
        return topic
    noted = topic.origin != Origin()
    said = dict(topic.overrides.get("needs", {}))
    needs: list[Need] = []
    for need in wanted:
        mine = have.pop(need.topic, None)
        if mine is not None and (mine.reason, mine.group) == (need.reason, need.group):
            needs.append(mine)
        elif said.get(str(need.topic)) == need_json(need):
            del said[str(need.topic)]
            needs.append(need)
        else:
            if mine is not None and mine.source != "editor" and noted:
                said[str(need.topic)] = need_json(mine)
            needs.append(need if need.source == "guess" else replace(need, source="editor"))
    for gone in have.values():
        if gone.source != "editor" and noted:
            said[str(gone.topic)] = need_json(gone)
    chains = [need for need in topic.needs if need.source == "chain" and need.topic not in {n.topic for n in needs}]
    ordered = sorted([*needs, *chains], key=lambda need: (need.source == "editor", need.source == "chain"))
    rest = {name: value for name, value in topic.overrides.items() if name != "needs"}
    return replace(topic, needs=tuple(ordered), overrides=rest | {"needs": said} if said else rest)


def _tree(tree: Roadmap, model: Roadmap, known: Collection[UUID]) -> Roadmap:
    here = {section.uid: section for section in tree.sections}
    taken: set[str] = {here[section.uid].slug for section in model.sections if section.uid in here}
    sections: list[Section] = []
    for section in model.sections:
        mine = here.get(section.uid)
        if mine is not None:
            sections.append(overriding(mine, **{name: getattr(section, name) for name in _SECTION}))
            continue
        # What the notes do not have any more is an editor's own from now on.
        slug = Slugs(taken).take(section.slug, "section") if section.slug in taken else section.slug
        taken.add(slug)
        sections.append(replace(section, slug=slug, seats=(), overrides={}, origin=Origin()))
    inside = children(model)
    were = children(tree)
    lists = {parent: [c for c in group if c.section or c.uid in known] for parent, group in inside.items()}
    lists = {
        parent: group for parent, group in lists.items() if were.get(parent) != group or parent not in (None, *here)
    }
    grown = replace(overriding(tree, **{name: getattr(model, name) for name in _ROADMAP}), sections=tuple(sections))
    return rearranged(grown, lists, before=tree)
