"""Accounts, for owners: who there is, what they may do, and letting somebody in."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tracker import access, people_pages, sign_up
from tracker import people as verbs
from tracker.models import User
from tracker.people_forms import ActiveForm, AgainForm, EditingForm, FindPeopleForm, InviteForm, RoleForm
from tracker.views.cohorts.common import done, misunderstood
from tracker.views.cohorts.common import person as signed_in


@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """Everybody, by name. `?q=` in names and addresses, `?role=`, `?state=` (on, off, new), `?page=`."""
    access.require_people(request.user)
    return _list(request, InviteForm(initial={"operation": uuid.uuid4()}))


@require_POST
def invite_person(request: HttpRequest) -> HttpResponse:
    """An account and a message with a link that signs in."""
    access.require_people(request.user)
    form = InviteForm(request.POST)
    if not form.is_valid():
        return _list(request, form, 422)
    asked = form.cleaned_data
    try:
        user = verbs.invite(by=signed_in(request), **asked)
    except verbs.PeopleError as error:
        form.add_error("email", str(error))
        return _list(request, form, error.status)
    said = format_html(_("An invitation to <bdi>{}</bdi> is on the way."), user.email)
    return done(request, said, reverse("person", args=[user.pk]))


@require_safe
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """One account: role, roadmaps they edit, cohorts they are in."""
    user = access.person_for_owner(request.user, pk)
    context = {
        "person": user,
        "account": people_pages.account(user),
        "role_form": RoleForm(initial={"role": user.role}),
        "nonce": uuid.uuid4(),
    }
    return render(request, "people/person.html", context)


@require_POST
def set_role(request: HttpRequest, pk: int) -> HttpResponse:
    user = access.person_for_owner(request.user, pk)
    form = RoleForm(request.POST)
    if not form.is_valid():
        return misunderstood(request, form, _place(user))
    role = form.cleaned_data["role"]
    try:
        verbs.set_role(by=signed_in(request), user=user, role=role)
    except verbs.PeopleError as error:
        return _not_done(request, error, user)
    words = {
        User.Role.LEARNER: _("<bdi>{}</bdi> is a learner now."),
        User.Role.MENTOR: _("<bdi>{}</bdi> is a mentor now."),
        User.Role.EDITOR: _("<bdi>{}</bdi> is an editor now."),
        User.Role.OWNER: _("<bdi>{}</bdi> is an owner now."),
    }
    said = format_html(words[role], user.shown_name)
    return done(request, said, _place(user) if user != request.user else reverse("roadmaps"))


@require_POST
def set_active(request: HttpRequest, pk: int) -> HttpResponse:
    """`state` on or off."""
    user = access.person_for_owner(request.user, pk)
    form = ActiveForm(request.POST)
    if not form.is_valid():
        return misunderstood(request, form, _place(user))
    act, said = {
        "on": (verbs.activate, _("<bdi>{}</bdi> may sign in again.")),
        "off": (
            verbs.deactivate,
            _("<bdi>{}</bdi> is signed out everywhere and cannot sign in. What they did is kept."),
        ),
    }[form.cleaned_data["state"]]
    try:
        act(by=signed_in(request), user=user)
    except verbs.PeopleError as error:
        return _not_done(request, error, user)
    return done(request, format_html(said, user.shown_name), _place(user))


@require_POST
def set_editing(request: HttpRequest, pk: int) -> HttpResponse:
    """Whether they edit one `roadmap`: `edits` yes or no."""
    user = access.person_for_owner(request.user, pk)
    form = EditingForm(request.POST)
    if not form.is_valid():
        return misunderstood(request, form, _place(user))
    roadmap = access.roadmap_for_editing(request.user, form.cleaned_data["roadmap"])
    act, said = {
        "yes": (verbs.allow_editing, _("<bdi>{}</bdi> edits <bdi>{}</bdi> now.")),
        "no": (verbs.forbid_editing, _("<bdi>{}</bdi> no longer edits <bdi>{}</bdi>.")),
    }[form.cleaned_data["edits"]]
    act(by=signed_in(request), user=user, roadmap=roadmap)
    return done(request, format_html(said, user.shown_name, roadmap.title), _place(user, "#edits"))


@require_POST
def resend_account(request: HttpRequest, pk: int) -> HttpResponse:
    """Another link to somebody who never came in."""
    user = access.person_for_owner(request.user, pk)
    form = AgainForm(request.POST)
    if not form.is_valid():
        return misunderstood(request, form, _place(user))
    try:
        verbs.resend(by=signed_in(request), user=user, operation=form.cleaned_data["operation"])
    except verbs.PeopleError as error:
        return _not_done(request, error, user)
    said = format_html(_("A new link to <bdi>{}</bdi> is on the way. The one before ended."), user.email)
    return done(request, said, _place(user))


def _list(request: HttpRequest, form: InviteForm, status: int = 200) -> HttpResponse:
    find = FindPeopleForm(request.GET)
    find.is_valid()
    asked = {name: find.cleaned_data.get(name, "") for name in ("q", "role", "state")}
    also = QueryDict(mutable=True)
    for name, value in asked.items():
        if value:
            also[name] = value
    context = {
        "page": people_pages.accounts(
            search=asked["q"], role=asked["role"], state=asked["state"], page=find.cleaned_data.get("page", "")
        ),
        "find": find,
        "asked": asked,
        "also": also.urlencode(),
        "policy": sign_up.SAID[settings.SIGN_UP],
        "invite_form": form,
    }
    return render(request, "people/people.html", context, status=status)


def _not_done(request: HttpRequest, error: verbs.PeopleError, user: User) -> HttpResponse:
    context = {"said": str(error), "status": error.status, "back": _place(user)}
    return render(request, "tracker/refused.html", context, status=error.status)


def _place(user: User, part: str = "") -> str:
    return reverse("person", args=[user.pk]) + part
