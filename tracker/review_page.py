"""What the page of review shows: the topic that comes back now, what the answers mean for it, and why it is due."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from roadmap.models import Resource, Roadmap, Step, Topic
from roadmap.queries import readable_roadmaps
from roadmap.waiting_bodies import body_of
from tracker import due_reviews, recall
from tracker.due_reviews import Entry, Queue
from tracker.models import ReviewLog, ReviewPlan, TopicNote, User
from tracker.permissions import Right, may

ALREADY = 40
"""Days up to which an interval is said in days."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One of the four buttons."""

    rating: int
    word: str
    hint: str
    when: str
    """It comes back, e.g. `in 5 days`."""


@dataclass(frozen=True, slots=True)
class Card:
    """The topic that comes back now."""

    topic: Topic
    version: int
    steps: tuple[Step, ...]
    resources: dict[str, list[Resource]]
    note: str
    answers: tuple[Answer, ...]
    why: tuple[str, ...]
    """Sentences."""


@dataclass(frozen=True, slots=True)
class Last:
    """The last answer of today."""

    topic: Topic
    rating: int
    word: str
    when: str
    operation: str


@dataclass(frozen=True, slots=True)
class PlanRow:
    roadmap: Roadmap
    plan: ReviewPlan | None

    @property
    def active(self) -> bool:
        return self.plan is not None and self.plan.active

    @property
    def retention(self) -> str:
        return f"{self.plan.retention if self.plan else 0.9:g}"


@dataclass(frozen=True)
class ReviewPage:
    on: bool
    """Review is on for some roadmap."""
    reviewed: int
    """Topics reviewed today."""
    to_go: int
    waiting: int
    """Due as well, and not today: the caps are reached."""
    next_on: date | None
    card: Card | None
    last: Last | None
    plans: list[PlanRow] = field(default_factory=list)

    @property
    def total(self) -> int:
        return self.reviewed + self.to_go


def review_page(learner: User, now: datetime, roadmap: Roadmap | None = None) -> ReviewPage:
    """Four queries, five more while a topic comes back. `roadmap` narrows what is shown to it."""
    found = due_reviews.queue(learner, now)
    shown = found.only(roadmap.pk) if roadmap else found
    entry = shown.to_review[0] if shown.to_review else None
    waiting = len(shown.waiting) - len(shown.to_review)
    return ReviewPage(
        on=found.on,
        reviewed=sum(1 for roadmaps in found.reviewed if roadmap is None or roadmap.pk in roadmaps),
        to_go=len(shown.to_review),
        waiting=waiting,
        next_on=found.today + timedelta(1) if waiting else found.next_on,
        card=_card(learner, entry, found.today) if entry else None,
        last=_last(learner, found),
        plans=_plans(learner),
    )


def _card(learner: User, entry: Entry, today: date) -> Card:
    topic = Topic.objects.prefetch_related("resources").get(pk=entry.topic)
    body_of(topic)
    resources: defaultdict[str, list[Resource]] = defaultdict(list)
    for resource in topic.resources.all():
        resources[resource.kind].append(resource)
    note = TopicNote.objects.filter(learner=learner, topic=topic).values_list("text", flat=True).first()
    said = ReviewLog.objects.filter(learner=learner, topic=topic, rating__isnull=False, undone_by=None).first()
    days = recall.intervals(entry.memory, today, entry.retention)
    return Card(
        topic,
        entry.version,
        tuple(topic.steps.filter(retired_at=None)),
        dict(resources),
        note or "",
        tuple(
            Answer(rating, word, hint, when(days[rating - 1]))
            for rating, (word, hint) in enumerate(zip(words(), hints(), strict=True), 1)
        ),
        tuple(_why(entry, said.day if said else None, today)),
    )


def words() -> tuple[str, str, str, str]:
    return _("Again"), _("Hard"), _("Good"), _("Easy")


def hints() -> tuple[str, str, str, str]:
    return _("I had forgotten it"), _("with effort"), _("I remembered"), _("at once")


def when(days: int) -> str:
    """`tomorrow`, `in 5 days`, `in 3 months`, `in 2 years`."""
    if days <= 1:
        return _("tomorrow")
    if days <= ALREADY:
        return ngettext("in %(n)s day", "in %(n)s days", days) % {"n": days}
    months = round(days / 30.44)
    if months < 24:
        return ngettext("in %(n)s month", "in %(n)s months", months) % {"n": months}
    years = round(days / 365.25)
    return ngettext("in %(n)s year", "in %(n)s years", years) % {"n": years}


def _why(entry: Entry, said_on: date | None, today: date) -> list[str]:
    """Why it comes back now."""
    memory = entry.memory
    due = _day(memory.due_on)
    if memory.rating is None or said_on is None:
        out = [
            _("You finished this on %(day)s and have not reviewed it since, so it came up for %(due)s.")
            % {"day": _day(entry.done_on), "due": due}
        ]
    else:
        days = max(1, round(memory.stability))
        out = [
            ngettext(
                "You last said “%(word)s”, on %(day)s. Its stability is %(n)s day, so it came up for %(due)s.",
                "You last said “%(word)s”, on %(day)s. Its stability is %(n)s days, so it came up for %(due)s.",
                days,
            )
            % {"word": words()[memory.rating - 1], "day": _day(said_on), "n": days, "due": due}
        ]
    if memory.credited_on is not None and (said_on is None or memory.credited_on >= said_on):
        out.append(
            _("A review of what builds on it, on %(day)s, counted for it in part.") % {"day": _day(memory.credited_on)}
        )
    chance = round(100 * recall.chance(memory, today))
    out.append(_("The chance that you remember it is about %(chance)s %% today.") % {"chance": chance})
    return out


def _day(day: date) -> str:
    return date_format(day, "DATE_FORMAT")


def _last(learner: User, found: Queue) -> Last | None:
    log = (
        ReviewLog.objects.filter(learner=learner, day=found.today, rating__isnull=False, undone_by=None)
        .select_related("topic")
        .first()
    )
    if log is None or log.rating is None:
        return None
    days = (recall.Memory.read(log.after).due_on - found.today).days
    return Last(log.topic, log.rating, words()[log.rating - 1], when(days), str(log.operation))


def _plans(learner: User) -> list[PlanRow]:
    """Roadmaps that the learner walks, and those where they said something of review. Two queries."""
    plans = {plan.roadmap_id: plan for plan in ReviewPlan.objects.filter(learner=learner)}
    walked = readable_roadmaps(drafts=may(learner, Right.READ_DRAFTS)).filter(
        Q(pk__in=learner.enrolments.values("roadmap")) | Q(pk__in=plans)
    )
    return [PlanRow(roadmap, plans.get(roadmap.pk)) for roadmap in walked]
