"""Learners who never were: how they walk a roadmap, each from a seed and a number alone. Pure.

What makes a group look like one: paces differ by an order of magnitude, some topics stop many, weeks go quiet, people
drop out more often where it is hard, a few skip what they do not like, and a few come with half of it known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import NamedTuple

DAY = 86_400.0
WEEK = 7 * DAY
HARD_SHARE = 0.08
"""Of the topics, those that take several times as long."""
FAMILIES = (
    "Abbott", "Adeyemi", "Ahmed", "Andersson", "Bauer", "Ben Amor", "Castillo", "Chowdhury", "Costa", "Demir", "Diallo",
    "Dubois", "Eriksen", "Ferrari", "García", "Grønn", "Haddad", "Horvat", "Ibrahim", "Ivanova", "Jansen", "Kaya",
    "Kim", "Kowalska", "Larsen", "Lindqvist", "Mbeki", "Moreau", "Müller", "Nakamura", "Nguyễn", "Novák", "O’Brien",
    "Okafor", "Papadopoulou", "Park", "Petrov", "Quispe", "Rahman", "Rossi", "Santos", "Şahin", "Singh", "Tanaka",
    "Tran", "van Dijk", "Wang", "Weber", "Yilmaz", "Zhou",
)  # fmt: skip
GIVEN = (
    "Ada", "Aisha", "Alejandro", "Amara", "Anna", "Arjun", "Ayşe", "Benjamin", "Chloé", "Chukwu", "Dina", "Elena",
    "Emil", "Fatima", "Finn", "Giulia", "Hana", "Ibrahim", "Ines", "Jakub", "Jin", "João", "Karim", "Katya", "Lars",
    "Leila", "Linh", "Luca", "Maja", "Malik", "Maria", "Mei", "Mohammed", "Nadia", "Noah", "Olga", "Omar", "Priya",
    "Quentin", "Rosa", "Sana", "Sven", "Tariq", "Thandi", "Uma", "Viktor", "Wei", "Yara", "Yuki", "Zoë",
)  # fmt: skip
WHOLE = (
    "李明",
    "王芳",
    "佐藤 花子",
    "김민준",
    "محمد علي",
    "فاطمة الزهراء",
    "דוד כהן",
    "Юлия Смирнова",
    "Ελένη Παππά",
    "अनन्या शर्मा",
)


@dataclass(frozen=True, slots=True)
class Lesson:
    """A topic as it is walked."""

    topic: int
    effort: float
    """How long it takes, against the usual topic."""
    optional: bool = False


class Move(NamedTuple):
    """One change of one topic. `at` is Unix time."""

    topic: int
    was: str
    now: str
    at: float
    mentor: bool = False
    """A mentor did it, not the learner."""


@dataclass(frozen=True, slots=True)
class Walk:
    """What one learner did until now, oldest first."""

    moves: tuple[Move, ...]
    dropped_out: bool
    asked: tuple[int, float] | None = None
    """Topic and time of a request for help that nobody has answered."""


class Mark(NamedTuple):
    """What a topic of a walk ends in."""

    state: str
    started: float | None
    changed: float


def lessons(topics: Sequence[tuple[int, float | None, bool]], seed: int) -> tuple[Lesson, ...]:
    """`topics`: (id, stated hours, optional) in reading order. Some of them turn out hard."""
    rng = Random(f"{seed} lessons")
    stated = sorted(hours for _, hours, _ in topics if hours)
    usual = stated[len(stated) // 2] if stated else 1.0
    made = []
    for topic, hours, optional in topics:
        effort = min(3.0, max(0.3, (hours or usual) / usual)) * rng.uniform(0.7, 1.4)
        made.append(Lesson(topic, effort * (rng.uniform(3, 6) if rng.random() < HARD_SHARE else 1.0), optional))
    return tuple(made)


def name_of(seed: int, number: int) -> str:
    """A name, of many places and scripts; not unique, as names are not."""
    rng = Random(f"{seed} name {number}")
    return rng.choice(WHOLE) if rng.random() < 0.06 else f"{rng.choice(GIVEN)} {rng.choice(FAMILIES)}"


def walk(course: Sequence[Lesson], *, seed: int, number: int, starts: float, now: float) -> Walk:
    """How learner `number` walked `course` from about `starts` until `now` (Unix time), the same for the same words."""
    rng = Random(f"{seed} learner {number}")
    chance, spread = rng.random, rng.lognormvariate
    each = WEEK / spread(1.2, 0.55)  # of a usual topic: three a week, for some one, for some ten
    at = starts + abs(rng.gauss(0, 5)) * DAY
    skips, stops = 0.015 + 0.12 * chance() ** 4, 0.0007 + 0.006 * chance()
    knows = rng.randrange(len(course) // 2 + 1) if course and chance() < 0.05 else 0
    moves: list[Move] = []
    for place, lesson in enumerate(_order(course, rng)):
        if at >= now:
            break
        topic = lesson.topic
        if place < knows:
            moves.append(Move(topic, "todo", "waived", at, mentor=True))
            at += 1
            continue
        if chance() < (0.5 if lesson.optional else skips * (2 if lesson.effort > 2.5 else 1)):
            if not lesson.optional or chance() < 0.3:
                moves.append(Move(topic, "todo", "skipped", at))
            continue
        ends = at + each * lesson.effort * spread(0, 0.5)
        begins = chance() < 0.85
        if begins:
            moves.append(Move(topic, "todo", "learning", at))
        if chance() < stops * lesson.effort:
            return Walk(tuple(moves), dropped_out=True)
        if ends >= now:
            asks = begins and now - at > 6 * DAY and chance() < 0.4
            return Walk(tuple(moves), False, (topic, at + (now - at) * rng.uniform(0.3, 0.95)) if asks else None)
        moves.append(Move(topic, "learning" if begins else "todo", "done", ends))
        if chance() < 0.004 and ends + each * 0.3 < now:  # taken up again
            moves += [Move(topic, "done", "learning", ends), Move(topic, "learning", "done", ends + each * 0.3)]
        at = max(moves[-1].at, ends) + (rng.uniform(1, 3) * WEEK if chance() < 0.02 else each * 0.1 * chance())
    return Walk(tuple(moves), dropped_out=False)


def _order(course: Sequence[Lesson], rng: Random) -> list[Lesson]:
    """As the learner takes them: some are put off for the one that comes after."""
    order, late = [*course], 0.06 * rng.random()
    for place in range(len(order) - 1):
        if rng.random() < late:
            order[place], order[place + 1] = order[place + 1], order[place]
    return order


def marks(moves: Sequence[Move]) -> dict[int, Mark]:
    """Topic -> what its moves end in."""
    found: dict[int, Mark] = {}
    for move in moves:
        before = found.get(move.topic)
        started = before.started if before else None
        if started is None and move.now in {"learning", "done", "waived"}:
            started = move.at
        found[move.topic] = Mark(move.now, started, move.at)
    return found
