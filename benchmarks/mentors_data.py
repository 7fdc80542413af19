"""The data of `benchmarks.mentors`, and its questions to PostgreSQL, under the product's settings. Prints JSON."""

from __future__ import annotations

import json
import random
import statistics
import sys
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import django

ROUNDS = 5
TIMES = 7
TABS = 8
"""Connections that check off at once."""
SECONDS = 2.0


def main(step: str, numbers: list[int]) -> None:
    django.setup()
    steps: dict[str, Callable[..., dict[str, Any]]] = {
        "cohorts": cohorts,
        "others": others,
        "questions": questions,
        "contention": contention,
    }
    print(json.dumps(steps[step](*numbers)))


def cohorts(topics: int, *sizes: int) -> dict[str, Any]:
    """One roadmap, a cohort of each size, one mentor of all of them with a session. What is there already is kept."""
    from django.core.management import call_command

    from tracker.models import Membership, User
    from tracker.simulating import make_roadmap

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    roadmap = make_roadmap(topics=topics, seed=1)
    made = {size: simulated(roadmap, size, seed=number + 1) for number, size in enumerate(sizes)}
    mentor = User.objects.get(memberships__cohort=made[sizes[0]], memberships__role="mentor")
    for cohort in made.values():
        Membership.objects.get_or_create(user=mentor, cohort=cohort, role="mentor", left_at=None)
    slugs = {size: cohort.slug for size, cohort in made.items()}
    return {"session": session_of(mentor), "slugs": slugs, "roadmap": roadmap.slug, "rows": rows()}


def others(learners: int) -> dict[str, Any]:
    from roadmap.models import Roadmap

    if learners > 0:
        simulated(Roadmap.objects.get(), learners, seed=100)
    return {"rows": rows()}


def simulated(roadmap: Any, learners: int, *, seed: int) -> Any:
    """The cohort of that seed, simulated unless it is there. Half of one means that the data cannot be used."""
    from tracker.models import Cohort
    from tracker.simulating import simulate

    cohort = Cohort.objects.filter(slug=f"simulated-{seed}-1").first()
    if cohort is None:
        (cohort,) = simulate(
            learners=learners, cohorts=1, seed=seed, roadmap=roadmap, weeks=26, dense=True, report=lambda _: None
        ).cohorts
    found = cohort.memberships.filter(role="learner").count()
    if found != learners:
        raise SystemExit(f"The data holds {found:,} learners where {learners:,} were wanted: delete it to begin anew.")
    return cohort


def session_of(person: Any) -> str:
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from tracker.sessions import SessionStore

    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    assert session.session_key
    return session.session_key


def rows() -> int:
    """State rows; the statistics are brought up to date, as autovacuum would."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
        cursor.execute("SELECT count(*) FROM tracker_topicprogress")
        return int(cursor.fetchone()[0])


RAW = """
SELECT placement.section_id, count(*) FILTER (WHERE progress.state IN ('done', 'waived'))
FROM tracker_membership member
JOIN tracker_topicprogress progress ON progress.learner_id = member.user_id
JOIN roadmap_placement placement ON placement.topic_id = progress.topic_id AND placement.roadmap_id = %(roadmap)s
WHERE member.cohort_id = %(cohort)s AND member.role = 'learner' AND member.left_at IS NULL
GROUP BY placement.section_id
"""


def questions(*sizes: int) -> dict[str, Any]:
    """Milliseconds in the database: {question: {size: [median of each round]}}."""
    from django.utils import timezone

    from roadmap.models import Roadmap
    from roadmap.queries import tree_of
    from tracker import bottlenecks, matrix, matrix_sql
    from tracker.models import CohortRoadmap

    roadmap = Roadmap.objects.get()
    found: dict[str, dict[int, list[float]]] = {"need": {}, "rows": {}, "raw": {}, "packed": {}, "states": {}}
    assigned = {
        one.cohort.memberships.filter(role="learner").count(): one
        for one in CohortRoadmap.objects.select_related("cohort", "roadmap")
    }
    cases: list[tuple[str, int, str, dict[str, Any]]] = []
    grounds = {}
    for size in sizes:
        ground = matrix.ground_of(assigned[size].cohort, assigned[size], tree_of(roadmap), timezone.now())
        values = matrix.scoring(ground) | {"search": "", "skip": 0}
        sql = matrix_sql.page_of(show="", sort="need", search=False, first=True, dense=ground.dense)
        cases.append(("need", size, sql, values))
        if size >= matrix_sql.SIZE:
            cases.append(("rows", size, matrix_sql.ROWS, rows_of(ground)))
        if size >= 1_000:
            whole = {"cohort": assigned[size].cohort_id, "roadmap": roadmap.pk}
            cases.append(("raw", size, RAW, whole))
            cases.append(("states", size, *bottlenecks.asking(ground)))
            grounds[size] = ground
            if modules_from_packed(ground) != modules_from_states(whole):
                raise SystemExit(f"What is counted of {size:,} learners is not what their states are.")
    for _ in range(ROUNDS):
        for size, ground in grounds.items():
            found["packed"].setdefault(size, []).append(statistics.median(figures(ground) for _ in range(TIMES)))
        for name, size, sql, values in cases:
            found[name].setdefault(size, []).append(statistics.median(explained(sql, values) for _ in range(TIMES)))
    return found | statements(roadmap)


def rows_of(ground: Any) -> dict[str, Any]:
    """What the rows of the first page are asked with."""
    from tracker import matrix

    found = matrix.matrix(ground, matrix.Wanted())
    return matrix.asking(ground, [learner.id for learner in found.learners])


def figures(ground: Any) -> float:
    """Milliseconds, our own counting included, of what is done in each module by the whole cohort, from packed rows."""
    start = time.perf_counter()
    modules_from_packed(ground)
    return (time.perf_counter() - start) * 1000


def modules_from_packed(ground: Any) -> dict[int, int]:
    """Section -> done and waived, as `tracker.bottlenecks` reads the packed rows of a cohort."""
    from tracker.bottlenecks import columns_of
    from tracker.packed import CODES

    _, columns = columns_of(ground)
    done, waived = CODES["done"], CODES["waived"]
    found: dict[int, int] = {}
    for index, seat in ground.tree.seats():
        column = columns[seat.topic]
        section = ground.tree.branches[index].id
        found[section] = found.get(section, 0) + column.count(done) + column.count(waived)
    return found


def modules_from_states(whole: dict[str, Any]) -> dict[int, int]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(RAW, whole)
        return dict(cursor.fetchall())


def explained(sql: str, values: dict[str, Any]) -> float:
    """Planning is left out: a connection plans a statement once."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sql}", values)
        plan = cursor.fetchone()[0]
    return float((plan if isinstance(plan, list) else json.loads(plan))[0]["Execution Time"])


def statements(roadmap: Any) -> dict[str, list[float]]:
    """Milliseconds of the check-off's statement at the median, with what is counted and without, taken in turns."""
    from tracker.models import RoadmapSummary

    chance = random.Random(1)
    learners = list(RoadmapSummary.objects.order_by("learner").values_list("learner", flat=True)[:200])
    found: dict[str, list[float]] = {"counted": [], "plain": []}
    for _ in range(ROUNDS):
        for name, times in found.items():
            counted = name == "counted"
            times.append(statistics.median(check_off(chance, roadmap, learners, counted) for _ in range(300)))
    for learner in learners:
        recounted(learner)
    return found


def request(chance: random.Random, roadmap: Any, learners: list[int], counted: bool) -> None:
    """A check-off after what each request reads first: the person, and where something is counted, their rows too."""
    from django.db import connection

    if not counted:
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM tracker_user WHERE id = %s", [learners[0]])
            cursor.fetchall()
    check_off(chance, roadmap, learners, counted)


def check_off(chance: random.Random, roadmap: Any, learners: list[int], counted: bool) -> float:
    """Milliseconds of one statement. Nothing of this module keeps true what is counted when it is left out."""
    from django.db import connection

    from roadmap.queries import tree_of
    from tracker import summaries
    from tracker.prepared import prepare

    learner, topic = chance.choice(learners), chance.choice(tree_of(roadmap).order)
    state = chance.choice(["todo", "learning", "done"])
    kept: tuple[Any, ...] = (None, None, "{}", "{}", [], "{}", [])
    if counted:
        prepared = prepare(summaries.of(learner), topic, state)
        assert prepared
        kept = (
            prepared.known,
            prepared.versions,
            prepared.counted,
            prepared.places,
            prepared.met,
            prepared.numbers,
            [],
        )
    arrays = ", ".join(f"%s::{kind}[]" for kind in ("bigint", "bigint", "bigint", "int", "text", "int", "bigint"))
    call = f"SELECT outcome FROM tracker_set_topic_state(%s, %s, %s, %s, %s, 'page', '', NULL, NULL, {arrays})"  # noqa: S608
    with connection.cursor() as cursor:
        start = time.perf_counter()
        cursor.execute(call, (learner, topic, state, uuid.uuid4(), learner, *kept))
        return (time.perf_counter() - start) * 1000


def contention() -> dict[str, Any]:
    """Check-offs a second over `TABS` connections, each of a learner of its own, with what is counted and without, in
    turns; then as many tabs of one learner through the verb, and how much of what is counted of them is wrong."""
    from roadmap.models import Roadmap
    from roadmap.queries import tree_of
    from tracker import summaries
    from tracker.models import RoadmapSummary, User
    from tracker.progress import set_state

    roadmap = Roadmap.objects.get()
    learners = list(RoadmapSummary.objects.order_by("learner").values_list("learner", flat=True)[: TABS * 25])
    found: dict[str, Any] = {"counted": [], "plain": []}
    for turn in range(ROUNDS):
        for name in ("counted", "plain"):

            def one(number: int, name: str = name, turn: int = turn) -> Callable[[], object]:
                chance, own = random.Random(f"{turn} {number}"), learners[number::TABS]
                return lambda: request(chance, roadmap, own, name == "counted")

            found[name].append(tabs(one) / SECONDS)
    for one_of_them in learners:
        recounted(one_of_them)
    learner = User.objects.get(pk=learners[0])
    order = tree_of(roadmap).order

    def tab(number: int) -> Callable[[], object]:
        chance = random.Random(number)
        return lambda: set_state(
            learner=learner,
            topic=chance.choice(order),
            state=chance.choice(["todo", "learning", "done", "skipped"]),
            operation=uuid.uuid4(),
        )

    found["acts"] = tabs(tab)
    stored = RoadmapSummary.objects.get(learner=learner, roadmap=roadmap)
    (true,) = summaries.counted_from_states(tree_of(roadmap), [learner.pk])
    wrong = sum(a != b for a, b in zip(bytes(stored.states), true.states, strict=True))
    wrong += sum(a != share.done + share.waived for a, share in zip(stored.met, true.shares, strict=True))
    found["drift"] = wrong + sum(getattr(stored, name) != getattr(true.total, name) for name in summaries.TOTALS)
    return found


def tabs(one: Callable[[int], Callable[[], object]]) -> int:
    """How often `TABS` threads did what `one(number)` gives, each again and again for `SECONDS`."""
    from django.db import connection

    counts = [0] * TABS
    end = time.monotonic() + SECONDS

    def work(number: int) -> None:
        act = one(number)
        try:
            while time.monotonic() < end:
                act()
                counts[number] += 1
        finally:
            connection.close()

    with ThreadPoolExecutor(TABS) as pool:
        list(pool.map(work, range(TABS)))
    return sum(counts)


def recounted(learner: int) -> None:
    """Make true again what was counted of somebody whose check-offs were not."""
    from django.db import transaction

    from tracker import summaries

    with transaction.atomic():
        summaries.lock([learner])
        summaries.recount(learner)


if __name__ == "__main__":
    main(sys.argv[1], [int(number) for number in sys.argv[2:]])
