"""Nothing an editor does lowers what a learner has done: every act there is, in any order, undone and redone between.

The other property tests run over pure trees; this one over rows, with learners in every state.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection

from roadmap import editing, forking
from roadmap.apply import NotAppliedError
from roadmap.models import Edit, Fork, Placement, Prerequisite, Roadmap, Section, Step, Topic
from roadmap.studio import one_topic, verbs
from roadmap.studio.doing import Asked, redo, undo
from roadmap.studio.fields import digests
from roadmap.studio.shape import ImpossibleError
from tests.factories import make_roadmap, make_section, make_step, make_topic, make_user, place
from tracker import forks, merging, progress, same_topics, summaries
from tracker.models import ProgressEvent, RoadmapSummary, StepProgress, TopicProgress, User
from tracker.topic_editing import plain_topic

pytestmark = pytest.mark.django_db

WORTH = ("todo", "skipped", "learning", "waived", "done")
States = dict[tuple[int, int], str]
Do = Callable[["Studio"], object]


class Studio:
    """An editor with a dice, on two roadmaps that share a topic, and on a fork of the first."""

    def __init__(self, seed: int, editor: User) -> None:
        self.dice, self.editor = Random(seed), editor
        self.roadmap, self.other = make_roadmap("Garden"), make_roadmap("Park")
        level = make_section(self.roadmap, "Beginner", kind="level")
        modules = [make_section(self.roadmap, title, parent=level) for title in ("Ground", "Water")]
        self.empty = make_section(self.roadmap, "Empty")
        topics = [make_topic(f"Topic {n}", modules[n % 2]) for n in range(8)]
        place(topics[0], make_section(self.other, "Rock"))
        for topic in topics[:4]:
            make_step(topic, "One")
            make_step(topic, "Two")
        self.noted = Prerequisite.objects.create(topic=topics[6], requires=topics[7])
        self.fork = self.forked()
        learners = [make_user(f"Learner {n}") for n in range(5)]
        for i, learner in enumerate(learners):
            for j, topic in enumerate(topics):
                self.put(learner, topic, WORTH[(i + j) % len(WORTH)])

    def put(self, learner: User, topic: Topic, state: str) -> None:
        by = self.editor if state == "waived" else None
        progress.set_state(
            learner=learner, topic=topic.pk, state=state, operation=uuid4(), by=by, roadmap=self.roadmap.pk
        )
        step = topic.steps.first()
        if step is not None and state == "learning":
            progress.set_step(learner=learner, step=step, done=True, operation=uuid4())

    @property
    def asked(self) -> Asked:
        return Asked("Edda", str(self.editor.pk), operation=uuid4())

    def forked(self) -> Roadmap:
        slug = f"fork-{Roadmap.objects.count()}"
        return forking.fork_roadmap(upstream=self.roadmap, title=slug, slug=slug, asked=self.asked)

    def follow(self) -> None:
        fork = Fork.objects.get(roadmap=self.fork)
        forking.set_following(fork=fork, on=self.dice.random() < 0.5, asked=self.asked)

    def take_out(self) -> object:
        return verbs.take_out(roadmap=self.fork, uid=self.topic.uid, asked=self.asked)

    def put_in(self) -> object:
        section = self.dice.choice(list(Section.objects.filter(roadmap=self.fork).order_by("pk")))
        return verbs.put_in(roadmap=self.fork, section=section.uid, topic=self.topic, asked=self.asked)

    def own_copy(self) -> object:
        return forks.own_copy(roadmap=self.fork, topic=self.topic, by=self.editor, asked=self.asked)

    @property
    def topic(self) -> Topic:
        """One that stands there."""
        return self.dice.choice(self.live)

    @property
    def live(self) -> list[Topic]:
        return list(Topic.objects.filter(retired_at=None, placements__roadmap=self.roadmap).order_by("pk"))

    @property
    def section(self) -> Section:
        return self.dice.choice(list(Section.objects.filter(roadmap=self.roadmap).order_by("pk")))

    def two(self) -> tuple[Topic, Topic]:
        one, other = self.dice.sample(self.live, k=2)
        return one, other

    def on_tree(self, verb: Callable[..., object], uid: UUID, **said: Any) -> object:
        return verb(roadmap=self.roadmap, uid=uid, asked=self.asked, **said)

    def edit(self) -> object:
        topic = self.topic
        wanted = {"title": f"Edited {self.dice.random():.4f}", "body": "Text", "steps": []}
        return one_topic.edit_topic(
            topic=topic,
            roadmap=self.roadmap,
            wanted=wanted,
            seen=digests(plain_topic(topic)),
            drop="",
            asked=self.asked,
        )

    def need(self) -> object:
        one, other = self.two()
        return one_topic.set_need(
            topic=one, roadmap=self.roadmap, requires=other, reason="So", beside=None, asked=self.asked
        )

    def need_no_more(self) -> object:
        link = Prerequisite.objects.order_by("?").first()
        if link is None:
            return None
        return one_topic.remove_need(topic=link.topic, roadmap=self.roadmap, requires=link.requires, asked=self.asked)

    def restore(self) -> object:
        gone = Topic.objects.exclude(retired_at=None).filter(placements__roadmap=self.roadmap).first()
        return self.on_tree(verbs.restore, gone.uid) if gone else None

    def repair(self) -> None:
        topic = self.topic
        editing.retire_topic(topic=topic, by="Edda")
        editing.restore_topic(topic=topic, by="Edda")

    def merge(self) -> object:
        keep, gone = self.two()
        return merging.merge(roadmap=self.roadmap, keep=keep, gone=gone, by=self.editor, asked=self.asked)

    def unmerge(self) -> object:
        merged = [edit for _, edit in same_topics.merged()]
        return merging.unmerge(merged=merged[0], by=self.editor, asked=self.asked) if merged else None

    def split(self) -> object:
        titles = ["First", "Second", "Third"]
        return merging.split(roadmap=self.roadmap, topic=self.topic, titles=titles, by=self.editor, asked=self.asked)


ACTS: dict[str, Do] = {
    "rename": lambda s: s.on_tree(verbs.rename, s.topic.uid, title=f"Named {s.dice.random():.4f}"),
    "rename_section": lambda s: s.on_tree(verbs.rename, s.section.uid, title=f"Part {s.dice.random():.4f}"),
    "move": lambda s: s.on_tree(verbs.move, s.topic.uid, parent=s.section.uid, after=None),
    "step": lambda s: s.on_tree(verbs.step, s.topic.uid, way=s.dice.choice(["up", "down", "in", "out"])),
    "set_optional": lambda s: s.on_tree(verbs.set_optional, s.topic.uid, optional=s.dice.random() < 0.7),
    "set_choice": lambda s: s.on_tree(verbs.set_choice, s.section.uid, choose=s.dice.choice([1, 2, None])),
    "set_ordered": lambda s: s.on_tree(verbs.set_ordered, s.section.uid, ordered=s.dice.random() < 0.7),
    "duplicate": lambda s: s.on_tree(verbs.duplicate, s.topic.uid),
    "retire": lambda s: s.on_tree(verbs.retire, s.topic.uid),
    "retire_section": lambda s: s.on_tree(verbs.retire, s.section.uid) if s.dice.random() < 0.3 else None,
    "restore": Studio.restore,
    "remove_section": lambda s: s.on_tree(verbs.remove_section, s.empty.uid),
    "split_steps": lambda s: s.on_tree(verbs.split_into_steps, s.topic.uid, titles=["A", "B"]),
    "split_topics": Studio.split,
    "merge": Studio.merge,
    "unmerge": Studio.unmerge,
    "create_section": lambda s: verbs.create_section(
        roadmap=s.roadmap, parent=None, title="New part", kind="module", asked=s.asked
    ),
    "create_topic": lambda s: verbs.create_topic(
        roadmap=s.roadmap, section=s.section.uid, title="New topic", asked=s.asked
    ),
    "edit_topic": Studio.edit,
    "add_prerequisite": Studio.need,
    "remove_prerequisite": Studio.need_no_more,
    "repair": Studio.repair,
    "fork": Studio.forked,
    "follow": Studio.follow,
    "take_out": Studio.take_out,
    "put_in": Studio.put_in,
    "own_copy": Studio.own_copy,
    "undo": lambda s: undo(roadmap=s.roadmap, asked=s.asked),
    "redo": lambda s: redo(roadmap=s.roadmap, asked=s.asked),
}


def states() -> States:
    rows = TopicProgress.objects.values_list("learner", "topic", "state")
    return {(learner, topic): state for learner, topic, state in rows}


def ticks() -> set[tuple[int, int]]:
    return set(StepProgress.objects.filter(done=True).values_list("learner", "step"))


def lost(before: States, after: States) -> list[tuple[tuple[int, int], str, str]]:
    """What somebody had and has no more, but for what a merge lent and took back: that is on the other topic."""
    return [
        (key, state, after.get(key, "todo"))
        for key, state in before.items()
        if WORTH.index(after.get(key, "todo")) < WORTH.index(state) and not only_lent(*key, state)
    ]


def only_lent(learner: int, topic: int, state: str) -> bool:
    """Whether the state was given by a merge alone, and the topic that it came from is back with that state."""
    events = list(ProgressEvent.objects.filter(learner=learner, topic=topic, step=None)[:2])
    if len(events) < 2:
        return False
    back, given = events
    parted = Edit.objects.filter(data__has_key="parted", topic__retired_at=None, topic__progress__learner=learner)
    return (
        (given.through, back.through, given.now, back.now) == ("merge", "merge", state, given.was)
        and parted.filter(topic__progress__state=state).exists()
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(3))
def test_no_act_takes_anything_away(seed: int, editor: User, django_capture_on_commit_callbacks: Any) -> None:
    studio = Studio(seed, editor)
    names = [*ACTS, *("undo", "redo", "undo") * 3, *("merge", "unmerge") * 2]
    studio.dice.shuffle(names)
    steps, done = set(Step.objects.values_list("pk", flat=True)), set()
    for name in names:
        before, ticked, events = states(), ticks(), ProgressEvent.objects.count()
        with django_capture_on_commit_callbacks(execute=True):
            try:
                ACTS[name](studio)
                done.add(name)
            except (NotAppliedError, ImpossibleError, IndexError, ValueError):
                pass  # refused, or nothing left to act on
        assert lost(before, states()) == [], name
        assert ticked <= ticks(), name
        assert ProgressEvent.objects.count() >= events
        assert set(Topic.objects.filter(progress__isnull=False).values_list("pk", flat=True)) >= {t for _, t in before}
    assert steps <= set(Step.objects.values_list("pk", flat=True))
    assert len(done) > len(ACTS) * 0.6
    counted = list(
        RoadmapSummary.objects.order_by("learner", "roadmap").values("learner", "roadmap", "done", "required")
    )
    summaries.rebuild()
    assert counted == list(
        RoadmapSummary.objects.order_by("learner", "roadmap").values("learner", "roadmap", "done", "required")
    )


def test_every_kind_of_act_is_among_them() -> None:
    """A verb that is new has to be tried here, too."""
    own = {"create_roadmap": "changes no topic", "take_notes_need": "as add_prerequisite", "retire_topic": "repair",
           "restore_topic": "repair", "write_back": "changes the notes, not the tree"}  # fmt: skip
    assert set(Edit.Verb.values) - ACTS.keys() == own.keys()


def test_what_is_lost_would_be_seen(editor: User) -> None:
    Studio(0, editor)
    before = states()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE tracker_topicprogress SET state = 'skipped', started_at = NULL WHERE state = 'done'")
    assert lost(before, states())
    assert Placement.objects.exists()
    assert Roadmap.objects.count() == 3
