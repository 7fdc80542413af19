"""What the page of a way shows: `tracker.way` with addresses and words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from roadmap.tree import Branch, Facts, Tree
from tracker.queries import Standing
from tracker.row_words import WORDS
from tracker.rows import CHECKED, bar
from tracker.share import Share
from tracker.way import Fork, Hours, Instead, Step, Way, choose, understood, way


@dataclass(frozen=True, slots=True)
class Why:
    title: str
    href: str
    text: str


@dataclass(frozen=True, slots=True)
class StepRow:
    facts: Facts
    href: str
    state: str
    """Of the mark: `ready` where nothing is missing for it."""
    checked: str
    value: str
    """What the control sets."""
    word: str
    told: bool
    """Whether the word is shown, and not only read aloud."""
    hours: str
    elsewhere: bool
    """Seated on another roadmap."""
    why: tuple[Why, ...]
    last: bool
    """What the way leads to."""


@dataclass(frozen=True, slots=True)
class Run:
    """Steps of one module that stand side by side."""

    trail: tuple[str, ...]
    steps: tuple[StepRow, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    title: str
    href: str
    """Of the same page with this alternative."""
    chosen: bool
    steps: int | None
    words: str
    """What it comes to, beside the one that is chosen."""


@dataclass(frozen=True, slots=True)
class ForkRows:
    by: Facts
    own: bool
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class GoalPage:
    way: Way
    target: Facts
    share: Share
    bar: str
    hours: str
    runs: tuple[Run, ...]
    met: tuple[StepRow, ...]
    forks: tuple[ForkRows, ...]
    instead: tuple[str, ...]
    """The choices, as `?instead=` takes them."""
    chosen: bool
    """Not the shortest way as it is: there is something to go back from."""


def goal_page(here: Standing, target: Facts, asked: Sequence[str] | None) -> GoalPage:
    """`asked` are the values of `?instead=`; None where there are none: then the way that is remembered with the goal.
    No query."""
    tree = here.tree
    instead = read(tree, asked) if asked is not None else here.instead if here.goal == target.id else {}
    instead = understood(tree, instead)
    found = way(tree, here.marks, target.id, instead)
    rows = {step.topic: _row(here, step, last=step.topic == target.id) for step in (*found.left, *found.met)}
    runs = [
        Run(_trail(tree, branch), tuple(rows[step.topic] for step in steps))
        for branch, steps in groupby(found.left, key=lambda step: tree.seated.get(step.topic))
    ]
    return GoalPage(
        way=found,
        target=target,
        share=found.share,
        bar=bar(found.share, thin=False),
        hours=said(found.hours),
        runs=tuple(runs),
        met=tuple(rows[step.topic] for step in found.met),
        forks=tuple(_fork(tree, target, fork, instead) for fork in found.forks),
        instead=tuple(_values(tree, instead)),
        chosen=bool(instead),
    )


def read(tree: Tree, asked: Sequence[str]) -> dict[int, frozenset[int]]:
    """`?instead=topic:alternative`, slugs; what names nothing here says nothing."""
    known = {facts.slug: topic for topic, facts in tree.topics.items()}
    found: dict[int, frozenset[int]] = {}
    for value in asked[:200]:
        by, _colon, alternative = value.partition(":")
        if by in known and alternative in known:
            found = choose(tree, found, known[by], known[alternative])
    return understood(tree, found)


def flat(instead: Instead) -> list[int]:
    """As `Goal.instead` keeps it."""
    return [n for by in sorted(instead) for wanted in sorted(instead[by]) for n in (by, wanted)]


def said(hours: Hours) -> str:
    """`12 h`, `12 h and 3 topics without hours`, `3 topics without hours`; empty for nothing."""
    unknown = ngettext("%(n)s topic without hours", "%(n)s topics without hours", hours.unknown) % {"n": hours.unknown}
    if not hours.known:
        return unknown if hours.unknown else ""
    known = _("%(hours)s h") % {"hours": _number(hours.known)}
    return _("%(known)s and %(unknown)s") % {"known": known, "unknown": unknown} if hours.unknown else known


def _number(value: float) -> str:
    return str(number_format(f"{value:g}" if value < 1000 else round(value), use_l10n=True))


def _row(here: Standing, step: Step, *, last: bool) -> StepRow:
    tree = here.tree
    facts, seated = tree.topics[step.topic], step.topic in tree.place
    row = here.overlay.row(step.topic)
    return StepRow(
        facts=facts,
        href=_href(tree, facts),
        state="ready" if row.ready else step.state,
        checked=CHECKED.get(step.state, "false"),
        value="todo" if step.state == "done" else "done",
        word=str(WORDS[step.state]),
        told=step.state in {"learning", "skipped"},
        hours=_("%(hours)s h") % {"hours": _number(facts.hours)} if facts.hours else "",
        elsewhere=not seated,
        why=tuple(_why(tree, reason.topic, reason.text) for reason in step.needed_by),
        last=last,
    )


def _why(tree: Tree, topic: int, text: str) -> Why:
    facts = tree.topics[topic]
    return Why(facts.title, _href(tree, facts), text)


def _href(tree: Tree, facts: Facts) -> str:
    there = facts.id in tree.place
    return reverse("topic", args=[facts.slug]) + (f"?{urlencode({'roadmap': tree.slug})}" if there else "")


def _trail(tree: Tree, branch: int | None) -> tuple[str, ...]:
    if branch is None:
        return (_("On another roadmap"),)
    above: list[Branch] = [tree.branches[index] for index in tree.above(branch)]
    return tuple(each.title for each in reversed(above))


def _values(tree: Tree, instead: Instead) -> Iterator[str]:
    for by in sorted(instead):
        for wanted in sorted(instead[by]):
            yield f"{tree.topics[by].slug}:{tree.topics[wanted].slug}"


def _fork(tree: Tree, target: Facts, fork: Fork, instead: Instead) -> ForkRows:
    page = reverse("goal", args=[tree.slug, target.slug])
    now = next(each for each in fork.alternatives if each.topic == fork.chosen)
    choices = []
    for each in fork.alternatives:
        values = list(_values(tree, choose(tree, instead, fork.by, each.topic)))
        choices.append(
            Choice(
                title=tree.topics[each.topic].title,
                href=f"{page}?{urlencode({'instead': values}, doseq=True)}",
                chosen=each.topic == fork.chosen,
                steps=each.steps,
                words=_compared(each.steps, each.hours, now.steps or 0, now.hours or Hours(0, 0)),
            )
        )
    return ForkRows(tree.topics[fork.by], fork.own, tuple(choices))


def _compared(steps: int | None, hours: Hours | None, than: int, than_hours: Hours) -> str:
    """`2 topics more, 4 h less`; empty where it was not worked out."""
    if steps is None or hours is None:
        return ""
    words = []
    if more := steps - than:
        form = (
            ngettext("%(n)s topic more", "%(n)s topics more", more)
            if more > 0
            else ngettext("%(n)s topic less", "%(n)s topics less", -more)
        )
        words.append(form % {"n": abs(more)})
    if longer := round(hours.known - than_hours.known, 2):
        form = _("%(hours)s h more") if longer > 0 else _("%(hours)s h less")
        words.append(form % {"hours": _number(abs(longer))})
    return ", ".join(words) or _("as long")
