"""The matrix as HTML: a cell is rendered once per column and revision of the roadmap, and filled in per learner.

All of it is safe HTML: titles and names are escaped, the rest is made of numbers and of words written in this file.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from operator import itemgetter
from typing import NamedTuple

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from roadmap.tree import Tree
from tracker import languages
from tracker.matrix import Ground, Learner
from tracker.need import NEEDS_YOU, Sign
from tracker.packed import PLAIN, STATES, Counted, layout
from tracker.row_words import words_of
from tracker.rows import bar
from tracker.share import Share
from tracker.slotted import Slotted


@dataclass(frozen=True, slots=True)
class Column:
    """A heading of the table."""

    title: str
    slug: str
    """Of the section; for a topic empty."""
    level: str
    """Title of the level it stands in, or empty."""
    topics: int = 0
    opened: bool = False


KEY = "\0"
"""Stands for the learner's key in what is kept: no title and no name contains it, since PostgreSQL stores none."""
KEPT_RUNS = 4096
"""Runs of topics' cells kept per roadmap, of about a kilobyte each."""


class Cell:
    """The cell of a column: rendered when it is first shown, kept for each filling with `KEY` for the learner's key."""

    __slots__ = ("_context", "_kept", "_slotted", "_template")

    def __init__(self, template: str, **context: str) -> None:
        self._template, self._context = template, context
        self._slotted: Slotted | None = None
        self._kept: dict[tuple[str, str], str] = {}

    def html(self, look: str, figure: str) -> str:
        found = self._kept.get((look, figure))
        if found is None:
            if self._slotted is None:
                self._slotted = Slotted(self._template, self._context)
            found = self._slotted.fill({"look": look, "figure": figure, "learner": KEY})
            self._kept[look, figure] = found
        return found


class Module:
    """A column of shares, and the columns of its topics."""

    def __init__(self, tree: Tree, index: int, topics: Iterable[int], required: int) -> None:
        branch = tree.branches[index]
        above = [tree.branches[i] for i in tree.above(index) if tree.branches[i].kind == "level"]
        self.index, self.title, self.slug = index, branch.title, branch.slug
        self.required = required
        """Of anybody: what of it is met is all that differs between learners."""
        self.level = above[-1].title if above and above[-1] is not branch else ""
        self.topics = tuple(topics)
        place = layout(tree).position
        self._pick = itemgetter(*(place[topic] for topic in self.topics))
        self._cell = Cell("cohorts/_matrix_cell.html", roadmap=tree.slug, section=branch.slug, title=branch.title)
        self._kept: dict[tuple[int, bool], str] = {}
        self._inside = tuple(
            (topic, Cell("cohorts/_matrix_topic.html", roadmap=tree.slug, anchor=f"t{topic}")) for topic in self.topics
        )

    def cell(self, met: int, *, stuck: bool) -> str:
        found = self._kept.get((met, stuck))
        if found is None:
            look, figure = _figure(languages.current(), met, self.required)
            found = self._kept[met, stuck] = self._cell.html(f"{look} stuck" if stuck else look, figure)
        return found

    def codes(self, states: bytes) -> object:
        """Of its topics: what their cells follow from, but for where the learner is stuck."""
        return self._pick(states)

    def topic_cells(self, codes: object, stuck: int | None) -> str:
        out, words = [], words_of(languages.current()).states
        for (topic, cell), code in zip(self._inside, codes if isinstance(codes, tuple) else (codes,), strict=True):
            state = STATES[code]
            out.append(cell.html(f"{state} stuck" if topic == stuck else state, words[state]))
        return "".join(out)


class Grid:
    """The columns of one roadmap at one revision: the outermost modules, and levels with topics of their own."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        outer: dict[int, list[int]] = {}
        for index, seat in tree.seats():
            chain = [i for i in tree.above(index) if tree.branches[i].kind != "level"]
            outer.setdefault(chain[-1] if chain else index, []).append(seat.topic)
        nobody = Counted(tree, bytes(len(layout(tree).order)))
        self.modules = tuple(
            Module(tree, index, topics, nobody.branch(index).required) for index, topics in outer.items()
        )
        self.slugs = tuple(module.slug for module in self.modules)
        self.holder = {topic: module.index for module in self.modules for topic in module.topics}
        self._runs: dict[tuple[int, object, int | None], str] = {}

    def columns(self, opened: Collection[str]) -> list[Column]:
        found = []
        for module in self.modules:
            is_open = module.slug in opened
            found.append(Column(module.title, module.slug, module.level, len(module.topics), is_open))
            if is_open:
                found += [Column(self.tree.topics[topic].title, "", module.level) for topic in module.topics]
        return found

    def cells(self, learner: Learner, stuck: int | None, opened: Collection[str]) -> str:
        """With `KEY` for the learner's. `stuck` is the topic that they have been at for longer than usual."""
        met = learner.counted.met
        ring = self.holder.get(stuck, -1) if stuck is not None else -1
        states = learner.states.translate(PLAIN) if opened else b""
        out: list[str] = []
        for module in self.modules:
            here = module.index == ring
            out.append(module.cell(met(module.index), stuck=here))
            if module.slug in opened:
                out.append(self._run(module, module.codes(states), stuck if here else None))
        return "".join(out)

    def _run(self, module: Module, codes: object, stuck: int | None) -> str:
        """The cells of an opened module. Many learners stand alike in one: all done, nothing begun."""
        key = (module.index, codes, stuck)
        found = self._runs.get(key)
        if found is None:
            if len(self._runs) >= KEPT_RUNS:
                self._runs.clear()
            found = self._runs[key] = module.topic_cells(codes, stuck)
        return found


@lru_cache(maxsize=4096)
def _figure(_language: str, met: int, required: int) -> tuple[str, str]:
    """(class, words) of a share: nothing, four steps on the way, all."""
    percent = Share(required, met).percent
    if percent is None:
        return "cx", "—"
    return f"c{5 if percent == 100 else 1 + percent // 25 if percent else 0}", languages.percent(percent)


def grid_of(tree: Tree) -> Grid:
    """Kept with the tree, for each language."""
    key = f"{__name__} {languages.current()}"
    found = tree.kept.get(key)
    if not isinstance(found, Grid):  # threads may do this twice, to the same end
        found = tree.kept[key] = Grid(tree)
    return found


class Rows:
    """The rows of one page."""

    def __init__(self, ground: Ground, opened: Collection[str]) -> None:
        self.ground, self.opened = ground, opened
        self.grid = grid_of(ground.tree)
        self.zone = timezone.get_current_timezone()
        self.today = timezone.localdate(ground.now, self.zone)
        self.frame = _frame(ground.tree)
        self.language = languages.current()
        self.said, self.met = said_of(self.language), words_of(self.language).met
        self.usually = languages.number(ground.usual.topic_days)

    def html(self, learners: Iterable[Learner]) -> str:
        found = list(learners)
        highest = min(8, max([4, *(max(learner.weeks) for learner in found)]))
        return "".join(self.row(learner, highest) for learner in found)

    def row(self, learner: Learner, highest: int) -> str:
        """`highest` is the number of topics in a week that fills the sparkline."""
        signs, share, said = learner.need.signs, learner.share, self.said
        kinds = [sign.kind for sign in signs]
        stuck = self._stuck_on(learner) if "stuck" in kinds else None
        words = "".join(
            [self._reason(learner, sign, before) for sign, before in zip(signs, (None, *signs), strict=False)]
        )
        if share.finished:
            fine = _("finished, %(n)s skipped") % {"n": share.skipped} if share.skipped else said.finished
            words = f'<span class="fine">{fine}</span>{words}'
        percent = "—" if share.percent is None else languages.percent(share.percent)
        points = learner.need.score
        score = round(points)
        row = self.frame.fill(
            {
                "learner": KEY,
                "you": " you" if points >= NEEDS_YOU else "",
                "name": escape(learner.name),
                "points": f'<span class="points">{_points(self.language, score)}</span>' if score else "",
                "reasons": words or f'<span class="fine">{said.on_their_way}</span>',
                "share": percent,
                "met": self.met % {"met": share.done + share.waived, "required": share.required}
                if share.required
                else "",
                "bar": _bar(share),
                "weeks": weeks(self.language, learner.weeks, highest),
                "moved": self._moved(learner, quiet="quiet" in kinds),
                "target": self._target(learner),
                "cells": self.grid.cells(learner, stuck, self.opened),
            }
        )
        return row.replace(KEY, str(learner.id))

    def _stuck_on(self, learner: Learner) -> int | None:
        """The topic with the longest wait."""
        waits = (*learner.helps[:1], *learner.on[:1])
        return max(waits, key=lambda wait: wait[1])[0] if waits else None

    def _title(self, topic: int) -> str:
        return f"<bdi>{_escaped(self.ground.tree.topics[topic].title)}</bdi>"

    def _reason(self, learner: Learner, sign: Sign, before: Sign | None) -> str:
        case, said = learner.case, self.said
        if sign.kind == "asked":
            topic, days = learner.helps[0]
            words = said.asked % {"ago": ago(self.language, days), "topic": self._title(topic)}
            if (more := len(learner.helps) - 1) > 0:
                words = _("%(what)s and %(n)s more") % {"what": words, "n": more}
        elif sign.kind == "stuck":
            topic = self._stuck_on(learner) or 0
            same = before is not None and before.kind == "asked" and topic == learner.helps[0][0]
            named = {"days": int(case.on_topic or 0), "topic": self._title(topic), "usual": self.usually}
            words = (said.on_it if same else said.on) % named
        elif sign.kind == "quiet":
            words = (said.quiet if learner.last_move else said.not_begun) % {"days": int(case.still)}
        else:
            words = _behind(self.language, case.late)
        points = _points(self.language, max(1, round(sign.points)))
        return f'<span class="reason {sign.kind}">{words} <i>{points}</i></span>'

    def _moved(self, learner: Learner, *, quiet: bool) -> str:
        if learner.last_move is None:
            return f'<span class="muted">{self.said.not_yet}</span>'
        day = learner.last_move.astimezone(self.zone).date()
        words = ago(self.language, (self.today - day).days)
        if quiet:
            words = self.said.quiet_since % {"day": _day(self.language, day, self.today)}
        return f'<time datetime="{day.isoformat()}">{words}</time>'

    def _target(self, learner: Learner) -> str:
        day = learner.target_on
        if day is None:
            return '<span class="muted">—</span>'
        left = (day - self.today).days
        if learner.share.finished:
            words = self.said.finished
        elif left < 0:
            words = self.said.over % {"days": -left}
        else:
            words = self.said.today if left == 0 else self.said.left % {"days": left}
        if learner.own_target:
            words = self.said.own_date % {"when": words}
        shown = _day(self.language, day, self.today)
        return f'<time datetime="{day.isoformat()}">{shown}</time><small>{words}</small>'


def _frame(tree: Tree) -> Slotted:
    key = f"{__name__}.frame {languages.current()}"
    found = tree.kept.get(key)
    if not isinstance(found, Slotted):
        found = tree.kept[key] = Slotted("cohorts/_matrix_row.html", {"roadmap": tree.slug})
    return found


_bar = lru_cache(maxsize=4096)(bar)
_escaped = lru_cache(maxsize=4096)(escape)


class Said(NamedTuple):
    """What rows of a matrix say in one language, looked up once: a page has many of them."""

    finished: str
    on_their_way: str
    asked: str
    on: str
    on_it: str
    quiet: str
    not_begun: str
    not_yet: str
    quiet_since: str
    over: str
    today: str
    left: str
    own_date: str
    ago: str


@cache
def said_of(_language: str) -> Said:
    """In the language that is current, which is the one that is asked for."""
    return Said(
        _("finished"),
        _("on their way"),
        _("asked for help %(ago)s on %(topic)s"),
        _("%(days)s d on %(topic)s (usual: %(usual)s d)"),
        _("%(days)s d on it (usual: %(usual)s d)"),
        _("quiet for %(days)s d"),
        _("not begun in %(days)s d"),
        _("not yet"),
        _("quiet since %(day)s"),
        _("%(days)s d over"),
        _("today"),
        _("%(days)s d left"),
        _("%(when)s, own date"),
        _("%(days)s d ago"),
    )


@lru_cache(maxsize=1024)
def _points(_language: str, number: int) -> str:
    """The number alone to the eye, with its word to the ear."""
    hidden = ngettext("%(n)s point", "%(n)s points", number) % {"n": f'</span>{number}<span class="hide">'}
    return f'<span class="hide">{hidden}</span>'.replace('<span class="hide"></span>', "")


@lru_cache(maxsize=1024)
def _behind(_language: str, number: int) -> str:
    return ngettext("%(n)s topic behind", "%(n)s topics behind", number) % {"n": number}


def ago(language: str, days: float) -> str:
    """`today`, `1 d ago`, `12 d ago`."""
    said = said_of(language)
    return said.ago % {"days": int(days)} if days >= 1 else said.today


@lru_cache(maxsize=1024)
def _day(_language: str, day: date, today: date) -> str:
    """`8 May`; with the year where it is another."""
    return date_format(day, "MONTH_DAY_FORMAT" if day.year == today.year else "SHORT_DATE_FORMAT")


@lru_cache(maxsize=4096)
def weeks(_language: str, counts: tuple[int, ...], highest: int) -> str:
    """The sparkline: a bar per week, 16 high where `highest` topics were finished; a line where none was."""
    path = []
    for week, count in enumerate(counts):
        height = max(3, round(16 * min(count, highest) / highest)) if count else 1
        path.append(f"M{7 * week} 16v-{height}h5v{height}z")
    words = _("Finished per week: %(counts)s") % {"counts": ", ".join(map(str, counts))}
    return f'<svg class="weeks" viewBox="0 0 54 16" role="img" aria-label="{words}"><path d="{"".join(path)}"/></svg>'
