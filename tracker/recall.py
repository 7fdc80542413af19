"""When a finished topic comes back: FSRS by whole days, credit for prerequisites, daily caps. Pure, and without chance.

FSRS (https://github.com/open-spaced-repetition) models the chance to remember something as falling with the days since
its last review, the slower the higher its stability; a topic comes back when that chance reaches the wanted retention.
There are no steps of minutes: a topic is no flash card, and comes back tomorrow at the earliest.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from fsrs import Card, Rating, Scheduler, State

AGAIN, HARD, GOOD, EASY = 1, 2, 3, 4
CREDIT = 0.3
"""Of a review's progress that a review of what builds on a topic counts for it."""
MOST_CREDITS = 3
"""Times that counts between two reviews of a topic's own: it always comes back itself in the end."""
LONGEST = 3650
"""Days that an interval lasts at most."""
NEW = 0.5
"""Of the daily cap: topics that were done long before review was turned on and come back for the first time."""


@dataclass(frozen=True, slots=True)
class Memory:
    """What is remembered of one topic."""

    stability: float
    difficulty: float
    due_on: date
    reviewed_on: date
    rating: int | None = None
    credited_on: date | None = None
    credits: int = 0
    """How often a review of something else counted for it, since it was reviewed itself."""

    def told(self) -> dict[str, Any]:
        """As JSON."""
        return {name: v.isoformat() if isinstance(v, date) else v for name, v in asdict(self).items()}

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> Memory:
        """Of what `told` gave."""
        dates = {
            name: date.fromisoformat(told[name]) if told[name] else None
            for name in ("due_on", "reviewed_on", "credited_on")
        }
        return cls(**{**told, **dates})


def begin(done_on: date, retention: float) -> Memory:
    """Of a topic that was done and never reviewed: doing it counts as a first review that went well."""
    card = Card(card_id=1, due=_noon(done_on))
    return _memory(_scheduler(retention).review_card(card, Rating.Good, _noon(done_on))[0], None, None)


def review(memory: Memory, rating: int, today: date, retention: float) -> Memory:
    """After the learner said how well they remembered it. Due tomorrow at the earliest."""
    card = Card(
        card_id=1,
        state=State.Review,
        step=None,
        stability=memory.stability,
        difficulty=memory.difficulty,
        due=_noon(memory.due_on),
        last_review=_noon(min(memory.reviewed_on, today)),
    )
    return _memory(_scheduler(retention).review_card(card, Rating(rating), _noon(today))[0], rating, memory.credited_on)


def intervals(memory: Memory, today: date, retention: float) -> tuple[int, int, int, int]:
    """Days until it comes back, for each of the four answers."""
    again, hard, good, easy = (
        (review(memory, rating, today, retention).due_on - today).days for rating in (AGAIN, HARD, GOOD, EASY)
    )
    return again, hard, good, easy


def chance(memory: Memory, today: date) -> float:
    """To remember it today, from 0 to 1."""
    card = Card(card_id=1, state=State.Review, step=None, stability=memory.stability, difficulty=memory.difficulty)
    card.last_review = _noon(min(memory.reviewed_on, today))
    return _scheduler(0.9).get_card_retrievability(card, _noon(today))


def credit(memory: Memory, today: date, retention: float, fraction: float = CREDIT) -> Memory:
    """What a review of something that builds on this topic counts for it (fractional implicit repetition, as Math
    Academy does it): `fraction` of the way to where a review with "good" today would take it.

    Stability, the day it was last reviewed and the day it is due move by that fraction: never back, never further than
    that review would. At most once a day, not on the day of a review of its own, and MOST_CREDITS times after it.
    """
    if (
        memory.credits >= MOST_CREDITS
        or today in {memory.credited_on, memory.reviewed_on}
        or today < memory.reviewed_on
    ):
        return memory
    full = review(memory, GOOD, today, retention)
    later = max(0, (full.due_on - memory.due_on).days)
    return replace(
        memory,
        stability=memory.stability + fraction * max(0.0, full.stability - memory.stability),
        due_on=memory.due_on + timedelta(math.ceil(round(fraction * later, 6))),
        reviewed_on=memory.reviewed_on + timedelta(math.ceil(round(fraction * (today - memory.reviewed_on).days, 6))),
        credited_on=today,
        credits=memory.credits + 1,
    )


def spread(done: Sequence[date], today: date, retention: float, cap: int) -> list[Memory]:
    """Of topics done before review was turned on, in the order of `done`: who was done first comes back first, and of
    those that would be due at once no more a day than half of the cap."""
    memories = [begin(day, retention) for day in done]
    overdue = sorted((i for i, memory in enumerate(memories) if memory.due_on <= today), key=lambda i: (done[i], i))
    a_day = max(1, math.ceil(cap * NEW))
    for number, i in enumerate(overdue):
        memories[i] = replace(memories[i], due_on=max(memories[i].reviewed_on, today + timedelta(number // a_day)))
    return memories


@dataclass(frozen=True, slots=True)
class Due:
    """A topic that waits to be reviewed."""

    topic: int
    due_on: date
    roadmaps: tuple[int, ...]
    """Those that seat it and where review is on."""


def under_caps(due: Iterable[Due], caps: Mapping[int, int], reviewed: Iterable[Sequence[int]] = ()) -> list[Due]:
    """What of it comes today, in the order given: from each roadmap no more than its cap, over all no more than the
    largest of them. `reviewed` are the roadmaps of each topic that was reviewed today already."""
    left, total = dict(caps), max(caps.values(), default=0)
    for roadmaps in reviewed:
        total -= 1
        _take(left, roadmaps)
    found = []
    for one in due:
        if total <= 0:
            break
        if _take(left, one.roadmaps):
            total -= 1
            found.append(one)
    return found


def _take(left: dict[int, int], roadmaps: Sequence[int]) -> bool:
    """Count one for the roadmap among these that has most left."""
    most = max(roadmaps, key=lambda roadmap: left.get(roadmap, 0), default=0)
    if left.get(most, 0) <= 0:
        return False
    left[most] -= 1
    return True


def by_day(
    due: Sequence[Due], caps: Mapping[int, int], today: date, days: int, reviewed: Sequence[Sequence[int]] = ()
) -> dict[date, int]:
    """How many come on each of the next days, today first, what does not fit waiting for the next; days without any
    left out."""
    waiting = sorted(due, key=lambda one: one.due_on)
    found = {}
    for day in (today + timedelta(n) for n in range(days)):
        ready = [one for one in waiting if one.due_on <= day]
        taken = {one.topic for one in under_caps(ready, caps, reviewed if day == today else ())}
        if taken:
            found[day] = len(taken)
            waiting = [one for one in waiting if one.topic not in taken]
    return found


def first_interval() -> tuple[float, float]:
    """(a, b) so that a topic comes back for the first time `greatest(1, round(a * (retention ^ b - 1)))` days after it
    was done: the same as `begin`, for the database."""
    decay = -Scheduler().parameters[20]
    return begin(date(2000, 1, 1), 0.9).stability / (0.9 ** (1 / decay) - 1), 1 / decay


@lru_cache(maxsize=64)
def _scheduler(retention: float) -> Scheduler:
    return Scheduler(
        desired_retention=retention,
        learning_steps=(),
        relearning_steps=(),
        maximum_interval=LONGEST,
        enable_fuzzing=False,
    )


def _noon(day: date) -> datetime:
    """FSRS takes moments in UTC, and counts whole days between them: noon to noon."""
    return datetime.combine(day, time(12), UTC)


def _memory(card: Card, rating: int | None, credited_on: date | None) -> Memory:
    assert card.stability is not None  # noqa: S101  (for the type checker: it was reviewed)
    assert card.difficulty is not None  # noqa: S101
    assert card.last_review is not None  # noqa: S101
    return Memory(card.stability, card.difficulty, card.due.date(), card.last_review.date(), rating, credited_on)
