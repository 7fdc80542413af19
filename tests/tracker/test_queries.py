"""What the pages of a person read: the right things, at a number of queries that does not grow."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext

from roadmap.models import Resource, Roadmap, Topic
from tests.factories import make_roadmap, make_section, make_step, make_topic, place, require
from tracker import progress, queries
from tracker.models import Enrolment, User

STRANGER = AnonymousUser()


def act(learner: User, topic: Topic, state: str = "done", roadmap: Roadmap | None = None) -> None:
    progress.set_state(
        learner=learner, topic=topic.pk, state=state, operation=uuid.uuid4(), roadmap=roadmap.pk if roadmap else None
    )


def count(read: Callable[[], Any]) -> int:
    """Queries of the second reading: the first puts the trees into the process."""
    read()
    with CaptureQueriesContext(connection) as captured:
        read()
    return len(captured)


def grown(topics: int) -> Roadmap:
    """Each topic needs the one before."""
    section = make_section(roadmap := make_roadmap())
    before = None
    for number in range(topics):
        topic = make_topic(f"Topic {number}", section)
        if before:
            require(topic, before)
        before = topic
    return roadmap


class TestStanding:
    def test_marks_overlay_and_enrolment(self, learner: User, other_learner: User) -> None:
        roadmap = grown(3)
        first, second, third = Topic.objects.filter(placements__roadmap=roadmap).order_by("placements__position")
        act(learner, first, "done", roadmap)
        act(learner, second, "learning", roadmap)
        act(other_learner, third, "done")
        here = queries.standing(learner, roadmap)
        assert here.marks == {first.pk: ("done", 1, True), second.pk: ("learning", 1, True)}
        assert here.overlay.total.percent == 33
        assert (here.enrolled, here.finished_at) == (True, None)
        assert [facts.title for facts in here.way_to(third.pk)] == ["Topic 1"]
        there = queries.standing(other_learner, roadmap)
        assert there.marks == {third.pk: ("done", 1, True)}
        assert not there.enrolled

    def test_what_was_put_back_counts_as_started_and_what_was_skipped_does_not(self, learner: User) -> None:
        roadmap = grown(2)
        first, second = Topic.objects.filter(placements__roadmap=roadmap).order_by("placements__position")
        act(learner, first, "learning")
        act(learner, first, "todo")
        act(learner, second, "skipped")
        marks = queries.standing(learner, roadmap).marks
        assert (marks[first.pk].started, marks[second.pk].started) == (True, False)

    def test_marks_of_topics_of_other_roadmaps_that_are_needed(self, learner: User) -> None:
        here, there = make_section(make_roadmap()), make_section(make_roadmap())
        topic, needed = make_topic("Topic", here), make_topic("Needed", there)
        require(topic, needed)
        assert queries.standing(learner, here.roadmap).overlay.rows[topic.pk].locked
        act(learner, needed)
        assert queries.standing(learner, here.roadmap).overlay.rows[topic.pk].ready

    def test_a_topic_done_elsewhere_is_known_here_and_enrols_nobody(self, learner: User) -> None:
        here, there = make_section(make_roadmap()), make_section(make_roadmap())
        topic = make_topic("Shared", here)
        place(topic, there)
        act(learner, topic, "done", there.roadmap)
        standing = queries.standing(learner, here.roadmap)
        assert standing.overlay.total.percent == 100
        assert not standing.enrolled

    @pytest.mark.django_db
    def test_a_stranger_has_nothing_done(self) -> None:
        here = queries.standing(STRANGER, grown(3))
        assert here.marks == {}
        assert here.overlay.total.percent == 0

    @pytest.mark.parametrize("topics", [3, 300])
    def test_one_query_and_none_for_a_stranger(self, learner: User, other_learner: User, topics: int) -> None:
        roadmap = grown(topics)
        for topic in Topic.objects.filter(placements__roadmap=roadmap)[:100]:
            act(learner, topic, "done", roadmap)
            act(other_learner, topic)
        assert count(lambda: queries.standing(learner, roadmap)) == 1
        assert count(lambda: queries.standing(other_learner, roadmap)) == 2, "nothing is counted: it walks no roadmap"
        assert count(lambda: queries.standing(STRANGER, roadmap)) == 0

    def test_a_roadmap_of_no_topics(self, learner: User) -> None:
        assert queries.standing(learner, make_roadmap()).overlay.total.percent is None


class TestRoadmapsFor:
    def test_those_one_walks_first_with_their_shares(self, learner: User) -> None:
        first, second = grown(2), grown(4)
        act(learner, Topic.objects.filter(placements__roadmap=second)[0], "done", second)
        cards = queries.roadmaps_for(learner)
        assert [(card.roadmap, card.share.percent, card.enrolled) for card in cards] == [
            (second, 25, True),
            (first, 0, False),
        ]
        assert [(card.topics, card.modules) for card in cards] == [(4, 1), (2, 1)]

    def test_who_finds_which(self, learner: User, other_learner: User, editor: User) -> None:
        listed, unlisted, draft = (make_roadmap(state=state) for state in ("listed", "unlisted", "draft"))
        Enrolment.objects.create(learner=learner, roadmap=unlisted)
        Enrolment.objects.create(learner=other_learner, roadmap=draft)

        def found(person: Any) -> set[Roadmap]:
            return {card.roadmap for card in queries.roadmaps_for(person)}

        assert found(STRANGER) == {listed}
        assert found(learner) == {listed, unlisted}, "an unlisted roadmap is shown to those who walk it"
        assert found(other_learner) == {listed}, "a draft is hidden even from those who walked it"
        assert found(editor) == {listed, draft}

    def test_the_same_number_of_queries_for_3_and_for_60(self, learner: User) -> None:
        counts = []
        for more in (3, 57):
            for _ in range(more):
                roadmap = grown(2)
                for topic in Topic.objects.filter(placements__roadmap=roadmap):
                    act(learner, topic, "done", roadmap)
            counts.append((count(lambda: queries.roadmaps_for(learner)), count(lambda: queries.roadmaps_for(STRANGER))))
        assert counts[0] == counts[1] == (3, 1)


class TestTopicPage:
    def test_everything_on_it(self, learner: User, other_learner: User) -> None:
        roadmap = make_roadmap("Garden")
        level = make_section(roadmap, "Beginner", kind="level")
        module = make_section(roadmap, "Ground", parent=level)
        soil, seeds, pond = (make_topic(title, module) for title in ("Soil", "Seeds", "Pond"))
        require(seeds, soil, reason="Nothing grows on stone.")
        require(pond, seeds, reason="Plants keep it clear.")
        dig, rake = make_step(seeds, "Dig"), make_step(seeds, "Rake")
        make_step(seeds, "Gone", retired_at="2026-01-01T00:00Z")
        for kind in ("book", "video", "book"):
            Resource.objects.create(topic=seeds, title=kind.title(), kind=kind)
        elsewhere = make_roadmap("Elsewhere")
        place(seeds, make_section(elsewhere, "Corner"))
        hidden = make_roadmap("Hidden", state="draft")
        place(seeds, make_section(hidden))
        act(learner, soil, "done", roadmap)
        act(learner, seeds, "learning", roadmap)
        act(learner, seeds, "learning", roadmap)
        act(other_learner, seeds, "skipped")
        progress.set_step(learner=learner, step=dig, done=True, operation=uuid.uuid4())
        progress.set_step(learner=other_learner, step=rake, done=True, operation=uuid.uuid4())

        page = queries.topic_page(learner, seeds, roadmap=roadmap.slug)
        assert page.mark.state == "learning"
        assert [(h.roadmap, h.trail) for h in page.holders] == [
            (roadmap, ("Beginner", "Ground")),
            (elsewhere, ("Corner",)),
        ]
        [[need]] = page.needs
        assert (need.topic.title, need.state, need.reason, need.met) == (
            "Soil",
            "done",
            "Nothing grows on stone.",
            True,
        )
        [opened] = page.opens
        assert (opened.topic.title, opened.state, opened.reason) == ("Pond", "todo", "Plants keep it clear.")
        assert [(step.title, step.done) for step in page.steps] == [("Dig", True), ("Rake", False)]
        assert {kind: len(found) for kind, found in page.resources.items()} == {"book": 2, "video": 1}
        assert [(event.was, event.now, event.step) for event in page.events] == [
            ("todo", "done", dig),
            ("todo", "learning", None),
        ], "the learner's own, newest first, without the click that changed nothing"
        assert (page.previous and page.previous.title, page.next and page.next.title) == ("Soil", "Pond")
        assert (page.unmet, page.locked, page.changed) == ((), False, False)

    def test_shown_in_the_roadmap_that_is_asked_for_else_in_the_one_walked(self, learner: User) -> None:
        first, second, third = (make_roadmap() for _ in range(3))
        topic = make_topic("Topic", make_section(first))
        for roadmap in (second, third):
            place(topic, make_section(roadmap))
        act(learner, topic, "learning", second)

        def shown(person: Any, asked: str = "") -> Roadmap:
            return queries.topic_page(person, topic, roadmap=asked).holders[0].roadmap

        assert shown(learner) == second
        assert shown(learner, third.slug) == third
        assert shown(learner, "no-such-roadmap") == second
        assert shown(STRANGER) == first

    def test_a_topic_that_no_roadmap_seats_any_more(self, learner: User) -> None:
        topic = make_topic("Stones", retired_at="2026-01-01T00:00Z")
        page = queries.topic_page(learner, topic)
        assert (page.standing, page.holders, page.previous, page.next) == (None, (), None, None)
        assert page.mark.state == "todo"

    def test_its_text_changed_since(self, learner: User) -> None:
        topic = make_topic("Soil", make_section(make_roadmap()))
        act(learner, topic)
        topic.revision = 2
        topic.save()
        assert queries.topic_page(learner, topic).changed
        progress.still_fine(learner=learner, topic=topic.pk)
        assert not queries.topic_page(learner, topic).changed

    def test_the_same_number_of_queries_for_a_bare_and_a_full_page(self, learner: User) -> None:
        counts = []
        for size in (1, 30):
            roadmap = make_roadmap()
            section = make_section(roadmap)
            topic = make_topic("Topic", section)
            for _ in range(size):
                require(topic, make_topic("Need", section))
                require(make_topic("Opened", section), topic)
                step = make_step(topic)
                Resource.objects.create(topic=topic, title="Book", kind="book")
                place(topic, make_section(make_roadmap()))
                act(learner, topic, "learning", roadmap)
                act(learner, topic, "done", roadmap)
                progress.set_step(learner=learner, step=step, done=True, operation=uuid.uuid4())
            counts.append(
                (
                    count(lambda t=topic, r=roadmap: queries.topic_page(learner, t, roadmap=r.slug)),  # type: ignore[misc]
                    count(lambda t=topic: queries.topic_page(STRANGER, t)),  # type: ignore[misc]
                )
            )
        assert counts[0] == counts[1] == (8, 4)
