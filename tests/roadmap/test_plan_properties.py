"""Whatever is edited: an applied plan plans nothing more, and nobody is taken for somebody else."""

from __future__ import annotations

import unicodedata
from collections import Counter
from dataclasses import dataclass, field, replace
from random import Random
from uuid import UUID

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from roadmap.notes.items import Item, Reading
from roadmap.plan import Curriculum, plan
from roadmap.plan.keys import key
from tests.roadmap.outlines import level, module, one, path, reading, step, topic

WORDS = (
    "Álgebra",
    "calculus",
    "Graphs",
    "probability",
    "Networks",
    "Optimization",
    "Part 1",
    "Part 2",
    "C",
    "C++",
    "🎉",
    "数学",
)
TITLES = st.one_of(
    st.sampled_from(WORDS),
    st.tuples(st.sampled_from(WORDS), st.sampled_from(WORDS)).map(" ".join),
)
TEXTS = st.sampled_from(
    ("", "Short.", "A text of its own that is long enough to be known by again.", "Quite another text.")
)
IDS = st.sampled_from(("", "", "", "one", "two", "three"))


@st.composite
def topics(draw: st.DrawFn) -> Item:
    return topic(
        draw(TITLES),
        *(step(title) for title in draw(st.lists(TITLES, max_size=2))),
        id=draw(IDS),
        link=draw(st.sampled_from((None, None, None, "Git", "notes/Graphs"))),
        summary=draw(TEXTS),
        optional=draw(st.booleans()),
        hours=draw(st.sampled_from((None, 1.0, 2.25))),
        needs=tuple(draw(st.lists(TITLES, max_size=2))),
        aliases=tuple(draw(st.lists(TITLES, max_size=1))),
    )


def sections(depth: int = 2) -> st.SearchStrategy[Item]:
    inner = topics() if depth == 0 else st.one_of(topics(), topics(), sections(depth - 1))
    make = level if depth == 2 else module
    return st.builds(
        lambda title, items, ordered: make(title, *items, ordered=ordered),
        TITLES,
        st.lists(inner, max_size=4),
        st.booleans(),
    )


READINGS = st.lists(
    st.tuples(TITLES, st.sampled_from(("a.md", "b.md")), st.lists(st.one_of(topics(), sections()), max_size=3)),
    min_size=1,
    max_size=2,
).map(
    lambda paths: reading(*(path(title, *items, source=f"{n}{file}") for n, (title, file, items) in enumerate(paths)))
)


def settle(now: Curriculum, notes: Reading) -> Curriculum:
    """Apply a reading in memory, every question answered with "new"."""
    planned = plan(now, notes)
    if planned.unclear:
        planned = plan(now, notes, answers=dict.fromkeys((q.number for q in planned.unclear), None))
        assert not planned.unclear
    return planned.target


@given(st.lists(READINGS, min_size=1, max_size=4))
def test_an_applied_plan_plans_nothing_more(readings: list[Reading]) -> None:
    now = Curriculum()
    for notes in readings:
        now = settle(now, notes)
        assert plan(now, notes).empty


@given(st.lists(READINGS, min_size=2, max_size=5))
def test_no_topic_is_ever_gone_and_none_is_seated_twice(readings: list[Reading]) -> None:
    now = Curriculum()
    for notes in readings:
        after = settle(now, notes)
        assert now.topic_by_uid().keys() <= after.topic_by_uid().keys()
        assert {s.uid for t in now.topics for s in t.steps} <= {s.uid for t in after.topics for s in t.steps}
        seats = Counter((roadmap.uid, seat.topic) for roadmap, _, seat in after.seats())
        assert not seats or max(seats.values()) == 1
        seated = {topic for _, topic in seats}
        assert {t.uid for t in after.topics if not t.retired} == seated
        slugs = [t.slug for t in after.topics]
        assert len(slugs) == len(set(slugs))
        now = after


@given(st.lists(READINGS, min_size=1, max_size=3))
def test_json_holds_all_of_it(readings: list[Reading]) -> None:
    now = Curriculum()
    for notes in readings:
        now = settle(now, notes)
    assert Curriculum.from_json(now.as_json()) == now


@given(READINGS, st.randoms(use_true_random=False))
def test_what_is_removed_and_restored_is_the_same_again(notes: Reading, chance: Random) -> None:
    now = settle(Curriculum(), notes)
    less = plan(now, replace(notes, paths=tuple(replace(p, items=thin(p.items, chance)) for p in notes.paths)))
    back = plan(less.target, notes)
    assume(not less.unclear and not back.unclear)
    assert living(back.target) == living(now)


def living(curriculum: Curriculum) -> set[UUID]:
    return {topic.uid for topic in curriculum.topics if not topic.retired}


def thin(items: tuple[Item, ...], chance: Random) -> tuple[Item, ...]:
    """About two thirds of the items, at every level."""
    return tuple(replace(item, items=thin(item.items, chance)) for item in items if chance.random() < 0.67)


# Random edits of one curriculum, with a model of what must be kept.


@dataclass
class Notes:
    """Modules of (name, title): the name is who the topic is, the title what the notes call it."""

    modules: list[tuple[str, list[tuple[str, str]]]] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)

    def titles(self) -> dict[str, str]:
        return {name: title for _, topics in self.modules for name, title in topics}

    def reading(self) -> Reading:
        return one(
            *(
                module(title, *(topic(shown, id=name if name in self.ids else "") for name, shown in topics))
                for title, topics in self.modules
            )
        )


NAMES = [
    f"{a} {b}"
    for a in ("Vector", "Graph", "Signal", "Market", "Garden")
    for b in ("theory", "practice", "history", "design")
]
EDITS = st.lists(
    st.tuples(
        st.sampled_from(
            ("move", "rename", "case", "nfd", "remove", "restore", "shuffle", "module", "identify", "number")
        ),
        st.integers(0, 19),
        st.integers(0, 3),
    ),
    max_size=12,
)


@settings(max_examples=60)
@given(EDITS, st.sets(st.sampled_from(NAMES), max_size=20))
def test_every_topic_that_keeps_its_title_or_its_id_keeps_its_uid(
    edits: list[tuple[str, int, int]], ids: set[str]
) -> None:
    notes = Notes([(f"Module {letter}", []) for letter in "WXYZ"], ids)
    for number, name in enumerate(NAMES):
        notes.modules[number % 4][1].append((name, name))
    now = settle(Curriculum(), notes.reading())
    known = {t.title: t.uid for t in now.topics}
    lost: set[str] = set()
    gone: list[str] = []
    for kind, who, where in edits:
        before, had_id = notes.titles(), set(notes.ids)
        edit(notes, gone, kind, NAMES[who], where)
        planned = plan(now, notes.reading(), answers={})
        now = settle(now, notes.reading()) if planned.unclear else planned.target
        by_uid = now.topic_by_uid()
        for name, title in notes.titles().items():
            same_title = name in before and key(before[name]) == key(title)
            if (name in before and name in had_id and name in notes.ids) or same_title:
                if name not in lost:
                    assert by_uid[known[name]].title == title, (kind, name, title)
                    assert not by_uid[known[name]].retired
            elif name not in before and name not in lost:
                # Restored under the title or id it went with.
                assert by_uid[known[name]].title == title
            elif by_uid[known[name]].title != title:
                lost.add(name)  # renamed without a trace: a question, answered "new"
        assert all(uid in by_uid for uid in known.values())
        assert plan(now, notes.reading()).empty


def edit(notes: Notes, gone: list[str], kind: str, name: str, where: int) -> None:
    home = next((topics for _, topics in notes.modules if any(n == name for n, _ in topics)), None)
    at = next((i for i, (n, _) in enumerate(home) if n == name), 0) if home is not None else 0
    if kind == "restore" and gone:
        notes.modules[where][1].insert(0, (gone[-1], gone[-1]))
        gone.pop()
    elif kind == "shuffle":
        notes.modules[where][1].reverse()
    elif kind == "number":
        notes.modules.reverse()
    elif kind == "module":
        title, topics = notes.modules[where]
        notes.modules[where] = (f"{title}{where}", topics)
    elif home is None:
        return
    elif kind == "move":
        notes.modules[where][1].append(home.pop(at))
    elif kind == "rename":
        home[at] = (name, f"{name[::-1]} {where}")
    elif kind == "case":
        home[at] = (name, home[at][1].upper())
    elif kind == "nfd":
        home[at] = (name, unicodedata.normalize("NFD", home[at][1]))
    elif kind == "identify":
        notes.ids.add(name)
    elif kind == "remove" and home[at][1] == name:
        home.pop(at)
        gone.append(name)


def test_the_digest_of_a_reading_sees_every_field_that_plans() -> None:
    from roadmap.plan import digest_of

    base = topic("A", step("s"), id="i")
    seen = {digest_of(one(module("M", base)))}
    for change in (
        {"title": "B"}, {"summary": "s"}, {"body": "b"}, {"hours": 1.0}, {"details": ("d",)}, {"optional": True},
        {"aliases": ("x",)}, {"related": ("x",)}, {"meta": (("k", "v"),)}, {"link": "L"}, {"planned": True},
        {"id": "j"},
        {"source": "other.md"}, {"items": ()},
    ):  # fmt: skip
        digest = digest_of(one(module("M", replace(base, **change))))
        assert digest not in seen, change
        seen.add(digest)
