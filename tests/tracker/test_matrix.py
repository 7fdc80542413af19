"""The matrix of a cohort: whom it shows to whom, in which order, and that its figures are the learner's own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from urllib.parse import urljoin
from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.models import Model
from django.http import Http404, HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from roadmap.models import Roadmap, Topic
from roadmap.queries import tree_of
from tests.factories import (
    assign,
    join,
    make_cohort,
    make_roadmap,
    make_section,
    make_topic,
    make_user,
)
from tests.tracker.conftest import Path, browser_of, make_path
from tracker import access, progress, summaries, usual
from tracker.matrix import Ground, Matrix, Wanted, cohort_and_roadmaps, first_week, ground_of, matrix, scoring
from tracker.matrix_rows import Rows, ago, grid_of, weeks
from tracker.matrix_sql import SCORED, SIGNS
from tracker.models import Cohort, CohortRoadmap, HelpRequest, LearnerTarget, Membership, TopicProgress, User
from tracker.need import ASSUMED, Case, Usual, days_between, expected_share, need
from tracker.queries import standing

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("static_root")]
NOW = datetime(2026, 5, 20, 12, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _measured_anew() -> Iterator[None]:
    usual.forget()
    yield
    usual.forget()


@pytest.fixture
def assigned(path: Path, cohort_a: Cohort, learner_a: User, mentor_a: User) -> CohortRoadmap:
    """Cohort A walks the garden: Ada learns, Mira mentors."""
    made = assign(path.roadmap, cohort_a)
    summaries.ensure(learners=[learner_a.pk], roadmaps=[path.roadmap.pk])
    return made


def do(learner: User, topic: Topic | int, state: str = "done", **fields: Any) -> None:
    key = topic if isinstance(topic, int) else topic.pk
    progress.set_state(learner=learner, topic=key, state=state, operation=uuid4(), **fields)


def ask(learner: User, topic: Topic, days: float = 0, **fields: Any) -> HelpRequest:
    return HelpRequest.objects.create(
        learner=learner, by=learner, topic=topic, at=timezone.now() - timedelta(days), **fields
    )


def read(assigned: CohortRoadmap, now: datetime | None = None, **wanted: Any) -> Matrix:
    roadmap = Roadmap.objects.get(pk=assigned.roadmap_id)
    ground = ground_of(assigned.cohort, assigned, tree_of(roadmap), now or timezone.now())
    return matrix(ground, Wanted(**wanted))


def names(found: Matrix) -> list[str]:
    return [learner.name for learner in found.learners]


def get(mentor: User, cohort: Cohort, query: str = "", **headers: str) -> HttpResponse:
    answer = browser_of(mentor).get(reverse("cohort", args=[cohort.slug]) + query, headers=headers or None)
    assert isinstance(answer, HttpResponse)
    return answer


def people(cohort: Cohort, number: int, roadmap: Roadmap | None = None) -> list[User]:
    made = User.objects.bulk_create(
        User(email=f"{cohort.slug}-{i}@example.org", name=f"Learner {i:03}") for i in range(number)
    )
    Membership.objects.bulk_create(Membership(cohort=cohort, user=user, joined_at=timezone.now()) for user in made)
    if roadmap is not None:
        summaries.ensure(learners=[user.pk for user in made], roadmaps=[roadmap.pk])
    return made


class TestTheFormula:
    """What SQL sorts by is what the page explains."""

    @pytest.mark.parametrize("seed", range(6))
    def test_sql_says_what_python_says(self, assigned: CohortRoadmap, seed: int) -> None:
        dice = Random(seed)
        assigned.starts_on = dice.choice([None, date(2026, 3, 1)])
        assigned.target_on = dice.choice([None, date(2026, 6, 30), date(2026, 5, 20), date(2026, 5, 1)])
        ground = ground_of(assigned.cohort, assigned, tree_of(assigned.roadmap), NOW)
        measured = Usual(dice.choice([1.0, 2.5, 7.0]), dice.choice([3.0, 7.0]))
        required = dice.choice([0, 1, 40])
        ground = Ground(
            ground.cohort, ground.assigned, ground.tree, required, measured, NOW, ground.starts, ground.target
        )
        rows = [self._row(dice, ground, key) for key in range(400)]
        columns: dict[str, Any] = {name: [row[name] for row in rows] for name in rows[0]}
        facts = (
            "SELECT * FROM unnest(%(learner)s::bigint[], %(met)s::integer[], %(finished)s::boolean[], "
            "%(last_move)s::timestamptz[], %(still_from)s::timestamptz[], %(on_topic_from)s::timestamptz[], "
            "%(asked_at)s::timestamptz[], %(joined_at)s::timestamptz[], %(own_date)s::boolean[], "
            "%(target_on)s::date[]) AS facts (learner, met, finished, last_move, still_from, on_topic_from, asked_at, "
            "joined_at, own_date, target_on)"
        )
        with connection.cursor() as cursor:
            cursor.execute(
                f"WITH facts AS ({facts}), signs AS ({SIGNS}), scored AS ({SCORED}) "  # noqa: S608 (ours)
                "SELECT learner, score, late, finished, stuck, quiet, asking FROM scored",
                scoring(ground) | columns,
            )
            found = {key: rest for key, *rest in cursor.fetchall()}
        assert len(found) == len(rows)
        scores = set()
        for row in rows:
            case = self._case(row, ground)
            said = need(case, measured)
            score, late, finished, stuck, quiet, asking = found[row["learner"]]
            values = {sign.kind: sign.value for sign in said.signs}
            assert score == pytest.approx(said.score), row
            assert (late, finished) == (case.late, case.finished)
            assert stuck == pytest.approx(values.get("stuck", 0))
            assert quiet == pytest.approx(values.get("quiet", 0))
            assert asking == pytest.approx(values.get("asked", 0))
            scores.add(round(said.score))
        assert len(scores) > 20 or not required

    @staticmethod
    def _row(dice: Random, ground: Ground, key: int) -> dict[str, Any]:
        required = ground.required
        met = dice.randint(0, required)
        skipped = dice.choice([0, 0, required - met])
        last = dice.choice([None, NOW - timedelta(dice.uniform(0, 40))])
        joined = NOW - timedelta(dice.uniform(0, 120))
        learning = dice.choice([None, NOW - timedelta(dice.uniform(0, 30))])
        asked = dice.choice([None, None, NOW - timedelta(dice.uniform(0, 6)), NOW + timedelta(seconds=2)])
        own = dice.choice([None, False, True])
        return {
            "learner": key,
            "met": met,
            "skipped": skipped,
            "finished": required > 0 and met + skipped >= required,
            "last_move": last,
            "still_from": max(filter(None, (last or joined, ground.starts))),
            "on_topic_from": min(filter(None, (learning, asked)), default=None),
            "asked_at": asked,
            "joined_at": joined,
            "own_date": own,
            "target_on": dice.choice([None, (NOW + timedelta(dice.uniform(-30, 60))).date()]) if own else None,
        }

    @staticmethod
    def _case(row: dict[str, Any], ground: Ground) -> Case:
        def since(name: str) -> float | None:
            return None if row[name] is None else days_between(row[name], NOW)

        until = ground.target
        if row["own_date"]:
            day = row["target_on"]
            until = day and datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(1)
        return Case(
            ground.required,
            row["met"],
            row["skipped"],
            since("still_from") or 0.0,
            since("on_topic_from"),
            since("asked_at"),
            expected_share(NOW, max(filter(None, (row["joined_at"], ground.starts))), until),
        )

    def test_the_order_of_rows_is_the_order_of_the_scores_they_show(self, cohort_a: Cohort, mentor_a: User) -> None:
        roadmap, topics = walked(12)
        assigned = assign(
            roadmap,
            cohort_a,
            starts_on=timezone.localdate() - timedelta(30),
            target_on=timezone.localdate() + timedelta(9),
        )
        dice = Random(3)
        found = people(cohort_a, 40, roadmap)
        Membership.objects.filter(cohort=cohort_a).update(joined_at=timezone.now() - timedelta(50))
        for user in found:
            for topic in topics[: dice.randint(0, 12)]:
                do(user, topic, dice.choice(["done", "done", "learning", "skipped"]))
            if dice.random() < 0.2:
                ask(user, dice.choice(topics), dice.uniform(0, 5))
        later = timezone.now() + timedelta(6)
        shown = read(assigned, later)
        scores = [learner.need.score for learner in shown.learners]
        assert scores == sorted(scores, reverse=True)
        assert len({round(score, 3) for score in scores}) > 5
        for kind in ("asked", "stuck", "quiet", "behind"):
            having = [learner for learner in shown.learners if any(s.kind == kind for s in learner.need.signs)]
            assert shown.counts[kind] == len(having) > 0
            assert set(names(read(assigned, later, show=kind))) == {learner.name for learner in having}
        assert shown.counts["you"] == sum(learner.need.needs_you for learner in shown.learners)


def walked(number: int) -> tuple[Roadmap, list[Topic]]:
    """A roadmap of two modules."""
    roadmap = make_roadmap("Walked")
    first, second = make_section(roadmap, "First", slug="first"), make_section(roadmap, "Second", slug="second")
    return roadmap, [make_topic(f"Topic {i}", first if i < number // 2 else second) for i in range(number)]


class TestFigures:
    def test_they_are_those_of_the_learners_own_page(self, assigned: CohortRoadmap, path: Path) -> None:
        ada = User.objects.get(name="Ada")
        do(ada, path.soil)
        do(ada, path.pond)
        (row,) = read(assigned).learners
        own = standing(ada, path.roadmap).overlay
        assert row.share == own.total
        assert [row.counted.branch(i) for i in range(len(own.shares))] == list(own.shares)
        assert row.last_move is not None

    def test_stale_and_missing_summaries_are_counted_anew(self, assigned: CohortRoadmap, path: Path) -> None:
        ada = User.objects.get(name="Ada")
        do(ada, path.soil)
        make_topic("New", path.roadmap.sections.get(slug="ground"))
        Roadmap.objects.filter(pk=path.roadmap.pk).update(revision=path.roadmap.revision + 1)
        new = join(make_user("Nora"), assigned.cohort)
        TopicProgress.objects.create(learner=new, topic=path.sowing, state="done", changed_at=timezone.now())
        shares = {learner.name: learner.share for learner in read(assigned, sort="name").learners}
        assert {name: (share.done, share.required) for name, share in shares.items()} == {"Ada": (1, 3), "Nora": (1, 3)}

    def test_under_way_waiting_and_finished_per_week(self, assigned: CohortRoadmap, path: Path) -> None:
        ada = User.objects.get(name="Ada")
        do(ada, path.soil)
        do(ada, path.sowing, "learning")
        ask(ada, path.sowing, days=2)
        ask(ada, path.pond, days=5, withdrawn_at=timezone.now())
        ask(ada, make_topic("Elsewhere", make_section(make_roadmap())), days=9)
        (row,) = read(assigned).learners
        assert [topic for topic, _ in row.on] == [path.sowing.pk]
        assert [(topic, int(days)) for topic, days in row.helps] == [(path.sowing.pk, 2)]
        assert row.weeks == (0, 0, 0, 0, 0, 0, 0, 1)

    def test_weeks_begin_on_monday(self) -> None:
        assert first_week(NOW) == datetime(2026, 3, 30, tzinfo=UTC)

    def test_targets(self, assigned: CohortRoadmap, owner: User) -> None:
        ada = User.objects.get(name="Ada")
        assigned.target_on = date(2026, 6, 30)
        assigned.save()

        def target() -> tuple[date | None, bool]:
            (row,) = read(assigned).learners
            return row.target_on, row.own_target

        assert target() == (date(2026, 6, 30), False)
        LearnerTarget.objects.create(learner=ada, by=owner, assigned=assigned, target_on=date(2026, 7, 1))
        assert target() == (date(2026, 7, 1), True)
        none = LearnerTarget.objects.create(learner=ada, by=owner, assigned=assigned, target_on=None)
        assert target() == (None, True)
        none.withdrawn_at = timezone.now()
        none.save()
        assert target() == (date(2026, 7, 1), True)

    def test_a_learners_own_date_decides_who_is_behind(self, assigned: CohortRoadmap, owner: User) -> None:
        ada = User.objects.get(name="Ada")
        Membership.objects.filter(user=ada).update(joined_at=timezone.now() - timedelta(30))
        assert read(assigned).counts["behind"] == 0
        LearnerTarget.objects.create(
            learner=ada, by=owner, assigned=assigned, target_on=timezone.localdate() - timedelta(1)
        )
        found = read(assigned)
        assert found.counts["behind"] == 1
        assert found.learners[0].case.late == 2

    def test_counts_and_median(self, assigned: CohortRoadmap, path: Path) -> None:
        for user in people(assigned.cohort, 2, path.roadmap):
            do(user, path.soil)
        found = read(assigned)
        assert (found.total, found.moved, found.median, found.kept) == (3, 2, 50, 3)
        do(User.objects.get(name="Learner 000"), path.sowing)
        assert read(assigned).counts["finished"] == 1


class TestUsual:
    def test_assumed_where_too_little_was_done(self, assigned: CohortRoadmap) -> None:
        assert usual.measure(assigned.cohort, tree_of(assigned.roadmap), timezone.now()).usual == ASSUMED

    def test_measured_on_what_was_begun_and_done(self, cohort_a: Cohort) -> None:
        roadmap, topics = walked(12)
        (user,) = people(cohort_a, 1)
        start = timezone.now() - timedelta(40)
        TopicProgress.objects.bulk_create(
            TopicProgress(
                learner=user,
                topic=topic,
                state="done",
                started_at=start + timedelta(2 * i),
                changed_at=start + timedelta(2 * i + 3),
            )
            for i, topic in enumerate(topics)
        )
        found = usual.measure(cohort_a, tree_of(roadmap), timezone.now())
        assert found.dense
        assert found.usual == Usual(topic_days=3.0, quiet_days=6.0, topics=12, gaps=11)

    def test_asked_once_an_hour(self, assigned: CohortRoadmap) -> None:
        tree, now = tree_of(assigned.roadmap), timezone.now().replace(minute=1)
        usual.measured(assigned.cohort, tree, now)
        with CaptureQueriesContext(connection) as captured:
            usual.measured(assigned.cohort, tree, now.replace(minute=59))
        assert len(captured) == 0
        with CaptureQueriesContext(connection) as captured:
            usual.measured(assigned.cohort, tree, now + timedelta(hours=1))
        assert len(captured) == 1


class TestWhoIsShown:
    def test_learners_of_this_cohort_who_are_in_it_now(self, assigned: CohortRoadmap, learner_b: User) -> None:
        join(make_user("Gone"), assigned.cohort, left_at=timezone.now())
        join(make_user("Second mentor"), assigned.cohort, "mentor")
        assert names(read(assigned)) == ["Ada"]
        assert names(read(assigned, search="Ben")) == []

    def test_who_left_and_came_back_stands_there_once(self, assigned: CohortRoadmap) -> None:
        back = join(make_user("Back"), assigned.cohort, left_at=timezone.now())
        join(back, assigned.cohort)
        assert names(read(assigned, sort="name")) == ["Ada", "Back"]

    @pytest.mark.parametrize(
        ("search", "found"),
        [
            ("learner 00", ["Learner 000", "Learner 001", "Learner 002"]),
            ("LEARNER 001", ["Learner 001"]),
            ("%", []),
            ("_", []),
            ("example.org", []),
            ("z-2", ["z-2"]),
            ("'", []),
        ],
    )
    def test_search_is_for_what_pages_call_somebody(
        self, path: Path, cohort_a: Cohort, search: str, found: list[str]
    ) -> None:
        people(cohort_a, 3)
        join(User.objects.create_user("z-2@example.org"), cohort_a)
        assert names(read(assign(path.roadmap, cohort_a), search=search)) == found

    def test_pages(self, path: Path, cohort_a: Cohort) -> None:
        people(cohort_a, 120, path.roadmap)
        assigned = assign(path.roadmap, cohort_a)
        seen = [name for page in (1, 2, 3) for name in names(read(assigned, page=page))]
        assert seen == [f"Learner {i:03}" for i in range(120)]
        last = read(assigned, page=9999)
        assert (last.page, last.pages, len(last.learners)) == (3, 3, 20)

    def test_pages_through_equal_and_other_numbers(self, path: Path, cohort_a: Cohort) -> None:
        found = people(cohort_a, 130, path.roadmap)
        assigned = assign(path.roadmap, cohort_a)
        for user in found[::3]:
            do(user, path.soil)
        for sort, first in (("share", True), ("least", False)):
            seen = [name for page in (1, 2, 3) for name in names(read(assigned, page=page, sort=sort))]
            ahead = [f"Learner {i:03}" for i in range(0, 130, 3)]
            others = [f"Learner {i:03}" for i in range(130) if i % 3]
            assert seen == (ahead + others if first else others + ahead)

    def test_orders(self, assigned: CohortRoadmap, path: Path) -> None:
        ben = join(make_user("Ben"), assigned.cohort, joined_at=timezone.now() - timedelta(9))
        summaries.ensure(learners=[ben.pk], roadmaps=[path.roadmap.pk])
        do(User.objects.get(name="Ada"), path.soil)
        assert names(read(assigned, sort="name")) == ["Ada", "Ben"]
        assert names(read(assigned, sort="share")) == ["Ada", "Ben"]
        assert names(read(assigned, sort="least")) == ["Ben", "Ada"]
        assert names(read(assigned, sort="still")) == ["Ben", "Ada"]
        assert names(read(assigned)) == ["Ben", "Ada"]

    def test_keys_far_apart_change_nothing(self, path: Path, cohort_a: Cohort) -> None:
        """The summaries are then read another way."""
        first, second = people(cohort_a, 2, path.roadmap)
        far = join(User.objects.create(pk=second.pk + 10_000, email="far@example.org", name="Far"), cohort_a)
        summaries.ensure(learners=[far.pk], roadmaps=[path.roadmap.pk])
        do(far, path.soil)
        do(first, path.sowing)
        assigned = assign(path.roadmap, cohort_a)
        ground = ground_of(cohort_a, assigned, tree_of(path.roadmap), timezone.now())
        assert not ground.dense
        near = replace(ground, dense=True)
        for wanted in (Wanted(), Wanted(sort="share"), Wanted(sort="name")):
            assert names(matrix(ground, wanted)) == names(matrix(near, wanted))
            assert matrix(ground, wanted).counts == matrix(near, wanted).counts

    def test_queries_do_not_grow(self, path: Path, cohort_a: Cohort, mentor_a: User) -> None:
        assign(path.roadmap, cohort_a)
        people(cohort_a, 3, path.roadmap)
        browser = browser_of(mentor_a)
        few = queries(browser, cohort_a)
        other = make_cohort("Large")
        join(mentor_a, other, "mentor")
        assign(path.roadmap, other)
        for user in people(other, 300, path.roadmap)[:60]:
            ask(user, path.soil)
        assert queries(browser, other) == few <= 5


def queries(browser: Client, cohort: Cohort) -> int:
    """Of the second time: the first puts the tree and what is usual into the process."""
    address = reverse("cohort", args=[cohort.slug])
    browser.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(address).status_code == 200
    return len(captured)


class TestCohort:
    """The page."""

    def test_it_works(self, assigned: CohortRoadmap, path: Path, mentor_a: User) -> None:
        ada = User.objects.get(name="Ada")
        do(ada, path.soil)
        do(ada, path.sowing, "learning")
        ask(ada, path.sowing, days=2)
        html = get(mentor_a, assigned.cohort).content.decode()
        (row,) = re.findall(r'<tr id="r\d+".*?</tr>', html, re.S)
        assert "<bdi>Ada</bdi>" in row
        assert "<b>50 %</b> <small>1 of 2</small>" in row
        assert re.search(r"asked for help 2 d ago on <bdi>Sowing</bdi> <i>\d+", row)
        assert '<td class="m c3">' in row
        assert "<b>1</b> learner<" in html
        assert "<b>1</b> needs you" in html

    def test_links_lead_to_the_learners_page(self, assigned: CohortRoadmap, mentor_a: User) -> None:
        ada = User.objects.get(name="Ada")
        html = get(mentor_a, assigned.cohort, "?open=ground").content.decode()
        here = reverse("cohort", args=[assigned.cohort.slug])
        links = {urljoin(here, link) for link in re.findall(r'href="(learners/[^"]*)"', html)}
        page = reverse("learner", args=[assigned.cohort.slug, ada.pk])
        assert f"{page}?roadmap=garden" in links
        assert f"{page}share/garden/?section=ground" in links
        assert all(link.startswith(page) for link in links)
        browser = browser_of(mentor_a)
        assert {browser.get(link).status_code for link in links} == {200}

    def test_a_module_opens_into_its_topics(self, assigned: CohortRoadmap, path: Path, mentor_a: User) -> None:
        do(User.objects.get(name="Ada"), path.pond, "skipped")
        closed, opened = (get(mentor_a, assigned.cohort, q).content.decode() for q in ("", "?open=ground"))
        assert 'class="mark' not in closed
        assert re.findall(r'class="mark (\w+)', opened) == ["todo", "todo", "skipped"]
        assert 'aria-expanded="true"' in opened
        assert re.findall(r'class="up of"[^>]*><span dir="auto">(\w+)', opened) == ["Soil", "Sowing", "Pond"]

    def test_a_name_is_text(self, assigned: CohortRoadmap, mentor_a: User) -> None:
        join(make_user("<b>&amp;"), assigned.cohort)
        assert "<bdi>&lt;b&gt;&amp;amp;</bdi>" in get(mentor_a, assigned.cohort).content.decode()

    def test_no_address_is_shown(self, assigned: CohortRoadmap, mentor_a: User) -> None:
        html = get(mentor_a, assigned.cohort).content.decode().replace(mentor_a.email, "")
        assert "@example.org" not in html

    def test_the_roadmap_is_chosen_in_the_address(self, assigned: CohortRoadmap, mentor_a: User) -> None:
        assign(make_path("pond").roadmap, assigned.cohort, position=1)
        for slug in ("garden", "pond"):
            html = get(mentor_a, assigned.cohort, f"?roadmap={slug}").content.decode()
            assert f"/share/{slug}/?section=" in html
        assert "/share/garden/?section=" in get(mentor_a, assigned.cohort, "?roadmap=none").content.decode()

    def test_a_draft_is_for_those_who_may_read_drafts(
        self, assigned: CohortRoadmap, mentor_a: User, owner: User
    ) -> None:
        Roadmap.objects.update(state="draft", title="Secret garden")
        assert "Secret" not in get(mentor_a, assigned.cohort).content.decode()
        assert "Secret" in get(owner, assigned.cohort).content.decode()

    @pytest.mark.parametrize(
        ("query", "words"),
        [
            ("?q=nobody", "Nobody here matches that."),
            ("?show=finished", "Nobody here matches that."),
            ("?page=0", "Ada"),
            ("?page=-1&sort=x&show=x&open=x&figures=x", "Ada"),
            ("?page=99999999999999999999", "Ada"),
            ("?page=\u0663", "Ada"),
        ],
    )
    def test_what_the_address_asks_for_in_vain(
        self, assigned: CohortRoadmap, mentor_a: User, query: str, words: str
    ) -> None:
        assert words in get(mentor_a, assigned.cohort, query).content.decode()

    def test_what_is_asked_for_is_kept_by_the_links(self, assigned: CohortRoadmap, mentor_a: User) -> None:
        html = get(mentor_a, assigned.cohort, "?show=quiet&sort=late&q=a%26b&open=ground&figures=1").content.decode()
        assert 'name="q" value="a&amp;b"' in html
        link = re.search(r'href="(\?[^"]*)"[^>]*>Stuck', html)
        assert link is not None
        assert set(link[1].split("&amp;")) == {
            "?roadmap=garden",
            "show=stuck",
            "sort=late",
            "q=a%26b",
            "open=ground",
            "figures=1",
        }

    def test_empty_states(self, cohort_a: Cohort, mentor_a: User) -> None:
        assert "No roadmap is assigned" in get(mentor_a, cohort_a).content.decode()
        assign(make_path().roadmap, cohort_a)
        assert "Nobody learns in this cohort yet" in get(mentor_a, cohort_a).content.decode()

    def test_an_archived_cohort_is_readable_and_says_so(self, assigned: CohortRoadmap, mentor_a: User) -> None:
        Cohort.objects.update(archived_at=timezone.now())
        html = get(mentor_a, assigned.cohort).content.decode()
        assert "was archived on" in html
        assert "<bdi>Ada</bdi>" in html

    @pytest.mark.parametrize("who", ["learner_a", "learner_b", "mentor_b", "editor"])
    def test_it_does_not_exist_for_others(
        self, assigned: CohortRoadmap, who: str, request: pytest.FixtureRequest
    ) -> None:
        answer = get(request.getfixturevalue(who), assigned.cohort)
        assert answer.status_code == 404
        assert "<bdi>Ada" not in answer.content.decode()

    def test_who_mentored_it_once_sees_it_no_more(self, assigned: CohortRoadmap, mentor_a: User) -> None:
        Membership.objects.filter(user=mentor_a).update(left_at=timezone.now())
        assert get(mentor_a, assigned.cohort).status_code == 404

    def test_nobody_posts_here(self, assigned: CohortRoadmap, mentor_a: User) -> None:
        assert browser_of(mentor_a).post(reverse("cohort", args=[assigned.cohort.slug])).status_code == 405


QUERIES = ["", "?open=ground&figures=1", "?q=%3Cb%3E%22&show=quiet&sort=late", "?page=2", "?page=9&sort=name"]


class TestTheKeptPage:
    """The page around the rows is rendered once and filled in."""

    @pytest.mark.parametrize("query", QUERIES)
    def test_it_is_what_the_templates_give(
        self, assigned: CohortRoadmap, mentor_a: User, query: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        people(assigned.cohort, 60)
        filled = [plain(get(mentor_a, assigned.cohort, query)) for _ in range(2)]
        monkeypatch.setattr("tracker.views.frames.get_messages", lambda _: ["something to say"])
        assert filled == [plain(get(mentor_a, assigned.cohort, query))] * 2

    def test_nothing_in_it_is_older_than_the_page(self, assigned: CohortRoadmap, mentor_a: User) -> None:
        tags = set()

        def shows(words: str) -> None:
            answer = get(mentor_a, assigned.cohort)
            assert words in answer.content.decode()
            assert answer.headers["ETag"] not in tags
            tags.add(answer.headers["ETag"])

        shows("Matrix")
        Cohort.objects.update(title="Another title")
        shows("Another title")
        Cohort.objects.update(summary="Another summary")
        shows("Another summary")
        CohortRoadmap.objects.update(target_on=date(2031, 2, 3))
        shows("target 3 February 2031")
        Roadmap.objects.update(title="Another roadmap")
        shows("Another roadmap")
        assign(make_path("pond").roadmap, assigned.cohort, position=1)
        shows('aria-label="Roadmap"')
        usual.forget()
        usual._kept[assigned.cohort_id, assigned.roadmap_id, Roadmap.objects.get(pk=assigned.roadmap_id).revision] = (
            timezone.now().replace(minute=0, second=0, microsecond=0),
            usual.Measured(Usual(3.5, 4.0, 50, 50), dense=False),
        )
        shows("3.5 days, the median of 50 topics")
        Cohort.objects.update(archived_at=timezone.now())
        shows("was archived on")

    def test_each_reader_sees_their_own_bar(self, assigned: CohortRoadmap, mentor_a: User, owner: User) -> None:
        other = join(make_user("Mo <b>"), assigned.cohort, "mentor")
        for person in (mentor_a, owner, other, mentor_a):
            html = get(person, assigned.cohort).content.decode()
            assert escape(person.shown_name) in html
            assert person.email in html
            assert sum(each.email in html for each in (mentor_a, owner, other)) == 1
            assert (reverse("audit") in html) == (person == owner)


def plain(answer: HttpResponse) -> str:
    """Without what differs on every answer."""
    html = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", answer.content.decode())
    return html.strip()


class TestAskingAgain:
    """What the page does every half minute."""

    def test_nothing_new(self, assigned: CohortRoadmap, mentor_a: User) -> None:
        first = get(mentor_a, assigned.cohort)
        again = get(mentor_a, assigned.cohort, **{"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert f'data-etag="{escape(first.headers["ETag"])}"' in first.content.decode()

    def test_news(self, assigned: CohortRoadmap, path: Path, mentor_a: User) -> None:
        first = get(mentor_a, assigned.cohort).headers["ETag"]
        do(User.objects.get(name="Ada"), path.soil)
        again = get(mentor_a, assigned.cohort, **{"If-None-Match": first})
        assert again.status_code == 200
        assert again.headers["ETag"] != first

    @pytest.mark.parametrize("query", ["?show=quiet", "?open=ground", "?q=Ada", "?figures=1", "?sort=name"])
    def test_another_page_is_another_tag(self, assigned: CohortRoadmap, mentor_a: User, query: str) -> None:
        first = get(mentor_a, assigned.cohort).headers["ETag"]
        assert get(mentor_a, assigned.cohort, query, **{"If-None-Match": first}).status_code == 200

    def test_who_may_no_longer_see_it_gets_no_304(self, assigned: CohortRoadmap, mentor_a: User) -> None:
        first = get(mentor_a, assigned.cohort).headers["ETag"]
        Membership.objects.filter(user=mentor_a).update(left_at=timezone.now())
        assert get(mentor_a, assigned.cohort, **{"If-None-Match": first}).status_code == 404


class TestRows:
    def test_columns_are_outermost_modules_and_levels_with_topics(self) -> None:
        roadmap = make_roadmap()
        level = make_section(roadmap, "Level", kind="level", slug="level")
        make_topic("On the level", level)
        outer = make_section(roadmap, "Outer", parent=level, slug="outer")
        make_topic("A", outer)
        make_topic("B", make_section(roadmap, "Inner", parent=outer, slug="inner"))
        make_section(roadmap, "Empty", slug="empty")
        make_topic("C", make_section(roadmap, "Alone", slug="alone"))
        columns = grid_of(tree_of(roadmap)).columns({"outer"})
        assert [(c.title, c.level) for c in columns] == [
            ("Level", ""),
            ("Outer", "Level"),
            ("A", "Level"),
            ("B", "Level"),
            ("Alone", ""),
        ]

    def test_reasons_are_sentences(self, assigned: CohortRoadmap, path: Path) -> None:
        ada = User.objects.get(name="Ada")
        Membership.objects.filter(user=ada).update(joined_at=timezone.now() - timedelta(30))
        assigned.target_on = timezone.localdate() - timedelta(1)
        assigned.save()
        ask(ada, path.soil, days=30)
        ask(ada, path.sowing)
        shown = read(assigned)
        html = Rows(shown.ground, ()).html(shown.learners)
        text = re.sub(r"<[^>]*>", "", html)
        for words in (
            "asked for help 30 d ago on Soil and 1 more 35 points",
            "30 d on it (usual: 7 d) 25 points",
            "not begun in 30 d 20 points",
            "2 topics behind 20 points",
        ):
            assert words in text
        assert html.count("c0 stuck") == 1

    def test_sparkline(self) -> None:
        drawn = weeks("en", (0, 0, 0, 0, 0, 0, 1, 9), 8)
        assert "Finished per week: 0, 0, 0, 0, 0, 0, 1, 9" in drawn
        assert "v-16h5" in drawn

    def test_ago(self) -> None:
        assert [ago("en", days) for days in (0, 0.9, 1, 12.8)] == ["today", "today", "1 d ago", "12 d ago"]


class TestDoor:
    """The written-out question for a cohort and its roadmaps, held against the doors it stands for."""

    @pytest.mark.parametrize("who", ["mentor_a", "mentor_b", "learner_a", "owner", "editor", "learner"])
    @pytest.mark.parametrize("archived", [False, True])
    def test_it_finds_what_the_doors_find(self, who: str, archived: bool, request: pytest.FixtureRequest) -> None:
        cohort: Cohort = request.getfixturevalue("cohort_a")
        person: User = request.getfixturevalue(who)
        Cohort.objects.filter(pk=cohort.pk).update(archived_at=timezone.now() if archived else None)
        for position, state in enumerate(["listed", "draft", "unlisted"]):
            assign(make_roadmap(state, state=state), cohort, position=2 - position)
        assign(make_roadmap("gone", retired_at=timezone.now()), cohort, position=9)
        try:
            expected = access.cohort_for_mentor(person, cohort.slug)
        except Http404:
            with pytest.raises(Http404):
                cohort_and_roadmaps(person, cohort.slug)
            return
        found, assigned = cohort_and_roadmaps(person, cohort.slug)
        assert vars_of(found) == vars_of(expected)
        wanted = access.roadmaps_of_cohort(person, expected)
        assert [vars_of(one) for one in assigned] == [vars_of(one) for one in wanted]
        assert [one.roadmap.title for one in assigned] == [one.roadmap.title for one in wanted]

    def test_strangers_and_who_left(self, cohort_a: Cohort, mentor_a: User) -> None:
        mentor_a.memberships.update(left_at=timezone.now())
        for person in (mentor_a, AnonymousUser()):
            with pytest.raises(Http404):
                cohort_and_roadmaps(person, cohort_a.slug)


def vars_of(row: Model) -> dict[str, object]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
