"""Answers to a mentor's acts: with htmx the regions of the page they were done on, else a redirect to it.

A refusal shows how it stands now, and gives back what was written, so that nothing is lost.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from tracker import learner_page
from tracker.models import Cohort, User
from tracker.views.answers import is_htmx
from tracker.views.learner_sheets import On, body, sheet


@dataclass(frozen=True, slots=True)
class At:
    """Who acts for whom, in which cohort."""

    request: HttpRequest
    person: User
    cohort: Cohort
    learner: User


@dataclass(frozen=True, slots=True)
class Done:
    """What was done, for the answer."""

    said: str
    """A sentence, safe HTML."""
    kind: str = ""
    """What `take_back` knows it by; empty for what is not taken back from the toast."""
    operation: uuid.UUID | None = None


def acted(at: At, asked: dict[str, Any], done: Done) -> HttpResponse:
    """Queries: those of the page."""
    if not is_htmx(at.request):
        messages.success(at.request, done.said)
        return HttpResponseRedirect(_place(at, asked), status=303)
    context = {"done": done, "said": done.said, "learner": at.learner, "cohort": at.cohort}
    return render(at.request, "learners/_acted.html", context | _regions(at, asked))


def not_acted(at: At, asked: dict[str, Any], said: str, status: int) -> HttpResponse:
    """Nothing was changed, for the reason `said`. The regions come all the same: they show what somebody else did."""
    kept = asked.get("text") or asked.get("reason") or asked.get("note") or ""
    context = {"said": said, "refused": True, "status": status, "kept": kept, "learner": at.learner}
    if is_htmx(at.request):
        return render(at.request, "learners/_acted.html", _regions(at, asked, kept=kept) | context, status=status)
    return render(at.request, "learners/refused.html", context | {"back": _place(at, asked)}, status=status)


def misunderstood(at: At, form: Form) -> HttpResponse:
    """422: what was sent is not a form of ours, or something in it is wrong."""
    words = _("; ").join(" ".join(map(str, errors)) for errors in form.errors.values())
    said = _("That could not be understood: %(words)s Nothing was changed.") % {"words": words}
    context = {"said": said, "refused": True, "status": 422, "kept": at.request.POST.get("text", "")[:4000]}
    if is_htmx(at.request):
        return render(at.request, "tracker/_status.html", context | {"oob": True}, status=422)
    return render(at.request, "learners/refused.html", context | {"back": _place(at, {})}, status=422)


def _place(at: At, asked: dict[str, Any]) -> str:
    """The page that it was done on."""
    found: str = asked.get("next") or reverse("learner", args=[at.cohort.slug, at.learner.pk])
    return found


def _regions(at: At, asked: dict[str, Any], *, kept: str = "") -> dict[str, Any]:
    """What stands on the page now, as the context of `_acted.html`."""
    if asked.get("on"):
        queues = {On.HELP: learner_page.help_queue, On.SIGN_OFFS: learner_page.sign_off_queue}
        queue = queues[On(asked["on"])](at.person, at.cohort)
        return {"queue": queue, "on": asked["on"], "cohort": at.cohort, "nonce": uuid.uuid4()}
    open_on_it = {name: asked.get(name, "") for name in ("roadmap", "topic")}
    page = learner_page.learner_page(at.person, at.cohort, at.learner, **open_on_it)
    context = sheet(page, at.person, show=asked.get("show", ""), kept=kept)
    return context | body(page, context["show"])
