"""The way to a topic: valid, as short as can be, together by modules; what else one could take, and what is next."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from roadmap.graph import together
from roadmap.tree import Need, Tree
from tests.trees import branch, done, marks_on, tree, trees
from tracker.overlay import met_states, overlay
from tracker.packed import NONE, Mark
from tracker.way import Hours, Way, choose, left_on_way, pairs, towards, understood, way

aimed = (
    trees()
    .filter(lambda grown: bool(grown.order))
    .flatmap(lambda grown: st.tuples(st.just(grown), marks_on(grown), st.sampled_from(grown.order)))
)


def ids(found: Way) -> list[int]:
    return [step.topic for step in found.left]


def is_valid(grown: Tree, marks: dict[int, Mark], order: list[int]) -> bool:
    """Everything that each step needs is met, or stands before it."""
    met = {t for t, mark in marks.items() if mark.state in met_states(grown)}
    for place, topic in enumerate(order):
        for _, by in grown.groups.get(topic, ()):
            if met.isdisjoint(by) and set(order[:place]).isdisjoint(by):
                return False
    return True


class TestExamples:
    def test_what_is_left_what_is_behind_and_why(self) -> None:
        grown = tree(
            branch("A", 1, 2, 3), branch("B", 4),
            needs={4: [Need(3, "to stand on"), Need(2)], 3: [Need(1)]}, facts={3: {"hours": 2.5}, 4: {"hours": 4.0}},
        )  # fmt: skip
        found = way(grown, done(1, 2), 4)
        assert ids(found) == [3, 4]
        assert [step.topic for step in found.met] == [1, 2]
        assert found.left[0].needed_by == ((4, "to stand on"),)
        assert (found.share.done, found.share.required, found.share.percent) == (2, 4, 50)
        assert found.hours == Hours(6.5, 0)

    def test_modules_stay_together_where_the_needs_allow_it(self) -> None:
        grown = tree(branch("A", 1, 3), branch("B", 2, 4), branch("C", 5), needs={5: [4, 3], 3: [2]})
        # By reading order alone it would be 1 … 3, 2, 4; 3 waits for 2, so B is walked in one go.
        assert together([1, 3, 2, 4, 5], {5: [3, 4], 3: [2]}, grown.place, grown.seated) == [1, 2, 4, 3, 5]

    def test_an_alternative_can_be_taken_and_says_what_it_costs(self) -> None:
        needs = {4: [Need(1, group="g"), Need(3, group="g")], 3: [Need(2)]}
        grown = tree(branch("A", 1, 2, 3, 4), needs=needs, facts={1: {"hours": 9.0}, 2: {"hours": 1.0}})
        short = way(grown, {}, 4)
        assert ids(short) == [1, 4]
        [fork] = short.forks
        assert (fork.by, fork.chosen, fork.own) == (4, 1, False)
        assert [(each.topic, each.steps, each.hours) for each in fork.alternatives] == [
            (1, 2, Hours(9, 1)),
            (3, 3, Hours(1, 2)),
        ]
        other = way(grown, {}, 4, choose(grown, {}, 4, 3))
        assert ids(other) == [2, 3, 4]
        assert other.forks[0].own
        assert ids(way(grown, done(1), 4, choose(grown, {}, 4, 3))) == [4], "a group that is met asks for nothing"

    def test_a_choice_that_is_offered_no_more_says_nothing(self) -> None:
        grown = tree(branch("A", 1, 2, 3), needs={3: [Need(1, group="g"), Need(2, group="g")]})
        assert understood(grown, pairs([3, 2, 3, 9, 8, 1, 7])) == {3: frozenset({2})}

    def test_a_goal_that_is_done_is_reached_whatever_is_left_before_it(self) -> None:
        grown = tree(branch("A", 1, 2), needs={2: [1]})
        assert way(grown, done(2), 2).reached
        assert not way(grown, {2: Mark("skipped")}, 2).reached

    def test_what_is_next_leads_to_the_goal(self) -> None:
        grown = tree(branch("A", 1, 2, 3, 4), needs={4: [3]})
        laid = overlay(grown, {1: Mark("learning", started=True)})
        assert laid.next == (1, "learning")
        assert towards(laid, {1: Mark("learning", started=True)}, 4) == (3, "goal")
        assert towards(laid, {3: Mark("learning", started=True)}, 4) == (3, "goal")
        assert towards(laid, done(4), 4) is None
        assert towards(laid, {}, 99) is None, "it left the roadmap"


class TestProperties:
    @given(aimed)
    def test_it_is_valid_whole_and_ends_at_the_topic(self, case: tuple[Tree, dict[int, Mark], int]) -> None:
        grown, marks, target = case
        found = way(grown, marks, target)
        order = ids(found)
        state = marks.get(target, NONE).state
        assert found.reached == (state in {"done", "waived"})
        if order:
            assert order[-1] == target
            assert len(set(order)) == len(order)
            assert is_valid(grown, marks, order)
            assert all(step.needed_by for step in found.left[:-1]), "each step says why it is there"
        assert not {step.topic for step in found.met} & set(order)
        share = found.share
        assert share.done + share.waived + share.learning + share.skipped + share.left == share.required
        assert share.required == len(found.left) + len(found.met)

    @given(aimed)
    def test_walking_it_step_by_step_reaches_it(self, case: tuple[Tree, dict[int, Mark], int]) -> None:
        grown, marks, target = case
        order, walked = left_on_way(grown, marks, target), dict(marks)
        for topic in order:
            laid = overlay(grown, walked)
            before = walked.get(topic, NONE).state
            assert laid.row(topic).ready or before in {"learning", "skipped"}, "nothing is missing for the next step"
            walked |= done(topic)
        assert way(grown, walked, target).reached

    @given(aimed, st.data())
    def test_every_choice_gives_a_valid_way_with_it(
        self, case: tuple[Tree, dict[int, Mark], int], data: st.DataObject
    ) -> None:
        grown, marks, target = case
        found = way(grown, marks, target)
        if not found.forks:
            return
        fork = data.draw(st.sampled_from(found.forks))
        other = data.draw(st.sampled_from(fork.alternatives))
        changed = way(grown, marks, target, choose(grown, {}, fork.by, other.topic))
        assert is_valid(grown, marks, ids(changed))
        assert len(changed.left) >= len(found.left), "the way that was found is the shortest"
        assert other.steps == len(changed.left)
        if fork.by in ids(changed):
            assert other.topic in ids(changed)

    @given(aimed)
    def test_what_is_next_is_a_step_of_it(self, case: tuple[Tree, dict[int, Mark], int]) -> None:
        grown, marks, target = case
        found = towards(overlay(grown, marks), marks, target)
        if found is not None:
            assert found.topic in left_on_way(grown, marks, target)
            assert marks.get(found.topic, NONE).state in {"todo", "learning"}
