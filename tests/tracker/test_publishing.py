"""Publishing in the studio: a draft begun, looked at, published or thrown away; revisions; what is new for learners."""

from __future__ import annotations

from random import Random
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from roadmap.models import Roadmap, Section, Topic
from roadmap.publishing.models import DraftRevision, Recorded, RoadmapRevision
from roadmap.publishing.recording import record_now
from roadmap.studio import verbs
from roadmap.studio.doing import Asked
from tests.factories import make_roadmap, make_section, make_topic, make_user, place
from tests.roadmap.test_drafts import random_acts
from tests.tracker.conftest import HTMX, Path, browser_of, make_path
from tracker import drafting, summaries
from tracker.models import AuditEntry, Enrolment, ProgressEvent, RoadmapEditor, TopicProgress, User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("static_root")]


@pytest.fixture
def eve(editor: User) -> Client:
    return browser_of(editor)


@pytest.fixture
def after_commit(django_capture_on_commit_callbacks: Any) -> Any:
    """What waits for the end of the transaction is done at the end of the block."""
    return django_capture_on_commit_callbacks


def asked() -> Asked:
    return Asked("Eve", "1", "", uuid4())


def page(client: Client, name: str, *arguments: object, query: str = "", status: int = 200) -> str:
    answer = client.get(reverse(name, args=arguments) + query)
    assert answer.status_code == status
    return answer.content.decode()


def post(client: Client, name: str, *arguments: object, **data: object) -> Any:
    return client.post(reverse(name, args=arguments), data)


def act(client: Client, path: Path, name: str, uid: UUID, **fields: Any) -> Any:
    data = {"act": name, "uid": str(uid), "operation": str(uuid4())} | fields
    return client.post(reverse("studio_act", args=[path.roadmap.slug]), data)


def done(learner: User, topic: Topic, roadmap: Roadmap) -> None:
    """Checked off on the roadmap's page."""
    browser_of(learner).post(
        reverse("set_topic_state", args=[topic.slug]),
        {"state": "done", "operation": str(uuid4()), "roadmap": roadmap.slug},
    )


@pytest.fixture
def draft(eve: Client, path: Path) -> DraftRevision:
    post(eve, "begin_draft", "garden")
    return DraftRevision.objects.get()


class TestDraft:
    def test_it_works(self, eve: Client, path: Path, learner: User, ada: Client) -> None:
        done(learner, path.soil, path.roadmap)
        assert "Begin a draft" in page(eve, "draft", "garden")
        answer = post(eve, "begin_draft", "garden")
        assert (answer.status_code, answer["Location"]) == (303, "/studio/garden/")
        assert "You are working in a draft" in page(eve, "studio_roadmap", "garden")
        act(eve, path, "rename", path.soil.uid, title="Earth")
        ground = Section.objects.get(title="Ground")
        act(eve, path, "new_topic", ground.uid, title="Worms")
        assert "Worms" in page(eve, "studio_roadmap", "garden", query=f"?at={path.soil.uid}")
        for name in ("roadmap", "news"):
            text = page(ada, name, "garden")
            assert "Worms" not in text
            assert "Earth" not in text
        text = page(eve, "draft", "garden")
        assert "2 changes wait" in text
        assert "1 finished this topic" in text
        assert "1 falls, at most" not in text
        found = DraftRevision.objects.get()
        answer = post(eve, "publish_draft", "garden", found.pk, acts=found.acts, note="Worms matter.")
        assert (answer.status_code, answer["Location"]) == (303, "/studio/garden/revisions/2/")
        assert "Worms" in page(eve, "revision", "garden", 2)
        assert "Worms" in page(ada, "roadmap", "garden")
        assert TopicProgress.objects.get(learner=learner, topic=path.soil).state == "done"
        assert list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True)) == [
            "begin_draft",
            "publish_draft",
        ]

    def test_who_had_finished_finds_what_is_new_marked_so(
        self, eve: Client, path: Path, learner: User, ada: Client, after_commit: Any
    ) -> None:
        for topic in (path.soil, path.sowing):
            done(learner, topic, path.roadmap)
        assert Enrolment.objects.get().finished_at is not None
        post(eve, "begin_draft", "garden")
        act(eve, path, "new_topic", Section.objects.get(title="Ground").uid, title="Worms")
        text = page(eve, "draft", "garden")
        assert "1 falls, from 100 % to 66 %" in text
        assert "1 falls below 100 %" in text
        preview = page(eve, "draft_preview", "garden")
        assert "Worms" in preview
        found = DraftRevision.objects.get()
        with after_commit(execute=True):
            post(eve, "publish_draft", "garden", found.pk, acts=found.acts)
        text = page(ada, "roadmap", "garden")
        assert '<span class="chip new">new</span>' in text
        assert "Something changed here since you last looked" in text
        assert not list(summaries.disagreements())

    def test_the_form_of_a_topic_edits_the_draft(self, eve: Client, path: Path, draft: DraftRevision) -> None:
        act(eve, path, "new_topic", Section.objects.get(title="Ground").uid, title="Worms")
        worms = Topic.objects.get(title="Worms")
        text = page(eve, "studio_topic", worms.slug, query="?roadmap=garden")
        assert "You are working in a draft" in text
        assert ">retired<" not in text
        seen = text.split('name="seen" value="')[1].split('"')[0].replace("&quot;", '"')
        data = {"title": "Earthworms", "slug": worms.slug, "body": "**Dig**", "seen": seen, "roadmap": "garden"}
        answer = post(eve, "save_topic", worms.slug, operation=str(uuid4()), **data)
        assert answer.status_code == 303
        text = page(eve, "studio_topic", worms.slug, query="?roadmap=garden")
        assert "Earthworms" in text
        assert "<strong>Dig</strong>" in text
        found = page(eve, "topic_needs", path.sowing.slug, query="?roadmap=garden&q=Worms")
        assert "Worms" in found.split("Garden")[-1]
        answer = post(eve, "set_need", path.sowing.slug, requires=worms.slug, roadmap="garden", operation=str(uuid4()))
        assert answer.status_code == 303
        assert path.sowing.needs.count() == 1
        worms.refresh_from_db()
        assert (worms.title, worms.body, worms.retired_at is None) == ("Worms", "", False)
        draft.refresh_from_db()
        drafting.publish(draft=draft, by=User.objects.get(name="Eve"))
        worms.refresh_from_db()
        assert (worms.title, worms.retired_at) == ("Earthworms", None)
        assert "<strong>Dig</strong>" in (worms.body_html or "")
        assert set(path.sowing.needs.values_list("requires__title", flat=True)) == {"Soil", "Earthworms"}

    def test_undo_and_redo(self, eve: Client, path: Path, draft: DraftRevision) -> None:
        act(eve, path, "rename", path.soil.uid, title="Earth")
        for name, title in (("studio_undo", "Soil"), ("studio_redo", "Earth")):
            post(eve, name, "garden", operation=str(uuid4()))
            assert title in page(eve, "studio_roadmap", "garden", query=f"?at={path.soil.uid}")
        assert "in the draft" in page(eve, "studio_history", "garden")
        assert Topic.objects.get(pk=path.soil.pk).title == "Soil"

    def test_the_second_of_two_editors_is_asked(self, eve: Client, path: Path, draft: DraftRevision) -> None:
        text = page(eve, "studio_roadmap", "garden", query=f"?at={path.soil.uid}")
        seen = text.split(f'data-uid="{path.soil.uid}" data-seen="')[1].split('"')[0]
        act(browser_of(make_user("Olga", role="owner")), path, "rename", path.soil.uid, title="Earth")
        answer = act(eve, path, "rename", path.soil.uid, title="Loam", seen=seen)
        assert answer.status_code == 409
        assert "Olga" in answer.content.decode()
        stale = post(eve, "publish_draft", "garden", draft.pk, acts=0)
        assert stale.status_code == 409
        assert "changed since you looked" in stale.content.decode()

    def test_a_clash_is_shown_with_both_and_asked(self, eve: Client, path: Path, draft: DraftRevision) -> None:
        act(eve, path, "rename", path.soil.uid, title="Earth")
        Topic.objects.filter(pk=path.soil.pk).update(title="Loam")
        answer = post(eve, "publish_draft", "garden", draft.pk, acts=1, note="Said before")
        text = answer.content.decode()
        assert answer.status_code == 409
        for words in ("Earth", "Loam", "Said before", "Changed on both sides"):
            assert words in text
        token = text.split('name="answered" value="')[1].split('"')[0]
        answer = post(
            eve,
            "publish_draft",
            "garden",
            draft.pk,
            acts=1,
            answered=token,
            **{f"c-topic-{path.soil.uid}-title": "live"},
        )
        assert answer.status_code == 303
        assert Topic.objects.get(pk=path.soil.pk).title == "Loam"

    def test_thrown_away_and_taken_up(self, eve: Client, path: Path, draft: DraftRevision) -> None:
        act(eve, path, "rename", path.soil.uid, title="Earth")
        assert post(eve, "discard_draft", "garden", draft.pk).status_code == 303
        assert "Take it up again" in page(eve, "draft", "garden")
        assert "Earth" not in page(eve, "studio_roadmap", "garden", query=f"?at={path.soil.uid}")
        post(eve, "take_up_draft", "garden", draft.pk)
        assert "Earth" in page(eve, "studio_roadmap", "garden", query=f"?at={path.soil.uid}")
        drafting.publish(draft=draft, by=User.objects.get(name="Eve"))
        for name in ("discard_draft", "take_up_draft"):
            assert post(eve, name, "garden", draft.pk).status_code == 409

    @pytest.mark.parametrize("data", [{}, {"acts": "x"}, {"acts": "-1"}, {"acts": "0", "note": "x" * 2001}])
    def test_what_is_not_understood(self, eve: Client, path: Path, draft: DraftRevision, data: dict[str, str]) -> None:
        assert post(eve, "publish_draft", "garden", draft.pk, **data).status_code == 422
        assert DraftRevision.objects.get().state == "open"

    def test_of_another_roadmap_there_is_none(self, eve: Client, path: Path, draft: DraftRevision) -> None:
        make_path("other")
        for name in ("publish_draft", "discard_draft", "take_up_draft"):
            assert post(eve, name, "other", draft.pk, acts=0).status_code == 404
        assert eve.get(reverse("draft_preview", args=["other"])).status_code == 404

    def test_learners_have_none(self, ada: Client, path: Path, draft: DraftRevision) -> None:
        for name in ("draft", "draft_preview", "revisions"):
            assert ada.get(reverse(name, args=["garden"])).status_code == 404
        for name in ("publish_draft", "discard_draft", "take_up_draft"):
            assert post(ada, name, "garden", draft.pk, acts=0).status_code == 404

    def test_who_edits_one_roadmap_publishes_what_is_theirs_alone(self, path: Path) -> None:
        solo = make_user("Sol")
        RoadmapEditor.objects.create(user=solo, roadmap=path.roadmap, by=solo)
        mine = browser_of(solo)
        post(mine, "begin_draft", "garden")
        found = DraftRevision.objects.get()
        act(mine, path, "new_topic", Section.objects.get(title="Ground").uid, title="Worms")
        worms = Topic.objects.get(title="Worms")
        assert mine.get(reverse("studio_topic", args=[worms.slug])).status_code == 200
        assert act(mine, path, "rename", worms.uid, title="Earthworms").status_code == 303
        place(path.soil, make_section(make_roadmap("Park")))
        assert act(mine, path, "rename", path.soil.uid, title="Earth").status_code == 403
        act(browser_of(make_user("Olga", role="owner")), path, "rename", path.soil.uid, title="Earth")
        assert post(mine, "publish_draft", "garden", found.pk, acts=3).status_code == 403
        assert (
            post(browser_of(make_user("Edda", role="editor")), "publish_draft", "garden", found.pk, acts=3).status_code
            == 303
        )

    @pytest.mark.parametrize("size", [3, 40])
    def test_the_queries_do_not_grow(self, eve: Client, path: Path, size: int) -> None:
        ground = Section.objects.get(title="Ground")
        topics = [make_topic(f"T{n}", ground) for n in range(size)]
        for number in range(size):
            learner = make_user(f"L{number}")
            Enrolment.objects.create(learner=learner, roadmap=path.roadmap)
            TopicProgress.objects.create(
                learner=learner, topic=topics[0], state="done", changed_at="2026-01-01T00:00:00Z"
            )
        summaries.rebuild()
        post(eve, "begin_draft", "garden")
        act(eve, path, "duplicate", ground.uid)
        act(eve, path, "retire", ground.uid)
        counts = {}
        for name, limit in (("draft", 45), ("draft_preview", 40), ("studio_roadmap", 21)):
            with CaptureQueriesContext(connection) as queries:
                page(eve, name, "garden")
            counts[name] = len(queries)
            assert len(queries) <= limit, counts


class TestMergeAndSplit:
    def test_progress_moves_when_it_is_published(
        self, eve: Client, path: Path, learner: User, draft: DraftRevision, after_commit: Any
    ) -> None:
        done(learner, path.soil, path.roadmap)
        act(eve, path, "topics", path.soil.uid, titles="Soil\nClay\nSand")
        act(eve, path, "merge", path.pond.uid, keep=str(path.sowing.uid))
        done(learner, path.pond, path.roadmap)
        states = {p.topic.title: p.state for p in TopicProgress.objects.select_related("topic")}
        assert states == {"Soil": "done", "Pond": "done"}
        draft.refresh_from_db()
        with after_commit(execute=True):
            post(eve, "publish_draft", "garden", draft.pk, acts=draft.acts)
        states = {p.topic.title: p.state for p in TopicProgress.objects.select_related("topic")}
        assert states == {"Soil": "done", "Pond": "done", "Clay": "done", "Sand": "done", "Sowing": "done"}
        assert not list(summaries.disagreements())
        again = ProgressEvent.objects.count()
        drafting.publish(draft=draft, by=User.objects.get(name="Eve"))
        assert ProgressEvent.objects.count() == again

    def test_not_when_it_was_undone(self, eve: Client, path: Path, learner: User, draft: DraftRevision) -> None:
        done(learner, path.soil, path.roadmap)
        act(eve, path, "topics", path.soil.uid, titles="Soil\nClay")
        post(eve, "studio_undo", "garden", operation=str(uuid4()))
        draft.refresh_from_db()
        post(eve, "publish_draft", "garden", draft.pk, acts=draft.acts)
        assert TopicProgress.objects.count() == 1


class TestPreview:
    def test_as_a_learner_one_sees(self, path: Path, cohort_a: Any, learner_a: User, mentor_a: User) -> None:
        User.objects.filter(pk=mentor_a.pk).update(role="editor")
        mira = browser_of(User.objects.get(pk=mentor_a.pk))
        done(learner_a, path.soil, path.roadmap)
        post(mira, "begin_draft", "garden")
        act(mira, path, "new_topic", Section.objects.get(title="Ground").uid, title="Worms")
        text = page(mira, "draft_preview", "garden", query=f"?as={learner_a.pk}")
        assert "As <bdi>Ada</bdi> would find it" in text
        assert "33 %" in text
        assert "0 %" in page(mira, "draft_preview", "garden", query="?as=new")
        assert "<form" not in text.split('<fieldset class="still"')[1].split("</fieldset>")[0]
        assert f"/topics/{path.soil.slug}/" not in text.split('<fieldset class="still"')[1].split("</fieldset>")[0]

    def test_one_of_its_topics(self, eve: Client, path: Path, draft: DraftRevision) -> None:
        act(eve, path, "steps", path.sowing.uid, titles="Rake")
        text = page(eve, "draft_preview", "garden", query=f"?topic={path.sowing.slug}")
        assert "Needs <bdi>Soil</bdi>" in text
        assert "<li>Rake</li>" in text
        assert page(eve, "draft_preview", "garden", query="?topic=none")

    @pytest.mark.parametrize("who", ["x", "0", "99999999999999999999", "-1", "²"])
    def test_nobody_else_exists(self, eve: Client, path: Path, draft: DraftRevision, who: str) -> None:
        page(eve, "draft_preview", "garden", query=f"?as={who}", status=404)

    def test_editors_who_mentor_nobody_see_nobody(
        self, eve: Client, path: Path, draft: DraftRevision, learner: User
    ) -> None:
        done(learner, path.soil, path.roadmap)
        page(eve, "draft_preview", "garden", query=f"?as={learner.pk}", status=404)
        assert "Ada" not in page(eve, "draft_preview", "garden")

    def test_private_notes_are_not_shown(self, path: Path, learner_a: User, cohort_a: Any, owner: User) -> None:
        done(learner_a, path.soil, path.roadmap)
        browser_of(learner_a).post(reverse("write_note", args=[path.soil.slug]), {"text": "A secret of mine"})
        olga = browser_of(owner)
        post(olga, "begin_draft", "garden")
        text = page(olga, "draft_preview", "garden", query=f"?as={learner_a.pk}&topic={path.soil.slug}")
        assert "secret" not in text


class TestState:
    def test_hidden_and_published(self, eve: Client, path: Path, ada: Client) -> None:
        assert post(eve, "set_roadmap_state", "garden", state="draft").status_code == 303
        assert ada.get(reverse("roadmap", args=["garden"])).status_code == 404
        assert ada.get(reverse("news", args=["garden"])).status_code == 404
        assert "Only editors see this roadmap" in page(eve, "draft", "garden")
        assert post(eve, "begin_draft", "garden").status_code == 409
        post(eve, "set_roadmap_state", "garden", state="unlisted")
        assert ada.get(reverse("roadmap", args=["garden"])).status_code == 200
        assert "Garden" not in page(ada, "roadmaps")
        post(eve, "set_roadmap_state", "garden", state="listed")
        assert "Garden" in page(ada, "roadmaps")
        assert RoadmapRevision.objects.latest("number").how == "state"
        assert AuditEntry.objects.filter(verb="set_state").count() == 3

    @pytest.mark.parametrize("state", ["", "x", "Draft"])
    def test_another_is_refused(self, eve: Client, path: Path, state: str) -> None:
        assert post(eve, "set_roadmap_state", "garden", state=state).status_code == 409
        assert Roadmap.objects.get().state == "listed"

    def test_not_hidden_over_an_open_draft(self, eve: Client, path: Path, draft: DraftRevision) -> None:
        assert post(eve, "set_roadmap_state", "garden", state="draft").status_code == 409


class TestRevisions:
    def test_compared_and_brought_back(self, eve: Client, path: Path, learner: User) -> None:
        record_now(roadmap=path.roadmap)
        done(learner, path.soil, path.roadmap)
        act(eve, path, "retire", path.soil.uid)
        act(eve, path, "new_topic", Section.objects.get(title="Ground").uid, title="Worms")
        text = page(eve, "revisions", "garden")
        assert "Something was edited since" in text
        post(eve, "record_revision", "garden")
        text = page(eve, "revision", "garden", 2)
        assert ("Worms" in text, "From revision 1 to this one" in text) == (True, True)
        assert "Worms" in page(eve, "revision", "garden", 1, query="?with=now")
        assert "Revisions begin here" in page(eve, "revision", "garden", 1)
        answer = post(eve, "restore_revision", "garden", 1, operation=str(uuid4()))
        assert answer.status_code == 303
        assert Topic.objects.get(title="Soil").retired_at is None
        assert Topic.objects.get(title="Worms").retired_at is not None
        assert TopicProgress.objects.get(learner=learner).state == "done"
        assert "Nothing is otherwise" in page(eve, "revision", "garden", 1, query="?with=now")
        post(eve, "studio_undo", "garden", operation=str(uuid4()))
        assert Topic.objects.get(title="Worms").retired_at is None

    def test_brought_back_into_the_draft(self, eve: Client, path: Path) -> None:
        record_now(roadmap=path.roadmap)
        act(eve, path, "rename", path.soil.uid, title="Earth")
        post(eve, "begin_draft", "garden")
        assert "in the draft that is open" in page(eve, "revision", "garden", 1)
        post(eve, "restore_revision", "garden", 1, operation=str(uuid4()))
        assert Topic.objects.get(pk=path.soil.pk).title == "Earth"
        assert "Soil" in page(eve, "draft", "garden")

    @pytest.mark.parametrize("query", ["?with=x", "?with=0", "?with=99999999999", "?with=1", "?whole=added&with=now"])
    def test_any_address_is_read(self, eve: Client, path: Path, query: str) -> None:
        record_now(roadmap=path.roadmap)
        assert page(eve, "revision", "garden", 1, query=query)

    def test_refusals(self, eve: Client, ada: Client, path: Path) -> None:
        record_now(roadmap=path.roadmap)
        page(eve, "revision", "garden", 9, status=404)
        page(ada, "revision", "garden", 1, status=404)
        assert post(eve, "restore_revision", "garden", 1, operation="x").status_code == 422
        assert post(ada, "restore_revision", "garden", 1, operation=str(uuid4())).status_code == 404
        assert eve.get(reverse("restore_revision", args=["garden", 1])).status_code == 405

    def test_who_edits_one_roadmap_changes_no_other(self, path: Path) -> None:
        solo = make_user("Sol")
        RoadmapEditor.objects.create(user=solo, roadmap=path.roadmap, by=solo)
        record_now(roadmap=path.roadmap)
        mine = browser_of(solo)
        assert post(mine, "restore_revision", "garden", 1, operation=str(uuid4())).status_code == 303
        place(path.soil, make_section(make_roadmap("Park")))
        assert post(mine, "restore_revision", "garden", 1, operation=str(uuid4())).status_code == 403

    @pytest.mark.parametrize("size", [3, 15])
    def test_the_queries_do_not_grow(self, eve: Client, path: Path, size: int) -> None:
        for number in range(size):
            verbs.rename(roadmap=path.roadmap, uid=path.soil.uid, title=f"Soil {number}", asked=asked())
            record_now(roadmap=path.roadmap)
        for name, arguments, limit in (("revisions", ["garden"], 8), ("revision", ["garden", 2], 10)):
            with CaptureQueriesContext(connection) as queries:
                page(eve, name, *arguments)
            assert len(queries) <= limit, name


class TestNews:
    def test_it_works(self, eve: Client, ada: Client, path: Path, learner: User) -> None:
        record_now(roadmap=path.roadmap)
        done(learner, path.soil, path.roadmap)
        assert "Something changed here" not in page(ada, "roadmap", "garden")
        assert "Nothing changed yet" in page(ada, "news", "garden")
        act(eve, path, "rename", path.sowing.uid, title="Sowing out")
        act(eve, path, "new_topic", Section.objects.get(title="Ground").uid, title="Worms")
        act(eve, path, "retire", path.pond.uid)
        record_now(roadmap=path.roadmap)
        assert "Something changed here" in page(ada, "roadmap", "garden")
        text = page(ada, "news", "garden")
        for words in ("Worms", "in Ground", "Sowing out", "was Sowing", "No longer part of it", "Pond", "new to you"):
            assert words in text
        assert "Eve" not in text.split("<main")[1]
        assert post(ada, "news_read", "garden").status_code == 303
        assert "Something changed here" not in page(ada, "roadmap", "garden")
        assert "new to you" not in page(ada, "news", "garden")
        assert "Worms" in page(Client(), "news", "garden")

    def test_in_the_answer_to_a_check_off(self, ada: Client, path: Path, learner: User) -> None:
        record_now(roadmap=path.roadmap)
        done(learner, path.soil, path.roadmap)
        verbs.rename(roadmap=path.roadmap, uid=path.pond.uid, title="Pool", asked=asked())
        record_now(roadmap=path.roadmap)
        summaries.rebuild()
        data = {"state": "done", "operation": str(uuid4()), "roadmap": "garden"}
        text = ada.post(reverse("set_topic_state", args=[path.sowing.slug]), data, headers=HTMX).content.decode()
        assert "Something changed here" in text

    def test_what_no_learner_sees_is_no_news(self, path: Path) -> None:
        record_now(roadmap=path.roadmap)
        Topic.objects.filter(pk=path.soil.pk).update(overrides={"title": "x"}, meta={"a": 1})
        Roadmap.objects.update(revision=9)
        assert record_now(roadmap=path.roadmap) is None
        assert Recorded.objects.get().news_at is None

    def test_of_a_hidden_roadmap_there_is_none(self, ada: Client, path: Path) -> None:
        Roadmap.objects.update(state="draft")
        page(ada, "news", "garden", status=404)
        assert post(ada, "news_read", "garden").status_code == 404

    @pytest.mark.parametrize("size", [2, 12])
    def test_the_queries_do_not_grow(self, ada: Client, path: Path, size: int) -> None:
        for number in range(size):
            verbs.rename(roadmap=path.roadmap, uid=path.soil.uid, title=f"Soil {number}", asked=asked())
            record_now(roadmap=path.roadmap)
        with CaptureQueriesContext(connection) as queries:
            page(ada, "news", "garden")
        assert len(queries) <= 6


@settings(max_examples=10)
@given(seed=st.integers(0, 10**6), number=st.integers(1, 10))
def test_publishing_takes_nothing_from_anybody(seed: int, number: int) -> None:
    order = ("todo", "skipped", "learning", "waived", "done")
    with transaction.atomic():
        path = make_path(f"garden-{seed}")
        eve, dice = make_user("Eve", role="editor"), Random(seed)
        learners = [make_user(f"L{n}") for n in range(3)]
        for learner in learners:
            Enrolment.objects.create(learner=learner, roadmap=path.roadmap)
            for topic in (path.soil, path.sowing, path.pond):
                TopicProgress.objects.create(
                    learner=learner, topic=topic, state=dice.choice(order[1:]), changed_at="2026-01-01T00:00:00Z"
                )
        summaries.rebuild()
        before = {(p.learner_id, p.topic_id): p.state for p in TopicProgress.objects.all()}
        draft = drafting.begin(roadmap=path.roadmap, by=eve)
        random_acts(path.roadmap, seed, number)
        assert {(p.learner_id, p.topic_id): p.state for p in TopicProgress.objects.all()} == before
        drafting.publish(draft=draft, by=eve)
        after = {(p.learner_id, p.topic_id): p.state for p in TopicProgress.objects.all()}
        assert all(order.index(after[key]) >= order.index(state) for key, state in before.items())
        summaries.rebuild(stale_only=True)
        assert not list(summaries.disagreements())
        transaction.set_rollback(True)
