"""The verbs of cohorts: each does what it says, refuses what it should, and changes nothing the second time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from uuid import UUID, uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.http import Http404

from roadmap.models import Roadmap
from tests.factories import assign, join, make_cohort, make_roadmap, make_section, make_topic, make_user
from tracker import access, cohorts
from tracker.models import Cohort, Membership, RoadmapSummary, User
from tracker.progress import set_state

pytestmark = pytest.mark.django_db


@pytest.fixture
def roadmap(db: None) -> Roadmap:
    found = make_roadmap("Garden", slug="garden")
    make_topic("Soil", make_section(found))
    return found


def roles(cohort: Cohort) -> dict[str, str]:
    return {each.user.name: each.role for each in cohorts.current(cohort).select_related("user")}


class TestCreate:
    def test_with_its_first_mentor(self, learner: User) -> None:
        cohort = cohorts.create(by=learner, title="Data, autumn", summary="Tuesdays.", uid=uuid4())
        assert (cohort.title, cohort.summary) == ("Data, autumn", "Tuesdays.")
        assert roles(cohort) == {learner.name: "mentor"}
        assert cohort.slug.startswith("data-autumn-")

    def test_sent_twice_it_is_one(self, learner: User) -> None:
        uid = uuid4()
        first, second = (cohorts.create(by=learner, title="A", uid=uid) for _ in range(2))
        assert first == second
        assert Cohort.objects.count() == 1

    def test_somebody_elses_form(self, learner: User, other_learner: User) -> None:
        cohorts.create(by=learner, title="A", uid=UUID(int=7))
        with pytest.raises(cohorts.AlreadySent):
            cohorts.create(by=other_learner, title="A", uid=UUID(int=7))

    def test_the_address_tells_nothing_of_others_with_the_title(self, learner: User, other_learner: User) -> None:
        slugs = [cohorts.create(by=by, title="Data", uid=uuid4()).slug for by in (learner, other_learner)]
        assert slugs[0] != slugs[1]
        assert {len(slug) for slug in slugs} == {len("data-") + 6}

    @pytest.mark.parametrize("title", ["数学", "!!!", "new", "x" * 200])
    def test_titles_of_all_kinds_have_an_address(self, learner: User, title: str) -> None:
        slug = cohorts.create(by=learner, title=title, uid=uuid4()).slug
        assert slug
        assert slug != "new"


class TestMayCreate:
    def test_by_role_or_by_mentoring(self, owner: User, learner: User, editor: User, mentor_a: User) -> None:
        assert access.may_create_cohorts(owner)
        assert access.may_create_cohorts(make_user("Maja", role="mentor"))
        assert access.may_create_cohorts(mentor_a)
        assert not access.may_create_cohorts(learner)
        assert not access.may_create_cohorts(editor)

    def test_not_by_a_cohort_that_is_archived(self, mentor_a: User, cohort_a: Cohort) -> None:
        cohorts.archive(cohort=cohort_a)
        with pytest.raises(PermissionDenied):
            access.require_cohort_creation(mentor_a)

    def test_nor_by_learning_in_one(self, learner_a: User) -> None:
        assert not access.may_create_cohorts(learner_a)


class TestAssign:
    def test_its_learners_are_counted_and_nobody_is_enrolled(
        self, cohort_a: Cohort, learner_a: User, learner_b: User, mentor_a: User, roadmap: Roadmap
    ) -> None:
        set_state(learner=learner_a, topic=roadmap.placements.get().topic_id, state="done", operation=uuid4())
        found = cohorts.assign(cohort=cohort_a, roadmap=roadmap, target_on=date(2027, 1, 31))
        assert (found.starts_on, found.target_on, found.position) == (None, date(2027, 1, 31), 0)
        summary = RoadmapSummary.objects.get()
        assert (summary.learner, summary.done) == (learner_a, 1)
        assert not learner_a.enrolments.exists()

    def test_again_it_sets_other_dates_and_keeps_its_place(self, cohort_a: Cohort, roadmap: Roadmap) -> None:
        cohorts.assign(cohort=cohort_a, roadmap=roadmap, starts_on=date(2026, 1, 1))
        cohorts.assign(cohort=cohort_a, roadmap=make_roadmap())
        cohorts.assign(cohort=cohort_a, roadmap=roadmap, starts_on=date(2026, 2, 1))
        rows = cohort_a.assigned.values_list("roadmap", "starts_on", "position")
        assert rows[0] == (roadmap.pk, date(2026, 2, 1), 0)
        assert len(rows) == 2

    def test_a_target_before_the_start(self, cohort_a: Cohort, roadmap: Roadmap) -> None:
        with pytest.raises(cohorts.DatesTurned):
            cohorts.assign(cohort=cohort_a, roadmap=roadmap, starts_on=date(2026, 2, 1), target_on=date(2026, 1, 31))
        assert not cohort_a.assigned.exists()

    def test_the_order(self, cohort_a: Cohort) -> None:
        one, two, three = (make_roadmap(name) for name in ("1", "2", "3"))
        for each in (one, two, three):
            cohorts.assign(cohort=cohort_a, roadmap=each)
        for roadmap, place, expected in ((three, 0, "312"), (three, 1, "132"), (one, 99, "321"), (one, 99, "321")):
            cohorts.put_at(cohort=cohort_a, roadmap=roadmap, place=place)
            assert "".join(cohort_a.assigned.values_list("roadmap__title", flat=True)) == expected

    def test_taken_away_what_was_done_stays(self, cohort_a: Cohort, learner_a: User, roadmap: Roadmap) -> None:
        cohorts.assign(cohort=cohort_a, roadmap=roadmap)
        set_state(learner=learner_a, topic=roadmap.placements.get().topic_id, state="done", operation=uuid4())
        for _ in range(2):
            cohorts.unassign(cohort=cohort_a, roadmap=roadmap)
        assert not cohort_a.assigned.exists()
        assert learner_a.progress.get().state == "done"


class TestMembers:
    def test_whoever_joins_is_counted(self, cohort_a: Cohort, learner: User, roadmap: Roadmap) -> None:
        assign(roadmap, cohort_a)
        assert cohorts.join(cohort=cohort_a, user=learner, role="learner")
        assert not cohorts.join(cohort=cohort_a, user=learner, role="learner")
        assert RoadmapSummary.objects.get().learner == learner

    def test_a_learner_becomes_a_mentor_and_a_mentor_stays_one(
        self, cohort_a: Cohort, learner_a: User, mentor_a: User
    ) -> None:
        assert cohorts.join(cohort=cohort_a, user=learner_a, role="mentor")
        assert not cohorts.join(cohort=cohort_a, user=mentor_a, role="learner")
        assert roles(cohort_a) == {"Ada": "mentor", "Mira": "mentor"}
        assert cohort_a.memberships.filter(user=learner_a).count() == 2, "that they learned is kept"

    def test_who_is_made_a_mentor_is_shown_no_more(self, cohort_a: Cohort, learner_a: User, mentor_a: User) -> None:
        assert learner_a in access.visible_learners(mentor_a)
        for _ in range(2):
            cohorts.make_mentor(cohort=cohort_a, user=learner_a.pk)
        assert learner_a not in access.visible_learners(mentor_a)
        assert cohorts.current(cohort_a).count() == 2

    def test_who_leaves_keeps_everything_and_is_seen_no_more(
        self, cohort_a: Cohort, learner_a: User, mentor_a: User, roadmap: Roadmap
    ) -> None:
        assign(roadmap, cohort_a)
        set_state(learner=learner_a, topic=roadmap.placements.get().topic_id, state="done", operation=uuid4())
        cohorts.leave(cohort=cohort_a, user=learner_a)
        assert learner_a.progress.get().state == "done"
        assert learner_a not in access.visible_learners(mentor_a)
        with pytest.raises(Http404):
            access.learner_of_cohort(mentor_a, cohort_a, learner_a.pk)
        with pytest.raises(cohorts.NotMember):
            cohorts.leave(cohort=cohort_a, user=learner_a)

    def test_who_comes_back(self, cohort_a: Cohort, learner_a: User) -> None:
        cohorts.remove(cohort=cohort_a, user=learner_a.pk)
        assert cohorts.join(cohort=cohort_a, user=learner_a, role="learner")
        assert cohort_a.memberships.filter(user=learner_a).count() == 2

    def test_the_last_mentor_stays(self, cohort_a: Cohort, mentor_a: User, learner_a: User) -> None:
        with pytest.raises(cohorts.LastMentor):
            cohorts.leave(cohort=cohort_a, user=mentor_a)
        with pytest.raises(cohorts.LastMentor):
            cohorts.remove(cohort=cohort_a, user=mentor_a.pk)
        cohorts.make_mentor(cohort=cohort_a, user=learner_a.pk)
        cohorts.leave(cohort=cohort_a, user=mentor_a)
        assert roles(cohort_a) == {"Ada": "mentor"}

    def test_nobody_of_another_cohort(self, cohort_a: Cohort, learner_b: User) -> None:
        for verb in (cohorts.remove, cohorts.make_mentor):
            with pytest.raises(cohorts.NotMember):
                verb(cohort=cohort_a, user=learner_b.pk)


class TestArchived:
    def test_nothing_changes_any_more(
        self, cohort_a: Cohort, mentor_a: User, learner_a: User, roadmap: Roadmap
    ) -> None:
        assign(roadmap, cohort_a)
        cohorts.archive(cohort=cohort_a)
        for verb in (
            lambda: cohorts.edit(cohort=cohort_a, title="B", summary=""),
            lambda: cohorts.assign(cohort=cohort_a, roadmap=roadmap),
            lambda: cohorts.unassign(cohort=cohort_a, roadmap=roadmap),
            lambda: cohorts.put_at(cohort=cohort_a, roadmap=roadmap, place=0),
            lambda: cohorts.make_mentor(cohort=cohort_a, user=learner_a.pk),
            lambda: cohorts.remove(cohort=cohort_a, user=learner_a.pk),
        ):
            with pytest.raises(cohorts.Archived):
                verb()
        assert roles(cohort_a) == {"Ada": "learner", "Mira": "mentor"}

    def test_it_stays_readable_and_one_may_leave(self, cohort_a: Cohort, mentor_a: User, learner_a: User) -> None:
        cohorts.archive(cohort=cohort_a)
        assert learner_a in access.visible_learners(mentor_a)
        cohorts.leave(cohort=cohort_a, user=learner_a)
        assert learner_a not in access.visible_learners(mentor_a)

    def test_reopened_it_is_as_before(self, cohort_a: Cohort) -> None:
        for verb in (cohorts.archive, cohorts.archive, cohorts.reopen, cohorts.reopen):
            verb(cohort=cohort_a)
        cohorts.edit(cohort=cohort_a, title="B", summary="x")
        cohort_a.refresh_from_db()
        assert (cohort_a.title, cohort_a.archived_at) == ("B", None)

    def test_the_day_it_was_archived_stays(self, cohort_a: Cohort) -> None:
        cohorts.archive(cohort=cohort_a)
        first = Cohort.objects.get(pk=cohort_a.pk).archived_at
        cohorts.archive(cohort=cohort_a)
        assert Cohort.objects.get(pk=cohort_a.pk).archived_at == first


class TestDoors:
    def test_members_and_former_members(self, cohort_a: Cohort, learner_a: User, learner_b: User) -> None:
        assert access.cohort_for_member(learner_a, cohort_a.slug) == cohort_a
        cohorts.remove(cohort=cohort_a, user=learner_a.pk)
        assert access.cohort_for_member(learner_a, cohort_a.slug) == cohort_a
        with pytest.raises(Http404):
            access.cohort_for_member(learner_b, cohort_a.slug)

    def test_somebody_of_it(
        self, cohort_a: Cohort, mentor_a: User, mentor_b: User, learner_a: User, learner_b: User
    ) -> None:
        assert access.member_of_cohort(mentor_a, cohort_a, learner_a.pk) == learner_a
        for person, pk in (
            (mentor_b, learner_a.pk),
            (mentor_a, learner_b.pk),
            (learner_a, learner_a.pk),
            (mentor_a, 0),
        ):
            with pytest.raises(Http404):
                access.member_of_cohort(person, cohort_a, pk)

    def test_what_it_walks(self, cohort_a: Cohort, mentor_a: User, mentor_b: User, roadmap: Roadmap) -> None:
        with pytest.raises(Http404):
            access.roadmap_assigned_to(mentor_a, cohort_a, "garden")
        assign(roadmap, cohort_a)
        Roadmap.objects.update(state="draft")
        assert access.roadmap_assigned_to(mentor_a, cohort_a, "garden") == roadmap
        with pytest.raises(Http404):
            access.roadmap_assigned_to(mentor_b, cohort_a, "garden")


def test_membership_is_once_at_a_time_by_the_database(cohort_a: Cohort, learner_a: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(cohort=cohort_a, user=learner_a, role="mentor")
    join(learner_a, make_cohort())


@pytest.mark.django_db(transaction=True)
def test_of_two_mentors_who_leave_at_once_one_stays() -> None:
    cohort = make_cohort()
    mentors = [join(make_user(f"Mentor {number}"), cohort, "mentor") for number in range(6)]

    def leave(mentor: User) -> bool:
        try:
            cohorts.leave(cohort=cohort, user=mentor)
        except cohorts.LastMentor:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(leave, mentors)).count(False) == 1
    assert cohorts.current(cohort).count() == 1
