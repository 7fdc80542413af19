"""The health of the curriculum, for those who edit it: what is wrong, each with a repair; links on demand."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from roadmap.apply import NotAppliedError
from roadmap.locks import BusyError
from roadmap.models import Roadmap
from tracker import access, health_page, link_checks
from tracker.permissions import Right, may
from tracker.views.cohorts.common import done, misunderstood, person


class RepairForm(forms.Form):
    act = forms.ChoiceField(choices=[(name, name) for name in health_page.REPAIRS])
    topic = forms.UUIDField()
    requires = forms.UUIDField(required=False)
    roadmap = forms.CharField(required=False, max_length=120)
    """Slug of the roadmap whose page it was on."""


@require_safe
def curriculum_health(request: HttpRequest) -> HttpResponse:
    """Of everything this person edits. `?kind=` alone, `?page=` of it."""
    access.require_some_editing(request.user)
    return _page(request, _mine(request), None)


@require_safe
def roadmap_health(request: HttpRequest, slug: str) -> HttpResponse:
    """Of one roadmap; loops and prerequisites that lead out of it are shown too."""
    roadmap = access.roadmap_in_studio(request.user, slug)
    return _page(request, [roadmap], roadmap)


@require_POST
def repair_health(request: HttpRequest) -> HttpResponse:
    """One small repair: `act`, `topic` and `requires` by their uids."""
    access.require_some_editing(request.user)
    form = RepairForm(request.POST)
    if not form.is_valid():
        return misunderstood(request, form, reverse("curriculum_health"))
    asked = form.cleaned_data
    back = _place(asked["roadmap"])
    topic = access.topic_for_editing(request.user, asked["topic"])
    try:
        said = health_page.repair(act=asked["act"], topic=topic, requires=asked["requires"], by=person(request))
    except (NotAppliedError, BusyError) as error:
        return _refused(request, str(error), back)
    return done(request, said, back)


@require_POST
def check_all_links(request: HttpRequest) -> HttpResponse:
    """Ask some of the addresses of all that this person edits."""
    access.require_some_editing(request.user)
    return _checked(request, _mine(request), None)


@require_POST
def check_links(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask some of the addresses on one roadmap."""
    roadmap = access.roadmap_in_studio(request.user, slug)
    return _checked(request, [roadmap], roadmap)


def _mine(request: HttpRequest) -> list[Roadmap] | None:
    """None: everything, what stands nowhere too."""
    if may(request.user, Right.EDIT_CURRICULUM):
        return None
    return list(access.edited_roadmaps(request.user))


def _page(request: HttpRequest, roadmaps: Sequence[Roadmap] | None, roadmap: Roadmap | None) -> HttpResponse:
    kind = request.GET.get("kind", "")[:20]
    health = health_page.health(roadmaps, kind=kind, page=request.GET.get("page", "")[:10])
    one = health.groups[0] if health.page is not None else None
    context = {"health": health, "roadmap": roadmap, "one": one, "at_a_time": link_checks.AT_A_TIME}
    return render(request, "health/health.html", context)


def _checked(request: HttpRequest, roadmaps: Sequence[Roadmap] | None, roadmap: Roadmap | None) -> HttpResponse:
    back = _place(roadmap.slug if roadmap else "")
    urls = health_page.link_addresses(roadmaps)
    try:
        found = link_checks.check_links(urls=urls, by=person(request), roadmap=roadmap)
    except link_checks.UnderWay as error:
        return _refused(request, str(error), back)
    if not found.asked:
        said = _("No link was asked: all of them answered within the last hour.")
        return done(request, said if not found.left else _("No link answered in time. Try again."), back)
    counts = {"asked": found.asked, "broken": found.broken}
    said = ngettext(
        "%(asked)s link asked, %(broken)s broken.", "%(asked)s links asked, %(broken)s broken.", found.asked
    )
    said %= counts
    if found.left:
        left = ngettext(
            "%(n)s is left: check again for it.", "%(n)s are left: check again for the next ones.", found.left
        )
        said = f"{said} {left % {'n': found.left}}"
    return done(request, said, back)


def _refused(request: HttpRequest, said: str, back: str) -> HttpResponse:
    return render(request, "tracker/refused.html", {"said": said, "status": 409, "back": back}, status=409)


def _place(slug: str) -> str:
    return reverse("roadmap_health", args=[slug]) if slug else reverse("curriculum_health")
