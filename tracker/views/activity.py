"""How much one did, day by day, and how fast one goes on the roadmaps one walks."""

from __future__ import annotations

from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import formats
from django.views.decorators.http import require_POST, require_safe

from tracker import access
from tracker import timeline as timelines
from tracker.activity import first_move, moves_by_day
from tracker.forms import PaceForm
from tracker.heat import LEVELS, heat
from tracker.pace import WEEKS
from tracker.pace_page import hide_pace, pace_on, paces_of
from tracker.time_zones import today_of, zone_of
from tracker.views.answers import not_understood
from tracker.views.cohorts.common import person
from tracker.views.compressed import compressed

LINES = 10
"""Entries of the timeline that are shown here."""


@require_safe
@compressed
def activity(request: HttpRequest) -> HttpResponse:
    """`?year=` is a calendar year; the last twelve months without it. Ten queries at most, one without the pace."""
    learner = person(request)
    zone, today = zone_of(learner), today_of(learner)
    began = first_move(learner, zone)
    years = list(range(today.year, (began or today).year - 1, -1))
    year = _year(request.GET.get("year", ""), years)
    first, last = (date(year, 1, 1), min(date(year, 12, 31), today)) if year else (_year_before(today), today)
    found = heat(
        moves_by_day(learner, first, last, zone), first, last, week_start=formats.get_format("FIRST_DAY_OF_WEEK")
    )
    shown = timelines.timeline(learner, timelines.Scope(viewer=learner.pk), limit=LINES)
    context = {
        "heat": found,
        "scale": [(14 * level, level) for level in range(LEVELS + 1)],
        "first": first,
        "last": last,
        "year": year,
        "years": years,
        "zone": zone.key,
        "paces": [] if learner.pace_hidden else paces_of(learner),
        "timeline": shown,
        "older": f"{reverse('timeline')}?before={shown.older}" if shown.older else "",
    }
    return render(request, "tracker/activity.html", context)


@require_safe
@compressed
def pace(request: HttpRequest, slug: str) -> HttpResponse:
    """One's own on a roadmap, with how it is worked out."""
    learner = person(request)
    roadmap = access.roadmap_for_reading(learner, slug)
    context = {"roadmap": roadmap, "pace": None if learner.pace_hidden else pace_on(learner, roadmap), "most": WEEKS}
    return render(request, "tracker/pace.html", context)


@require_POST
def show_pace(request: HttpRequest) -> HttpResponse:
    """Remember whether the person wants to see their pace, here and everywhere."""
    learner = person(request)
    form = PaceForm(request.POST)
    if not form.is_valid():
        return not_understood(request, form)
    hide_pace(person=learner, hidden=form.cleaned_data["hidden"] == "yes")
    return HttpResponseRedirect(form.cleaned_data["next"] or reverse("activity"), status=303)


def _year(text: str, years: list[int]) -> int | None:
    """One of `years`; None for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) == 4 and int(text) in years else None


def _year_before(today: date) -> date:
    return today - timedelta(days=364)
