"""Forks: who may, what arrives, what stays, what both changed, and that nobody loses a tick."""

from __future__ import annotations

from random import Random
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, example, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as PropertyCase

from roadmap import forking
from roadmap.apply import TreeChangedError
from roadmap.editing import RefusedEditError
from roadmap.forking import AddressTakenError, NotFollowingError
from roadmap.models import Edit, Fork, Import, NoteSource, Placement, Roadmap, Section, Topic
from roadmap.stored import curriculum_of
from roadmap.studio import verbs
from roadmap.studio.doing import Asked, undo
from tests.factories import make_user
from tests.tracker.conftest import Path, make_path
from tracker import forks, progress, studio_acts
from tracker.imports.verbs import RefreshedError, UnconfirmedError
from tracker.models import ProgressEvent, RoadmapEditor, StepProgress, TopicProgress, User
from tracker.recount import disagreements

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("static_root")]


def asked() -> Asked:
    return Asked("Edda", "1", operation=uuid4())


def fork_of(roadmap: Roadmap, title: str = "My garden", slug: str = "my-garden") -> Fork:
    made = forking.fork_roadmap(upstream=roadmap, title=title, slug=slug, asked=asked())
    return fresh(made)


def fresh(roadmap: Roadmap) -> Fork:
    return Fork.objects.select_related("roadmap__source", "upstream").get(roadmap=roadmap)


def take(fork: Fork, by: User, **chosen: Any) -> Import | None:
    """Look and apply, as the page does."""
    fork = fresh(fork.roadmap)
    looked = forking.look(fork, **chosen)
    return forks.apply_upstream(fork=fork, looked=looked, token=looked.token, by=by, yes=True)


def waiting(fork: Fork) -> dict[str, list[str]]:
    """Kind of change -> titles."""
    found: dict[str, list[str]] = {}
    for change in forking.look(fresh(fork.roadmap)).followed.plan.changes:
        found.setdefault(change.kind, []).append(change.title)
    return found


def places(roadmap: Roadmap) -> dict[str, str]:
    """Topic -> section."""
    seats = Placement.objects.filter(roadmap=roadmap, topic__retired_at=None)
    return dict(seats.values_list("topic__title", "section__title"))


def section(roadmap: Roadmap, title: str) -> UUID:
    return Section.objects.get(roadmap=roadmap, title=title).uid


def topic_in(roadmap: Roadmap, title: str) -> Topic:
    return Topic.objects.get(placements__roadmap=roadmap, title=title, retired_at=None)


def new_topic(roadmap: Roadmap, title: str, where: str = "Ground") -> Topic:
    verbs.create_topic(roadmap=roadmap, section=section(roadmap, where), title=title, asked=asked())
    return topic_in(roadmap, title)


def new_section(roadmap: Roadmap, title: str) -> UUID:
    verbs.create_section(
        roadmap=roadmap, parent=section(roadmap, "Beginner"), title=title, kind="module", asked=asked()
    )
    return section(roadmap, title)


def move(roadmap: Roadmap, title: str, to: str) -> None:
    topic = Placement.objects.get(roadmap=roadmap, topic__title=title).topic
    verbs.move(roadmap=roadmap, uid=topic.uid, parent=section(roadmap, to), after=None, asked=asked())


def take_out(roadmap: Roadmap, title: str) -> None:
    verbs.take_out(roadmap=roadmap, uid=Topic.objects.get(title=title).uid, asked=asked())


@pytest.fixture
def fork(path: Path) -> Fork:
    return fork_of(path.roadmap)


@pytest.fixture
def up(path: Path) -> Roadmap:
    return path.roadmap


class TestForking:
    def test_it_shows_the_same_topics_in_the_same_places_as_a_draft(self, fork: Fork, up: Roadmap) -> None:
        made = fork.roadmap
        assert (made.state, made.slug, made.title, made.summary) == ("draft", "my-garden", "My garden", up.summary)
        assert places(made) == places(up) == {"Soil": "Ground", "Sowing": "Ground", "Pond": "Ground"}
        assert list(made.placements.order_by("position").values_list("topic", "optional")) == list(
            up.placements.order_by("position").values_list("topic", "optional")
        )
        assert Topic.objects.count() == 3
        up.refresh_from_db()
        assert (fork.upstream, fork.revision) == (up, up.revision)
        assert Edit.objects.get(roadmap=made).data["said"] == "Forked “Garden” as “My garden”"

    def test_progress_is_the_topics(self, path: Path, fork: Fork, learner: User) -> None:
        progress.set_state(
            learner=learner, topic=path.soil.pk, state="done", operation=uuid4(), roadmap=path.roadmap.pk
        )
        Roadmap.objects.filter(pk=fork.roadmap_id).update(state="listed")
        client = Client()
        client.force_login(learner)
        answer = client.get(reverse("roadmap", args=["my-garden"]))
        assert "known from" in answer.content.decode() or "1 of 2" in answer.content.decode()

    def test_the_same_intent_again_makes_one(self, up: Roadmap) -> None:
        same = asked()
        first = forking.fork_roadmap(upstream=up, title="A", slug="", asked=same)
        assert forking.fork_roadmap(upstream=up, title="A", slug="", asked=same) == first
        assert (Fork.objects.count(), first.slug) == (1, "a")

    @pytest.mark.parametrize("slug", ["garden", "imports", "garden-soil"])
    def test_an_address_that_is_taken(self, path: Path, slug: str) -> None:
        with pytest.raises(AddressTakenError):
            fork_of(path.roadmap, slug=slug)
        assert not Fork.objects.exists()

    @pytest.mark.parametrize("how", [{"state": "draft"}, {"retired_at": timezone.now()}])
    def test_what_is_not_published_cannot_be_forked(self, up: Roadmap, how: dict[str, Any]) -> None:
        Roadmap.objects.filter(pk=up.pk).update(**how)
        with pytest.raises(NotFollowingError):
            fork_of(up)
        assert not NoteSource.objects.exists()

    def test_retired_topics_are_not_taken(self, path: Path) -> None:
        verbs.retire(roadmap=path.roadmap, uid=path.pond.uid, asked=asked())
        assert set(places(fork_of(path.roadmap).roadmap)) == {"Soil", "Sowing"}

    def test_a_circle_cannot_be(self, fork: Fork, up: Roadmap) -> None:
        with pytest.raises(IntegrityError, match="fork_younger_than_upstream"), transaction.atomic():
            Fork.objects.create(roadmap=up, upstream=fork.roadmap, revision=1, taken_at=timezone.now())
        with pytest.raises(IntegrityError, match="fork_younger_than_upstream"), transaction.atomic():
            Fork.objects.filter(pk=fork.pk).update(upstream=fork.roadmap)

    def test_its_source_is_none_of_notes(self, fork: Fork, client: Client, editor: User) -> None:
        client.force_login(editor)
        assert "My garden" not in client.get(reverse("imports")).content.decode()
        assert fork.roadmap.source is not None
        assert client.get(reverse("import_source", args=[fork.roadmap.source.uid])).status_code == 404


class TestWhatArrives:
    def test_nothing_changed(self, fork: Fork) -> None:
        looked = forking.look(fork)
        assert looked.followed.plan.empty
        assert forking.ahead(fork) == 0

    def test_new_moved_renamed_retired_back_again(self, path: Path, fork: Fork, up: Roadmap, editor: User) -> None:
        new_section(up, "Water")
        move(up, "Pond", "Water")
        new_topic(up, "Well", "Water")
        verbs.rename(roadmap=up, uid=section(up, "Ground"), title="Earth", asked=asked())
        take_out(up, "Sowing")
        before = places(fork.roadmap)
        assert waiting(fork) == {
            "added": ["Water", "Well"], "moved": ["Pond"], "renamed": ["Earth"], "retired": ["Sowing"],
        }  # fmt: skip
        assert places(fork.roadmap) == before, "a look changes nothing"
        assert forking.ahead(fresh(fork.roadmap)) == 5
        take(fork, editor)
        assert places(fork.roadmap) == places(up) == {"Soil": "Earth", "Pond": "Water", "Well": "Water"}
        assert waiting(fork) == {}
        assert forking.look(fresh(fork.roadmap)).followed.plan.empty
        verbs.put_in(roadmap=up, section=section(up, "Earth"), topic=path.sowing, asked=asked())
        assert waiting(fork) == {"revived": ["Sowing"]}

    def test_text_of_a_shared_topic_is_the_same_on_both(self, fork: Fork, up: Roadmap) -> None:
        verbs.rename(roadmap=up, uid=topic_in(up, "Soil").uid, title="Good soil", asked=asked())
        assert "Good soil" in places(fork.roadmap)
        assert waiting(fork) == {}
        assert forking.ahead(fresh(fork.roadmap)) == 0

    def test_what_is_mine_stays(self, path: Path, fork: Fork, up: Roadmap, editor: User) -> None:
        mine = fork.roadmap
        new_section(mine, "Mine")
        new_topic(mine, "Compost", "Mine")
        move(mine, "Soil", "Mine")
        take_out(mine, "Pond")
        verbs.rename(roadmap=mine, uid=section(mine, "Ground"), title="My ground", asked=asked())
        new_topic(up, "Well")
        assert waiting(fork) == {"added": ["Well"]}
        take(fork, editor)
        assert places(mine) == {"Compost": "Mine", "Soil": "Mine", "Sowing": "My ground", "Well": "My ground"}
        assert places(up)["Pond"] == "Ground"
        assert forking.look(fresh(mine)).followed.plan.empty

    def test_undo_is_exact_and_what_arrived_waits_again(self, fork: Fork, up: Roadmap, editor: User) -> None:
        move(fork.roadmap, "Pond", "Beginner")
        before, revision, taken = curriculum_of(fork.roadmap.source), fork.revision, fork.taken_at
        new_topic(up, "Well")
        verbs.rename(roadmap=up, uid=section(up, "Ground"), title="Earth", asked=asked())
        made = take(fork, editor)
        assert made is not None
        assert fresh(fork.roadmap).revision > revision
        forks.undo_upstream(fork=fresh(fork.roadmap), asked=made.uid, by=editor)
        assert curriculum_of(fork.roadmap.source) == before
        assert (fresh(fork.roadmap).revision, fresh(fork.roadmap).taken_at) == (revision, taken)
        assert waiting(fork) == {"added": ["Well"], "renamed": ["Earth"]}
        forks.undo_upstream(fork=fresh(fork.roadmap), asked=made.uid, by=editor)  # once more: the same
        assert fresh(fork.roadmap).revision == revision

    def test_it_is_not_taken_back_over_later_acts(self, fork: Fork, up: Roadmap, editor: User) -> None:
        new_topic(up, "Well")
        made = take(fork, editor)
        move(fork.roadmap, "Pond", "Beginner")
        assert made is not None
        with pytest.raises(TreeChangedError):
            forks.undo_upstream(fork=fresh(fork.roadmap), asked=made.uid, by=editor)

    def test_a_part_now_and_the_rest_later(self, fork: Fork, up: Roadmap, editor: User) -> None:
        new_topic(up, "Well")
        move(up, "Pond", "Beginner")
        pond = Topic.objects.get(title="Pond").uid
        take(fork, editor, held=[f"moved-{pond.hex}"])
        assert places(fork.roadmap)["Pond"] == "Ground"
        assert "Well" in places(fork.roadmap)
        assert waiting(fork) == {"moved": ["Pond"]}

    def test_a_plan_of_yesterday_is_refused(self, fork: Fork, up: Roadmap, editor: User) -> None:
        new_topic(up, "Well")
        looked = forking.look(fork)
        new_topic(up, "Spring")
        with pytest.raises(RefreshedError):
            forks.apply_upstream(fork=fork, looked=forking.look(fork), token=looked.token, by=editor)
        assert "Well" not in places(fork.roadmap)

    def test_much_at_once_needs_a_yes(self, fork: Fork, up: Roadmap, editor: User) -> None:
        for title in ("Soil", "Sowing", "Pond"):
            take_out(up, title)
        looked = forking.look(fork)
        assert looked.loses_many
        with pytest.raises(UnconfirmedError):
            forks.apply_upstream(fork=fork, looked=looked, token=looked.token, by=editor)
        assert len(places(fork.roadmap)) == 3

    def test_what_does_not_touch_it_is_noted(self, fork: Fork, up: Roadmap, editor: User) -> None:
        verbs.rename(roadmap=up, uid=up.uid, title="Another garden", asked=asked())
        assert take(fork, editor) is None
        assert fresh(fork.roadmap).revision == fresh(fork.roadmap).upstream.revision

    def test_a_fork_of_a_fork(self, fork: Fork, up: Roadmap, editor: User) -> None:
        Roadmap.objects.filter(pk=fork.roadmap_id).update(state="listed")
        second = fork_of(fresh(fork.roadmap).roadmap, "Grandchild", "grandchild")
        new_topic(up, "Well")
        assert waiting(second) == {}, "not before the one between has taken it"
        take(fork, editor)
        assert waiting(second) == {"added": ["Well"]}
        take(second, editor)
        assert places(second.roadmap) == places(up)


class TestConflicts:
    """Both changed the same: mine unless somebody chose."""

    @staticmethod
    def asked_about(fork: Fork) -> dict[str, str]:
        found = forking.look(fresh(fork.roadmap)).followed.conflicts
        return {conflict.name: conflict.key for conflict in found}

    @pytest.mark.parametrize(("choose", "title"), [(False, "Mine"), (True, "Theirs")])
    def test_the_same_field(self, fork: Fork, up: Roadmap, editor: User, choose: bool, title: str) -> None:
        verbs.rename(roadmap=fork.roadmap, uid=section(fork.roadmap, "Ground"), title="Mine", asked=asked())
        verbs.rename(roadmap=up, uid=section(up, "Ground"), title="Theirs", asked=asked())
        keys = self.asked_about(fork)
        assert keys.keys() == {"title"}
        take(fork, editor, theirs=list(keys.values()) if choose else ())
        assert places(fork.roadmap)["Soil"] == title
        assert self.asked_about(fork) == {}
        assert waiting(fork) == {}

    @pytest.mark.parametrize(("choose", "where"), [(False, "Mine"), (True, None)])
    def test_they_took_out_what_i_moved(
        self, fork: Fork, up: Roadmap, editor: User, choose: bool, where: str | None
    ) -> None:
        new_section(fork.roadmap, "Mine")
        move(fork.roadmap, "Pond", "Mine")
        take_out(up, "Pond")
        keys = self.asked_about(fork)
        assert keys.keys() == {"gone"}
        take(fork, editor, theirs=list(keys.values()) if choose else ())
        assert places(fork.roadmap).get("Pond") == where
        assert self.asked_about(fork) == {}

    @pytest.mark.parametrize(("choose", "where"), [(False, None), (True, "Water")])
    def test_they_moved_what_i_took_out(
        self, fork: Fork, up: Roadmap, editor: User, choose: bool, where: str | None
    ) -> None:
        take_out(fork.roadmap, "Pond")
        new_section(up, "Water")
        move(up, "Pond", "Water")
        keys = self.asked_about(fork)
        assert keys.keys() == {"out"}
        take(fork, editor, theirs=list(keys.values()) if choose else ())
        assert places(fork.roadmap).get("Pond") == where
        assert self.asked_about(fork) == {}
        out = forking.out_of(forking.look(fresh(fork.roadmap)))
        assert [(title, home) for _, _, title, home in out] == ([] if choose else [("Pond", "Water")])

    def test_what_they_retired_and_i_moved_stays_as_a_copy_with_everybodys_ticks(
        self, path: Path, fork: Fork, editor: User, learner: User
    ) -> None:
        up = path.roadmap
        progress.set_state(learner=learner, topic=path.soil.pk, state="done", operation=uuid4(), roadmap=up.pk)
        progress.set_step(learner=learner, step=path.step, done=True, operation=uuid4())
        new_section(fork.roadmap, "Mine")
        move(fork.roadmap, "Soil", "Mine")
        verbs.retire(roadmap=up, uid=path.soil.uid, asked=asked())
        assert self.asked_about(fork).keys() == {"gone"}
        made = take(fork, editor)
        copy = topic_in(fork.roadmap, "Soil")
        assert (copy.uid != path.soil.uid, copy.source) == (True, fork.roadmap.source)
        assert places(fork.roadmap)["Soil"] == "Mine"
        assert TopicProgress.objects.get(topic=copy).state == "done"
        assert StepProgress.objects.get(step__topic=copy).done
        assert TopicProgress.objects.get(topic=path.soil).state == "done", "and on the topic it came from"
        assert not disagreements()
        assert self.asked_about(fork) == {}
        assert made is not None
        forks.undo_upstream(fork=fresh(fork.roadmap), asked=made.uid, by=editor)
        take(fork, editor)
        assert topic_in(fork.roadmap, "Soil") == copy, "the same copy again, not another one"


class TestOwnCopies:
    def copy(self, fork: Fork, topic: Topic, by: User) -> Topic:
        forks.own_copy(roadmap=fork.roadmap, topic=topic, by=by, asked=asked())
        return Topic.objects.get(source=fork.roadmap.source, retired_at=None)

    def test_it_stands_in_the_place_with_all_ticks(
        self, path: Path, fork: Fork, editor: User, learner: User, other: User
    ) -> None:
        for who, state in ((learner, "done"), (other, "learning")):
            progress.set_state(learner=who, topic=path.soil.pk, state=state, operation=uuid4(), roadmap=path.roadmap.pk)
        progress.set_step(learner=other, step=path.step, done=True, operation=uuid4())
        events = ProgressEvent.objects.count()
        copy = self.copy(fork, path.soil, editor)
        seats = fork.roadmap.placements.order_by("position").values_list("topic__title", flat=True)
        assert list(seats) == ["Soil", "Sowing", "Pond"]
        assert (copy.title, copy.summary, copy.body_html) == ("Soil", "What it is.", path.soil.body_html)
        assert copy.hours == 3
        states = dict(TopicProgress.objects.filter(topic=copy).values_list("learner", "state"))
        assert states == {learner.pk: "done", other.pk: "learning"}
        assert StepProgress.objects.get(step__topic=copy, learner=other).done
        assert ProgressEvent.objects.count() == events + 3
        assert not disagreements()
        assert waiting(fork) == {}

    def test_text_of_the_model_arrives_as_a_plan(self, path: Path, fork: Fork, up: Roadmap, editor: User) -> None:
        copy = self.copy(fork, path.soil, editor)
        verbs.rename(roadmap=fork.roadmap, uid=copy.uid, title="My soil", asked=asked())
        Topic.objects.filter(pk=path.soil.pk).update(summary="What it is made of.")
        Roadmap.objects.filter(pk=up.pk).update(revision=up.revision + 5)
        assert waiting(fork) == {"changed": ["My soil"]}
        verbs.rename(roadmap=up, uid=path.soil.uid, title="Earth", asked=asked())
        conflicts = forking.look(fresh(fork.roadmap)).followed.conflicts
        assert [(c.name, c.was, c.mine, c.theirs) for c in conflicts] == [("title", "Soil", "My soil", "Earth")]
        take(fork, editor)
        copy.refresh_from_db()
        assert (copy.title, copy.summary) == ("My soil", "What it is made of.")
        assert Topic.objects.get(pk=path.soil.pk).title == "Earth"
        assert forking.look(fresh(fork.roadmap)).followed.plan.empty

    def test_undo_puts_the_shared_one_back(self, path: Path, fork: Fork, editor: User) -> None:
        before = curriculum_of(fork.roadmap.source).roadmaps
        act = studio_acts.asked_by(editor, uuid4())
        forks.own_copy(roadmap=fork.roadmap, topic=path.soil, by=editor, asked=act)
        undo(roadmap=fork.roadmap, asked=studio_acts.asked_by(editor, uuid4()))
        assert curriculum_of(fork.roadmap.source).roadmaps == before
        assert forking.look(fresh(fork.roadmap)).followed.plan.empty

    def test_refused_twice_and_elsewhere(self, path: Path, fork: Fork, editor: User) -> None:
        copy = self.copy(fork, path.soil, editor)
        with pytest.raises(RefusedEditError, match="own already"):
            forks.own_copy(roadmap=fork.roadmap, topic=copy, by=editor, asked=asked())
        with pytest.raises(RefusedEditError, match="follows another one"):
            forks.own_copy(roadmap=path.roadmap, topic=path.pond, by=editor, asked=asked())

    def test_an_act_here_does_not_change_what_a_shared_topic_requires(self, up: Roadmap) -> None:
        verbs.set_ordered(roadmap=up, uid=section(up, "Ground"), ordered=True, asked=asked())
        fork = fork_of(up)
        needs = set(Topic.objects.get(title="Pond").needs.values_list("requires__title", flat=True))
        assert needs == {"Sowing"}
        move(fork.roadmap, "Pond", "Beginner")
        take_out(fork.roadmap, "Sowing")
        assert set(Topic.objects.get(title="Pond").needs.values_list("requires__title", flat=True)) == needs


class TestFollowing:
    def test_stop_and_follow_again(self, fork: Fork, up: Roadmap, editor: User) -> None:
        forking.set_following(fork=fork, on=False, asked=asked())
        new_topic(up, "Well")
        assert forking.ahead(fresh(fork.roadmap)) == 0
        with pytest.raises(NotFollowingError):
            forking.look(fresh(fork.roadmap))
        forking.set_following(fork=fresh(fork.roadmap), on=True, asked=asked())
        assert waiting(fork) == {"added": ["Well"]}
        said = list(Edit.objects.filter(roadmap=fork.roadmap, verb="follow").values_list("data__said", flat=True))
        assert said == ["Follows “Garden” again", "Stopped following “Garden”"]
        forking.set_following(fork=fresh(fork.roadmap), on=True, asked=asked())  # nothing to do
        assert Edit.objects.filter(verb="follow").count() == 2

    @pytest.mark.parametrize("how", [{"state": "draft"}, {"retired_at": timezone.now()}])
    def test_unpublished_or_retired_nothing_arrives(self, fork: Fork, up: Roadmap, how: dict[str, Any]) -> None:
        new_topic(up, "Well")
        Roadmap.objects.filter(pk=up.pk).update(**how)
        with pytest.raises(NotFollowingError):
            forking.look(fresh(fork.roadmap))
        Roadmap.objects.filter(pk=up.pk).update(state="listed", retired_at=None)
        assert waiting(fork) == {"added": ["Well"]}


class TestForkPages:
    """`fork_roadmap`, `upstream`, `apply_upstream`, `undo_upstream`, `follow_upstream`."""

    @pytest.fixture
    def desk(self, client: Client, editor: User) -> Client:
        client.force_login(editor)
        return client

    def url(self, name: str, slug: str = "my-garden") -> str:
        return reverse(name, args=[slug])

    def test_fork_from_the_studio(self, desk: Client, path: Path) -> None:
        assert self.url("fork_roadmap", "garden") in desk.get(self.url("studio_roadmap", "garden")).content.decode()
        page = desk.get(self.url("fork_roadmap", "garden")).content.decode()
        assert 'value="Garden"' in page
        sent = {"title": "Mine", "slug": "garden", "operation": uuid4()}
        answer = desk.post(self.url("fork_roadmap", "garden"), sent)
        assert answer.status_code == 422
        assert "is taken" in answer.content.decode()
        answer = desk.post(self.url("fork_roadmap", "garden"), sent | {"slug": ""})
        assert (answer.status_code, answer.headers["Location"]) == (303, "/studio/mine/")
        head = desk.get("/studio/mine/").content.decode()
        assert "Follows" in head
        assert "Nothing new there" in head
        assert "Followed by" in desk.get(self.url("studio_roadmap", "garden")).content.decode()
        assert "follows <bdi>Garden</bdi>" in desk.get(reverse("studio")).content.decode()

    def test_a_draft_is_not_forked(self, desk: Client, path: Path) -> None:
        Roadmap.objects.filter(pk=path.roadmap.pk).update(state="draft")
        assert "a draft" in desk.get(self.url("fork_roadmap", "garden")).content.decode()
        sent = {"title": "Mine", "operation": uuid4()}
        assert desk.post(self.url("fork_roadmap", "garden"), sent).status_code == 409

    def test_look_choose_apply_undo(self, desk: Client, fork: Fork, up: Roadmap, learner: User) -> None:
        verbs.rename(roadmap=fork.roadmap, uid=section(fork.roadmap, "Ground"), title="Mine", asked=asked())
        verbs.rename(roadmap=up, uid=section(up, "Ground"), title="Theirs", asked=asked())
        new_topic(up, "Well", "Theirs")
        assert "changes there since" in desk.get("/studio/my-garden/").content.decode().replace("\n", " ")
        answer = desk.get(self.url("upstream"))
        page = answer.content.decode()
        for words in ("Changed on both sides", "Here: Mine", "There: Theirs", "Well", "1 added"):
            assert words in page
        key = answer.context["questions"][0].conflict.key
        sent = {"token": answer.context["token"], "shown": "", "do": "apply", f"c-{key}": "theirs"}
        answer = desk.post(self.url("apply_upstream"), sent)
        assert answer.headers["Location"] == f"/studio/my-garden/upstream/?theirs={key}", (
            "other choices are shown first"
        )
        assert "Well" not in places(fork.roadmap)
        answer = desk.get(answer.headers["Location"])
        sent |= {"token": answer.context["token"], "shown": answer.context["chosen"].query}
        assert desk.post(self.url("apply_upstream"), sent).status_code == 303
        assert places(fork.roadmap)["Well"] == "Theirs"
        answer = desk.get(self.url("upstream"))
        assert "Nothing to change" in answer.content.decode()
        undone = desk.post(self.url("undo_upstream"), {"asked": answer.context["last"].uid})
        assert undone.status_code == 303
        assert places(fork.roadmap)["Soil"] == "Mine"

    def test_refusals(self, desk: Client, fork: Fork, up: Roadmap) -> None:
        new_topic(up, "Well")
        post = desk.post
        assert post(self.url("apply_upstream"), {"token": "x", "do": "apply"}).status_code == 409
        assert post(self.url("apply_upstream"), {"do": "burn"}).status_code == 422
        assert post(self.url("undo_upstream"), {"asked": uuid4()}).status_code == 409
        assert post(self.url("undo_upstream"), {}).status_code == 422
        assert post(self.url("follow_upstream"), {}).status_code == 422
        many = [f"added-{uuid4().hex}" for _ in range(400)]
        assert post(self.url("apply_upstream"), {"token": "x", "do": "look", "held": many}).status_code == 422
        assert desk.get(self.url("upstream", "garden")).status_code == 404
        assert "Well" not in places(fork.roadmap)

    def test_stopped_it_says_so(self, desk: Client, fork: Fork) -> None:
        desk.post(self.url("follow_upstream"), {"on": "no", "operation": uuid4()})
        page = desk.get(self.url("upstream")).content.decode()
        assert "does not follow any more" in page
        assert desk.post(self.url("apply_upstream"), {"token": "x", "do": "apply"}).status_code == 409
        desk.post(self.url("follow_upstream"), {"on": "yes", "operation": uuid4()})
        assert "Nothing to change" in desk.get(self.url("upstream")).content.decode()

    def test_acts_in_the_tree(self, desk: Client, path: Path, fork: Fork) -> None:
        def act(**data: Any) -> int:
            return desk.post(self.url("studio_act"), data | {"operation": uuid4()}).status_code

        assert act(act="own_copy", uid=path.soil.uid) == 303
        assert act(act="take_out", uid=path.pond.uid) == 303
        assert places(fork.roadmap).keys() == {"Soil", "Sowing"}
        page = desk.get(self.url("upstream"))
        assert "Put back" in page.content.decode()
        home = section(fork.roadmap, "Ground")
        assert act(act="put_in", uid=home, topic=path.pond.uid) == 303
        assert act(act="put_in", uid=home, topic=path.pond.uid) == 409, "it stands there already"
        assert act(act="put_in", uid=home, topic=uuid4()) == 404
        assert act(act="own_copy", uid=uuid4()) == 404
        url = self.url("studio_act", "garden")
        for name in ("take_out", "own_copy"):
            sent = {"act": name, "uid": path.soil.uid, "operation": uuid4()}
            assert desk.post(url, sent).status_code == 409, "only on a fork"

    def test_who_edits_the_fork_alone(self, client: Client, path: Path, fork: Fork, learner: User) -> None:
        """Moves, takes out and copies what is shared; its text is not theirs, a copy's is."""
        RoadmapEditor.objects.create(user=learner, roadmap=fork.roadmap)
        client.force_login(learner)

        def act(**data: Any) -> int:
            return client.post(self.url("studio_act"), data | {"operation": uuid4()}).status_code

        page = client.get(f"/studio/my-garden/?at={path.soil.uid}").content.decode()
        assert "Make a copy for this roadmap" in page
        assert 'value="rename"' not in page.split('aria-label="Edit Soil"')[1].split("</li>")[0]
        assert act(act="rename", uid=path.soil.uid, title="X") == 403
        assert act(act="retire", uid=path.soil.uid) == 403
        assert act(act="take_out", uid=path.pond.uid) == 303
        assert act(act="own_copy", uid=path.soil.uid) == 303
        copy = topic_in(fork.roadmap, "Soil")
        assert act(act="rename", uid=copy.uid, title="My soil") == 303
        form = client.get(reverse("studio_topic", args=[copy.slug])).content.decode()
        assert "as in the shared topic" in form
        assert "Take its version" in form
        assert "notes’ version" not in form
        path.soil.refresh_from_db()
        assert path.soil.title == "Soil"
        assert client.get(self.url("upstream")).status_code == 200
        assert client.get(self.url("fork_roadmap")).status_code == 404
        assert client.get(self.url("studio_roadmap", "garden")).status_code == 404

    def test_forks_are_seen_as_far_as_they_are_read(self, client: Client, fork: Fork, up: Roadmap) -> None:
        mine = make_user("Gwen")
        RoadmapEditor.objects.create(user=mine, roadmap=up)
        client.force_login(mine)
        page = self.url("studio_roadmap", "garden")
        assert "My garden" not in client.get(page).content.decode()
        Roadmap.objects.filter(pk=fork.roadmap_id).update(state="listed")
        assert "My garden" in client.get(page).content.decode()

    def test_an_unpublished_upstream_is_not_named(self, client: Client, fork: Fork, up: Roadmap) -> None:
        mine = make_user("Gwen")
        RoadmapEditor.objects.create(user=mine, roadmap=fork.roadmap)
        Roadmap.objects.filter(pk=up.pk).update(state="draft", title="Secret")
        client.force_login(mine)
        for name in ("upstream", "studio_roadmap"):
            answer = client.get(self.url(name))
            assert answer.status_code == 200
            assert "Secret" not in answer.content.decode()
        assert "Secret" not in client.get(reverse("studio")).content.decode()


class TestQueries:
    def test_pages_do_not_grow(
        self, client: Client, editor: User, fork: Fork, up: Roadmap, django_assert_max_num_queries: Any
    ) -> None:
        client.force_login(editor)
        counts: dict[str, list[int]] = {}
        for size in (3, 60):
            for number in range(size):
                new_topic(up, f"Topic {size} {number}")
            for name in ("upstream", "studio_roadmap", "studio"):
                args = [] if name == "studio" else ["my-garden"]
                client.get(reverse(name, args=args))  # rendered and counted before
                with django_assert_max_num_queries(90) as found:
                    assert client.get(reverse(name, args=args)).status_code == 200
                counts.setdefault(name, []).append(len(found))
        assert all(one == other for one, other in counts.values()), counts

    def test_many_forks(self, client: Client, editor: User, up: Roadmap, django_assert_max_num_queries: Any) -> None:
        client.force_login(editor)
        counts = []
        for size in (2, 8):
            for number in range(size):
                fork_of(up, f"Fork {size} {number}", f"fork-{size}-{number}")
            for name, args in (("studio", []), ("studio_roadmap", ["garden"])):
                with django_assert_max_num_queries(60) as found:
                    client.get(reverse(name, args=args))
                counts.append(len(found))
        assert counts[:2] == counts[2:]


class TestWhateverBothDo(PropertyCase):
    """Random acts on both sides, through the database: undo is exact, no progress row is lost."""

    @given(st.integers(min_value=0, max_value=2**32))
    @example(539)  # an own copy requires what upstream retires, and the fork keeps as a copy
    @examples(max_examples=12, suppress_health_check=list(HealthCheck))
    def test_apply_and_undo(self, seed: int) -> None:
        random = Random(seed)
        path = make_path()
        editor = make_user("Edda", role="editor")
        learners = [make_user(name) for name in ("Lena", "Otto")]
        up = path.roadmap
        new_section(up, "Water")
        fork = fork_of(up)
        for learner in learners:
            for topic in Topic.objects.all():
                state = random.choice(["done", "learning", "skipped"])
                progress.set_state(learner=learner, topic=topic.pk, state=state, operation=uuid4(), roadmap=up.pk)
        for _ in range(random.randrange(2, 9)):
            self.act(random, random.choice([up, fork.roadmap]), fork, editor)
        states = set(TopicProgress.objects.values_list("learner", "topic", "state"))
        before, revision = curriculum_of(fork.roadmap.source), fresh(fork.roadmap).revision
        made = take(fork, editor)
        looked = forking.look(fresh(fork.roadmap))
        assert looked.followed.plan.empty
        assert not looked.followed.conflicts
        assert states <= set(TopicProgress.objects.values_list("learner", "topic", "state"))
        assert not disagreements()
        if made is not None:
            applied = curriculum_of(fork.roadmap.source)
            forks.undo_upstream(fork=fresh(fork.roadmap), asked=made.uid, by=editor)
            back = curriculum_of(fork.roadmap.source)
            assert back.roadmaps == before.roadmaps
            known = before.topic_by_uid()
            assert all(known.get(t.uid) == t if t.uid in known else t.retired for t in back.topics)
            assert fresh(fork.roadmap).revision == revision
            take(fork, editor)
            assert curriculum_of(fork.roadmap.source) == applied
        assert states <= set(TopicProgress.objects.values_list("learner", "topic", "state"))

    @staticmethod
    def act(random: Random, roadmap: Roadmap, fork: Fork, editor: User) -> None:
        sections = list(Section.objects.filter(roadmap=roadmap))
        seats = list(Placement.objects.filter(roadmap=roadmap, topic__retired_at=None).select_related("topic"))
        home = random.choice(sections)
        name = random.choice(["move", "rename", "new", "out", "retire", "copy", "optional"])
        if name == "new" or not seats:
            title = f"New {random.randrange(99)}"
            verbs.create_topic(roadmap=roadmap, section=home.uid, title=title, asked=asked())
        elif name == "rename":
            verbs.rename(roadmap=roadmap, uid=home.uid, title=f"S {random.randrange(9)}", asked=asked())
        elif name == "move":
            uid = random.choice(seats).topic.uid
            verbs.move(roadmap=roadmap, uid=uid, parent=home.uid, after=None, asked=asked())
        elif name == "out":
            verbs.take_out(roadmap=roadmap, uid=random.choice(seats).topic.uid, asked=asked())
        elif name == "optional":
            verbs.set_optional(roadmap=roadmap, uid=random.choice(seats).topic.uid, optional=True, asked=asked())
        elif roadmap == fork.roadmap:
            topic = random.choice(seats).topic
            if topic.source_id != roadmap.source_id:
                forks.own_copy(roadmap=roadmap, topic=topic, by=editor, asked=asked())
        elif name == "retire":
            verbs.retire(roadmap=roadmap, uid=random.choice(seats).topic.uid, asked=asked())
