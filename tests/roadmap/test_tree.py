"""The tree as data: reading order, what is inherited, what can really be asked for."""

from __future__ import annotations

from hypothesis import given

from roadmap.graph import find_cycle
from roadmap.tree import Branch, Need, Seat, Tree
from tests.trees import branch, extra, tree, trees


class TestReadingOrder:
    def test_seats_and_subsections_interleave_by_position(self) -> None:
        grown = tree(branch("Beginner", 1, branch("Maths", 2, 3), 4), branch("Advanced", 5))
        assert grown.order == (1, 2, 3, 4, 5)
        assert grown.place == {1: 0, 2: 1, 3: 2, 4: 3, 5: 4}
        assert grown.seated == {1: 0, 2: 1, 3: 1, 4: 0, 5: 2}

    def test_branches_of_any_depth_without_recursion(self) -> None:
        deep = tuple(
            Branch(i, i - 1 if i else None, i, "module", f"b{i}", f"b{i}", children=(i + 1,) if i < 4999 else ())
            for i in range(4999)
        )
        last = Branch(4999, 4998, 4999, "module", "last", "last", seats=(Seat(1),))
        grown = Tree(1, "r", "R", branches=(*deep, last))
        assert grown.order == (1,)
        assert len(grown.above(4999)) == 5000

    def test_above_names_the_branch_and_its_ancestors_nearest_first(self) -> None:
        grown = tree(branch("A", branch("B", branch("C", 1))))
        assert grown.above(2) == (2, 1, 0)

    def test_optional_is_inherited(self) -> None:
        grown = tree(branch("A", 1, extra(2)), branch("B", branch("C", 3), optional=True))
        assert grown.optional == {2, 3}

    @given(trees())
    def test_every_seat_is_read_once(self, grown: Tree) -> None:
        assert sorted(grown.order) == sorted(seat.topic for one in grown.branches for seat in one.seats)
        assert set(grown.order) == grown.seated.keys()
        assert all(one.parent is None or one.parent < index for index, one in enumerate(grown.branches))


class TestAsked:
    def test_groups_are_alternatives_and_plain_needs_stand_alone(self) -> None:
        needs = {5: [Need(1, group="a"), Need(2), Need(3, group="a"), Need(4)]}
        assert tree(branch("A", 1, 2, 3, 4, 5), needs=needs).asked == {5: ((1, 3), (2,), (4,))}

    def test_opens_is_the_other_way_round_seated_topics_first(self) -> None:
        grown = tree(branch("A", 1, 2, 3), needs={3: [1], 2: [1], 9: [1]})
        assert grown.opens == {1: (2, 3, 9)}

    def test_guesses_are_kept_but_not_asked_for(self) -> None:
        grown = tree(branch("A", 1, 2), needs={2: [Need(1, source="guess")]})
        assert grown.asked == {}
        assert grown.opens == {}
        assert grown.needs[2][0].topic == 1
        assert grown.unsatisfiable == ()

    @given(trees())
    def test_what_is_asked_for_has_no_loop_and_can_be_met(self, grown: Tree) -> None:
        asked = {topic: [need for group in groups for need in group] for topic, groups in grown.asked.items()}
        assert find_cycle(asked) is None
        for topic, wanted in asked.items():
            stated = {need.topic for need in grown.needs[topic] if need.source != "guess"}
            left_out = {need for owner, need, _ in grown.unsatisfiable if owner == topic}
            assert set(wanted) | left_out == stated, "every stated prerequisite is asked for, or reported"
            assert not set(wanted) & left_out
            for need in wanted:
                assert not grown.topics[need].retired
                assert grown.topics[need].reachable or need in grown.seated
        for need, opened in grown.opens.items():
            assert all(need in asked[topic] for topic in opened)
