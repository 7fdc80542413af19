"""What a cohort is called and walks, and whether it is over."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from roadmap.models import Roadmap
from tracker import access, cohort_pages
from tracker import cohorts as verbs
from tracker.cohort_forms import ArchiveForm, CohortForm, DatesForm, PlaceForm, RoadmapForm, SlugForm
from tracker.models import Cohort
from tracker.views.cohorts.common import done, misunderstood, not_done, person


@require_safe
def cohort_settings(request: HttpRequest, slug: str) -> HttpResponse:
    cohort = access.cohort_for_mentor(request.user, slug)
    return _page(request, cohort, CohortForm(initial={"title": cohort.title, "summary": cohort.summary}))


@require_POST
def edit_cohort(request: HttpRequest, slug: str) -> HttpResponse:
    """Title and sentence."""
    cohort = access.cohort_for_mentor(request.user, slug)
    form = CohortForm(request.POST)
    if not form.is_valid():
        return _page(request, cohort, form, status=422)
    try:
        verbs.edit(
            cohort=cohort,
            title=form.cleaned_data["title"],
            summary=form.cleaned_data["summary"],
            by=person(request),
        )
    except verbs.CohortError as error:
        return not_done(request, error, _place(cohort))
    return done(request, _("Saved."), _place(cohort))


@require_POST
def assign_roadmap(request: HttpRequest, slug: str) -> HttpResponse:
    """Have the cohort walk a roadmap between two days; or say other days."""
    cohort = access.cohort_for_mentor(request.user, slug)
    form = RoadmapForm(request.POST)
    if not form.is_valid():
        return misunderstood(request, form, _place(cohort))
    asked = form.cleaned_data
    roadmap = access.roadmap_for_reading(request.user, asked["roadmap"])
    try:
        verbs.assign(
            cohort=cohort,
            roadmap=roadmap,
            starts_on=asked["starts_on"],
            target_on=asked["target_on"],
            by=person(request),
        )
    except verbs.CohortError as error:
        return not_done(request, error, _place(cohort))
    return done(request, format_html(_("The cohort walks <bdi>{}</bdi>."), roadmap.title), _place(cohort, "#roadmaps"))


@require_POST
def unassign_roadmap(request: HttpRequest, slug: str) -> HttpResponse:
    cohort = access.cohort_for_mentor(request.user, slug)
    form = SlugForm(request.POST)
    if not form.is_valid():
        return misunderstood(request, form, _place(cohort))
    found = _roadmap(request, cohort, form.cleaned_data["roadmap"])
    try:
        verbs.unassign(cohort=cohort, roadmap=found, by=person(request))
    except verbs.CohortError as error:
        return not_done(request, error, _place(cohort))
    said = format_html(_("The cohort no longer walks <bdi>{}</bdi>. What its people did there is kept."), found.title)
    return done(request, said, _place(cohort, "#roadmaps"))


@require_POST
def place_roadmap(request: HttpRequest, slug: str) -> HttpResponse:
    """Its place among those the cohort walks, from 0."""
    cohort = access.cohort_for_mentor(request.user, slug)
    form = PlaceForm(request.POST)
    if not form.is_valid():
        return misunderstood(request, form, _place(cohort))
    found = _roadmap(request, cohort, form.cleaned_data["roadmap"])
    try:
        verbs.put_at(cohort=cohort, roadmap=found, place=form.cleaned_data["place"])
    except verbs.CohortError as error:
        return not_done(request, error, _place(cohort))
    said = format_html(_("<bdi>{}</bdi> is number {} now."), found.title, form.cleaned_data["place"] + 1)
    return done(request, said, _place(cohort, "#roadmaps"))


@require_POST
def archive_cohort(request: HttpRequest, slug: str) -> HttpResponse:
    """Archived, or open again."""
    cohort = access.cohort_for_mentor(request.user, slug)
    form = ArchiveForm(request.POST)
    if not form.is_valid():
        return misunderstood(request, form, _place(cohort))
    if form.cleaned_data["state"] == "archived":
        verbs.archive(cohort=cohort, by=person(request))
        said = _("The cohort is archived: it can be read, and nothing in it changes any more.")
    else:
        verbs.reopen(cohort=cohort, by=person(request))
        said = _("The cohort is open again. Codes that are still good let people in.")
    return done(request, said, _place(cohort))


def _page(request: HttpRequest, cohort: Cohort, form: CohortForm, status: int = 200) -> HttpResponse:
    found = cohort_pages.settings_of(person(request), cohort)
    walked = [
        (each, DatesForm(initial={"starts_on": each.starts_on, "target_on": each.target_on}, auto_id=f"r{each.pk}-%s"))
        for each in found.assigned
    ]
    context = {"cohort": cohort, "form": form, "walked": walked, "settings": found, "nonce": uuid.uuid4()}
    context["new_dates"] = DatesForm(auto_id="new-%s")
    return render(request, "cohorts/cohort_settings.html", context, status=status)


def _roadmap(request: HttpRequest, cohort: Cohort, slug: str) -> Roadmap:
    """One that the cohort walks, whatever became of it; or walked until the click before this one."""
    try:
        return access.roadmap_assigned_to(request.user, cohort, slug)
    except Http404:
        return access.roadmap_for_reading(request.user, slug)


def _place(cohort: Cohort, part: str = "") -> str:
    return reverse("cohort_settings", args=[cohort.slug]) + part
