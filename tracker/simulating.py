"""Simulated learners as rows: accounts, cohorts, progress and the events behind it, copied in by the thousand.

What they did comes from `tracker.simulation`; what is counted of them from `tracker.summaries`, as for anybody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from random import Random
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from roadmap.models import Placement, Prerequisite, Roadmap, Section, Topic
from roadmap.queries import tree_of
from tracker import summaries
from tracker.models import Cohort, CohortRoadmap, HelpRequest, Membership, User
from tracker.simulation import Lesson, Walk, lessons, marks, name_of, walk

DOMAIN = "simulated.invalid"
"""Of the addresses: no message ever arrives there."""
CHUNK = 500
"""Learners whose rows are copied together."""
PER_MODULE, LEVELS = 10, ("Beginner", "Intermediate", "Advanced")
LASTS = timedelta(weeks=48)
"""From the start of a cohort to its target date."""

Report = Callable[[str], None]


class CannotSimulate(Exception):
    """Nothing was made. The message says why."""


@dataclass(slots=True)
class Made:
    roadmap: Roadmap
    cohorts: list[Cohort] = field(default_factory=list)
    mentors: list[User] = field(default_factory=list)
    learners: int = 0
    progress: int = 0
    events: int = 0


def real_people() -> int:
    """Accounts that nobody simulated, but for owners who walk nothing: how an empty installation looks."""
    people = User.objects.exclude(email__endswith=f"@{DOMAIN}")
    return people.exclude(role=User.Role.OWNER, progress=None, memberships=None).count()


def simulate(
    *, learners: int, cohorts: int, seed: int, roadmap: Roadmap, weeks: float, dense: bool = False, report: Report
) -> Made:
    """Make `learners` in so many `cohorts` that began about `weeks` ago and walk `roadmap`.

    `dense`: topics that nobody touched get a state row too, `todo`, so that there are learners × topics of them.
    Raise CannotSimulate when this seed was used here before. A chunk of learners is one transaction.
    """
    if User.objects.filter(email=_address(seed, "learner", 0)).exists():
        raise CannotSimulate(f"The people of seed {seed} are here already: name another with --seed.")
    now = timezone.now()
    made = Made(roadmap)
    starts = now - timedelta(weeks=weeks)
    with transaction.atomic():
        _cohorts(made, cohorts, seed, starts)
    tree = tree_of(roadmap)
    course = lessons([(topic, tree.topics[topic].hours, topic in tree.optional) for topic in tree.order], seed)
    writer = _Writer(made, course, {topic: tree.topics[topic].revision for topic in tree.order}, seed, now, dense)
    numbers = iter(range(learners))
    while chunk := list(islice(numbers, CHUNK)):
        with transaction.atomic():
            writer.write(chunk, of=learners, starts=starts)
        made.learners += len(chunk)
        if made.learners % 10_000 < CHUNK and learners > 10_000:
            report(f"{made.learners:,} learners, {made.progress:,} states, {made.events:,} events")
    report("Counting")
    _analyze()
    summaries.rebuild(roadmaps=[roadmap.pk])
    _finished_when(roadmap)
    _analyze()
    return made


def _cohorts(made: Made, number: int, seed: int, starts: datetime) -> None:
    day = starts.date()
    for index in range(number):
        title = f"Group {index + 1}" if seed == 1 else f"Group {seed}.{index + 1}"
        cohort = Cohort.objects.create(
            slug=f"simulated-{seed}-{index + 1}", title=title, summary="Simulated learners.", created_at=starts
        )
        CohortRoadmap.objects.create(cohort=cohort, roadmap=made.roadmap, starts_on=day, target_on=day + LASTS)
        mentor = User.objects.create_user(_address(seed, "mentor", index), name=name_of(seed, -index - 1))
        Membership.objects.create(cohort=cohort, user=mentor, role=Membership.Role.MENTOR, joined_at=starts)
        made.cohorts.append(cohort)
        made.mentors.append(mentor)


@dataclass(slots=True)
class _Writer:
    """Copies the rows of a chunk of learners, table by table."""

    made: Made
    course: Sequence[Lesson]
    revisions: dict[int, int]
    seed: int
    now: datetime
    dense: bool

    def write(self, chunk: Sequence[int], *, of: int, starts: datetime) -> None:
        people = self._people(chunk, starts)
        now, began = self.now.timestamp(), starts.timestamp()
        walks = [walk(self.course, seed=self.seed, number=number, starts=began, now=now) for number in chunk]
        group = [number * len(self.made.cohorts) // of for number in chunk]
        joined = [_stamp(walked.moves[0].at if walked.moves else began) for walked in walks]
        cohorts = self.made.cohorts
        all_of = list(zip(people, group, walks, joined, strict=True))
        members = ((cohorts[cohort].pk, person, "learner", at) for person, cohort, _, at in all_of)
        _copy("tracker_membership", ("cohort_id", "user_id", "role", "joined_at"), members)
        begun = ((person, self.made.roadmap.pk, at) for person, _, walked, at in all_of if walked.moves)
        _copy("tracker_enrolment", ("learner_id", "roadmap_id", "enrolled_at"), begun)
        self.made.progress += _copy_lines("tracker_topicprogress", PROGRESS, self._progress(people, walks))
        self.made.events += _copy_lines("tracker_progressevent", EVENTS, self._events(chunk, people, walks, group))
        asked = [(person, walked.asked) for person, walked in zip(people, walks, strict=True) if walked.asked]
        HelpRequest.objects.bulk_create(
            HelpRequest(
                learner_id=person, by_id=person, topic_id=topic, roadmap=self.made.roadmap, at=_datetime(at), text=STUCK
            )
            for person, (topic, at) in asked
        )

    def _people(self, chunk: Sequence[int], starts: datetime) -> list[int]:
        """Their keys, in the order of their numbers. They cannot sign in by a password."""
        given = ("email", "name", "password", "date_joined")
        plain = User()
        rest = [
            field
            for field in User._meta.concrete_fields  # noqa: SLF001 (Django's documented Options API)
            if field.attname not in given and not field.primary_key and not field.null
        ]
        values: tuple[Any, ...] = (
            "!simulated",
            starts.isoformat(),
            *(field.value_from_object(plain) for field in rest),
        )
        people = ((_address(self.seed, "learner", n), name_of(self.seed, n), *values) for n in chunk)
        _copy("tracker_user", (*given, *(field.attname for field in rest)), people)
        wanted = [_address(self.seed, "learner", number) for number in chunk]
        keys = dict(User.objects.filter(email__in=wanted).values_list("email", "pk"))
        return [keys[address] for address in wanted]

    def _progress(self, people: Sequence[int], walks: Sequence[Walk]) -> Iterator[str]:
        """In the order of `PROGRESS`, as COPY reads it."""
        revisions = self.revisions
        untouched = _stamp(self.now.timestamp())
        for person, walked in zip(people, walks, strict=True):
            found = marks(walked.moves)
            for topic, (state, started, changed) in found.items():
                began = "\\N" if started is None else _stamp(started)
                yield f"{person}\t{topic}\t{state}\t{revisions[topic]}\t{began}\t{_stamp(changed)}\n"
            if self.dense:
                for topic in revisions.keys() - found.keys():
                    yield f"{person}\t{topic}\ttodo\t{revisions[topic]}\t\\N\t{untouched}\n"

    def _events(
        self, chunk: Sequence[int], people: Sequence[int], walks: Sequence[Walk], group: Sequence[int]
    ) -> Iterator[str]:
        """In the order of `EVENTS`, as COPY reads it."""
        mentors = [mentor.pk for mentor in self.made.mentors]
        revisions = self.revisions
        for number, person, walked, cohort in zip(chunk, people, walks, group, strict=True):
            bits = Random(f"{self.seed} operations {number}").getrandbits
            for topic, was, state, at, mentor in walked.moves:
                by, through, note = (mentors[cohort], "mentor", KNEW) if mentor else (person, "page", "")
                yield (
                    f"{person}\t{topic}\t{by}\t{was}\t{state}\t{through}\t{revisions[topic]}\t{bits(128):032x}\t"
                    f"{note}\t{_stamp(at)}\n"
                )


PROGRESS = ("learner_id", "topic_id", "state", "revision", "started_at", "changed_at")
EVENTS = ("learner_id", "topic_id", "by_id", "was", "now", "through", "revision", "operation", "note", "at")
KNEW = "Knew it before."
STUCK = "I have been through it twice and it still does not work."


def _copy(table: str, columns: Sequence[str], rows: Iterator[tuple[Any, ...]]) -> int:
    return _copy_lines(table, columns, ("\t".join(map(str, row)) + "\n" for row in rows))


def _copy_lines(table: str, columns: Sequence[str], rows: Iterator[str]) -> int:
    """How many there were. What they hold is made here: neither tabs nor backslashes."""
    number = 0
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
        while some := list(islice(rows, 2000)):
            copy.write("".join(some))
            number += len(some)
    return number


def _datetime(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)


def _stamp(at: float) -> str:
    return datetime.fromtimestamp(int(at), UTC).isoformat()


def _address(seed: int, kind: str, number: int) -> str:
    return f"{kind}{number:06}.{seed}@{DOMAIN}"


def _finished_when(roadmap: Roadmap) -> None:
    """Counting says that they finished now; they did with their last move."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE tracker_enrolment enrolment SET finished_at = summary.last_move "
            "FROM tracker_roadmapsummary summary, tracker_user learner "
            "WHERE summary.learner_id = enrolment.learner_id AND summary.roadmap_id = enrolment.roadmap_id "
            "AND learner.id = enrolment.learner_id AND enrolment.roadmap_id = %s AND learner.email LIKE %s "
            "AND enrolment.finished_at IS NOT NULL AND summary.last_move IS NOT NULL",
            [roadmap.pk, f"%@{DOMAIN}"],
        )


def _analyze() -> None:
    """The planner must not take the full tables for empty ones."""
    with connection.cursor() as cursor:
        for table in ("user", "membership", "enrolment", "topicprogress", "progressevent", "roadmapsummary"):
            cursor.execute(f"ANALYZE tracker_{table}")


def make_roadmap(*, topics: int, seed: int) -> Roadmap:
    """A roadmap of so many topics: three levels, modules of ten, each topic after the one before in its module."""
    slug = f"simulated-{seed}-{topics}"
    found = Roadmap.objects.filter(slug=slug).first()
    if found is not None:
        return found
    rng = Random(f"{seed} roadmap")
    with transaction.atomic():
        roadmap = Roadmap.objects.create(
            slug=slug, title=f"Simulated, {topics} topics", summary="Made up, to be walked."
        )
        modules = -(-topics // PER_MODULE)
        levels = [
            Section.objects.create(roadmap=roadmap, kind="level", title=title, slug=title.lower(), position=place)
            for place, title in enumerate(LEVELS[: max(1, min(len(LEVELS), modules))])
        ]
        for number in range(modules):
            level = levels[number * len(levels) // modules]
            module = Section.objects.create(
                roadmap=roadmap, parent=level, kind="module", title=f"Module {number + 1}", number=number + 1,
                slug=f"module-{number + 1}", position=number,
            )  # fmt: skip
            seats = range(number * PER_MODULE, min(topics, (number + 1) * PER_MODULE))
            made = Topic.objects.bulk_create(
                Topic(slug=f"{slug}-{n + 1}", title=f"Topic {n + 1}", hours=rng.choice((1, 2, 2, 3, 5))) for n in seats
            )
            Placement.objects.bulk_create(
                Placement(roadmap=roadmap, section=module, topic=topic, position=place, optional=rng.random() < 0.05)
                for place, topic in enumerate(made)
            )
            Prerequisite.objects.bulk_create(
                Prerequisite(topic=topic, requires=before) for before, topic in pairwise(made)
            )
    return roadmap


WEEKS = 28.0
"""How long ago simulated cohorts began, unless said otherwise."""
