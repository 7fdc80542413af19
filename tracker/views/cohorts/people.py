"""Who is in a cohort, the codes that let people in, and who mentors."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tracker import access, cohort_pages, invitations
from tracker import cohorts as verbs
from tracker.cohort_forms import CodeForm, FindForm, ListForm
from tracker.models import Cohort
from tracker.views.cohorts.common import done, misunderstood, not_done, person


@require_safe
def cohort_people(request: HttpRequest, slug: str) -> HttpResponse:
    """Mentors, learners (`?q=` in their names, `?page=`), codes, and who is invited (`?invited=`, its page)."""
    cohort = access.cohort_for_mentor(request.user, slug)
    find = FindForm(request.GET)
    asked = find.cleaned_data if find.is_valid() else {"q": "", "page": "", "invited": ""}
    found = cohort_pages.people(cohort, search=asked["q"], page=asked["page"], invited_page=asked["invited"])
    operation = {"operation": uuid.uuid4()}
    context = {
        "cohort": cohort,
        "people": found,
        "asked": asked,
        "nonce": uuid.uuid4(),
        "code_form": CodeForm(initial=operation, auto_id="code-%s"),
        "list_form": ListForm(auto_id="list-%s"),
    }
    return render(request, "cohorts/cohort_people.html", context)


@require_POST
def make_code(request: HttpRequest, slug: str) -> HttpResponse:
    """A code that lets people in."""
    cohort = access.cohort_for_mentor(request.user, slug)
    form = CodeForm(request.POST)
    if not form.is_valid():
        return misunderstood(request, form, _place(cohort))
    asked = form.cleaned_data
    try:
        made = invitations.make_code(
            cohort=cohort,
            by=person(request),
            role=asked["role"],
            operation=asked["operation"],
            expires_at=form.expires_at(),
            seats=asked["seats"],
        )
    except verbs.CohortError as error:
        return not_done(request, error, _place(cohort))
    said = format_html(_("The code <b>{}</b> is good from now."), invitations.written(made.code))
    return done(request, said, _place(cohort, "#codes"))


@require_POST
def revoke_code(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    cohort = access.cohort_for_mentor(request.user, slug)
    try:
        invitations.revoke_code(cohort=cohort, code=pk, by=person(request))
    except verbs.CohortError as error:
        return not_done(request, error, _place(cohort))
    return done(request, _("The code lets nobody in any more. Who came in through it stays."), _place(cohort, "#codes"))


@require_POST
def make_mentor(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """A member mentors from now on."""
    cohort = access.cohort_for_mentor(request.user, slug)
    member = access.member_of_cohort(request.user, cohort, pk)
    try:
        verbs.make_mentor(cohort=cohort, user=member.pk, by=person(request))
    except verbs.CohortError as error:
        return not_done(request, error, _place(cohort))
    said = format_html(_("<bdi>{}</bdi> is a mentor of this cohort now."), member.shown_name)
    return done(request, said, _place(cohort))


@require_POST
def remove_member(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Out of the cohort; to one's own cohorts where it was oneself."""
    user = person(request)
    cohort = access.cohort_for_mentor(user, slug)
    member = access.member_of_cohort(user, cohort, pk)
    try:
        verbs.remove(cohort=cohort, user=member.pk, by=user)
    except verbs.CohortError as error:
        return not_done(request, error, _place(cohort))
    said = format_html(_("<bdi>{}</bdi> is no longer in this cohort. Their progress is theirs."), member.shown_name)
    still = access.mentored_cohorts(user).filter(pk=cohort.pk).exists()
    return done(request, said, _place(cohort) if still else reverse("cohorts"))


def _place(cohort: Cohort, part: str = "") -> str:
    return reverse("cohort_people", args=[cohort.slug]) + part
