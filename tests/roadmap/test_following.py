"""A fork and what it follows, merged three ways: whatever both sides did, nothing of mine goes without a word."""

from __future__ import annotations

from uuid import UUID

from hypothesis import example, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from roadmap.plan.following import key_of
from roadmap.plan.upstream import SECTION
from tests.roadmap.following_world import World, make_world, own_topics, places_in, seated_in, sections_of

seeds = st.integers(min_value=0, max_value=2**32)


def played(seed: int, rounds: int = 1) -> World:
    """A world in which both sides did something; of several rounds, all but the last are planned and applied."""
    world = make_world(seed)
    for number in range(rounds):
        if number:
            world.fork = world.follow().plan.target
        for _ in range(world.random.randrange(0, 7)):
            world.act_in_fork()
        for _ in range(world.random.randrange(0, 7)):
            world.act_upstream()
        if world.random.random() < 0.2:
            world.remove_upstream_section()
    return world


class TestWhateverBothSidesDid:
    """Properties, over random acts on both sides."""

    @given(seeds)
    def test_a_fork_that_nobody_touched_becomes_what_it_follows(self, seed: int) -> None:
        world = make_world(seed)
        assert world.follow().plan.empty
        for _ in range(6):
            world.act_upstream()
        found = world.follow()
        assert not found.conflicts
        world.fork = found.plan.target
        assert places_in(world.fork) == world.theirs()
        assert world.follow().plan.empty

    @given(seeds)
    @examples(max_examples=100)
    def test_applied_it_has_nothing_more_to_say(self, seed: int) -> None:
        world = played(seed, rounds=2)
        found = world.follow()
        world.fork = found.plan.target
        again = world.follow()
        assert again.conflicts == ()
        assert again.plan.target == world.fork
        assert again.plan.empty

    @given(seeds)
    @example(207309913)  # both put a section into the other's
    @examples(max_examples=100)
    def test_what_i_did_stays(self, seed: int) -> None:
        world = played(seed, rounds=2)
        base, ours, theirs = world.base(), places_in(world.fork), world.theirs()
        before, own = sections_of(world.fork), own_topics(world.fork)
        target = world.follow().plan.target
        after = sections_of(target)
        copied = {UUID(topic.origin.id): topic.uid for topic in target.topics if topic.origin.id and not topic.retired}
        places = {**places_in(target)}
        places |= {uid: places[copy] for uid, copy in copied.items() if copy in places}
        for uid, place in ours.items():
            if uid in base and base[uid] != place:  # moved by me
                assert uid in places, "something that I moved is gone"
                mine = places[uid]
                if base[uid].parent != place.parent:
                    assert mine.parent == place.parent or place.parent not in after
            if uid not in base and uid not in theirs:  # made or put in by me
                assert uid in places
        for uid in base.keys() - ours.keys():  # taken out by me
            assert uid not in places
        for uid, section in before.items():
            for name in section.overrides.keys() & set(SECTION):
                assert getattr(after[uid], name) == getattr(section, name)
        for uid, topic in own.items():
            kept = own_topics(target)[uid]
            assert (kept.retired, kept.slug) == (topic.retired, topic.slug)
            for name in topic.overrides.keys() & {"title", "summary"}:
                assert getattr(kept, name) == getattr(topic, name)

    @given(seeds)
    @examples(max_examples=100)
    def test_what_they_did_and_i_did_not_touch_arrives(self, seed: int) -> None:
        world = played(seed, rounds=2)
        base, ours, theirs = world.base(), places_in(world.fork), world.theirs()
        before, own = sections_of(world.fork), own_topics(world.fork)
        found = world.follow()
        target = found.plan.target
        after, places = sections_of(target), places_in(target)
        moved = {uid for uid, place in ours.items() if base.get(uid) != place}
        for uid, place in theirs.items():
            if uid not in ours and uid not in base:
                assert places[uid].parent == place.parent, "something new did not arrive"
            if uid in ours and uid in base and uid not in moved and not self.turned(uid, world, moved):
                assert places[uid].parent == place.parent
        for uid in ours.keys() & base.keys() - theirs.keys() - moved:
            if uid not in own and not (uid in before and before[uid].overrides):
                assert uid not in places, "something that they took out is still there"
        said = {section.uid: section for section in world.follow().plan.target.roadmaps[0].sections}
        for uid, section in before.items():
            if uid in theirs:
                for name in set(SECTION) - section.overrides.keys():
                    assert getattr(said[uid], name) == self.of_upstream(world, uid, name)
        assert not seated_in(target) & {topic.uid for topic in world.up.topics if topic.retired}
        assert after.keys() >= theirs.keys() & before.keys()

    @staticmethod
    def turned(uid: UUID, world: World, moved: set[UUID]) -> bool:
        """Both put sections into one another: they stand where the followed roadmap has them, or so did one of them."""
        return bool(moved & sections_of(world.fork).keys()) and uid in sections_of(world.fork)

    @staticmethod
    def of_upstream(world: World, uid: UUID, name: str) -> object:
        origin = sections_of(world.fork)[uid].origin.id
        return next(getattr(s, name) for s in world.up.roadmaps[0].sections if s.uid.hex == origin)

    @given(seeds)
    @examples(max_examples=100)
    def test_theirs_chosen_everywhere_takes_what_they_say(self, seed: int) -> None:
        world = played(seed)
        asked = world.follow().conflicts
        found = world.follow(theirs=[conflict.key for conflict in asked])
        assert all(conflict.taken for conflict in found.conflicts)
        places, theirs = places_in(found.plan.target), world.theirs()
        sections = sections_of(found.plan.target)
        for conflict in asked:
            uid = UUID(conflict.key.rpartition("-")[2])
            if conflict.name in {"place", "out"} and uid not in sections:
                assert places[uid].parent == theirs[uid].parent
            elif conflict.name == "gone":
                assert uid not in places
        world.fork = found.plan.target
        assert world.follow().plan.empty

    @given(seeds, st.integers(min_value=0, max_value=2**16))
    @examples(max_examples=100)
    def test_what_is_left_out_waits(self, seed: int, some: int) -> None:
        """Applied in two parts or at once: the same stands in the same sections."""
        world = played(seed)
        whole = world.follow()
        keys = [key for number, key in enumerate(map(key_of, whole.plan.changes)) if some >> (number % 16) & 1]
        part = world.follow(held=keys)
        world.fork = part.plan.target
        rest = world.follow()
        world.fork = rest.plan.target
        assert world.follow().plan.empty
        one, two = places_in(whole.plan.target), places_in(rest.plan.target)
        if not whole.conflicts:  # what was decided in the first part counts as mine in the second one
            assert {uid: place.parent for uid, place in one.items()} == {uid: p.parent for uid, p in two.items()}
            assert {uid: s.title for uid, s in sections_of(whole.plan.target).items()} == {
                uid: s.title for uid, s in sections_of(rest.plan.target).items()
            }

    @given(seeds)
    def test_all_left_out_changes_nothing(self, seed: int) -> None:
        world = make_world(seed)
        for _ in range(5):
            world.act_upstream()
        keys = [key_of(change) for change in world.follow().plan.changes]
        assert world.follow(held=keys).plan.changes == ()
