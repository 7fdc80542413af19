"""What a plan does to learners before it is applied: how many it touches, and what becomes of their shares.

What they have done stays done, whatever the plan; a share can fall because more is asked, or because a topic that
counted is retired.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from operator import itemgetter
from uuid import UUID

from roadmap.models import Placement, Roadmap, Topic
from roadmap.plan import Curriculum
from roadmap.plan.curriculum import Roadmap as PlainRoadmap
from roadmap.queries import trees_of
from roadmap.tree import Branch, Facts, Seat, Tree
from tracker.models import RoadmapSummary, TopicProgress
from tracker.packed import CODES, STATE, Counted, layout
from tracker.summaries import BATCH, counted_from_states

TODO = ("todo",)


@dataclass(slots=True)
class Effect:
    """On some learners: of a topic those who have a state on it, of a roadmap all who walk it or are assigned it."""

    learners: int = 0
    fall: int = 0
    rise: int = 0
    unfinished: int = 0
    """Who had 100 % and have less."""
    worst: tuple[int, int] | None = None
    """The largest fall, in whole per cent."""

    def count(self, was: int, now: int) -> None:
        if now < was:
            self.fall += 1
            self.unfinished += was == 100
            if self.worst is None or was - now > self.worst[0] - self.worst[1]:
                self.worst = was, now
        elif now > was:
            self.rise += 1


@dataclass(frozen=True, slots=True)
class Effects:
    roadmaps: tuple[tuple[str, Effect], ...] = ()
    """Title -> of those that somebody walks or is assigned."""
    topics: dict[UUID, Effect] = field(default_factory=dict)


def effects_of(now: Curriculum, target: Curriculum, topics: Collection[UUID]) -> Effects:
    """What `target` in place of `now` does to everybody, and to those on each of `topics`. It is counted with the
    learners' own function. At most nine queries and four per roadmap, whatever the number of learners."""
    ids = _ids(now, target)
    gone, back = _retired(now, target)
    after = {roadmap.uid: roadmap for roadmap in target.roadmaps}
    shown = Placement.objects.filter(topic__uid__in=gone | back).values("roadmap")
    mine = [roadmap.uid for roadmap in now.roadmaps if not roadmap.retired]
    roadmaps = list(Roadmap.objects.filter(retired_at=None, uid__in=mine)) + list(
        Roadmap.objects.filter(retired_at=None, pk__in=shown).exclude(uid__in=[r.uid for r in now.roadmaps])
    )
    wanted = {ids[uid]: uid for uid in topics if uid in ids}
    effects = {uid: Effect() for uid in wanted.values()}
    found = []
    retired = {topic.uid for topic in target.topics if topic.retired}
    for roadmap, tree in zip(roadmaps, trees_of(roadmaps), strict=True):
        later = after.get(roadmap.uid)
        if later is not None and later.retired:
            continue
        new = _tree_after(later, ids, retired) if later is not None else _without(tree, {ids[uid] for uid in gone})
        effect = _on_roadmap(roadmap, tree, new, wanted, effects)
        if effect.learners:
            found.append((roadmap.title, effect))
    return Effects(tuple(found), effects)


def _ids(now: Curriculum, target: Curriculum) -> dict[UUID, int]:
    """Id of every topic that either names; of those that are not stored yet, a number below 0. One query."""
    uids = {topic.uid for topic in (*now.topics, *target.topics)}
    uids |= {seat.topic for _, _, seat in (*now.seats(), *target.seats())}
    ids = dict(Topic.objects.filter(uid__in=uids).values_list("uid", "pk"))
    for number, uid in enumerate(sorted(uids - ids.keys()), start=1):
        ids[uid] = -number
    return ids


def _retired(now: Curriculum, target: Curriculum) -> tuple[set[UUID], set[UUID]]:
    """Topics that are retired, and that come back."""
    old = now.topic_by_uid()
    changed = [topic for topic in target.topics if topic.uid in old and old[topic.uid].retired != topic.retired]
    gone = {topic.uid for topic in changed if topic.retired}
    return gone, {topic.uid for topic in changed} - gone


def _tree_after(roadmap: PlainRoadmap, ids: Mapping[UUID, int], retired: Collection[UUID]) -> Tree:
    """As much of the tree as shares are counted from."""
    index = {section.uid: place for place, section in enumerate(roadmap.sections)}
    inside: dict[UUID, list[int]] = defaultdict(list)
    branches: list[Branch] = []
    for section in roadmap.sections:
        above = branches[index[section.parent]] if section.parent else None
        optional = section.optional or bool(above and above.optional)
        if section.parent:
            inside[section.parent].append(index[section.uid])
        seats = [seat for seat in section.seats if seat.topic not in retired]
        branches.append(
            Branch(
                id=index[section.uid],
                parent=index[section.parent] if section.parent else None,
                depth=above.depth + 1 if above else 0,
                kind=section.kind,
                title=section.title,
                slug=section.slug,
                optional=optional,
                choose=section.choose,
                position=section.position,
                seats=tuple(Seat(ids[s.topic], optional or s.optional, s.position) for s in seats),
            )
        )
    whole = tuple(
        replace(branch, children=tuple(inside[section.uid]))
        for section, branch in zip(roadmap.sections, branches, strict=True)
    )
    facts = {
        ids[seat.topic]: Facts(ids[seat.topic], seat.topic, "", "")
        for section in roadmap.sections
        for seat in section.seats
    }
    return Tree(id=0, slug=roadmap.slug, title=roadmap.title, branches=whole, topics=facts)


def _without(tree: Tree, gone: Collection[int]) -> Tree:
    branches = tuple(
        replace(branch, seats=tuple(seat for seat in branch.seats if seat.topic not in gone))
        for branch in tree.branches
    )
    return Tree(id=tree.id, slug=tree.slug, title=tree.title, branches=branches, topics=tree.topics)


def _on_roadmap(
    roadmap: Roadmap, tree: Tree, new: Tree, wanted: Mapping[int, UUID], effects: dict[UUID, Effect]
) -> Effect:
    """The effect on all of the roadmap's learners; that on those of each topic is added to `effects`."""
    before, after = layout(tree), layout(new)
    unknown = [topic for topic in after.order[: after.seated] if topic > 0 and topic not in before.position]
    places = [(before.position[topic], effects[uid]) for topic, uid in wanted.items() if topic in before.position]
    take = _places(before.position, after.order, len(before.order))
    whole = Effect()
    for batch in _batches(_states(roadmap, tree)):
        extra = _elsewhere(unknown, [learner for learner, _ in batch])
        for learner, states in batch:
            moved = _with(bytearray(take(states + b"\0")), after.order, extra.get(learner, {}))
            was = Counted(tree, states).total().percent
            now = Counted(new, moved).total().percent
            whole.learners += 1
            if was is None or now is None or was == now:
                was = now = 0
            whole.count(was, now)
            for place, effect in places:
                if states[place] & STATE:
                    effect.learners += 1
                    effect.count(was, now)
    return whole


def _states(roadmap: Roadmap, tree: Tree) -> Iterator[tuple[int, bytes]]:
    """(learner, states in the order of the tree). One query, two more for rows that are not up to date."""
    stale: list[int] = []
    rows = RoadmapSummary.objects.filter(roadmap=roadmap).values_list("learner_id", "revision", "states")
    for learner, revision, states in rows.order_by("learner_id"):
        if revision == tree.revision and len(states) == len(layout(tree).order):
            yield learner, bytes(states)
        else:
            stale.append(learner)
    for row in counted_from_states(tree, stale) if stale else ():
        yield row.learner, row.states


def _batches(rows: Iterable[tuple[int, bytes]]) -> Iterator[list[tuple[int, bytes]]]:
    waiting = iter(rows)
    while batch := list(islice(waiting, BATCH)):
        yield batch


def _elsewhere(topics: list[int], learners: list[int]) -> dict[int, dict[int, int]]:
    """Learner -> topic -> code, of topics that come to the roadmap and that they did before. One query, or none."""
    found: dict[int, dict[int, int]] = defaultdict(dict)
    if topics:
        known = TopicProgress.objects.filter(topic__in=topics, learner__in=learners).exclude(state__in=TODO)
        for learner, topic, state in known.values_list("learner_id", "topic_id", "state"):
            found[learner][topic] = CODES[state]
    return found


def _places(position: Mapping[int, int], order: tuple[int, ...], nothing: int) -> Callable[[bytes], Sequence[int]]:
    """Takes the states of one order out of those of another, which end with one byte for what it does not know."""
    taken = [position.get(topic, nothing) for topic in order]
    if len(taken) > 1:
        return itemgetter(*taken)
    return lambda states: [states[place] for place in taken]


def _with(states: bytearray, order: tuple[int, ...], extra: Mapping[int, int]) -> bytes:
    for place, topic in enumerate(order) if extra else ():
        if topic in extra:
            states[place] = extra[topic]
    return bytes(states)
