"""What a learner goes on with: examples, and what holds for every curriculum."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from roadmap.tree import Tree
from tests.trees import branch, done, extra, marks_on, tree, trees
from tracker.next_up import MOST, NextUp, Suggestion, Walked, next_up
from tracker.overlay import overlay, way_to
from tracker.packed import Mark

LEARNING = Mark("learning", started=True)


def up(found: Tree, marks: dict[int, Mark], *, goal: int | None = None, under_way: tuple[int, ...] = ()) -> NextUp:
    return next_up([Walked(overlay(found, marks), goal=goal)], under_way)


def titles(found: NextUp) -> list[int]:
    return [one.topic for one in (found.hand, *found.ready) if one]


class TestNextUp:
    plain = tree(branch("A", 1, 2, 3), branch("B", 4, 5, 6, 7, 8), needs={3: [2], 5: [4]})

    def test_without_anything_begun_the_best_next_is_in_hand(self) -> None:
        found = up(self.plain, {})
        assert titles(found) == [2, 1, 4, 6, 7, 8]
        assert found.hand is not None
        assert (found.hand.because, found.hand.opens) == ("opens", (3,))
        assert [one.because for one in found.ready] == ["order", "opens", "order", "order", "order"]

    def test_what_is_under_way_comes_before_it_the_latest_first(self) -> None:
        found = up(self.plain, {7: LEARNING, 1: LEARNING}, under_way=(7, 1))
        assert found.hand is not None
        assert (found.hand.topic, found.hand.because) == (7, "learning")
        assert 1 not in titles(found), "it is begun, not ready"
        assert len(found.ready) == 4

    def test_what_the_goal_needs_comes_first_and_says_so(self) -> None:
        found = up(self.plain, {}, goal=5)
        assert found.hand is not None
        assert (found.hand.topic, found.hand.because, found.hand.goal, found.hand.way) == (4, "goal", 5, 2)
        assert titles(found)[1:3] == [2, 1]
        reached = up(self.plain, done(4), goal=5).hand
        assert reached is not None
        assert (reached.topic, reached.because, reached.way, reached.needs) == (5, "goal", 1, (4,))
        assert titles(up(self.plain, done(4, 5), goal=5))[0] == 2, "reached: nothing leads there any more"
        assert titles(up(self.plain, {}, goal=99)) == titles(up(self.plain, {})), "no longer part of the roadmap"

    def test_the_way_may_lead_through_another_roadmap(self) -> None:
        found = up(tree(branch("A", 1, 2), needs={2: [9]}), {}, goal=2)
        assert titles(found) == [9, 1]

    def test_several_roadmaps_take_turns_and_a_shared_topic_comes_once(self) -> None:
        one, two = tree(branch("A", 1, 2, 3)), tree(branch("B", 1, 11, 12))
        found = next_up([Walked(overlay(one, {})), Walked(overlay(two, {}))])
        assert [(s.walk, s.topic) for s in (found.hand, *found.ready) if s] == [
            (0, 1), (0, 2), (1, 11), (0, 3), (1, 12),
        ]  # fmt: skip

    def test_what_another_roadmap_locks_is_not_suggested(self) -> None:
        free = tree(branch("A", 1, 2))
        strict = tree(branch("B", 2, 3), needs={2: [3]}, locking="strict")
        assert 2 not in titles(next_up([Walked(overlay(free, {})), Walked(overlay(strict, {}))]))
        assert 2 in titles(next_up([Walked(overlay(free, done(3))), Walked(overlay(strict, done(3)))]))

    def test_what_does_not_count_comes_last(self) -> None:
        found = up(tree(branch("A", extra(1), 2)), {})
        assert titles(found) == [2, 1]
        assert [one.spare for one in (found.hand, *found.ready) if one] == [False, True]

    def test_nothing_to_walk_nothing_to_suggest(self) -> None:
        assert next_up([]) == NextUp()
        assert up(tree(branch("A", 1)), done(1)) == NextUp()

    def test_a_roadmap_of_which_another_locks_the_beginning(self) -> None:
        """However much of what comes first is refused, what is left is found."""
        many = tuple(range(1, 60))
        free = tree(branch("A", *many))
        strict = tree(branch("B", *many[:-1], 99), needs={n: [99] for n in many[:-1]}, locking="strict")
        found = next_up([Walked(overlay(free, {})), Walked(overlay(strict, {}))])
        assert {59, 99} == set(titles(found))


@st.composite
def walked(draw: st.DrawFn) -> list[Walked]:
    """Up to three roadmaps, with goals; the marks of what they share are the same."""
    grown = draw(st.lists(trees(), min_size=0, max_size=3))
    marks: dict[int, Mark] = {}
    for one in grown:
        marks |= draw(marks_on(one))
    return [
        Walked(overlay(one, marks), goal=draw(st.none() | st.sampled_from(sorted(one.topics))) if one.topics else None)
        for one in grown
    ]


def everything(found: NextUp) -> list[Suggestion]:
    return [one for one in (found.hand, *found.ready) if one]


class TestProperties:
    @settings(max_examples=30)
    @given(walked(), st.lists(st.integers(1, 15), max_size=4))
    def test_only_what_may_be_done_now(self, walks: list[Walked], under_way: list[int]) -> None:
        found = next_up(walks, under_way)
        assert len(found.ready) <= MOST
        assert len({one.topic for one in everything(found)}) == len(everything(found))
        for one in everything(found):
            here = walks[one.walk]
            row = here.overlay.row(one.topic)
            assert not here.tree.topics[one.topic].retired
            assert row.state == ("learning" if one.because == "learning" else "todo")
            if one.because == "learning":
                assert one == found.hand
                continue
            assert row.ready
            for walk in walks:
                if walk.tree.locking == "strict" and one.topic in walk.tree.seated:
                    assert not walk.overlay.row(one.topic).locked

    @settings(max_examples=30)
    @given(walked(), st.lists(st.integers(1, 15), max_size=4))
    def test_every_suggestion_has_its_because(self, walks: list[Walked], under_way: list[int]) -> None:
        for one in everything(next_up(walks, under_way)):
            here = walks[one.walk]
            if one.because == "goal":
                assert one.goal is not None
                assert one.topic in here.way
                assert one.way == len(here.way)
            assert (one.because != "opens") or one.opens
            assert len(one.opens) == here.overlay.row(one.topic).opens
            asked = {need for group in here.tree.asked.get(one.topic, ()) for need in group}
            assert set(one.needs) | set(one.unmet) <= asked
            assert bool(one.needs) == bool(asked)

    @settings(max_examples=30)
    @given(walked(), st.lists(st.integers(1, 15), max_size=4))
    def test_the_same_again(self, walks: list[Walked], under_way: list[int]) -> None:
        again = [Walked(overlay(walk.tree, {}), goal=walk._goal) for walk in walks]
        for walk, other in zip(walks, again, strict=True):
            other.overlay = walk.overlay
        assert next_up(walks, under_way) == next_up(again, under_way)

    @given(trees(), st.data())
    def test_one_roadmap_is_ranked_as_on_its_own_page(self, grown: Tree, data: st.DataObject) -> None:
        laid = overlay(grown, data.draw(marks_on(grown)))
        found, page = next_up([Walked(laid)]), laid.next
        if page is not None and page.because != "learning":
            assert found.hand is not None
            assert (found.hand.topic, found.hand.because) == page
        every = [topic for topic, row in laid.rows.items() if row.ready]
        assert set(laid.best_ready(len(every) + 1)) == set(every)
        for limit in range(1, len(every) + 1):
            assert laid.best_ready(limit) == laid.best_ready(len(every) + 1)[:limit]

    @given(trees(), st.data())
    def test_a_goal_that_can_be_reached_is_worked_towards(self, grown: Tree, data: st.DataObject) -> None:
        if not grown.order:
            return
        goal = data.draw(st.sampled_from(grown.order))
        marks = data.draw(marks_on(grown))
        found = next_up([Walked(overlay(grown, marks), goal=goal)])
        way = {*way_to(grown, marks, goal), goal}
        open_ones = [t for t in way if overlay(grown, marks).row(t).ready]
        if overlay(grown, marks).row(goal).state in {"todo", "learning"} and open_ones:
            assert found.hand is not None
            assert found.hand.topic in way

    @given(trees(), st.data())
    def test_what_changed_and_what_is_new_is_what_the_rows_say(self, grown: Tree, data: st.DataObject) -> None:
        laid = overlay(grown, data.draw(marks_on(grown)), finished_at=-1.0)
        assert laid.changed() == [topic for topic, row in laid.rows.items() if row.changed]
        assert laid.new() == [topic for topic, row in laid.rows.items() if row.new]
