"""One's own account: a page of small forms, each of which saves by itself."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from tracker import feeds, own_access, second_factor, time_zones
from tracker import own_account as verbs
from tracker.account_forms import (
    DeviceForm,
    EndFeedForm,
    LanguageForm,
    NameForm,
    ThemeForm,
    TimeZoneForm,
    WeekHoursForm,
)
from tracker.account_page import account_of
from tracker.views.answers import is_htmx
from tracker.views.cohorts.common import done, misunderstood, person
from tracker.views.compressed import compressed

FORMS: dict[str, type[Form]] = {
    "name": NameForm,
    "language": LanguageForm,
    "theme": ThemeForm,
    "time_zone": TimeZoneForm,
    "week_hours": WeekHoursForm,
}
"""What each form of the page sets."""


@require_safe
@compressed
def account(request: HttpRequest) -> HttpResponse:
    """Everything about oneself on one page."""
    return _page(request)


@require_POST
def set_name(request: HttpRequest) -> HttpResponse:
    return _set(request, "name")


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    return _set(request, "language")


@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """The form of the page, or the button in the bar, which has changed the page already."""
    return _set(request, "theme")


@require_POST
def set_time_zone(request: HttpRequest) -> HttpResponse:
    return _set(request, "time_zone")


@require_POST
def set_week_hours(request: HttpRequest) -> HttpResponse:
    return _set(request, "week_hours")


@require_POST
def sign_out_device(request: HttpRequest) -> HttpResponse:
    """One other session, by its name."""
    form = DeviceForm(request.POST)
    if not form.is_valid():
        return misunderstood(request, form, _place("devices"))
    try:
        verbs.sign_out_device(user=person(request), name=form.cleaned_data["device"], here=_here(request))
    except verbs.ThisDevice as error:
        said = _("That is the browser you are using. To sign out here, use the menu under your name.")
        context = {"said": said, "status": error.status, "back": _place("devices")}
        return render(request, "tracker/refused.html", context, status=error.status)
    return done(request, _("It is signed out."), _place("devices"))


@require_POST
def sign_out_others(request: HttpRequest) -> HttpResponse:
    """All sessions but this one."""
    ended = verbs.sign_out_others(user=person(request), here=_here(request))
    said = ngettext(
        "You are signed out on %(count)d other device.", "You are signed out on %(count)d other devices.", ended
    )
    return done(request, said % {"count": ended} if ended else _("You are signed in here alone."), _place("devices"))


@require_POST
def end_feed(request: HttpRequest, slug: str) -> HttpResponse:
    """The address of a calendar opens nothing any more."""
    user = person(request)
    cohort = own_access.cohort_of_feed(user, slug)
    form = EndFeedForm(request.POST)
    if not form.is_valid():
        return misunderstood(request, form, _place("links"))
    feeds.end(user=user, cohort=cohort, number=form.cleaned_data["number"])
    said = _("The address of that calendar opens nothing any more. The page of the dates has a new one.")
    return done(request, said, reverse("targets", args=[slug]) if form.cleaned_data["back"] else _place("links"))


@require_POST
def end_sign_in_links(request: HttpRequest) -> HttpResponse:
    """Links that were sent or printed, and not used yet."""
    verbs.end_sign_in_links(user=person(request))
    return done(request, _("Those links sign in nobody any more."), _place("links"))


@login_not_required
@require_safe
@compressed
def keyboard(request: HttpRequest) -> HttpResponse:
    """What the dialog shows, for all pages, and for those who have no JavaScript."""
    return render(request, "own/keyboard.html")


def _set(request: HttpRequest, name: str) -> HttpResponse:
    form = FORMS[name](request.POST)
    if not form.is_valid():
        form.fields[name].widget.attrs["autofocus"] = True
        return _page(request, {name: form}, 422)
    user = person(request)
    verbs.change(user=user, **cast("verbs.Settings", {name: form.cleaned_data[name]}))
    if is_htmx(request):
        return HttpResponse(status=204)
    with translation.override(user.language or translation.get_language()):
        messages.success(request, _("Saved."))
    return HttpResponseRedirect(_place(name.replace("_", "-")), status=303)


def _page(request: HttpRequest, sent: dict[str, Form] | None = None, status: int = 200) -> HttpResponse:
    """`sent` is what was typed and could not be understood."""
    user = person(request)
    context: dict[str, Any] = {
        f"{name}_form": form(initial={name: getattr(user, name)}) for name, form in FORMS.items()
    }
    context |= {f"{name}_form": form for name, form in (sent or {}).items()}
    context |= {
        "account": account_of(user, here=_here(request)),
        "zones": time_zones.names(),
        "zone": time_zones.zone_of(user).key,
        "no_passkeys": second_factor.why_no_passkeys(request),
        "has_password": user.has_usable_password(),
    }
    return render(request, "own/account.html", context, status=status)


def _here(request: HttpRequest) -> str:
    return request.session.session_key or ""


def _place(part: str) -> str:
    return f"{reverse('account')}#{part}"
