"""The rules of shares, locks and suggestions: an example each, then the properties that hold for every tree."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadmap.tree import Need, Tree
from tests.trees import branch, done, extra, marks_on, tree, trees
from tracker.overlay import Next, Row, affected, overlay, unmet, way_to
from tracker.packed import NONE, STATES, Mark, pack, shares_of
from tracker.share import Share


class TestShare:
    def test_done_and_waived_count_and_skipped_does_not(self) -> None:
        grown = tree(branch("Maths", 1, 2, 3, 4))
        total = overlay(grown, done(1) | {2: Mark("waived"), 3: Mark("skipped")}).total
        assert (total.required, total.done, total.waived, total.skipped, total.left) == (4, 1, 1, 1, 1)
        assert total.value == 0.5
        assert total.percent == 50

    def test_optional_topics_stand_beside_it(self) -> None:
        grown = tree(branch("Maths", 1, extra(2)), branch("Add-ons", 3, branch("More", 4), optional=True))
        total = overlay(grown, done(1, 3)).total
        assert (total.value, total.optional, total.optional_done) == (1.0, 3, 1)

    def test_nothing_required_has_no_value(self) -> None:
        for grown in (tree(), tree(branch("Empty")), tree(branch("Add-ons", 1, optional=True))):
            total = overlay(grown, done(1)).total
            assert total.value is None
            assert total.percent is None
            assert not total.finished

    @pytest.mark.parametrize(
        ("finished", "counted"),
        [((), 0), ((1,), 1), ((1, 2), 2), ((1, 2, 3), 2)],
    )
    def test_a_choice_counts_its_best_two(self, finished: tuple[int, ...], counted: int) -> None:
        total = overlay(tree(branch("Domain", 1, 2, 3, choose=2)), done(*finished)).total
        assert (total.required, total.done) == (2, counted)

    def test_a_choice_of_more_than_there_are_takes_all(self) -> None:
        assert overlay(tree(branch("Domain", 1, 2, choose=5)), {}).total.required == 2

    def test_a_choice_spans_its_subsections(self) -> None:
        grown = tree(branch("Domain", 1, branch("Vision", 2, 3), choose=1))
        laid = overlay(grown, done(3))
        assert (laid.total.required, laid.total.value) == (1, 1.0)
        assert laid.shares[1].required == 2, "seen by itself, the subsection has two topics"

    def test_what_was_skipped_in_a_choice_shows_only_where_too_few_are_left(self) -> None:
        grown = tree(branch("Domain", 1, 2, 3, choose=2))
        one = overlay(grown, {1: Mark("skipped")}).total
        assert (one.skipped, one.left) == (0, 2)
        two = overlay(grown, {1: Mark("skipped"), 2: Mark("skipped")}).total
        assert (two.skipped, two.left) == (1, 1)

    def test_finished_with_the_rest_skipped_is_not_a_hundred(self) -> None:
        total = overlay(tree(branch("Maths", 1, 2, 3)), done(1) | {2: Mark("skipped"), 3: Mark("skipped")}).total
        assert total.finished
        assert (total.percent, total.skipped) == (33, 2)

    def test_hours_left_are_those_of_what_is_required_and_open(self) -> None:
        hours = {1: {"hours": 2.0}, 2: {"hours": 3.5}, 3: {"hours": 8.0}, 4: {"hours": 1.0}, 5: {"hours": 16.0}}
        grown = tree(branch("Maths", 1, 2, extra(3)), branch("Domain", 5, 4, choose=1), facts=hours)
        assert overlay(grown, {}).total.hours_left == 6.5
        assert overlay(grown, done(1) | {2: Mark("skipped")}).total.hours_left == 1.0
        assert overlay(grown, done(1, 2, 5)).total.hours_left == 0.0

    def test_a_hundred_means_all_and_none_means_none(self) -> None:
        assert Share(required=1000, done=999).percent == 99
        assert Share(required=1000, done=1).percent == 1
        assert Share(required=1000).percent == 0
        assert Share(required=1000, done=600, waived=400).percent == 100


class TestLocks:
    grown = tree(branch("Maths", 1, 2, 3), needs={3: [1, 2]})

    def test_a_topic_is_ready_when_all_it_needs_is_met(self) -> None:
        row = overlay(self.grown, done(1)).rows[3]
        assert (row.ready, row.locked, row.unmet) == (False, True, ((2,),))
        row = overlay(self.grown, done(1) | {2: Mark("waived")}).rows[3]
        assert (row.ready, row.locked, row.unmet) == (True, False, ())

    def test_learning_a_prerequisite_does_not_meet_it(self) -> None:
        assert overlay(self.grown, done(1) | {2: Mark("learning", started=True)}).rows[3].locked

    @pytest.mark.parametrize(("locking", "locked"), [("advisory", False), ("strict", True)])
    def test_a_skipped_prerequisite_satisfies_advice_only(self, locking: str, *, locked: bool) -> None:
        grown = tree(branch("Maths", 1, 2), needs={2: [1]}, locking=locking)
        assert overlay(grown, {1: Mark("skipped")}).rows[2].locked is locked

    def test_skipping_a_topic_does_not_unlock_it(self) -> None:
        assert overlay(self.grown, {3: Mark("skipped")}).rows[3].locked

    def test_what_was_started_never_locks_again(self) -> None:
        row = overlay(self.grown, {3: Mark("todo", started=True)}).rows[3]
        assert not row.locked
        assert row.unmet, "what is missing is still said"

    def test_one_alternative_is_enough(self) -> None:
        group = [Need(1, group="a"), Need(2, group="a"), Need(3)]
        grown = tree(branch("Maths", 1, 2, 3, 4), needs={4: group})
        assert overlay(grown, {}).rows[4].unmet == ((1, 2), (3,))
        assert overlay(grown, done(2)).rows[4].unmet == ((3,),)
        assert overlay(grown, done(2, 3)).rows[4].ready

    def test_topics_of_other_roadmaps_count_with_the_learners_marks(self) -> None:
        grown = tree(branch("Maths", 1), needs={1: [9]})
        assert overlay(grown, {}).rows[1].locked
        laid = overlay(grown, done(9))
        assert laid.rows[1].ready
        assert list(laid.rows) == [1], "what is not seated has no row here"

    @pytest.mark.parametrize(
        ("need", "facts", "reported"),
        [
            (Need(9, source="guess"), {}, ()),
            (Need(9), {9: {"retired": True}}, ((1, 9, "retired"),)),
            (Need(9), {9: {"reachable": False}}, ((1, 9, "in no roadmap that people may read"),)),
        ],
    )
    def test_what_nobody_can_meet_locks_nothing_and_is_reported(
        self, need: Need, facts: dict[int, dict[str, bool]], reported: tuple[tuple[int, int, str], ...]
    ) -> None:
        grown = tree(branch("Maths", 1), needs={1: [need]}, facts=facts)
        assert overlay(grown, {}).rows[1].ready
        assert grown.unsatisfiable == reported

    def test_the_topics_of_a_draft_need_each_other_although_nobody_may_read_it_yet(self) -> None:
        hidden = {1: {"reachable": False}, 2: {"reachable": False}}
        assert overlay(tree(branch("Draft", 1, 2), needs={2: [1]}, facts=hidden), {}).rows[2].locked

    def test_a_loop_locks_nobody_out(self) -> None:
        grown = tree(branch("Maths", 1, 2, 3), needs={1: [3], 2: [1], 3: [2]}, locking="strict")
        marks: dict[int, Mark] = {}
        for _ in range(3):
            ready = [t for t, row in overlay(grown, marks).rows.items() if row.ready]
            assert ready
            marks |= done(ready[0])
        assert overlay(grown, marks).total.percent == 100
        assert [why for *_, why in grown.unsatisfiable] == ["in a loop"]

    def test_a_group_of_which_some_cannot_be_met_asks_for_the_others(self) -> None:
        group = [Need(8, group="a"), Need(9, group="a")]
        grown = tree(branch("Maths", 1), needs={1: group}, facts={9: {"retired": True}})
        assert overlay(grown, {}).rows[1].unmet == ((8,),)

    def test_an_alternative_retired_since_it_was_done_still_counts(self) -> None:
        group = [Need(8, group="a"), Need(9, group="a")]
        grown = tree(branch("Maths", 1), needs={1: group}, facts={9: {"retired": True}})
        assert overlay(grown, done(9)).rows[1].ready
        assert way_to(grown, done(9), 1) == ()
        assert way_to(grown, {}, 1) == (8,)
        among_others = tree(branch("Maths", 1, 2, 3, 4), needs={1: group}, facts={9: {"retired": True}})
        assert overlay(among_others, done(9)).rows[1].ready


class TestRow:
    def test_a_change_of_the_text_shows_on_what_was_done_before_it(self) -> None:
        grown = tree(branch("Maths", 1, 2), facts={1: {"revision": 3}, 2: {"revision": 3}})
        rows = overlay(grown, {1: Mark("done", 2), 2: Mark("done", 3)}).rows
        assert (rows[1].changed, rows[2].changed) == (True, False)
        assert not overlay(grown, {1: Mark("learning", 2)}).rows[1].changed

    def test_new_is_what_was_seated_after_the_learner_finished(self) -> None:
        grown = tree(branch("Maths", 1, 2, 3), placed_at={1: 10.0, 2: 30.0, 3: 30.0})
        rows = overlay(grown, done(1, 3), finished_at=20.0).rows
        assert [rows[t].new for t in (1, 2, 3)] == [False, True, False]
        assert not overlay(grown, done(1)).rows[2].new, "nothing is new to those who never finished"

    def test_opens_counts_topics_still_to_finish(self) -> None:
        grown = tree(branch("Maths", 1, 2, 3), needs={2: [1], 3: [1]})
        assert overlay(grown, {}).rows[1].opens == 2
        assert overlay(grown, done(2)).rows[1].opens == 1


class TestNext:
    def test_what_is_under_way_comes_first_then_reading_order(self) -> None:
        grown = tree(branch("Maths", 1, 2, 3))
        assert overlay(grown, {3: Mark("learning", started=True)}).next == (3, "learning")
        assert overlay(grown, done(1)).next == (2, "order")
        assert overlay(grown, done(1, 2, 3)).next is None

    def test_what_opens_others_moves_up(self) -> None:
        grown = tree(branch("Maths", 1, 2, 3, 4, 5), needs={4: [3], 5: [3]})
        assert overlay(grown, {}).next == (3, "opens")

    def test_what_is_locked_or_settled_is_not_suggested(self) -> None:
        grown = tree(branch("Maths", 1, 2, 3, 4), needs={2: [1]})
        assert overlay(grown, done(3) | {4: Mark("skipped")}).next == (1, "opens")
        assert overlay(tree(branch("Maths", 1, 2), needs={1: [9]}), done(2)).next is None

    def test_optional_topics_come_after_required_ones(self) -> None:
        grown = tree(branch("Maths", extra(1), 2))
        assert overlay(grown, {}).next == (2, "order")
        assert overlay(grown, done(2)).next == (1, "order")

    def test_what_is_left_of_a_choice_that_has_enough_comes_with_the_optional_ones(self) -> None:
        grown = tree(branch("Domain", 1, 2, 3, choose=1), branch("Work", 4))
        laid = overlay(grown, done(2))
        assert laid.next == (4, "order")
        assert overlay(grown, done(2, 4)).next == (1, "order")
        assert [laid.rows[t].spare for t in (1, 2, 3, 4)] == [True, False, True, False]

    def test_what_becomes_spare_is_affected(self) -> None:
        grown = tree(branch("Domain", 1, branch("Vision", 2), choose=1), branch("Work", 3))
        assert set(affected(grown, 1).topics) == {1, 2}
        assert affected(grown, 3) == ((3,), (2,))

    def test_a_choice_that_lacks_one_has_nothing_to_spare(self) -> None:
        laid = overlay(tree(branch("Domain", 1, 2, 3, choose=2)), done(2))
        assert not any(row.spare for row in laid.rows.values())


def shown(row: Row) -> tuple[object, ...]:
    """What the row of a page says of it."""
    unfinished = row.state in {"todo", "learning"}
    lacking = len(row.unmet) if row.state == "todo" else 0
    opens = row.opens if unfinished else 0
    return row.state, row.ready, row.locked, lacking, opens, row.new, row.changed, row.spare


def bounded(share: Share) -> bool:
    parts = (share.done, share.waived, share.learning, share.skipped, share.left, share.optional - share.optional_done)
    return all(part >= 0 for part in parts) and (share.value is None or 0 <= share.value <= 1)


marked = trees().flatmap(lambda grown: st.tuples(st.just(grown), marks_on(grown)))


class TestProperties:
    @given(marked)
    def test_shares_lie_between_0_and_1(self, case: tuple[Tree, dict[int, Mark]]) -> None:
        laid = overlay(*case)
        assert all(map(bounded, (*laid.shares, laid.total)))
        for share in (*laid.shares, laid.total):
            assert (share.percent == 100) == (share.value == 1.0)
            assert (share.value is None) == (share.required == 0)

    @given(marked, st.data())
    def test_doing_one_more_never_lowers_a_share(self, case: tuple[Tree, dict[int, Mark]], data: st.DataObject) -> None:
        grown, marks = case
        if not grown.topics:
            return
        topic = data.draw(st.sampled_from(sorted(grown.topics)))
        before, after = overlay(grown, marks), overlay(grown, marks | done(topic))
        for old, new in zip((*before.shares, before.total), (*after.shares, after.total), strict=True):
            assert old.required == new.required, "what is required does not depend on the learner"
            assert (old.value or 0) <= (new.value or 0)
            assert old.hours_left >= new.hours_left or marks.get(topic, NONE).state == "skipped"

    @given(marked)
    def test_a_branch_is_the_sum_of_what_is_on_it(self, case: tuple[Tree, dict[int, Mark]]) -> None:
        grown, marks = case
        laid = overlay(grown, marks)

        def parts(share: Share) -> list[int]:
            return [share.required, share.done, share.waived, share.learning, share.skipped]

        for index, one in enumerate([*grown.branches, None]):
            below = [
                s for s, b in zip(laid.shares, grown.branches, strict=True) if b.parent == (index if one else None)
            ]
            own = [marks.get(seat.topic, NONE).state for seat in (one.seats if one else ()) if not seat.optional]
            states = ("done", "waived", "learning", "skipped")
            summed = [
                sum(column) for column in zip(*map(parts, below), [len(own), *map(own.count, states)], strict=True)
            ]
            share = laid.shares[index] if one else laid.total
            if one is None or one.choose is None:
                assert parts(share) == summed
                assert share.value == (None if not summed[0] else (summed[1] + summed[2]) / summed[0]), (
                    "weighted by what is required"
                )
            else:
                assert share.required == min(one.choose, summed[0])
                assert share.done + share.waived == min(share.required, summed[1] + summed[2])

    @given(trees(), st.randoms(use_true_random=False))
    def test_the_order_of_check_offs_does_not_matter(self, grown: Tree, chance: random.Random) -> None:
        topics = [t for t in grown.topics if chance.random() < 0.6]
        marks = {t: Mark(chance.choice(STATES)) for t in topics}
        shuffled = list(marks.items())
        chance.shuffle(shuffled)
        assert pack(grown, dict(shuffled)) == pack(grown, marks)
        one, other = overlay(grown, dict(shuffled)), overlay(grown, marks)
        assert (one.rows, one.shares, one.total, one.next) == (other.rows, other.shares, other.total, other.next)

    @given(marked)
    def test_a_hundred_is_always_reachable_and_strict_locks_never_dead_end(
        self, case: tuple[Tree, dict[int, Mark]]
    ) -> None:
        """Whatever a learner has done so far, doing one unlocked topic after the other ends with everything done."""
        grown, marks = case
        marks = dict(marks)
        possible = [t for t, f in grown.topics.items() if t in grown.seated or (f.reachable and not f.retired)]
        while True:
            still = [t for t in possible if marks.get(t, NONE).state not in {"done", "waived"}]
            free = [t for t in still if marks.get(t, NONE).started or not unmet(grown, marks, t)]
            if not still:
                break
            assert free, f"locked out of {still} with {marks}"
            marks |= done(*free)
        laid = overlay(grown, marks)
        assert laid.total.percent in {100, None}
        assert all(share.percent in {100, None} for share in laid.shares)
        assert laid.total.hours_left == 0

    @given(marked)
    def test_ready_locked_and_unmet_agree(self, case: tuple[Tree, dict[int, Mark]]) -> None:
        grown, marks = case
        for topic, row in overlay(grown, marks).rows.items():
            started = marks.get(topic, NONE).started
            assert row.ready == (row.state == "todo" and not unmet(grown, marks, topic))
            never = row.state in {"todo", "skipped"} and not started
            assert row.locked == (never and bool(unmet(grown, marks, topic)))
            assert all(need in grown.topics for group in row.unmet for need in group)

    @given(marked, st.data())
    def test_a_check_off_changes_only_what_is_affected(
        self, case: tuple[Tree, dict[int, Mark]], data: st.DataObject
    ) -> None:
        grown, marks = case
        if not grown.topics:
            return
        topic = data.draw(st.sampled_from(sorted(grown.topics)))
        state = data.draw(st.sampled_from(STATES))
        finished_at = data.draw(st.none() | st.just(-1.0))
        now = marks | {topic: Mark(state, 1, started=True)}
        before, after = (overlay(grown, m, finished_at=finished_at) for m in (marks, now))
        touched = affected(grown, topic)
        patched = before.rows | after.rows_of(touched.topics)
        assert patched == after.rows
        assert list(after.rows) == list(grown.order)
        assert after.rows_of(grown.order) == after.rows
        for index, (old, new) in enumerate(zip(before.shares, after.shares, strict=True)):
            assert index in touched.branches or old == new
        assert shares_of(grown, pack(grown, now)) == (after.shares, after.total)

    @given(marked, st.data(), st.none() | st.just(-1.0))
    def test_what_looks_the_same_is_shown_the_same(
        self, case: tuple[Tree, dict[int, Mark]], data: st.DataObject, finished_at: float | None
    ) -> None:
        grown, marks = case
        one = overlay(grown, marks, finished_at=finished_at)
        other = overlay(grown, data.draw(marks_on(grown)))
        for place, topic in enumerate(grown.order):
            if one.looks[place] == other.looks[place]:
                assert shown(one.row(topic)) == shown(other.row(topic))

    @given(marked)
    def test_what_is_suggested_is_the_first_of_all_by_its_rule(self, case: tuple[Tree, dict[int, Mark]]) -> None:
        grown, marks = case
        laid = overlay(grown, marks)
        learning = [topic for topic, row in laid.rows.items() if row.state == "learning"]
        ready = []
        for place, (topic, row) in enumerate(laid.rows.items()):
            if row.ready:
                level = grown.above(grown.seated[topic])[-1]
                counts = not row.spare and topic not in grown.optional
                ready.append((not counts, level, place - 2 * min(row.opens, 5), place, topic))
        expected = None
        if learning:
            expected = Next(learning[0], "learning")
        elif ready:
            best = min(ready)[-1]
            expected = Next(best, "opens" if laid.rows[best].opens else "order")
        assert laid.next == expected

    @given(marked, st.data())
    def test_the_way_to_a_topic_unlocks_it(self, case: tuple[Tree, dict[int, Mark]], data: st.DataObject) -> None:
        grown, marks = case
        if not grown.topics:
            return
        topic = data.draw(st.sampled_from(sorted(grown.topics)))
        walked = dict(marks)
        for step in way_to(grown, marks, topic):
            assert not unmet(grown, walked, step), "each step of it is free when it is reached"
            walked |= done(step)
        assert not unmet(grown, walked, topic)
        assert bool(way_to(grown, marks, topic)) == bool(unmet(grown, marks, topic))
