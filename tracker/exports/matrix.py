"""The matrix of one cohort on one roadmap, learner by learner: shares of every branch, state of every topic."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from django.utils.translation import gettext as _

from roadmap.tree import Tree
from tracker import languages
from tracker.exports.people import BATCH, learners
from tracker.models import Cohort, RoadmapSummary
from tracker.packed import PLAIN, STATES, Counted, layout
from tracker.permissions import Person
from tracker.row_words import words_of
from tracker.share import Share
from tracker.summaries import counted_from_states


class Line(NamedTuple):
    """One learner. Shares are in percent, None where nothing is required."""

    learner: int
    name: str
    percent: int | None
    done: int
    waived: int
    required: int
    learning: int
    skipped: int
    last_move: datetime | None
    shares: tuple[int | None, ...]
    """Of each branch, by its index in `Tree.branches`."""
    states: bytes
    """Code of each seated topic in reading order; `tracker.packed.STATES` has their names."""


def heads(tree: Tree) -> tuple[str, ...]:
    """Headings of all columns: who it is, totals, the share of each section with those above it, topics by title."""
    totals = (
        _("Learner number"), _("Learner"), _("Share %"), _("Done"), _("Waived"), _("Required"), _("Learning"),
        _("Skipped"), _("Last move"),
    )  # fmt: skip
    sections = [
        " › ".join(tree.branches[above].title for above in reversed(tree.above(index))) + " %"
        for index in range(len(tree.branches))
    ]
    return (*totals, *sections, *(tree.topics[topic].title for topic in tree.order))


def state_words() -> tuple[str, ...]:
    """What each code of `Line.states` is called."""
    return tuple(words_of(languages.current()).states[state] for state in STATES)


def lines(person: Person, cohort: Cohort, tree: Tree) -> Iterator[Line]:
    """The learners of the cohort by name, as far as `person` sees them. Two queries for each `BATCH` learners, four
    where some of them have no row that was counted at this revision; these are counted from their states."""
    tables = _percents(tree)
    for batch in learners(person, cohort, size=BATCH):
        yield from _lines(tree, tables, batch)


def _lines(tree: Tree, tables: Sequence[Sequence[int | None]], batch: Sequence[tuple[int, str]]) -> Iterator[Line]:
    plan = layout(tree)
    rows = RoadmapSummary.objects.filter(roadmap=tree.id, revision=tree.revision, learner__in=[pk for pk, _ in batch])
    found = {
        row[0]: row[1:]
        for row in rows.values_list(
            "learner_id", "states", "met", "done", "waived", "required", "learning", "skipped", "last_move"
        )
        if len(row[1]) == len(plan.order)
    }
    missing = [pk for pk, _ in batch if pk not in found]
    for counted in counted_from_states(tree, missing) if missing else ():
        met = [share.done + share.waived for share in counted.shares]
        total = counted.total
        numbers = (total.done, total.waived, total.required, total.learning, total.skipped)
        found[counted.learner] = (counted.states, met, *numbers, counted.last_move)
    for pk, name in batch:
        states, met, done, waived, required, learning, skipped, last_move = found[pk]
        yield Line(
            pk,
            name,
            Share(required=required, done=done, waived=waived).percent,
            done,
            waived,
            required,
            learning,
            skipped,
            last_move,
            tuple([table[number] for table, number in zip(tables, met, strict=True)]),
            bytes(states[: plan.seated]).translate(PLAIN),
        )


def _percents(tree: Tree) -> list[list[int | None]]:
    """For each branch the percentage that each numerator makes, by the function that pages use. What a branch requires
    does not depend on the learner."""
    shares, _ = Counted(tree, bytes(len(layout(tree).order))).all()
    return [[Share(required=s.required, done=met).percent for met in range(s.required + 1)] for s in shares]
