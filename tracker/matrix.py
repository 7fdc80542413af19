"""The matrix of a cohort: its learners on one assigned roadmap, those who need a mentor first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from math import floor
from typing import Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS, connection
from django.http import Http404
from django.utils import timezone
from psycopg.types.numeric import Int4

from roadmap.models import Roadmap
from roadmap.tree import Tree
from tracker.matrix_sql import KINDS, MET, ROWS, SHOWS, SIZE, SORTS, page_of
from tracker.models import Cohort, CohortRoadmap, User
from tracker.need import BEHIND_FULL, FULL_AT, Case, Need, Usual, days_between, expected_share, need
from tracker.packed import Counted, layout
from tracker.permissions import Person, Right, may
from tracker.share import Share
from tracker.summaries import ROADMAP_COLUMNS, ROADMAP_FIELDS, CountedRow, counted_from_states
from tracker.usual import measured

_COHORT_FIELDS = tuple(field.attname for field in Cohort._meta.concrete_fields)  # noqa: SLF001 (documented API)
_ASSIGNED_FIELDS = tuple(field.attname for field in CohortRoadmap._meta.concrete_fields)  # noqa: SLF001
WEEKS = 8
NEVER = 2**31 - 1
"""So many topics nobody has: of nothing, nobody has finished all."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the address asks for; what it does not know is as if it were not there."""

    show: str = ""
    """A key of `SHOWS`, or empty for everybody."""
    sort: str = "need"
    """A key of `SORTS`."""
    search: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class Ground:
    """What all learners of the page have in common."""

    cohort: Cohort
    assigned: CohortRoadmap
    tree: Tree
    required: int
    """Topics that the roadmap requires, of anybody."""
    usual: Usual
    now: datetime
    starts: datetime | None
    target: datetime | None
    """The end of the target day."""
    dense: bool = True
    """What `tracker.matrix_sql.facts` is told; it changes no figure."""


class Learner(NamedTuple):
    """One row."""

    id: int
    name: str
    states: bytes
    """In the order of `packed.layout`."""
    counted: Counted
    share: Share
    case: Case
    need: Need
    last_move: datetime | None
    target_on: date | None
    own_target: bool
    """The date is this learner's own."""
    on: tuple[tuple[int, float], ...]
    """Topics under way and for how many days, the longest first."""
    helps: tuple[tuple[int, float], ...]
    """Topics that help is asked on and for how many days, the longest first."""
    weeks: tuple[int, ...]
    """Topics finished per week, the present week last."""


@dataclass(frozen=True, slots=True)
class Matrix:
    ground: Ground
    learners: tuple[Learner, ...]
    counts: Mapping[str, int]
    """Learners of the whole cohort by filter."""
    total: int
    moved: int
    """Learners who moved within seven days."""
    median: int | None
    """The percentage of the learner in the middle."""
    kept: int
    """Learners whom the filter and the search keep."""
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class Tally:
    """Learners of a cohort by their kind (`matrix_sql.KINDS`)."""

    alike: Mapping[int, int]
    """Kind -> learners."""

    @property
    def total(self) -> int:
        return sum(self.alike.values())

    def having(self, name: str) -> int:
        bit = KINDS[name]
        return sum(learners for kind, learners in self.alike.items() if kind & bit)

    def middle(self) -> int | None:
        """Topics met by the learner in the middle, of two the one with fewer."""
        upto, half = 0, self.total / 2
        for kind in sorted(self.alike):
            upto += self.alike[kind]
            if upto >= half:
                return kind // MET
        return None


_ASSIGNED = f"""
SELECT {", ".join(f"cohort.{name}" for name in _COHORT_FIELDS)},
       {", ".join(f"assigned.{name}" for name in _ASSIGNED_FIELDS)},
       {ROADMAP_COLUMNS}
FROM tracker_cohort cohort
LEFT JOIN (
    tracker_cohortroadmap assigned JOIN roadmap_roadmap current ON current.id = assigned.roadmap_id
         AND current.retired_at IS NULL AND (current.state <> 'draft' OR %(drafts)s)
) ON assigned.cohort_id = cohort.id
WHERE cohort.slug = %(slug)s AND (%(all)s OR EXISTS (
    SELECT FROM tracker_membership member
    WHERE member.cohort_id = cohort.id AND member.user_id = %(person)s AND member.role = 'mentor'
      AND member.left_at IS NULL))
ORDER BY assigned.position, assigned.id
"""  # noqa: S608 (names of columns, from above)


def cohort_and_roadmaps(person: Person, slug: str) -> tuple[Cohort, list[CohortRoadmap]]:
    """A cohort that this person mentors, or runs, and its roadmaps that they may read, in their order. One query.

    Raise Http404. Written out, since the matrix asks it every half minute: two questions through the ORM take longer to
    word than the rest of the page. A test holds it against `access.cohort_for_mentor` and `access.roadmaps_of_cohort`.
    """
    if not isinstance(person, User) or not person.is_active:
        raise Http404("No such cohort.")
    values: dict[str, Any] = {
        "slug": slug,
        "person": person.pk,
        "all": may(person, Right.SEE_ALL_COHORTS),
        "drafts": may(person, Right.READ_DRAFTS),
    }
    with connection.cursor() as cursor:
        cursor.execute(_ASSIGNED, values)
        rows = cursor.fetchall()
    if not rows:
        raise Http404("No such cohort.")
    wide, wider = len(_COHORT_FIELDS), len(_COHORT_FIELDS) + len(_ASSIGNED_FIELDS)
    cohort = Cohort.from_db(DEFAULT_DB_ALIAS, _COHORT_FIELDS, rows[0][:wide])
    found = []
    for row in rows:
        if row[wide] is not None:
            one = CohortRoadmap.from_db(DEFAULT_DB_ALIAS, _ASSIGNED_FIELDS, row[wide:wider])
            one.roadmap = Roadmap.from_db(DEFAULT_DB_ALIAS, ROADMAP_FIELDS, row[wider:])
            one.cohort = cohort
            found.append(one)
    return cohort, found


def ground_of(cohort: Cohort, assigned: CohortRoadmap, tree: Tree, now: datetime) -> Ground:
    """At most one query, for what is usual."""
    required = tree.kept.get(f"{__name__} required")
    if not isinstance(required, int):
        required = tree.kept[f"{__name__} required"] = Counted(tree, bytes(len(layout(tree).order))).total().required
    known = measured(cohort, tree, now)
    starts, target = _midnight(assigned.starts_on), _end_of(assigned.target_on)
    return Ground(cohort, assigned, tree, required, known.usual, now, starts, target, known.dense)


def _midnight(day: date | None) -> datetime | None:
    """In the server's time: a cohort's days are the same for all of its people, wherever each of them is."""
    return None if day is None else timezone.make_aware(datetime.combine(day, time()), timezone.get_default_timezone())


def _end_of(day: date | None) -> datetime | None:
    return None if day is None else _midnight(day + timedelta(1))


def matrix(ground: Ground, wanted: Wanted) -> Matrix:
    """Two queries, two more where a summary is missing or stale; none reads a row per topic of the whole cohort."""
    tally, kept, ids = _ask(ground, wanted)
    page, pages = wanted.page, max(1, -(-kept // SIZE))
    if page > pages:  # people left, or the address was made up
        page = pages
        tally, kept, ids = _ask(ground, wanted, page)
    middle, counts = tally.middle(), {name: tally.having(name) for name in KINDS}
    median = None if middle is None else Share(ground.required, min(middle, ground.required)).percent
    total, moved = tally.total, counts.pop("moved")
    return Matrix(ground, learners(ground, ids), counts, total, moved, median, kept, page, pages)


def _ask(ground: Ground, wanted: Wanted, page: int = 0) -> tuple[Tally, int, Sequence[int]]:
    """The cohort by kinds, how many are kept, and who is on the page."""
    skip = ((page or wanted.page) - 1) * SIZE
    sql = page_of(show=wanted.show, sort=wanted.sort, search=bool(wanted.search), first=not skip, dense=ground.dense)
    with connection.cursor() as cursor:
        cursor.execute(sql, scoring(ground) | {"search": wanted.search, "skip": skip})
        kinds, alike, kept, ids = cursor.fetchone()
    return Tally(dict(zip(kinds or (), alike or (), strict=True))), int(kept or 0), ids or ()


def scoring(ground: Ground) -> dict[str, Any]:
    """What the formula in SQL asks for."""
    now, usual = ground.now, ground.usual
    required, starts, target = ground.required, ground.starts, ground.target
    even, alike = 0, starts  # without a target nobody is late
    if target is not None:
        over = now >= target  # then of everybody the whole is asked
        alike = datetime.max.replace(tzinfo=UTC) if over else starts
        share = None if starts is None or over else expected_share(now, starts, target)
        even = required if share is None else floor(share * required)
    return _values(ground) | {
        "required": Int4(required),
        "all": Int4(required or NEVER),
        "even": Int4(even),
        "alike": alike,
        "starts": starts,
        "target": target,
        "zone": timezone.get_default_timezone_name(),
        "topic_days": usual.topic_days,
        "topic_from": now - timedelta(usual.topic_days),
        "topic_full": now - timedelta(FULL_AT * usual.topic_days),
        "quiet_days": usual.quiet_days,
        "quiet_from": now - timedelta(usual.quiet_days),
        "quiet_full": now - timedelta(FULL_AT * usual.quiet_days),
        "week": now - timedelta(7),
        "late_full": BEHIND_FULL * max(1, required),
    }


def _values(ground: Ground) -> dict[str, Any]:
    return {
        "cohort": ground.cohort.pk,
        "roadmap": ground.tree.id,
        "assigned": ground.assigned.pk,
        "topics": _array(ground.tree),
        "now": ground.now,
    }


def _array(tree: Tree) -> str:
    """The keys of its topics as PostgreSQL reads them, kept with the tree: psycopg takes longer over a hundred numbers
    than over all else that the page asks with."""
    found = tree.kept.get(f"{__name__} topics")
    if not isinstance(found, str):
        found = tree.kept[f"{__name__} topics"] = "{" + ",".join(map(str, tree.order)) + "}"
    return found


def learners(ground: Ground, ids: Sequence[int]) -> tuple[Learner, ...]:
    """The rows of these learners of the cohort, in this order. One query, three with stale or missing summaries."""
    if not ids:
        return ()
    with connection.cursor() as cursor:
        cursor.execute(ROWS, asking(ground, ids))
        rows = cursor.fetchall()
    size, revision = len(layout(ground.tree).order), ground.tree.revision
    stale = [row[0] for row in rows if row[3] != revision or len(row[4]) != size]
    anew = {row.learner: row for row in counted_from_states(ground.tree, stale)} if stale else {}
    return tuple(_learner(ground, row, anew.get(row[0])) for row in rows)


def asking(ground: Ground, ids: Sequence[int]) -> dict[str, Any]:
    """What `ROWS` asks for."""
    return _values(ground) | {"learners": list(ids), "since": first_week(ground.now)}


def first_week(now: datetime) -> datetime:
    """Monday, seven weeks before the one of `now`."""
    today = timezone.localdate(now, timezone.get_default_timezone())
    first = today - timedelta(today.weekday() + 7 * (WEEKS - 1))
    return timezone.make_aware(datetime.combine(first, time()), timezone.get_default_timezone())


def _learner(ground: Ground, row: Sequence[Any], anew: CountedRow | None) -> Learner:
    key, name, joined, _, states, last_move, has_own, own_target, *lists = row
    if anew is not None:
        states, last_move = anew.states, anew.last_move
    now, start = ground.now, ground.starts
    helps, on = _ages(lists[0], lists[1]), _ages(lists[2], lists[3])
    weeks = [0] * WEEKS
    for week in lists[4] or ():
        weeks[min(week, WEEKS - 1)] += 1
    packed = bytes(states)
    counted = Counted(ground.tree, packed)
    share = counted.total()
    still_from = last_move or joined
    target_on, target = ground.assigned.target_on, ground.target
    if has_own:
        target_on, target = own_target, _end_of(own_target)
    waits = [found[0][1] for found in (helps, on) if found]
    case = Case(
        required=share.required,
        met=share.done + share.waived,
        skipped=share.skipped,
        still=days_between(still_from if start is None or still_from > start else start, now),
        on_topic=max(waits, default=None),
        asked=helps[0][1] if helps else None,
        expected=expected_share(now, joined if start is None or joined > start else start, target),
    )
    return Learner(
        key,
        name,
        packed,
        counted,
        share,
        case,
        need(case, ground.usual),
        last_move,
        target_on,
        has_own,
        on,
        helps,
        tuple(weeks),
    )


def _ages(topics: Iterable[int] | None, days: Iterable[float] | None) -> tuple[tuple[int, float], ...]:
    return tuple(zip(topics or (), days or (), strict=True))


def roadmap_of(assigned: Sequence[CohortRoadmap], slug: str) -> CohortRoadmap | None:
    """The one of that slug, else the first; None where nothing is assigned."""
    return next((one for one in assigned if one.roadmap.slug == slug), assigned[0] if assigned else None)


def sort_of(value: str) -> str:
    return value if value in SORTS else "need"


def show_of(value: str) -> str:
    return value if value in SHOWS else ""
