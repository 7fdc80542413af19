"""The target dates of a cohort: a page, a file, and a feed that calendar programs fetch by themselves."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from tracker import access, feeds
from tracker.models import User
from tracker.targets import calendar_of, feed_token, of_feed, targets_of
from tracker.views.exports import file_name

CALENDAR = "text/calendar; charset=utf-8"


@require_safe
def targets(request: HttpRequest, slug: str) -> HttpResponse:
    person = request.user
    assert isinstance(person, User)  # noqa: S101  (for the type checker; LoginRequiredMiddleware holds it)
    cohort = access.cohort_for_mentor(person, slug)
    feed = settings.PUBLIC_URL + reverse("targets_feed", args=[feed_token(person, cohort)])
    context = {
        "cohort": cohort,
        "targets": targets_of(person, cohort),
        "feed": feed,
        "number": feeds.number_of(person, cohort),
        "today": timezone.localdate(),
    }
    return render(request, "exports/targets.html", context)


@require_safe
def targets_ics(request: HttpRequest, slug: str) -> HttpResponse:
    cohort = access.cohort_for_mentor(request.user, slug)
    name = content_disposition_header(True, file_name(cohort.title, "ics")) or ""
    text = calendar_of(request.user, cohort, now=timezone.now())
    return HttpResponse(text, content_type=CALENDAR, headers={"Content-Disposition": name})


@login_not_required
@require_safe
def targets_feed(request: HttpRequest, token: str) -> HttpResponse:
    """Whoever has the address reads the dates, and nobody's name: calendar programs do not sign in."""
    found = of_feed(token)
    if found is None:
        raise Http404("No such calendar.")
    mentor, cohort = found
    if request.method == "GET":
        feeds.say_fetched(user=mentor, cohort=cohort)
    return HttpResponse(calendar_of(mentor, cohort, now=timezone.now()), content_type=CALENDAR)
