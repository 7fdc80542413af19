"""What the acts on a cohort answer."""

from __future__ import annotations

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from tracker.cohorts import CohortError
from tracker.models import User


def person(request: HttpRequest) -> User:
    """The signed-in person; the middleware lets nobody else in here."""
    assert isinstance(request.user, User)  # noqa: S101  (for the type checker; LoginRequiredMiddleware holds it)
    return request.user


def done(request: HttpRequest, said: str, to: str) -> HttpResponse:
    """303 to the page, with a message."""
    messages.success(request, said)
    return HttpResponseRedirect(to, status=303)


def not_done(request: HttpRequest, error: CohortError, back: str) -> HttpResponse:
    """The reason, as a page with its status."""
    context = {"said": str(error), "status": error.status, "back": back}
    return render(request, "tracker/refused.html", context, status=error.status)


def misunderstood(request: HttpRequest, form: BaseForm, back: str) -> HttpResponse:
    """422, with what is wrong in each field."""
    wrong = [" ".join(map(str, errors)) for errors in form.errors.values()]
    context = {"said": _("%(wrong)s Nothing was changed.") % {"wrong": " ".join(wrong)}, "status": 422, "back": back}
    return render(request, "tracker/refused.html", context, status=422)
