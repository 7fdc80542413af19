"""The doors: who reaches which roadmap, topic and step; everything else does not exist."""

from __future__ import annotations

import uuid

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from roadmap.models import Alias, Roadmap, Topic
from tests.factories import make_roadmap, make_section, make_step, make_topic, place
from tracker import access, progress
from tracker.models import User

STRANGER = AnonymousUser()


class TestRoadmapForReading:
    @pytest.mark.parametrize("state", ["listed", "unlisted"])
    def test_anybody_reads_what_is_published(self, learner: User, state: str) -> None:
        roadmap = make_roadmap(state=state)
        for person in (STRANGER, learner):
            with CaptureQueriesContext(connection) as queries:
                assert access.roadmap_for_reading(person, roadmap.slug) == roadmap
            assert len(queries) == 1

    def test_a_draft_is_there_for_those_who_edit(self, learner: User, editor: User, owner: User) -> None:
        roadmap = make_roadmap(state="draft")
        for person in (editor, owner):
            assert access.roadmap_for_reading(person, roadmap.slug) == roadmap
        for stranger in (STRANGER, learner):
            with pytest.raises(Http404):
                access.roadmap_for_reading(stranger, roadmap.slug)

    def test_a_draft_and_nothing_at_all_look_the_same(self, learner: User) -> None:
        make_roadmap(state="draft", slug="secret")
        answers = []
        for slug in ("secret", "nothing"):
            with pytest.raises(Http404) as refused:
                access.roadmap_for_reading(learner, slug)
            answers.append(str(refused.value))
        assert answers[0] == answers[1]

    def test_an_editor_whose_account_was_switched_off(self, editor: User) -> None:
        editor.is_active = False
        with pytest.raises(Http404):
            access.roadmap_for_reading(editor, make_roadmap(state="draft").slug)

    def test_a_retired_one_is_gone_for_all(self, owner: User) -> None:
        roadmap = make_roadmap(retired_at=timezone.now())
        with pytest.raises(Http404):
            access.roadmap_for_reading(owner, roadmap.slug)


class TestTopicForReading:
    def test_anybody_reads_a_topic_of_a_published_roadmap(self, learner: User) -> None:
        topic = make_topic("Soil", make_section(make_roadmap()))
        for person in (STRANGER, learner):
            assert access.topic_for_reading(person, topic.slug) == topic

    def test_one_seated_in_drafts_alone_is_hidden(self, learner: User, editor: User) -> None:
        draft = make_section(make_roadmap(state="draft"))
        topic = make_topic("Secret", draft)
        for stranger in (STRANGER, learner):
            with pytest.raises(Http404):
                access.topic_for_reading(stranger, topic.slug)
        assert access.topic_for_reading(editor, topic.slug) == topic
        place(topic, make_section(make_roadmap()))
        assert access.topic_for_reading(learner, topic.slug) == topic

    def test_a_retired_one_is_there_for_those_who_have_progress_on_it(self, learner: User, other_learner: User) -> None:
        topic = make_topic("Stones", make_section(make_roadmap()))
        progress.set_state(learner=learner, topic=topic.pk, state="done", operation=uuid.uuid4())
        Topic.objects.update(retired_at=timezone.now())
        assert access.topic_for_reading(learner, topic.slug) == topic
        for stranger in (STRANGER, other_learner):
            with pytest.raises(Http404):
                access.topic_for_reading(stranger, topic.slug)

    def test_a_former_slug_leads_on(self, learner: User) -> None:
        topic = make_topic("Soil", make_section(make_roadmap()))
        Alias.objects.create(topic=topic, text="ground", kind="slug")
        with pytest.raises(access.MovedError) as moved:
            access.topic_for_reading(STRANGER, "ground")
        assert moved.value.slug == topic.slug

    def test_a_former_slug_of_a_hidden_topic_says_nothing(self, learner: User) -> None:
        topic = make_topic("Secret", make_section(make_roadmap(state="draft")))
        Alias.objects.create(topic=topic, text="ground", kind="slug")
        with pytest.raises(Http404):
            access.topic_for_reading(learner, "ground")

    def test_another_name_is_no_address(self, db: None) -> None:
        topic = make_topic("Soil", make_section(make_roadmap()))
        Alias.objects.create(topic=topic, text="earth", kind="name")
        with pytest.raises(Http404):
            access.topic_for_reading(STRANGER, "earth")


class TestForProgress:
    def test_a_learner(self, learner: User) -> None:
        topic = make_topic("Soil", make_section(make_roadmap()))
        step = make_step(topic)
        assert access.topic_for_progress(learner, topic.slug) == topic
        assert access.step_for_progress(learner, topic.slug, step.uid) == step

    def test_what_one_may_see_but_not_do_is_refused_and_what_one_may_not_see_is_not_there(self, learner: User) -> None:
        topic = make_topic("Soil", make_section(make_roadmap()))
        hidden = make_topic("Secret", make_section(make_roadmap(state="draft")))
        learner.is_active = False
        with pytest.raises(PermissionDenied):
            access.topic_for_progress(learner, topic.slug)
        with pytest.raises(Http404):
            access.topic_for_progress(learner, hidden.slug)

    def test_a_step_of_another_topic_is_not_there(self, learner: User) -> None:
        section = make_section(make_roadmap())
        topic, other = make_topic("Soil", section), make_topic("Pond", section)
        for uid in (make_step(other).uid, uuid.uuid4()):
            with pytest.raises(Http404):
                access.step_for_progress(learner, topic.slug, uid)


def test_the_state_of_a_roadmap_is_looked_at_every_time(learner: User) -> None:
    """Made a draft while a page is open: the next request finds nothing."""
    roadmap = make_roadmap()
    access.roadmap_for_reading(learner, roadmap.slug)
    Roadmap.objects.update(state="draft")
    with pytest.raises(Http404):
        access.roadmap_for_reading(learner, roadmap.slug)
