"""A learner's first steps, each to be skipped and to be taken again: a roadmap, what they know of it, hours a week."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from roadmap.models import Roadmap
from roadmap.queries import tree_of
from tracker import access, knowing, queries, walking
from tracker.cohort_news import assigned_to
from tracker.known_page import known_page, topics_meant
from tracker.rows import bar, count
from tracker.views.cohorts.common import person
from tracker.views.compressed import compressed
from tracker.welcome_forms import HoursForm, KnownForm


@require_safe
@compressed
def welcome(request: HttpRequest) -> HttpResponse:
    """Which roadmap: those of one's cohorts first."""
    learner = person(request)
    given = {one.roadmap: one.cohort for one in assigned_to(learner)}
    cards = sorted(queries.roadmaps_for(learner), key=lambda card: card.roadmap.pk not in given)
    shown = [(card, bar(card.share, thin=False), count(card.share), given.get(card.roadmap.pk, "")) for card in cards]
    return render(request, "tracker/welcome.html", {"cards": shown, "walks": any(card.enrolled for card in cards)})


@require_POST
def walk(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose a roadmap; then say what one knows of it."""
    learner = person(request)
    roadmap = access.roadmap_for_reading(learner, slug)
    access.require_progress(learner)
    if walking.enrol(learner=learner, roadmap=roadmap):
        messages.success(request, format_html(_("You walk {} now."), format_html("<bdi>{}</bdi>", roadmap.title)))
    return HttpResponseRedirect(reverse("known_topics", args=[roadmap.slug]), status=303)


@require_http_methods(["GET", "HEAD", "POST"])
@compressed
def known_topics(request: HttpRequest, slug: str) -> HttpResponse:
    """What one knows already, modules and topics in one form. Nothing ticked is an answer, too."""
    learner = person(request)
    roadmap = access.roadmap_for_reading(learner, slug)
    access.require_progress(learner)
    form = KnownForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        meant = topics_meant(tree_of(roadmap), form.cleaned_data["section"], form.cleaned_data["topic"])
        if meant:
            _say_known(request, roadmap, meant, form.operation_of(meant))
        return HttpResponseRedirect(reverse("today" if learner.week_hours else "week_hours"), status=303)
    context = {"roadmap": roadmap, "page": known_page(learner, roadmap), "nonce": uuid.uuid4(), "form": form}
    return render(request, "tracker/known_topics.html", context, status=422 if form.errors else 200)


def _say_known(request: HttpRequest, roadmap: Roadmap, meant: list[int], operation: uuid.UUID) -> None:
    known = knowing.know(learner=person(request), roadmap=roadmap, topics=meant, operation=operation)
    if known.topics:
        said = ngettext("%(n)s topic is marked as known.", "%(n)s topics are marked as known.", known.topics)
        messages.success(request, said % {"n": known.topics}, extra_tags=str(operation))
    elif not known.locked:
        messages.info(request, _("All of that was done already. Nothing was changed."))
    if known.locked:
        locked = ngettext(
            "%(n)s topic stays locked, since you did not say that you know what it needs.",
            "%(n)s topics stay locked, since you did not say that you know what they need.",
            len(known.locked),
        )
        messages.warning(request, locked % {"n": len(known.locked)})


@require_http_methods(["GET", "HEAD", "POST"])
def week_hours(request: HttpRequest) -> HttpResponse:
    """How many hours a week one means to spend; an empty answer takes it back."""
    learner = person(request)
    form = HoursForm(request.POST if request.method == "POST" else None, initial={"hours": learner.week_hours})
    if form.is_valid():
        hours = form.cleaned_data["hours"]
        walking.set_week_hours(user=learner, hours=hours)
        said = ngettext("Saved: %(n)s hour a week.", "Saved: %(n)s hours a week.", hours or 0) % {"n": hours}
        messages.success(request, said if hours else _("Saved: no number of hours."))
        return HttpResponseRedirect(reverse("today"), status=303)
    return render(request, "tracker/week_hours.html", {"form": form}, status=422 if form.errors else 200)
