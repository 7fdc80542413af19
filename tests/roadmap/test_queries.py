"""Loading trees: what is in them, at how many queries, and that the process keeps them rightly."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from roadmap import queries
from roadmap.models import Resource, Roadmap
from roadmap.queries import load_trees, tree_of, trees_of
from roadmap.tree import Tree
from tests.factories import make_roadmap, make_section, make_topic, place, require

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    queries._kept.clear()
    yield
    queries._kept.clear()


def changed(roadmap: Roadmap) -> Roadmap:
    """As the next reader finds it after a change of the tree."""
    roadmap.revision += 1
    roadmap.save()
    return Roadmap.objects.get(pk=roadmap.pk)


class TestTreeOf:
    def test_the_whole_tree(self) -> None:
        roadmap = make_roadmap("Garden", summary="Ground to harvest.", locking="strict")
        level = make_section(roadmap, "Beginner", kind="level", number=1, summary="Begin.")
        ground = make_section(roadmap, "Ground", parent=level, choose=1, ordered=True)
        extras = make_section(roadmap, "Extras", optional=True)
        deeper = make_section(roadmap, "Deeper", parent=extras)
        soil = make_topic("Soil", ground, hours="2.5", details=["clay", "sand"], summary="What it is.", revision=3)
        seeds = make_topic("Seeds", ground, optional=True, planned=True)
        pond = make_topic("Pond", deeper)
        require(seeds, soil, reason="Nothing grows on stone.", source="chain")
        Resource.objects.create(section=ground, title="A book", url="https://example.org/", kind="book")

        tree = tree_of(roadmap)
        assert (tree.id, tree.slug, tree.title, tree.locking) == (roadmap.pk, roadmap.slug, "Garden", "strict")
        assert [(b.title, b.depth, b.parent, b.optional) for b in tree.branches] == [
            ("Beginner", 0, None, False),
            ("Ground", 1, 0, False),
            ("Extras", 0, None, True),
            ("Deeper", 1, 2, True),
        ]
        assert (tree.branches[0].kind, tree.branches[0].number, tree.branches[0].summary) == ("level", 1, "Begin.")
        assert (tree.branches[1].choose, tree.branches[1].ordered, tree.branches[0].children) == (1, True, (1,))
        assert [(r.title, r.url, r.kind) for r in tree.branches[1].resources] == [
            ("A book", "https://example.org/", "book")
        ]
        assert tree.order == (soil.pk, seeds.pk, pond.pk)
        assert tree.optional == {seeds.pk, pond.pk}
        facts = tree.topics[soil.pk]
        assert (facts.uid, facts.slug, facts.title, facts.summary) == (soil.uid, soil.slug, "Soil", "What it is.")
        assert (facts.hours, list(facts.details), facts.revision) == (2.5, ["clay", "sand"], 3)
        assert (facts.planned, facts.retired, facts.reachable) == (False, False, True)
        assert tree.topics[seeds.pk].planned
        [need] = tree.needs[seeds.pk]
        assert (need.topic, need.reason, need.group, need.source) == (soil.pk, "Nothing grows on stone.", "", "chain")
        assert all(tree.placed_at[topic] > 1.7e9 for topic in tree.order)

    def test_prerequisites_are_followed_into_other_roadmaps_to_the_end(self) -> None:
        here, there = make_section(make_roadmap()), make_section(make_roadmap())
        topic, near, far = make_topic("Topic", here), make_topic("Near", there), make_topic("Far", there)
        later, unrelated = make_topic("Later", there), make_topic("Unrelated", there)
        require(topic, near)
        require(near, far)
        require(later, topic)
        require(unrelated, later)
        tree = tree_of(here.roadmap)
        assert tree.topics.keys() == {topic.pk, near.pk, far.pk, later.pk}
        assert tree.asked[near.pk] == ((far.pk,),)
        assert tree.opens[topic.pk] == (later.pk,)
        assert tree.order == (topic.pk,)

    def test_what_is_retired_or_in_drafts_alone_has_no_seat_or_cannot_be_asked_for(self) -> None:
        here = make_section(make_roadmap())
        topic = make_topic("Topic", here)
        retired = make_topic("Retired", here, retired_at="2026-01-01T00:00Z")
        draft = make_topic("Draft", make_section(make_roadmap(state="draft")))
        gone = make_topic("Gone", make_section(make_roadmap(retired_at="2026-01-01T00:00Z")))
        nowhere = make_topic("Nowhere")
        for other in (retired, draft, gone, nowhere):
            require(topic, other)
        tree = tree_of(here.roadmap)
        assert tree.order == (topic.pk,)
        assert tree.asked == {}
        assert {need for _, need, _ in tree.unsatisfiable} == {retired.pk, draft.pk, gone.pk, nowhere.pk}

    def test_an_empty_roadmap(self) -> None:
        tree = tree_of(make_roadmap())
        assert (tree.order, tree.branches, tree.topics) == ((), (), {})

    @pytest.mark.parametrize("size", [1, 40])
    def test_four_queries_whatever_the_size(self, size: int) -> None:
        roadmaps = [make_roadmap() for _ in range(size)]
        for roadmap in roadmaps:
            section = make_section(roadmap)
            topics = [make_topic(str(n), section) for n in range(3)]
            require(topics[1], topics[0])
        with CaptureQueriesContext(connection) as captured:
            trees = load_trees(roadmaps)
        assert len(captured) == 4
        assert [len(tree.order) for tree in trees] == [3] * size


class TestKept:
    def test_no_query_the_second_time(self) -> None:
        roadmap = make_roadmap()
        tree = tree_of(roadmap)
        with CaptureQueriesContext(connection) as captured:
            assert tree_of(Roadmap.objects.get(pk=roadmap.pk)) is tree
        assert len(captured) == 1

    def test_a_change_of_the_tree_is_seen_at_once(self) -> None:
        roadmap = make_roadmap()
        section = make_section(roadmap)
        make_topic("First", section)
        assert len(tree_of(roadmap).order) == 1
        make_topic("Second", section)
        assert len(tree_of(changed(roadmap)).order) == 2

    def test_a_reader_who_came_before_the_change_does_not_put_the_old_tree_back(self) -> None:
        early = make_roadmap()
        late = changed(Roadmap.objects.get(pk=early.pk))
        new = tree_of(late)
        assert tree_of(early).revision == 1
        assert tree_of(late) is new

    def test_trees_together_load_only_those_that_are_not_kept(self) -> None:
        first, second = make_roadmap(), make_roadmap()
        kept = tree_of(first)
        with CaptureQueriesContext(connection) as captured:
            found = trees_of([second, first])
        assert len(captured) == 4
        assert [tree.id for tree in found] == [second.pk, first.pk]
        assert found[1] is kept
        with CaptureQueriesContext(connection) as captured:
            trees_of([first, second])
        assert len(captured) == 0

    def test_the_least_recently_used_go_first(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(queries, "KEPT_TREES", 3)
        roadmaps = [make_roadmap() for _ in range(4)]
        for roadmap in roadmaps[:3]:
            tree_of(roadmap)
        tree_of(roadmaps[0])
        tree_of(roadmaps[3])
        assert set(queries._kept) == {roadmaps[0].pk, roadmaps[2].pk, roadmaps[3].pk}

    @pytest.mark.django_db(transaction=True)
    def test_threads_that_miss_at_once_load_it_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        roadmap = make_roadmap()
        make_topic("First", make_section(roadmap))
        loads: list[int] = []
        load = queries.load_trees

        def counted(wanted: list[Roadmap]) -> list[Tree]:
            loads.extend(roadmap.pk for roadmap in wanted)
            return load(wanted)

        monkeypatch.setattr(queries, "load_trees", counted)
        together = Barrier(8)

        def read(_: int) -> Tree:
            together.wait()
            try:
                return tree_of(roadmap)
            finally:
                connection.close()

        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(read, range(8)))
        assert loads == [roadmap.pk]
        assert all(tree is found[0] for tree in found)


def test_who_finds_which_roadmap() -> None:
    listed, unlisted, draft = (make_roadmap(state=state) for state in ("listed", "unlisted", "draft"))
    make_roadmap(retired_at="2026-01-01T00:00Z")
    assert set(queries.listed_roadmaps()) == {listed}
    assert set(queries.listed_roadmaps(drafts=True)) == {listed, draft}
    assert set(queries.readable_roadmaps()) == {listed, unlisted}
    assert set(queries.readable_roadmaps(drafts=True)) == {listed, unlisted, draft}


def test_one_topic_in_two_roadmaps_is_one_topic() -> None:
    first, second = make_section(make_roadmap()), make_section(make_roadmap())
    topic = make_topic("Shared", first)
    place(topic, second)
    one, other = trees_of([first.roadmap, second.roadmap])
    assert one.topics[topic.pk] == other.topics[topic.pk]
