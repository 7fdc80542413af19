"""The page around the rows of a matrix: its links, its filters, its headings, rendered once and filled in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from tracker import languages
from tracker.matrix import Matrix, Wanted
from tracker.matrix_rows import Column, Rows
from tracker.matrix_sql import SIZE
from tracker.need import ASKED_AT_ONCE, ASKED_FULL, FULL_AT, NEEDS_YOU, WEIGHTS
from tracker.views.frames import Frame


def _number(name: str) -> str:
    """What the number of learners behind a filter is called in the template."""
    return f"number_{name or 'all'}"


FILTERS = {
    "": _lazy("Everybody"),
    "you": _lazy("Need you"),
    "asked": _lazy("Asked for help"),
    "stuck": _lazy("Stuck"),
    "quiet": _lazy("Quiet"),
    "behind": _lazy("Behind"),
    "finished": _lazy("Finished"),
}
ORDERS = {
    "need": _lazy("Who needs you first"),
    "name": _lazy("By name"),
    "share": _lazy("Furthest first"),
    "least": _lazy("Least far first"),
    "still": _lazy("Quiet for longest first"),
    "late": _lazy("Most behind first"),
}
NEED = {
    "weights": WEIGHTS,
    "needs_you": round(NEEDS_YOU),
    "asked_at_once": round(ASKED_AT_ONCE * WEIGHTS["asked"]),
    "asked_full": round(ASKED_FULL),
    "full_at": round(FULL_AT),
}
KEPT = 64
"""Pages around the rows, kept per roadmap."""
FILLED = ("etag", "body", "turn", "total", "learners", "need", "moved", "median", *map(_number, FILTERS))
"""What differs from one answer to the next."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for."""

    wanted: Wanted
    roadmap: str
    opened: tuple[str, ...]
    """Slugs of the modules that show their topics."""
    figures: bool

    def href(self, **changes: Any) -> str:
        """The same page with something changed; another filter, order or search begins at its first page."""
        values: dict[str, Any] = {
            "roadmap": self.roadmap,
            "show": self.wanted.show,
            "sort": "" if self.wanted.sort == "need" else self.wanted.sort,
            "q": self.wanted.search,
            "open": self.opened,
            "figures": "1" if self.figures else "",
            "page": "" if changes.keys() - {"open", "figures"} or self.wanted.page == 1 else self.wanted.page,
        }
        return f"?{urlencode({name: value for name, value in (values | changes).items() if value}, doseq=True)}"


class Page:
    """The page of one matrix: what is filled in of it, and what the rest follows from."""

    def __init__(self, shown: Matrix, asked: Asked, roadmaps: Iterable[tuple[str, str]]) -> None:
        """`roadmaps` are slug and title of all that may be chosen."""
        ground, you = shown.ground, shown.counts["you"]
        self._ground, self._asked = ground, asked
        self._rows = Rows(ground, asked.opened)
        body = self._rows.html(shown.learners).encode()
        self._filled: dict[str, str | bytes] = {
            "body": body,
            "turn": self._turn(shown) if shown.pages > 1 else "",
            "total": str(shown.total),
            "learners": _counted(ngettext("%(n)s learner", "%(n)s learners", shown.total), shown.total),
            "need": _counted(ngettext("%(n)s needs you", "%(n)s need you", you), you),
            "moved": _counted(
                ngettext("%(n)s moved within 7 days", "%(n)s moved within 7 days", shown.moved), shown.moved
            ),
            "median": "" if shown.median is None else SafeString(f"<span>{_median(shown.median)}</span>"),
        }
        for name in FILTERS:
            self._filled[_number(name)] = str(shown.counts[name] if name else shown.total)
        cohort, assigned = ground.cohort, ground.assigned
        archived = cohort.archived_at and timezone.localdate(cohort.archived_at)  # as the reader's zone has it
        around = (cohort.slug, cohort.title, cohort.summary, archived, assigned.roadmap.title)
        self._tabs = tuple(roadmaps)
        self._key = (
            languages.current(), *around,
            assigned.target_on, ground.usual, asked, self._tabs, bool(body), bool(shown.total)
        )  # fmt: skip

    def _turn(self, shown: Matrix) -> str:
        at = shown.page
        previous = self._asked.href(page=at - 1) if at > 1 else ""
        following = self._asked.href(page=at + 1) if at < shown.pages else ""
        return _turn(
            languages.current(), previous, following, (at - 1) * SIZE + 1, min(at * SIZE, shown.kept), shown.kept
        )

    def etag(self, reader: int | None) -> str:
        """Of what the page shows, without what differs on every answer; weak, since the answer may be compressed."""
        parts = [repr((reader, self._ground.tree.revision, self._key)).encode()]
        parts += [value if isinstance(value, bytes) else value.encode() for value in self._filled.values()]
        return f'W/"{sha256(bytes(1).join(parts)).hexdigest()[:32]}"'

    def answer(self, request: HttpRequest, etag: str) -> HttpResponse:
        """All but the rows and the numbers is rendered once for each that it follows from (`Frame`)."""
        frames = self._ground.tree.kept.setdefault(__name__, {})
        assert isinstance(frames, dict)  # noqa: S101  (for the type checker)
        frame = frames.get(self._key)
        if not isinstance(frame, Frame):
            if len(frames) >= KEPT:
                frames.clear()
            frame = frames[self._key] = Frame("cohorts/matrix.html", FILLED)
        return frame.answer(request, {**self._filled, "etag": escape(etag)}, self._around)

    def _around(self, filled: Mapping[str, Any]) -> dict[str, Any]:
        ground, asked = self._ground, self._asked
        columns = self._rows.grid.columns(asked.opened)
        target = ground.assigned.target_on
        return {
            "cohort": ground.cohort,
            "roadmap": ground.assigned.roadmap,
            "someone": self._key[-1],
            "anyone": self._key[-2],
            "asked": asked.wanted,
            "opened": asked.opened,
            "figures": asked.figures,
            "figures_href": asked.href(figures="" if asked.figures else "1"),
            "filters": [_filter(asked, name, filled) for name in FILTERS],
            "sorts": list(ORDERS.items()),
            "tabs": tabs_of(self._tabs, asked),
            "target": date_format(target, "DATE_FORMAT") if target else "",
            "clear": asked.href(show="", q=""),
            "columns": [_column(column, asked) for column in columns],
            "levels": _levels(columns),
            "heads": _heads(asked),
            "signs": NEED,
            "usual": ground.usual,
        }


def tabs_of(roadmaps: Iterable[tuple[str, str]], asked: Asked) -> list[dict[str, Any]]:
    """Of slugs and titles. Another roadmap has other modules: what was opened is left behind."""
    return [
        {"title": title, "href": asked.href(roadmap=slug, open=""), "here": slug == asked.roadmap}
        for slug, title in roadmaps
    ]


def _counted(words: str, number: int) -> SafeString:
    """With the number set off."""
    return SafeString(words % {"n": f"<b>{languages.number(number)}</b>"})


def _median(share: float) -> str:
    return _("median %(percent)s") % {"percent": languages.percent(share)}


def _column(column: Column, asked: Asked) -> dict[str, Any]:
    opened = (
        tuple(slug for slug in asked.opened if slug != column.slug) if column.opened else (*asked.opened, column.slug)
    )
    return {
        "title": column.title,
        "slug": column.slug,
        "opened": column.opened,
        "href": asked.href(open=opened) if column.slug else "",
    }


def _levels(columns: Iterable[Column]) -> list[dict[str, Any]]:
    groups = [(level, len(list(run))) for level, run in groupby(columns, key=lambda column: column.level)]
    return [{"title": title, "span": span} for title, span in groups] if any(title for title, _ in groups) else []


def _heads(asked: Asked) -> dict[str, SafeString]:
    """Headings that order the rows."""
    share = "least" if asked.wanted.sort == "share" else "share"
    links = {
        "name": ("name", _("Learner")),
        "share": (share, _("Share")),
        "still": ("still", _("Last move")),
        "late": ("late", _("Target")),
    }
    return {
        name: format_html('<a href="{}">{}</a>', asked.href(sort=sort), word) for name, (sort, word) in links.items()
    }


def _filter(asked: Asked, name: str, filled: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "title": FILTERS[name],
        "number": filled[_number(name)],
        "href": asked.href(show=name),
        "here": name == asked.wanted.show,
    }


@lru_cache(maxsize=256)
def _turn(_language: str, previous: str, following: str, first: int, last: int, kept: int) -> SafeString:
    context = {"previous": previous, "next": following, "first": first, "last": last, "kept": kept}
    return SafeString(render_to_string("cohorts/_matrix_turn.html", context).strip())
