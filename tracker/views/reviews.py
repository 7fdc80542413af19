"""Review: the finished topics that come back today, one after the other."""

from __future__ import annotations

import uuid
from urllib.parse import urlencode

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from roadmap.models import Topic
from tracker import access, reviews
from tracker.models import User
from tracker.review_forms import RETENTIONS, PlanForm, RateForm, UndoRatingForm
from tracker.review_page import review_page
from tracker.views.cohorts.common import person
from tracker.views.compressed import compressed


@require_safe
@compressed
def review(request: HttpRequest) -> HttpResponse:
    """The most overdue topic first. `?roadmap=` narrows it to one, `?plans=open` unfolds where review is on."""
    learner = person(request)
    slug = request.GET.get("roadmap", "")
    roadmap = access.roadmap_for_reading(learner, slug) if slug else None
    page = review_page(learner, timezone.now(), roadmap)
    unfolded = not page.on or request.GET.get("plans") == "open"
    context = {
        "page": page,
        "roadmap": roadmap,
        "retentions": RETENTIONS,
        "nonce": uuid.uuid4(),
        "unfolded": unfolded,
    }
    return render(request, "tracker/review.html", context)


@require_POST
def rate_review(request: HttpRequest, slug: str) -> HttpResponse:
    """How well the topic was remembered."""
    learner, topic = _own(request, slug)
    form = RateForm(request.POST)
    if not form.is_valid():
        return _misunderstood(request, form)
    asked = form.cleaned_data
    try:
        reviews.rate(
            learner=learner,
            topic=topic,
            rating=asked["rating"],
            operation=asked["operation"],
            seen=asked["seen"],
            now=timezone.now(),
        )
    except reviews.ReviewError as error:
        return _refused(request, str(error), error.status)
    return HttpResponseRedirect(_page(asked["roadmap"]), status=303)


@require_POST
def undo_review(request: HttpRequest) -> HttpResponse:
    """Take an answer back: the topic stands where it stood before it."""
    learner = person(request)
    access.require_progress(learner)
    form = UndoRatingForm(request.POST)
    if not form.is_valid():
        return _misunderstood(request, form)
    asked = form.cleaned_data
    try:
        log = reviews.undo_rating(learner=learner, operation=asked["operation"], now=timezone.now())
    except reviews.ReviewError as error:
        return _refused(request, str(error), error.status)
    said = format_html(_("Taken back: {} stands where it stood before."), format_html("<bdi>{}</bdi>", log.topic.title))
    messages.success(request, said)
    return HttpResponseRedirect(_page(asked["roadmap"]), status=303)


@require_POST
def set_review(request: HttpRequest, slug: str) -> HttpResponse:
    """Whether the finished topics of a roadmap come back, how many a day and how often."""
    learner = person(request)
    roadmap = access.roadmap_for_reading(learner, slug)
    access.require_progress(learner)
    form = PlanForm(request.POST)
    if not form.is_valid():
        return _misunderstood(request, form)
    plan = reviews.set_review(learner=learner, roadmap=roadmap, now=timezone.now(), **form.cleaned_data)
    if plan.active:
        said = _("Finished topics of {} come back from now on, at most {} a day.")
    else:
        said = _("Review of {} is off. What it knows is kept, for when you turn it on again.")
    messages.success(request, format_html(said, format_html("<bdi>{}</bdi>", roadmap.title), plan.daily_cap))
    return HttpResponseRedirect(f"{reverse('review')}?plans=open#plans", status=303)


def _own(request: HttpRequest, slug: str) -> tuple[User, Topic]:
    """A former slug is followed: pages were open when it changed."""
    learner = person(request)
    try:
        return learner, access.topic_for_progress(learner, slug)
    except access.MovedError as moved:
        return learner, access.topic_for_progress(learner, moved.slug)


def _page(roadmap: str) -> str:
    return reverse("review") + (f"?{urlencode({'roadmap': roadmap})}" if roadmap else "")


def _refused(request: HttpRequest, said: str, status: int) -> HttpResponse:
    context = {"said": said, "status": status, "back": reverse("review")}
    return render(request, "tracker/refused.html", context, status=status)


def _misunderstood(request: HttpRequest, form: Form) -> HttpResponse:
    wrong = " ".join(str(error) for errors in form.errors.values() for error in errors)
    return _refused(request, f"{wrong} {_('Nothing was changed.')}", 422)
