"""Deleting one's account: the page, the wish, and the change of mind."""

from __future__ import annotations

from datetime import timedelta

from allauth.core import ratelimit
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from tracker import erasing
from tracker.models import User
from tracker.people import LastOwner
from tracker.profile_forms import EraseForm
from tracker.views.cohorts.common import person

FRESH = timedelta(minutes=15)
"""Who has no password shows that it is them by having signed in just now."""


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def erase_account(request: HttpRequest) -> HttpResponse:
    """What goes, what stays, the form. POST asks for it: 409 for the last owner, 422 for a slip, 429 for guesses."""
    user = person(request)
    if user.erase_after is not None:
        return render(request, "mine/erase_account.html", {"until": user.erase_after})
    if not user.has_usable_password() and not _fresh(user):
        return render(
            request, "mine/erase_account.html", {"stale": True}, status=403 if request.method == "POST" else 200
        )
    form = EraseForm(request.POST if request.method == "POST" else None, user=user)
    status, said = 200, ""
    if request.method == "POST":
        if not ratelimit.consume(request, action="reauthenticate", user=user):
            status, said = 429, _("Those were too many tries. Wait a minute. Nothing was changed.")
        elif not form.is_valid():
            status = 422
        else:
            try:
                erasing.ask(user=user)
            except LastOwner as error:
                status, said = error.status, str(error)
            else:
                return HttpResponseRedirect(request.path, status=303)
    return render(
        request, "mine/erase_account.html", {"form": form, "said": said, "grace": erasing.GRACE}, status=status
    )


@require_POST
def keep_account(request: HttpRequest) -> HttpResponse:
    """They changed their mind."""
    erasing.keep(user=person(request))
    messages.success(request, _("Your account stays. Nothing was deleted."))
    return HttpResponseRedirect(reverse("roadmaps"), status=303)


def _fresh(user: User) -> bool:
    return user.last_login is not None and timezone.now() - user.last_login < FRESH
