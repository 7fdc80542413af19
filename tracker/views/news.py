"""What is new on a roadmap, for whoever may read it."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tracker import access
from tracker import news as reading
from tracker.views.cohorts.common import done, person
from tracker.views.compressed import compressed


@login_not_required
@require_safe
@compressed
def news(request: HttpRequest, slug: str) -> HttpResponse:
    """The last first. `?page=`."""
    roadmap = access.roadmap_for_reading(request.user, slug)
    page, entries = reading.news_page(request.user, roadmap, request.GET.get("page", ""))
    context = {"roadmap": roadmap, "page": page, "entries": entries, "unread": any(entry.unread for entry in entries)}
    return render(request, "tracker/news.html", context)


@require_POST
def news_read(request: HttpRequest, slug: str) -> HttpResponse:
    """The learner read it: the roadmap's page says so no more."""
    roadmap = access.roadmap_for_reading(request.user, slug)
    reading.mark_read(learner=person(request), roadmap=roadmap)
    return done(request, _("Marked as read."), reverse("roadmap", args=[slug]))
