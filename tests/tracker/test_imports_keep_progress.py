"""Random edits of notes, imported one after the other, with people at work between: nobody has less than they had.

A model goes along, which knows no tables: what everybody did, what the plans say was made one or split, and the share
that follows. After each step the tables say the same; taking the imports back, the last first, restores exactly.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from hypothesis import example, given, settings
from hypothesis import strategies as st

from roadmap.apply import NothingToUndoError
from roadmap.models import Import, NoteSource, Roadmap, Topic
from roadmap.notes.items import Reading
from roadmap.plan import Curriculum, Plan, plan
from roadmap.stored import curriculum_of, slugs_elsewhere
from tests.factories import make_user
from tests.roadmap.outlines import module, one, topic
from tracker import progress, storing, summaries
from tracker.models import Enrolment, ProgressEvent, RoadmapSummary, TopicProgress, User

pytestmark = pytest.mark.django_db

WORTH = ("todo", "skipped", "learning", "waived", "done")
SETTLED = ("skipped", "waived", "done")
WORDS = ("graphs", "signals", "markets", "gardens", "rivers", "engines", "letters", "proofs")
EDITS = ("rename", "move", "remove", "restore", "add", "shuffle", "heading", "split", "join", "divide")
ACTS = ("learn", "learn", "learn", "again", "again", "undo")
STEPS = st.lists(
    st.tuples(
        st.sampled_from((*EDITS, *("join", "import") * 2, *("split", "import", "divide", "import") * 2, *ACTS)),
        st.integers(0, 7),
        st.integers(0, 7),
    ),
    min_size=6,
    max_size=22,
)
Key = tuple[int, UUID]


@dataclass
class Notes:
    """Modules with the titles of their topics."""

    modules: list[tuple[str, list[str]]] = field(
        default_factory=lambda: [("First", [*WORDS[:3]]), ("Second", [*WORDS[3:5]])]
    )
    gone: list[str] = field(default_factory=list)

    def reading(self) -> Reading:
        return one(
            *(
                module(name, *(topic(t, line=5 + i, summary=f"All about {t}.") for i, t in enumerate(titles)), line=n)
                for n, (name, titles) in enumerate(self.modules, start=1)
            )
        )

    def edit(self, kind: str, a: int, b: int) -> None:
        name, here = self.modules[a % len(self.modules)]
        there = self.modules[b % len(self.modules)][1]
        at = b % len(here) if here else 0
        taken = {title for _, titles in self.modules for title in titles}
        fresh = f"{WORDS[a]} {WORDS[b]}"
        if kind == "restore" and self.gone:
            there.insert(0, self.gone.pop())
        elif kind == "add" and fresh not in taken:
            here.append(fresh)
        elif kind == "shuffle":
            here.reverse()
            self.modules.reverse()
        elif kind == "heading":
            self.modules[a % len(self.modules)] = (f"{name} {WORDS[b]}", here)
        elif not here:
            return
        elif kind == "rename" and fresh not in taken:
            here[at] = fresh
        elif kind == "move":
            there.append(here.pop(at))
        elif kind == "remove":
            self.gone.append(here.pop(at))
        elif kind == "split" and " and " in here[at]:
            here[at : at + 1] = here[at].split(" and ")
        elif kind == "join" and len(here) > 1 and "and" not in " ".join(here[:2]):
            here[:2] = [f"{here[0]} and {here[1]}"]
        elif kind == "divide" and here[at] not in {name for name, _ in self.modules}:
            self.modules.append((title := here.pop(at), [f"{title} begun", f"{title} ended"]))


class World:
    """The notes, the tables, and the model beside them."""

    def __init__(self) -> None:
        self.notes = Notes()
        self.source = NoteSource.objects.create(location=f"/notes/{uuid4()}", title="Notes")
        self.learners = [make_user(f"Learner {n}") for n in range(3)]
        self.model: dict[Key, str] = {}
        self.lent: dict[UUID, list[tuple[Key, str, str]]] = {}
        """Import -> (who and what, as it was, as it was given)."""
        self.touched: set[Key] = set()
        """Since the import that lent it."""
        self.before: list[Curriculum] = []

    # What happens.

    def load(self, choice: int) -> None:
        now = curriculum_of(self.source)
        taken = slugs_elsewhere(self.source)
        planned = plan(now, self.notes.reading(), taken=taken)
        if planned.unclear:
            answers = {
                q.number: None if (choice + q.number) % 5 == 4 else (choice + q.number) % len(q.candidates)
                for q in planned.unclear
            }
            planned = plan(now, self.notes.reading(), answers=answers, taken=taken)
        assert not planned.unclear
        assert not planned.errors
        made = storing.apply_plan(plan=planned, source=self.source, by="Edda", user=None, retire_many=True)
        if made is not None:
            self.before.append(now)
            self.carried(planned, made)
        for learner in self.learners:
            for roadmap in Roadmap.objects.filter(retired_at=None):
                Enrolment.objects.get_or_create(learner=learner, roadmap=roadmap)

    def carried(self, planned: Plan, made: Import) -> None:
        pairs: list[tuple[UUID, UUID, tuple[str, ...]]] = [(of, to, WORTH) for of, to in planned.carried]
        pairs += [(of, to, SETTLED) for to, of in planned.parts.items()]
        lent = self.lent[made.uid] = []
        for of, to, states in pairs:
            for learner in self.learners:
                has, was = self.model.get((learner.pk, of), "todo"), self.model.get((learner.pk, to), "todo")
                if has in states and WORTH.index(has) > WORTH.index(was):
                    self.model[learner.pk, to] = has
                    self.touched.discard((learner.pk, to))
                    lent.append(((learner.pk, to), was, has))

    def learn(self, a: int, b: int) -> None:
        live = list(Topic.objects.filter(source=self.source, retired_at=None).order_by("slug"))
        if not live:
            return
        state = ("learning", "done", "skipped", "done")[(a + b) % 4]
        self.put(self.learners[a % 3], live[b % len(live)], state)

    def again(self, a: int) -> None:
        """Somebody does over what an import lent them, and ends where they were."""
        keys = [(key, now) for lent in self.lent.values() for key, _, now in lent if self.model[key] == now]
        if keys:
            (pk, uid), now = keys[a % len(keys)]
            chosen = Topic.objects.get(uid=uid)
            if chosen.retired_at is None:
                learner = next(learner for learner in self.learners if learner.pk == pk)
                for state in ("learning" if now != "learning" else "todo", now):
                    self.put(learner, chosen, state)

    def put(self, learner: User, chosen: Topic, state: str) -> None:
        progress.set_state(
            learner=learner, topic=chosen.pk, state=state, operation=uuid4(), by=None, roadmap=None
        )  # fmt: skip
        if self.model.get((learner.pk, chosen.uid)) != state:
            self.touched.add((learner.pk, chosen.uid))
        self.model[learner.pk, chosen.uid] = state

    def undo(self) -> bool:
        try:
            undone = storing.undo_last(source=self.source, by="Edda")
        except NothingToUndoError:
            return False
        for key, was, given_ in reversed(self.lent.pop(undone.uid)):
            if key not in self.touched and self.model[key] == given_:
                self.model[key] = was
        self.restored(self.before.pop())
        return True

    # What must hold.

    def restored(self, was: Curriculum) -> None:
        """The tree is that of before; what came since is retired."""
        now = curriculum_of(self.source)
        known = was.topic_by_uid()
        assert {t.uid: t for t in now.topics if t.uid in known} == known
        assert all(t.retired for t in now.topics if t.uid not in known)
        roadmaps = {roadmap.uid: roadmap for roadmap in was.roadmaps}
        assert {r.uid: r for r in now.roadmaps if r.uid in roadmaps} == roadmaps

    def check(self, rows: set[tuple[int, int]], events: int) -> None:
        assert rows <= self.rows(), "a row of progress is gone"
        assert events <= ProgressEvent.objects.count(), "an event is gone"
        found = TopicProgress.objects.exclude(state="todo").values_list("learner", "topic__uid", "state")
        said = {(learner, uid): state for learner, uid, state in found}
        assert said == {key: state for key, state in self.model.items() if state != "todo"}
        summaries.rebuild(stale_only=True)
        assert list(summaries.disagreements()) == []
        curriculum = curriculum_of(self.source)
        for roadmap in curriculum.roadmaps:
            seated = [seat.topic for section in roadmap.sections for seat in section.seats]
            for learner in self.learners if not roadmap.retired else ():
                row = RoadmapSummary.objects.get(learner=learner, roadmap__uid=roadmap.uid)
                states = [self.model.get((learner.pk, uid), "todo") for uid in seated]
                assert (row.required, row.done) == (len(seated), states.count("done"))
                assert (row.learning, row.skipped) == (states.count("learning"), states.count("skipped"))

    def rows(self) -> set[tuple[int, int]]:
        return set(TopicProgress.objects.values_list("learner", "topic"))


def run(steps: list[tuple[str, int, int]]) -> World:
    world = World()
    world.load(0)
    for kind, a, b in steps:
        rows, events = world.rows(), ProgressEvent.objects.count()
        if kind == "import":
            world.load(a)
        elif kind == "learn":
            world.learn(a, b)
        elif kind == "again":
            world.again(a)
        elif kind == "undo":
            if len(world.before) > 1:
                world.undo()
        else:
            world.notes.edit(kind, a, b)
            continue
        world.check(rows, events)
    return world


JOINED = [("learn", n, m) for n in range(3) for m in (1, 3, 5)] + [("join", 0, 0), ("join", 1, 0), ("import", 0, 0)]


@settings(max_examples=12)
@given(STEPS)
@example([*JOINED, ("again", 0, 0), ("again", 1, 0), ("again", 2, 0), ("again", 3, 0)])
@example([*JOINED, ("split", 0, 0), ("split", 1, 0), ("import", 0, 0), ("divide", 0, 0), ("import", 1, 1)])
def test_no_sequence_of_imports_loses_anything(steps: list[tuple[str, int, int]]) -> None:
    with transaction.atomic():
        world = run([*steps, ("import", 1, 1)])
        while world.before:
            rows, events = world.rows(), ProgressEvent.objects.count()
            assert world.undo()
            world.check(rows, events)
        transaction.set_rollback(True)


def test_what_was_split_and_made_one_is_among_them() -> None:
    """The steps do what they say: people are given what they had, and it is taken back with the import."""
    world = run(JOINED)
    assert any(world.lent.values())
    assert set(ProgressEvent.objects.values_list("through", flat=True)) >= {"page", "merge"}
    world.undo()
    world.check(world.rows(), 0)
