"""Cycles, order and what is missing: examples, then properties against plain definitions."""

from __future__ import annotations

from itertools import combinations, pairwise

from hypothesis import given
from hypothesis import strategies as st

from roadmap.graph import find_cycle, missing, reduced, topological, without_cycles

node = st.integers(0, 9)
graphs = st.dictionaries(node, st.lists(node, max_size=5, unique=True), max_size=10)


def reaches(graph: dict[int, list[int]], start: int) -> set[int]:
    """Everything below `start`, by the definition."""
    found: set[int] = set()
    waiting = list(graph.get(start, ()))
    while waiting:
        if (n := waiting.pop()) not in found:
            found.add(n)
            waiting += graph.get(n, ())
    return found


class TestFindCycle:
    def test_names_the_loop_from_its_start_to_itself(self) -> None:
        assert find_cycle({"a": ["b"], "b": ["c"], "c": ["d"], "d": ["b"]}) == ["b", "c", "d", "b"]

    def test_a_node_that_requires_itself(self) -> None:
        assert find_cycle({"a": ["a"]}) == ["a", "a"]

    def test_a_diamond_is_no_loop(self) -> None:
        assert find_cycle({"a": ["b", "c"], "b": ["d"], "c": ["d"]}) is None

    def test_a_chain_of_a_hundred_thousand_neither_recurses_nor_squares(self) -> None:
        long = {n: [n + 1] for n in range(100_000)}
        assert find_cycle(long) is None
        loop = find_cycle(long | {100_000: [0]})
        assert loop is not None
        assert len(loop) == 100_002

    @given(graphs)
    def test_finds_one_exactly_when_some_node_reaches_itself(self, graph: dict[int, list[int]]) -> None:
        loop = find_cycle(graph)
        assert (loop is not None) == any(n in reaches(graph, n) for n in graph)
        if loop:
            assert loop[0] == loop[-1]
            assert len(set(loop)) == len(loop) - 1
            assert all(after in graph[before] for before, after in pairwise(loop))


class TestWithoutCycles:
    @given(graphs)
    def test_cuts_every_loop_and_nothing_that_closes_none(self, graph: dict[int, list[int]]) -> None:
        kept, loops = without_cycles(graph)
        assert find_cycle(kept) is None
        cut = {(n, m) for n in graph for m in graph[n]} - {(n, m) for n in kept for m in kept[n]}
        assert cut == {(loop[-2], loop[-1]) for loop in loops}
        assert all(n == m or n in reaches(graph, m) for n, m in cut)


class TestTopological:
    def test_keeps_the_given_order_where_it_can(self) -> None:
        assert topological(["d", "c", "b", "a"], {"d": ["a"]}) == ["c", "b", "a", "d"]

    def test_ignores_what_lies_outside(self) -> None:
        assert topological([2, 1], {2: [9], 1: [8]}) == [2, 1]

    @given(graphs)
    def test_drops_nothing_and_puts_what_is_required_first(self, graph: dict[int, list[int]]) -> None:
        nodes = sorted(graph)
        order = topological(nodes, graph)
        assert sorted(order) == nodes
        if find_cycle(graph) is None:
            place = {n: i for i, n in enumerate(order)}
            assert all(place[m] < place[n] for n in graph for m in graph[n] if m in place)


class TestMissing:
    order = {n: n for n in range(10)}

    def test_a_chain_from_its_far_end(self) -> None:
        assert missing(3, {3: [[2]], 2: [[1]], 1: [[0]]}, {0}, self.order) == [1, 2]

    def test_nothing_when_all_is_met(self) -> None:
        assert missing(3, {3: [[2], [1]]}, {1, 2}, self.order) == []

    def test_what_is_met_is_not_looked_behind(self) -> None:
        assert missing(3, {3: [[2]], 2: [[1]]}, {2}, self.order) == []

    def test_takes_the_shorter_of_two_ways(self) -> None:
        asked = {9: [[1, 4]], 1: [[2]], 2: [[3]]}
        assert missing(9, asked, set(), self.order) == [4]
        assert missing(9, asked, {2}, self.order) == [1]

    def test_an_alternative_that_is_needed_anyway_costs_nothing(self) -> None:
        """5 needs (1 or 2) and 2: taking 2 is enough, although 1 stands first."""
        assert missing(5, {5: [[1, 2], [2]]}, set(), self.order) == [2]
        assert missing(5, {5: [[2], [1, 3]], 2: [[3]]}, set(), self.order) == [3, 2]

    @given(
        st.dictionaries(
            st.integers(1, 9), st.lists(st.lists(st.integers(0, 8), min_size=1, max_size=3, unique=True), max_size=3)
        ),
        st.sets(node),
    )
    def test_walking_it_meets_every_need_on_the_way(self, raw: dict[int, list[list[int]]], met: set[int]) -> None:
        asked = {n: [[m for m in g if m < n] for g in groups if any(m < n for m in g)] for n, groups in raw.items()}
        way = missing(9, asked, met, self.order)
        assert len(set(way)) == len(way)
        assert not met & set(way)
        has = set(met)
        for step in [*way, 9]:
            assert all(has & set(group) for group in asked.get(step, ())), f"{step} comes too early in {way}"
            has.add(step)

    @given(
        st.dictionaries(
            st.integers(1, 7), st.lists(st.lists(st.integers(0, 6), min_size=1, max_size=3, unique=True), max_size=3)
        ),
        st.sets(st.integers(0, 6)),
    )
    def test_no_way_is_shorter(self, raw: dict[int, list[list[int]]], met: set[int]) -> None:
        asked = {n: [[m for m in g if m < n] for g in groups if any(m < n for m in g)] for n, groups in raw.items()}
        way = missing(7, asked, met, self.order)
        for size in range(len(way)):
            for chosen in combinations(set(range(7)) - met, size):
                has = met | set(chosen)
                enough = all(any(m in has for m in g) for n in (*chosen, 7) for g in asked.get(n, ()))
                assert not enough, f"{chosen} is shorter than {way}"

    def test_a_long_chain_of_choices_ends(self) -> None:
        """Over a hundred nodes with two choices each that share their ways: trying all would take for ever."""
        asked = {n: [[n - 1, n - 2, n - 3], [n - 2, n - 4]] for n in range(4, 120)}
        way = missing(119, asked, set(), {n: n for n in range(120)})
        has: set[int] = set()
        for step in [*way, 119]:
            assert all(has & set(group) for group in asked.get(step, ()))
            has.add(step)


class TestReduced:
    def test_leaves_out_what_a_longer_way_says(self) -> None:
        assert reduced({1: [], 2: [1], 3: [1, 2], 4: [2, 1, 3]}) == {1: [], 2: [1], 3: [2], 4: [3]}

    def test_keeps_a_diamond(self) -> None:
        diamond = {1: [], 2: [1], 3: [1], 4: [3, 2]}
        assert reduced(diamond) == diamond

    def test_edges_to_nodes_outside_are_left_out(self) -> None:
        assert reduced({1: [9], 2: [1, 9]}) == {1: [], 2: [1]}

    @given(graphs)
    def test_reaches_as_far_with_as_little_as_can_be(self, graph: dict[int, list[int]]) -> None:
        nodes = set(graph) | {n for needs in graph.values() for n in needs}
        acyclic = {n: [m for m in graph.get(n, ()) if m < n] for n in sorted(nodes)}
        found = reduced(acyclic)
        for node, needs in acyclic.items():
            assert set(found[node]) <= set(needs)
            assert reaches(found, node) == reaches(acyclic, node)
        for node, needs in found.items():
            for need in needs:
                without = found | {node: [other for other in needs if other != need]}
                assert need not in reaches(without, node), "this edge could go, too"
