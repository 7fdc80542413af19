"""Inviting by address: read the list, show what was not taken, ask, and only then send."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from tracker import access, invitations, roster
from tracker import cohorts as verbs
from tracker.cohort_forms import ListForm, OperationForm, SendForm
from tracker.models import Cohort
from tracker.views.cohorts.common import done, misunderstood, not_done, person

SHOWN = 200
"""Problems, and people, that the preview lists one by one."""


@require_POST
def preview_invitations(request: HttpRequest, slug: str) -> HttpResponse:
    """What the list says, what is wrong with it first. Nothing is sent or stored. 422 when nobody is on it."""
    cohort = access.cohort_for_mentor(request.user, slug)
    if cohort.archived_at is not None:
        return not_done(request, verbs.Archived(), _place(cohort))
    form = ListForm(request.POST, request.FILES)
    if not form.is_valid():
        return misunderstood(request, form, _place(cohort))
    found = _read(cohort, form.content())
    send = SendForm(initial={"operation": uuid.uuid4(), "people": roster.write(found.people)})
    wrong = [problem for problem in found.problems if problem.wrong]
    context = {
        "cohort": cohort,
        "roster": found,
        "wrong": wrong[:SHOWN],
        "wrong_more": len(wrong[SHOWN:]),
        "left_out": [problem for problem in found.problems if not problem.wrong][:SHOWN],
        "left_out_more": max(0, len(found.problems) - len(wrong) - SHOWN),
        "shown": found.people[:SHOWN],
        "more": len(found.people[SHOWN:]),
        "mentors": sum(each.role == roster.MENTOR for each in found.people),
        "send_form": send,
        "list_form": ListForm(initial={"addresses": request.POST.get("addresses", "")}, auto_id="list-%s"),
    }
    return render(request, "cohorts/preview_invitations.html", context, status=200 if found.people else 422)


@require_POST
def send_invitations(request: HttpRequest, slug: str) -> HttpResponse:
    """To those whom the preview showed; what it took is read anew, since it comes from the page."""
    cohort = access.cohort_for_mentor(request.user, slug)
    form = SendForm(request.POST)
    if not form.is_valid():
        return misunderstood(request, form, _place(cohort))
    found = roster.read(form.cleaned_data["people"])
    try:
        sent = invitations.invite(
            cohort=cohort, by=person(request), people=found.people, operation=form.cleaned_data["operation"]
        )
    except verbs.CohortError as error:
        return not_done(request, error, _place(cohort))
    said = ngettext("%(n)s invitation on the way.", "%(n)s invitations on the way.", sent) % {"n": sent}
    return done(request, said, _place(cohort, "#invited"))


@require_POST
def resend_invitation(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """A new link to the same address."""
    cohort = access.cohort_for_mentor(request.user, slug)
    form = OperationForm(request.POST)
    if not form.is_valid():
        return misunderstood(request, form, _place(cohort))
    try:
        sent = invitations.resend(
            cohort=cohort, invited=pk, by=person(request), operation=form.cleaned_data["operation"]
        )
    except verbs.CohortError as error:
        return not_done(request, error, _place(cohort))
    said = format_html(_("A new invitation to <bdi>{}</bdi> is on the way. The one before ended."), sent.email)
    return done(request, said, _place(cohort, "#invited"))


@require_POST
def revoke_invitation(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    cohort = access.cohort_for_mentor(request.user, slug)
    try:
        ended = invitations.revoke_link(cohort=cohort, invited=pk, by=person(request))
    except verbs.CohortError as error:
        return not_done(request, error, _place(cohort))
    said = format_html(_("The invitation to <bdi>{}</bdi> is taken back."), ended.email)
    return done(request, said, _place(cohort, "#invited"))


def _read(cohort: Cohort, content: bytes | str) -> roster.Roster:
    """Two queries."""
    members, waiting = invitations.member_addresses(cohort), invitations.waiting_addresses(cohort)
    return roster.read(content, members=members, invited=waiting)


def _place(cohort: Cohort, part: str = "") -> str:
    return reverse("cohort_people", args=[cohort.slug]) + part
