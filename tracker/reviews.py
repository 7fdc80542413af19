"""The verbs of review: turned on and off for a roadmap, a topic remembered or not, the last answer taken back.

Each is safe to repeat: an answer carries the operation id of its page, and the version of the card that was shown. An
answer never changes progress: a topic that was forgotten stays done until its learner says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _lazy

from roadmap.models import Prerequisite, Roadmap, Topic
from tracker import due_reviews, recall, summaries
from tracker.due_reviews import Entry
from tracker.models import ReviewCard, ReviewLog, ReviewPlan, User
from tracker.recall import Memory


class ReviewError(Exception):
    """An act that was refused; nothing was changed. `str()` is a sentence for the learner."""

    status = 409


class Changed(ReviewError):
    """The topic was reviewed, or an answer taken back, since the page was made."""


class NotInReview(ReviewError):
    """The topic is not done any more, retired, or review is off where it stands."""


class Conflict(ReviewError):
    """The operation id was used for another answer."""


@dataclass(frozen=True, slots=True)
class Rated:
    """An answer as it stands."""

    log: ReviewLog
    due_on: date
    replayed: bool = False


CHANGED = _lazy(
    "You answered this in another window already, or took an answer back. That stays; nothing was changed now."
)
GONE = _lazy("This topic is not up for review any more. What you said of it before is kept; nothing was changed now.")
USED = _lazy("This answer was already saved as another one. That stays; nothing was changed now.")
SUPERSEDED = _lazy("There is nothing to take back: the topic was reviewed again since. Nothing was changed.")


def set_review(
    *,
    learner: User,
    roadmap: Roadmap,
    active: bool,
    now: datetime,
    daily_cap: int | None = None,
    retention: float | None = None,
) -> ReviewPlan:
    """Have finished topics of `roadmap` come back, or not. Off forgets nothing; on again goes on where it stood. The
    cap and the retention stay what they were unless they are said.

    Turned on, what was done before and never reviewed is spread over the days to come (`recall.spread`).
    """
    with transaction.atomic():
        summaries.lock([learner.pk])
        before = ReviewPlan.objects.filter(learner=learner, roadmap=roadmap).first()
        plan = before or ReviewPlan(learner=learner, roadmap=roadmap)
        turned_on = active and (before is None or not before.active)
        plan.active = active
        plan.daily_cap = plan.daily_cap if daily_cap is None else daily_cap
        plan.retention = plan.retention if retention is None else retention
        plan.save()
        if turned_on:
            _spread(learner, roadmap, plan, now)
    return plan


def _spread(learner: User, roadmap: Roadmap, plan: ReviewPlan, now: datetime) -> None:
    found = due_reviews.queue(learner, now)  # those that would be due by today
    new = [e for e in found.entries if not e.stored and roadmap.pk in e.roadmaps]
    memories = recall.spread([e.memory.reviewed_on for e in new], found.today, plan.retention, plan.daily_cap)
    ReviewCard.objects.bulk_create(
        [_card(learner, entry, memory) for entry, memory in zip(new, memories, strict=True)], ignore_conflicts=True
    )


def rate(*, learner: User, topic: Topic, rating: int, operation: UUID, seen: int, now: datetime) -> Rated:
    """The learner says how well they remembered: 1 (again) to 4 (easy). `seen` is the version of the card shown.

    "Good" and "easy" count for what the topic requires directly, as far as that is in review itself: a fraction, see
    `recall.credit`. Raise Conflict, NotInReview or Changed.
    """
    with transaction.atomic():
        summaries.lock([learner.pk])
        earlier = ReviewLog.objects.filter(learner=learner, operation=operation, credited_from=None).first()
        if earlier is not None:
            if earlier.topic_id != topic.pk or earlier.rating != rating:
                raise Conflict(USED)
            return Rated(earlier, Memory.read(earlier.after).due_on, replayed=True)
        needs: list[int] = []
        if rating >= recall.GOOD:
            stated = Prerequisite.objects.filter(topic=topic).exclude(source=Prerequisite.Source.GUESS)
            needs = [need for need in stated.values_list("requires", flat=True) if need != topic.pk]
        found = due_reviews.queue(learner, now, days=None, topics=[topic.pk, *needs])
        entries = {entry.topic: entry for entry in found.entries}
        entry = entries.pop(topic.pk, None)
        if entry is None:
            raise NotInReview(GONE)
        if entry.version != seen:
            raise Changed(CHANGED)
        told = {"learner": learner, "operation": operation, "at": now, "day": found.today}
        after = recall.review(entry.memory, rating, found.today, entry.retention)
        log = _write(entry, after, told | {"rating": rating})
        for need in entries.values():
            credited = recall.credit(need.memory, found.today, need.retention)
            if credited != need.memory:
                _write(need, credited, told | {"credited_from": topic})
    return Rated(log, after.due_on)


def _write(entry: Entry, after: Memory, told: dict[str, Any]) -> ReviewLog:
    """The card anew, and the line of the log that says so."""
    card = _card(told["learner"], entry, after, version=entry.version + 1)
    fields = ("stability", "difficulty", "due_on", "reviewed_on", "rating", "credited_on", "credits", "version")
    ReviewCard.objects.bulk_create(
        [card], update_conflicts=True, unique_fields=["learner", "topic"], update_fields=fields
    )
    return ReviewLog.objects.create(
        topic_id=entry.topic,
        elapsed=max(0, (told["day"] - entry.memory.reviewed_on).days),
        before=entry.memory.told(),
        after=after.told(),
        version=entry.version + 1,
        **told,
    )


def _card(learner: User, entry: Entry, memory: Memory, version: int = 0) -> ReviewCard:
    return ReviewCard(
        learner=learner,
        topic_id=entry.topic,
        stability=memory.stability,
        difficulty=memory.difficulty,
        due_on=memory.due_on,
        reviewed_on=memory.reviewed_on,
        rating=memory.rating,
        credited_on=memory.credited_on,
        credits=memory.credits,
        version=version,
    )


def undo_rating(*, learner: User, operation: UUID, now: datetime) -> ReviewLog:
    """Take the answer of this operation back, with what it counted for others, unless those were reviewed since.

    Returns the line of the answer. Raise Changed.
    """
    with transaction.atomic():
        summaries.lock([learner.pk])
        lines = list(
            ReviewLog.objects.filter(learner=learner, operation=operation, undoes=None).select_related("topic")
        )
        own = next((line for line in lines if line.rating is not None), None)
        if own is None:
            raise Changed(SUPERSEDED)
        if ReviewLog.objects.filter(undoes=own).exists():
            return own
        cards = {c.topic_id: c for c in ReviewCard.objects.filter(learner=learner, topic__in=[x.topic for x in lines])}
        if own.topic_id not in cards or cards[own.topic_id].version != own.version:
            raise Changed(SUPERSEDED)
        for line in lines:
            card = cards.get(line.topic_id)
            if card is not None and card.version == line.version:
                _take_back(card, line, now)
    return own


def _take_back(card: ReviewCard, line: ReviewLog, now: datetime) -> None:
    memory = Memory.read(line.before)
    card.stability, card.difficulty = memory.stability, memory.difficulty
    card.due_on, card.reviewed_on, card.rating = memory.due_on, memory.reviewed_on, memory.rating
    card.credited_on, card.credits, card.version = memory.credited_on, memory.credits, card.version + 1
    card.save()
    ReviewLog.objects.create(
        learner_id=line.learner_id,
        topic_id=line.topic_id,
        operation=uuid5(line.operation, "undo"),
        at=now,
        day=line.day,
        undoes=line,
        before=line.after,
        after=line.before,
        version=card.version,
    )


_FOLLOW = """
INSERT INTO tracker_reviewcard (learner_id, topic_id, stability, difficulty, due_on, reviewed_on, rating, credited_on,
                                credits, version, merged_from)
SELECT learner_id, %(to)s, stability, difficulty, due_on, reviewed_on, rating, credited_on, credits, 0,
       ARRAY[%(of)s::bigint]
FROM tracker_reviewcard WHERE topic_id = %(of)s
ON CONFLICT (learner_id, topic_id) DO NOTHING
"""


def follow(*, of: int, to: int) -> None:
    """Two topics became one: who has no card of `to` has a copy of that of `of`, which keeps its own. Call it in the
    transaction of the merge."""
    with connection.cursor() as cursor:
        cursor.execute(_FOLLOW, {"of": of, "to": to})


def go_back(*, of: int, to: int) -> None:
    """They are two again: copies that nobody reviewed since are gone. What was reviewed since stays."""
    ReviewCard.objects.filter(topic=to, merged_from=[of], version=0).delete()


def erase(*, learner: User) -> None:
    """Everything of their reviews, when their account is erased: the one way to delete from the log."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('pathnotes.erasing', %s, true)", [str(learner.pk)])
        ReviewLog.objects.filter(learner=learner).exclude(undoes=None).delete()
        ReviewLog.objects.filter(learner=learner).delete()
        ReviewCard.objects.filter(learner=learner).delete()
        ReviewPlan.objects.filter(learner=learner).delete()
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('pathnotes.erasing', '', true)")
