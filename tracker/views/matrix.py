"""The matrix of a cohort, `/cohorts/<slug>/`, with what it shows in the address; and where the cohort stops."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from roadmap.queries import tree_of
from tracker.bottlenecks import bottlenecks as find_bottlenecks
from tracker.matrix import Wanted, cohort_and_roadmaps, ground_of, matrix, roadmap_of, show_of, sort_of
from tracker.matrix_rows import grid_of
from tracker.models import CohortRoadmap
from tracker.views.compressed import compressed
from tracker.views.matrix_page import Asked, Page, tabs_of

LAST_PAGE = 1_000_000


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
    """Four queries with the session's, six where a summary is stale, one more once an hour. A poll with the page's ETag
    gets a 304."""
    found, choices = cohort_and_roadmaps(request.user, slug)
    assigned = roadmap_of(choices, request.GET.get("roadmap", ""))
    if assigned is None:
        return render(request, "cohorts/matrix.html", {"cohort": found})
    tree = tree_of(assigned.roadmap)
    asked = _asked(request, assigned, grid_of(tree).slugs)
    shown = matrix(ground_of(found, assigned, tree, timezone.now()), asked.wanted)
    page = Page(shown, asked, _titles(choices))
    etag = page.etag(request.user.pk)
    response = get_conditional_response(request, etag=etag)
    if not (isinstance(response, HttpResponse) and response.status_code == 304):
        response = page.answer(request, etag)
        response.headers["ETag"] = etag
    return response


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
            "tabs": tabs_of(_titles(choices), Asked(Wanted(), assigned.roadmap.slug, (), figures=False)),
        }
    return render(request, "cohorts/bottlenecks.html", context)


def _titles(choices: Iterable[CohortRoadmap]) -> list[tuple[str, str]]:
    return [(one.roadmap.slug, one.roadmap.title) for one in choices]
