"""A mentor's pages about learners: one of them, the queue of requests for help, what waits for a sign-off."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from roadmap.queries import tree_of
from tracker import access
from tracker import timeline as timelines
from tracker.act_forms import WantedForm
from tracker.acts import want_sign_off
from tracker.acts.vouching import About
from tracker.learner_page import LearnerPage, help_queue, learner_page, sign_off_queue, target_of, wanted_lines
from tracker.models import User
from tracker.permissions import Right, may
from tracker.views.compressed import compressed
from tracker.views.learner_sheets import body, sheet


@require_safe
@compressed
def learner(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """`?roadmap=` is the one shown, `?topic=` is open beside it, `?show=` filters, `?before=` pages the timeline."""
    person = _signed_in(request)
    cohort = access.cohort_for_mentor(person, slug)
    found = access.learner_of_cohort(person, cohort, pk)
    asked = {name: request.GET.get(name, "") for name in ("roadmap", "topic", "before")}
    page: LearnerPage = learner_page(person, cohort, found, **asked)
    context = sheet(page, person, show=request.GET.get("show", ""))
    return render(request, "learners/learner.html", context | body(page, context["show"]))


@require_safe
@compressed
def help_requests(request: HttpRequest, slug: str) -> HttpResponse:
    """Open requests for help, oldest first."""
    person = _signed_in(request)
    cohort = access.cohort_for_mentor(person, slug)
    queue = help_queue(person, cohort, page=_page(request))
    return render(request, "learners/help_requests.html", {"cohort": cohort, "queue": queue, "nonce": uuid.uuid4()})


@require_safe
@compressed
def sign_offs(request: HttpRequest, slug: str) -> HttpResponse:
    """What learners handed in and nobody signed off yet, oldest first."""
    person = _signed_in(request)
    cohort = access.cohort_for_mentor(person, slug)
    queue = sign_off_queue(person, cohort, page=_page(request))
    context: dict[str, object] = {"cohort": cohort, "queue": queue, "nonce": uuid.uuid4()}
    if may(person, Right.EDIT_CURRICULUM):
        context["asking"] = [each.roadmap for each in access.roadmaps_of_cohort(person, cohort)]
    return render(request, "learners/sign_offs.html", context)


@require_safe
@compressed
def timeline(request: HttpRequest) -> HttpResponse:
    """One's own: everything one did, and everything that was done for one, by whom."""
    person = _signed_in(request)
    scope = timelines.Scope(viewer=person.pk)
    found = timelines.timeline(person, scope, before=request.GET.get("before", ""))
    return render(request, "learners/timeline.html", {"timeline": found})


@require_http_methods(["GET", "HEAD", "POST"])
def sign_offs_wanted(request: HttpRequest, slug: str) -> HttpResponse:
    """Which topics and modules of a roadmap want a sign-off. POST sets one of them."""
    roadmap = access.roadmap_for_editing(request.user, slug)
    if request.method == "POST":
        form = WantedForm(request.POST)
        asked = form.cleaned_data if form.is_valid() else {"want": "", "drop": ""}
        key = asked["want"] or asked["drop"]
        topic, section = target_of(roadmap, key)
        if topic is None and section is None:
            context = {"said": _("That could not be understood. Nothing was changed."), "status": 422}
            back = reverse("sign_offs_wanted", args=[roadmap.slug])
            return render(request, "tracker/refused.html", context | {"back": back}, status=422)
        want_sign_off(about=About(roadmap, topic, section), wanted=bool(asked["want"]))
        return HttpResponseRedirect(f"{reverse('sign_offs_wanted', args=[roadmap.slug])}#{key}", status=303)
    lines = wanted_lines(roadmap, tree_of(roadmap))
    context = {"roadmap": roadmap, "lines": lines, "wanted": sum(line.wanted for line in lines)}
    return render(request, "learners/sign_offs_wanted.html", context)


def _page(request: HttpRequest) -> int:
    """`?page=`; the first for what is none."""
    text = request.GET.get("page", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 1


def _signed_in(request: HttpRequest) -> User:
    """The middleware lets nobody else in here."""
    assert isinstance(request.user, User)  # noqa: S101  (for the type checker; LoginRequiredMiddleware holds it)
    return request.user
