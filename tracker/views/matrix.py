"""The matrix of a cohort, `/cohorts/<slug>/`, with what it shows in the address; and where the cohort stops."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from roadmap.queries import tree_of
from roadmap.tree import Tree
from tracker.bottlenecks import bottlenecks as find_bottlenecks
from tracker.matrix import SIZE, Matrix, Wanted, cohort_and_roadmaps, ground_of, matrix, roadmap_of, show_of, sort_of
from tracker.matrix_rows import Column, Rows, grid_of
from tracker.models import CohortRoadmap
from tracker.need import ASKED_AT_ONCE, ASKED_FULL, FULL_AT, NEEDS_YOU, WEIGHTS
from tracker.views.compressed import compressed

FILTERS = {
    "": "Everybody",
    "you": "Need you",
    "asked": "Asked for help",
    "stuck": "Stuck",
    "quiet": "Quiet",
    "behind": "Behind",
    "finished": "Finished",
}
ORDERS = {
    "need": "Who needs you first",
    "name": "By name",
    "share": "Furthest first",
    "least": "Least far first",
    "still": "Quiet for longest first",
    "late": "Most behind first",
}
NEED = {
    "weights": WEIGHTS,
    "needs_you": round(NEEDS_YOU),
    "asked_at_once": round(ASKED_AT_ONCE * WEIGHTS["asked"]),
    "asked_full": round(ASKED_FULL),
    "full_at": round(FULL_AT),
}
LAST_PAGE = 1_000_000
KEPT_HEADS = 64


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


def _asked(request: HttpRequest, assigned: CohortRoadmap, slugs: Iterable[str]) -> Asked:
    get = request.GET
    page = get.get("page", "")
    number = min(int(page), LAST_PAGE) if page.isascii() and page.isdigit() and len(page) < 10 else 1
    wanted = Wanted(
        show_of(get.get("show", "")), sort_of(get.get("sort", "")), get.get("q", "").strip()[:100], max(1, number)
    )
    known = set(slugs)
    opened = tuple(dict.fromkeys(slug for slug in get.getlist("open") if slug in known))
    return Asked(wanted, assigned.roadmap.slug, opened, get.get("figures") == "1")


@require_safe
@compressed
def cohort(request: HttpRequest, slug: str) -> HttpResponse:
    """Three queries, five where a summary is stale, one more once an hour. A poll with the page's ETag gets a 304."""
    found, choices = cohort_and_roadmaps(request.user, slug)
    assigned = roadmap_of(choices, request.GET.get("roadmap", ""))
    context: dict[str, Any] = {"cohort": found}
    etag = ""
    if assigned is not None:
        tree = tree_of(assigned.roadmap)
        asked = _asked(request, assigned, [module.slug for module in grid_of(tree).modules])
        ground = ground_of(found, assigned, tree, timezone.now())
        shown = matrix(ground, asked.wanted)
        context |= _context(shown, asked) | {"tabs": _tabs(choices, asked), "matrix": shown}
        etag = context["etag"] = _etag(context, found.title, request.user.pk)
        response = get_conditional_response(request, etag=etag)
        if isinstance(response, HttpResponse) and response.status_code == 304:
            return response
    answer = render(request, "cohorts/matrix.html", context)
    if etag:
        answer.headers["ETag"] = etag
    return answer


@require_safe
@compressed
def bottlenecks(request: HttpRequest, slug: str) -> HttpResponse:
    """Where the cohort stops on one roadmap. Four queries, two more where a summary is stale, one more once an hour."""
    found, choices = cohort_and_roadmaps(request.user, slug)
    assigned = roadmap_of(choices, request.GET.get("roadmap", ""))
    context: dict[str, Any] = {"cohort": found}
    if assigned is not None:
        tree = tree_of(assigned.roadmap)
        ground = ground_of(found, assigned, tree, timezone.now())
        context |= {
            "roadmap": assigned.roadmap,
            "usual": ground.usual,
            "strict": tree.locking == "strict",
            "found": find_bottlenecks(ground),
            "tabs": _tabs(choices, Asked(Wanted(), assigned.roadmap.slug, (), figures=False)),
        }
    return render(request, "cohorts/bottlenecks.html", context)


def _context(shown: Matrix, asked: Asked) -> dict[str, Any]:
    ground = shown.ground
    rows = Rows(ground, asked.opened)
    columns = rows.grid.columns(asked.opened)
    last = min(shown.page * SIZE, shown.kept)
    return {
        "asked": asked.wanted,
        "roadmap": ground.assigned.roadmap,
        "usual": ground.usual,
        "need": NEED,
        "body": rows.html(shown.learners),
        "head": _head(ground.tree, asked, columns),
        "opened": asked.opened,
        "figures": asked.figures,
        "figures_href": asked.href(figures="" if asked.figures else "1"),
        "filters": [_filter(shown, asked, name) for name in FILTERS],
        "sorts": list(ORDERS.items()),
        "target": date_format(ground.assigned.target_on, "j F Y") if ground.assigned.target_on else "",
        "clear": asked.href(show="", q=""),
        "previous": asked.href(page=shown.page - 1) if shown.page > 1 else "",
        "next": asked.href(page=shown.page + 1) if shown.page < shown.pages else "",
        "first": (shown.page - 1) * SIZE + 1,
        "last": last,
    }


def _head(tree: Tree, asked: Asked, columns: Sequence[Column]) -> str:
    """The columns' headings with their links, rendered once for each address of the last that were asked for."""
    kept = tree.kept.setdefault(__name__, {})
    assert isinstance(kept, dict)  # noqa: S101  (for the type checker)
    found: str | None = kept.get(asked)
    if found is None:
        if len(kept) >= KEPT_HEADS:
            kept.clear()
        context = {
            "columns": [_column(column, asked) for column in columns],
            "levels": _levels(columns),
            "heads": _heads(asked),
            "asked": asked.wanted,
        }
        found = kept[asked] = render_to_string("cohorts/_matrix_columns.html", context)
    return found


def _tabs(choices: Iterable[CohortRoadmap], asked: Asked) -> list[dict[str, Any]]:
    """Another roadmap has other modules: what was opened is left behind."""
    return [
        {
            "title": one.roadmap.title,
            "href": asked.href(roadmap=one.roadmap.slug, open=""),
            "here": one.roadmap.slug == asked.roadmap,
        }
        for one in choices
    ]


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
        "name": ("name", "Learner"),
        "share": (share, "Share"),
        "still": ("still", "Last move"),
        "late": ("late", "Target"),
    }
    return {
        name: format_html('<a href="{}">{}</a>', asked.href(sort=sort), word) for name, (sort, word) in links.items()
    }


def _filter(shown: Matrix, asked: Asked, name: str) -> dict[str, Any]:
    return {
        "title": FILTERS[name],
        "number": shown.counts[name] if name else shown.total,
        "href": asked.href(show=name),
        "here": name == asked.wanted.show,
    }


def _etag(context: dict[str, Any], title: str, reader: int | None) -> str:
    """Of what the page shows, without what differs on every answer; weak, since the answer may be compressed."""
    parts = [title, str(reader), *(str(value) for name, value in context.items() if name not in {"cohort", "matrix"})]
    shown = context["matrix"]
    parts += [str(shown.counts), str((shown.total, shown.moved, shown.median, shown.kept))]
    return f'W/"{sha256(chr(0).join(parts).encode()).hexdigest()[:32]}"'
