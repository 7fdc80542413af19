"""Two roadmaps of which one follows the other, and random acts on both: what the property tests play with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from random import Random
from uuid import UUID

from roadmap.plan.arranging import Place, lists_of, noted_lists, places_of
from roadmap.plan.curriculum import Curriculum, Roadmap, Section, Topic, canonical
from roadmap.plan.following import Followed, Upstream, follow, forked
from roadmap.plan.keys import Slugs
from roadmap.plan.upstream import in_own_terms, said_by
from roadmap.studio import acts, fields, forks, topics
from roadmap.studio.acts import Fresh
from roadmap.studio.shape import ImpossibleError, topic_in

UPSTREAM, FORK = UUID(int=1), UUID(int=2)


@dataclass
class World:
    random: Random
    up: Curriculum = field(default_factory=Curriculum)
    """The followed roadmap and all topics of its source, which the fork shares."""
    fork: Curriculum = field(default_factory=Curriculum)
    """The fork and its own topics."""
    numbers: int = 100

    def new_uid(self) -> UUID:
        self.numbers += 1
        return UUID(int=self.numbers)

    @property
    def fresh(self) -> Fresh:
        taken = {topic.slug for topic in (*self.up.topics, *self.fork.topics)}
        return Fresh(self.new_uid, Slugs(taken), from_notes=True)

    @property
    def upstream(self) -> Upstream:
        return Upstream(self.up.roadmaps[0], self.up.topic_by_uid())

    @property
    def tree(self) -> Roadmap:
        return self.fork.roadmaps[0]

    def follow(self, **asked: object) -> Followed:
        return follow(self.fork, self.upstream, **asked)  # type: ignore[arg-type]

    def base(self) -> dict[UUID, Place]:
        return places_of(noted_lists(in_own_terms(self.tree, self.fork.topics)))

    def theirs(self) -> dict[UUID, Place]:
        fork = in_own_terms(self.tree, self.fork.topics)
        return places_of(said_by(self.upstream, fork, self.fork.topics).lists)

    # Acts.

    def act_upstream(self) -> None:
        names: tuple[str, ...] = (
            "move", "move", "move", "take_out", "put_in", "new", "rename", "optional", "choose", "section", "retire",
            "text", "restore", "order",
        )  # fmt: skip
        self.up = self._tried(self.up, names, UPSTREAM) or self.up

    def act_in_fork(self) -> None:
        names: tuple[str, ...] = (
            "move", "move", "move", "take_out", "put_in", "new", "rename", "optional", "choose", "section", "copy",
            "own text", "order",
        )  # fmt: skip
        own = {topic.uid for topic in self.fork.topics}
        whole = canonical([self.tree], [*self.up.topics, *self.fork.topics])
        after = self._tried(whole, names, FORK)
        if after is not None:
            shared = self.up.topic_by_uid()
            mine = [t for t in after.topics if t.uid in own or t.uid not in shared]
            self.fork = canonical(list(after.roadmaps), mine)

    def _tried(self, now: Curriculum, names: tuple[str, ...], roadmap: UUID) -> Curriculum | None:
        try:
            return self._act(now, self.random.choice(names), roadmap)
        except ImpossibleError:
            return None

    def _act(self, now: Curriculum, name: str, roadmap: UUID) -> Curriculum | None:
        pick = self.random.choice
        tree = now.roadmaps[0]
        sections = [section.uid for section in tree.sections]
        seated = [seat.topic for section in tree.sections for seat in section.seats]
        own = [topic.uid for topic in (self.up if roadmap == UPSTREAM else self.fork).topics]
        if not sections or not now.topics or (not seated and name in {"take_out", "copy", "retire"}):
            return None
        anything = pick([*sections, *seated])
        word = f"{'Up' if roadmap == UPSTREAM else 'Mine'} {self.random.randrange(6)}"
        do: dict[str, Callable[[], Curriculum]] = {
            "move": lambda: acts.move(now, roadmap=roadmap, uid=anything, parent=pick(sections), index=pick(range(5))),
            "order": lambda: self._within(now, tree, roadmap),
            "take_out": lambda: forks.take_out(now, roadmap=roadmap, uid=pick(seated)),
            "put_in": lambda: forks.put_in(
                now, roadmap=roadmap, section=pick(sections), topic=pick([t.uid for t in now.topics])
            ),
            "new": lambda: acts.create_topic(
                now, roadmap=roadmap, section=pick(sections), index=0, title=word, fresh=self.fresh
            ),
            "section": lambda: acts.create_section(
                now, roadmap=roadmap, parent=pick([None, *sections]), index=pick(range(3)), kind="module", title=word,
                fresh=self.fresh,
            ),
            "rename": lambda: acts.rename(now, roadmap=roadmap, uid=pick([roadmap, *sections]), title=word),
            "optional": lambda: acts.set_optional(now, roadmap=roadmap, uid=anything, optional=pick([True, False])),
            "choose": lambda: acts.set_choice(now, roadmap=roadmap, uid=pick(sections), choose=pick([None, 1, 2, 3])),
            "retire": lambda: topics.retire(now, roadmap=roadmap, uid=pick(seated)),
            "restore": lambda: topics.restore(now, roadmap=roadmap, uid=pick(seated or sections)),
            "text": lambda: self._text(now, pick([topic.uid for topic in now.topics]), word),
            "own text": lambda: self._text(now, pick(own), word) if own else now,
            "copy": lambda: forks.own_copy(now, roadmap=roadmap, uid=pick(seated), own=own, fresh=self.fresh),
        }  # fmt: skip
        return do[name]()

    def _within(self, now: Curriculum, tree: Roadmap, roadmap: UUID) -> Curriculum:
        """Another order in a section that holds several things."""
        full = [section for section in tree.sections if len(section.seats) > 1]
        if not full:
            return now
        section = self.random.choice(full)
        uid = self.random.choice(section.seats).topic
        return acts.move(now, roadmap=roadmap, uid=uid, parent=section.uid, index=self.random.randrange(4))

    def _text(self, now: Curriculum, uid: UUID, word: str) -> Curriculum:
        wanted = {self.random.choice(("summary", "title")): word}
        return fields.edit(now, uid=topic_in(now, uid).uid, wanted=wanted, new_uid=self.new_uid)

    def remove_upstream_section(self) -> None:
        """As an import that has a heading no more: what stands in it goes, too."""
        tree = self.up.roadmaps[0]
        inner = {section.parent for section in tree.sections}
        leaves = [section for section in tree.sections if section.uid not in inner]
        if len(leaves) > 1:
            gone = self.random.choice(leaves)
            kept = tuple(section for section in tree.sections if section.uid != gone.uid)
            self.up = canonical([replace(tree, sections=kept)], list(self.up.topics))


def make_world(seed: int) -> World:
    """A followed roadmap of one or two levels with modules and topics, and its fork."""
    world = World(Random(seed))
    world.up = Curriculum(roadmaps=(Roadmap(UPSTREAM, "up", "Up"),))
    for number in range(world.random.randrange(1, 3)):
        world.up = acts.create_section(
            world.up, roadmap=UPSTREAM, parent=None, index=9, kind="level", title=f"Level {number}", fresh=world.fresh
        )
        level = world.up.roadmaps[0].sections[-1].uid
        for module in range(world.random.randrange(1, 4)):
            world.up = acts.create_section(
                world.up, roadmap=UPSTREAM, parent=level, index=9, kind="module", title=f"M {module}", fresh=world.fresh
            )
    for section in world.up.roadmaps[0].sections:
        for number in range(world.random.randrange(0, 5)):
            world.up = acts.create_topic(
                world.up, roadmap=UPSTREAM, section=section.uid, index=9, title=f"T {number}", fresh=world.fresh
            )
    world.fork = Curriculum(roadmaps=(forked(world.upstream, uid=FORK, slug="fork", title="Fork"),))
    return world


def sections_of(curriculum: Curriculum) -> dict[UUID, Section]:
    return {section.uid: section for section in curriculum.roadmaps[0].sections}


def places_in(curriculum: Curriculum) -> dict[UUID, Place]:
    return places_of(lists_of(curriculum.roadmaps[0].sections))


def seated_in(curriculum: Curriculum) -> set[UUID]:
    return {seat.topic for section in curriculum.roadmaps[0].sections for seat in section.seats}


def own_topics(curriculum: Curriculum) -> dict[UUID, Topic]:
    return curriculum.topic_by_uid()
