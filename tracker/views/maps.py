"""The map of a roadmap: its prerequisites as a picture and as a list, with a learner's states."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from tracker import access, queries
from tracker.maps.alone import alone, style_hash
from tracker.maps.asked import Asked, shown
from tracker.maps.drawn import drawn
from tracker.maps.looks import legend
from tracker.maps.page import caption, goal_on, looks_of, map_page
from tracker.sessions import with_walks
from tracker.views.compressed import compressed

CSP = "default-src 'none'; style-src 'sha256-%s'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""Of the file, opened by itself: nothing runs, nothing is fetched, and only its own styles count."""


@login_not_required
@with_walks
@require_safe
@compressed
def roadmap_map(request: HttpRequest, slug: str) -> HttpResponse:
    """`?module=`, `?hops=`, `?whole=1`, `?left=1`, `?all=1`, `?goal=`, `?list=1`. A query more than the roadmap."""
    found, counted = access.roadmap_with_summaries(request.user, slug)
    here = queries.standing(request.user, found, counted)
    page = map_page(here, Asked.of(request.GET.dict()), goal_on(request.user, found, here.tree))
    context = {
        "roadmap": found,
        "page": page,
        "body": page.body,
        "outline": page.outline,
        "caption": caption(found, page.shown),
    }
    return render(request, "tracker/roadmap_map.html", context)


@login_not_required
@with_walks
@require_safe
@compressed
def roadmap_map_svg(request: HttpRequest, slug: str) -> HttpResponse:
    """The same picture as a file, for the wall. Takes what the page takes; saved, or opened by itself."""
    found, counted = access.roadmap_with_summaries(request.user, slug)
    here = queries.standing(request.user, found, counted)
    asked = Asked.of(request.GET.dict())
    seen = shown(here, asked)
    drawing = drawn(here.tree, seen.topics, everything=asked.everything) if seen.topics else None
    target = [seen.goal.id] if seen.goal else []
    number = len(seen.topics)
    text = alone(
        drawing,
        drawing.filled(looks_of(here), way=(*seen.way, *target)) if drawing else "",
        title=caption(found, seen),
        about=ngettext("%(number)d topic.", "%(number)d topics.", number) % {"number": number}
        + " "
        + _("Lines lead from what is needed, on the left, to what it opens."),
        origin=request.build_absolute_uri("/").rstrip("/"),
        legend=legend(strict=here.tree.locking == "strict"),
    )
    response = HttpResponse(text, content_type="image/svg+xml")
    response["Content-Disposition"] = content_disposition_header(True, f"{found.slug}-map.svg") or "attachment"
    response["Content-Security-Policy"] = CSP % style_hash()
    return response
