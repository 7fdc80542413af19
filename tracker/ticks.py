"""Ticks in notes and what a learner has done: written into an export, and taken from notes as progress."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

from roadmap.exporting.notes import Ticks
from roadmap.exporting.roadmaps import shown_of
from roadmap.exporting.told import told
from roadmap.loading import Prepared, exported
from roadmap.models import Step, Topic
from roadmap.notes.items import Item, Reading
from roadmap.plan import Curriculum
from roadmap.plan.identity import match
from roadmap.plan.incoming import STEP, clean, lay_flat
from roadmap.plan.keys import key
from roadmap.stored import curriculum_of
from tracker import progress
from tracker.models import ProgressEvent, StepProgress, TopicProgress, User

STANDS = frozenset({"done", "waived"})
"""States that a tick in the notes adds nothing to."""
_THROUGH = ProgressEvent.Through.NOTES


class NoLearnerError(Exception):
    """There is no such user; the message is a sentence."""


def learner_called(email: str) -> User:
    """The user of this address, in any case. Raise NoLearnerError. One query."""
    found = User.objects.filter(email__iexact=email.strip(), is_active=True).first()
    if found is None:
        raise NoLearnerError(
            f"There is no user {email}. Nothing was changed; sign them up first, or check the address."
        )
    return found


def ticks_of(learner: User, topics: Iterable[UUID]) -> Ticks:
    """What the learner has done (or was waived) of these topics, and of their steps. Two queries."""
    wanted = list(topics)
    done = TopicProgress.objects.filter(learner=learner, topic__uid__in=wanted, state__in=STANDS)
    steps = StepProgress.objects.filter(learner=learner, step__topic__uid__in=wanted, done=True)
    return Ticks(
        frozenset(done.values_list("topic__uid", flat=True)), frozenset(steps.values_list("step__uid", flat=True))
    )


@dataclass(frozen=True, slots=True)
class Wanted:
    """What ticks in notes would change for a learner."""

    learner: User
    topics: tuple[UUID, ...]
    steps: tuple[UUID, ...]
    already: int
    """Ticked topics that the learner has done, or was waived, before."""

    @property
    def nothing(self) -> bool:
        return not self.topics and not self.steps

    def said(self) -> str:
        """ "Would tick 12 topics and 1 step for ada@example.org; 3 are done already." """
        parts = [_count(len(self.topics), "topic")] if self.topics or not self.steps else []
        parts += [_count(len(self.steps), "step")] if self.steps else []
        done = f"; {self.already} {'is' if self.already == 1 else 'are'} done already" if self.already else ""
        return f"Would tick {' and '.join(parts)} for {self.learner.email}{done}."

    def as_json(self) -> dict[str, Any]:
        told = {"topics": [str(uid) for uid in self.topics], "steps": [str(uid) for uid in self.steps]}
        return {"for": self.learner.email, **told, "already": self.already}


def wanted_of(prepared: Prepared, learner: User) -> Wanted:
    """What the ticked boxes of a reading would change, once it is stored. Writes nothing. A few queries."""
    topics, steps = ticked_in(prepared.reading, _target(prepared))
    done = ticks_of(learner, topics)
    new = tuple(uid for uid in topics if uid not in done.topics)
    stepped = StepProgress.objects.filter(learner=learner, step__uid__in=steps, done=True)
    ticked = set(stepped.values_list("step__uid", flat=True))
    return Wanted(learner, new, tuple(uid for uid in steps if uid not in ticked), len(topics) - len(new))


def tick(wanted: Wanted) -> int:
    """Take the ticks as the learner's progress, each a transaction of its own; how many were set.

    Nothing is lowered: what became done or waived meanwhile, or is no longer part of the curriculum, stays as it is.
    A strict lock does not refuse what was done elsewhere. Taken up again after an interruption, the rest is set.
    """
    ids = dict(Topic.objects.filter(uid__in=wanted.topics).values_list("uid", "pk"))
    stands = ticks_of(wanted.learner, wanted.topics).topics
    count = 0
    for uid in wanted.topics:
        if uid in ids and uid not in stands:
            with contextlib.suppress(progress.Retired, progress.Waived):
                progress.set_state(
                    learner=wanted.learner, topic=ids[uid], state="done", operation=uuid4(), through=_THROUGH
                )
                count += 1
    for step in Step.objects.filter(uid__in=wanted.steps, retired_at=None).select_related("topic").order_by("pk"):
        with contextlib.suppress(progress.Retired):
            progress.set_step(learner=wanted.learner, step=step, done=True, operation=uuid4(), through=_THROUGH)
            count += 1
    return count


def ticked_in(reading: Reading, target: Curriculum) -> tuple[list[UUID], list[UUID]]:
    """The topics and the steps whose boxes are ticked, found in `target`, the curriculum that the reading asks for."""
    incoming = lay_flat(reading)
    found = match(target, incoming, {}).topics
    by_uid = target.topic_by_uid()
    topics: list[UUID] = []
    steps: list[UUID] = []
    for topic in incoming.topics:
        uid = found.get(topic)
        if uid is None:
            continue
        if any(item.done for item in topic.mentions):
            topics.append(uid)
        left = [step for step in by_uid[uid].steps if not step.retired]
        for title in _ticked_steps(topic.mentions):
            wanted = key(clean(title, STEP).strip() or "?")
            step = next((step for step in left if key(step.title) == wanted), None)
            if step is not None:
                left.remove(step)
                steps.append(step.uid)
    return topics, steps


def _ticked_steps(items: Iterable[Item]) -> Iterator[str]:
    for item in items:
        if item.kind == "step" and item.done:
            yield item.title
        yield from _ticked_steps(inner for inner in item.items if inner.kind == "step")


def _target(prepared: Prepared) -> Curriculum:
    """The curriculum as it is once the plan is stored; of an export, in the form in which it names its topics."""
    if prepared.plan is None:
        return curriculum_of(prepared.source)
    roadmap = exported(prepared.reading) if prepared.returned else None
    if roadmap is None:
        return prepared.plan.target
    own = prepared.plan.target.topic_by_uid()
    others = (topic for topic in shown_of(roadmap).topics if topic.uid not in own)
    return told(replace(prepared.plan.target, topics=(*own.values(), *others)), roadmap.uid).curriculum


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"
