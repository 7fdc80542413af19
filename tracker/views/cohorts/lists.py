"""One's own cohorts, making one, and leaving one."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tracker import access, cohort_pages
from tracker import cohorts as verbs
from tracker.cohort_forms import FindForm, NewCohortForm
from tracker.cohorts import create as make_cohort
from tracker.views.cohorts.common import done, not_done, person
from tracker.views.compressed import compressed


@require_safe
@compressed
def cohorts(request: HttpRequest) -> HttpResponse:
    """Those one mentors, those one learns in, and the ways to another one. `?page=` of the others there are."""
    find = FindForm(request.GET)
    page = find.cleaned_data["page"] if find.is_valid() else ""
    return render(request, "cohorts/cohorts.html", {"mine": cohort_pages.my_cohorts(person(request), page)})


@require_http_methods(["GET", "HEAD", "POST"])
def new_cohort(request: HttpRequest) -> HttpResponse:
    """A title and a sentence; everything else follows on its pages."""
    access.require_cohort_creation(request.user)
    if request.method != "POST":
        form = NewCohortForm(initial={"operation": uuid.uuid4()})
        return render(request, "cohorts/new_cohort.html", {"form": form})
    form = NewCohortForm(request.POST)
    if not form.is_valid():
        return render(request, "cohorts/new_cohort.html", {"form": form}, status=422)
    asked = form.cleaned_data
    try:
        made = make_cohort(by=person(request), title=asked["title"], summary=asked["summary"], uid=asked["operation"])
    except verbs.CohortError as error:
        return not_done(request, error, reverse("new_cohort"))
    said = format_html(_("<bdi>{}</bdi> is there. Say what it walks, then invite people."), made.title)
    return done(request, said, reverse("cohort_settings", args=[made.slug]))


@require_POST
def leave_cohort(request: HttpRequest, slug: str) -> HttpResponse:
    """By oneself. What one did is kept; the mentors no longer see it."""
    user = person(request)
    cohort = access.cohort_for_member(user, slug)
    back = reverse("cohorts")
    try:
        verbs.leave(cohort=cohort, user=user)
    except verbs.CohortError as error:
        return not_done(request, error, back)
    said = format_html(
        _("You left <bdi>{}</bdi>. All your progress is kept; its mentors no longer see it."), cohort.title
    )
    return done(request, said, back)
