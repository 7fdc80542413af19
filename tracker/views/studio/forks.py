"""Forks: made from a roadmap, and the plan of what the followed one changed, looked through and applied."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from roadmap import forking
from roadmap.apply import NotAppliedError
from roadmap.forking import AddressTakenError, NotFollowingError
from roadmap.in_words import in_words
from roadmap.locks import BusyError
from roadmap.models import Fork, Roadmap
from roadmap.studio.shape import ImpossibleError
from tracker import fork_access, fork_pages, forks, studio_acts
from tracker.fork_forms import ApplyUpstreamForm, Chosen, ChosenForm, FollowForm, ForkForm, UndoUpstreamForm
from tracker.imports.verbs import UnconfirmedError
from tracker.views.cohorts.common import person

MISUNDERSTOOD = _lazy("That could not be understood. Nothing was changed.")


@require_http_methods(["GET", "HEAD", "POST"])
def fork_roadmap(request: HttpRequest, slug: str) -> HttpResponse:
    """A title and an address; the fork begins as a draft that shows what this roadmap shows."""
    roadmap = fork_access.roadmap_to_fork(request.user, slug)
    given = {"operation": uuid.uuid4(), "title": roadmap.title}
    form = ForkForm(request.POST if request.method == "POST" else None, initial=given)
    context = {"roadmap": roadmap, "form": form, "draft": roadmap.state == Roadmap.State.DRAFT}
    if request.method != "POST":
        return render(request, "studio/fork_roadmap.html", context)
    if not form.is_valid():
        return render(request, "studio/fork_roadmap.html", context, status=422)
    asked = studio_acts.asked_by(person(request), form.cleaned_data["operation"])
    wanted = {name: form.cleaned_data[name] for name in ("title", "slug")}
    try:
        made = forking.fork_roadmap(upstream=roadmap, asked=asked, **wanted)
    except (AddressTakenError, ImpossibleError) as error:
        form.add_error("slug" if isinstance(error, AddressTakenError) else "title", in_words(error))
        return render(request, "studio/fork_roadmap.html", context, status=422)
    except (NotFollowingError, BusyError) as error:
        return render(request, "studio/fork_roadmap.html", context | {"refused": in_words(error)}, status=409)
    said = _("<bdi>{}</bdi> is there, as a draft. Change what you like: what is yours stays.")
    messages.success(request, format_html(said, made.title))
    return HttpResponseRedirect(reverse("studio_roadmap", args=[made.slug]), status=303)


@require_safe
def upstream(request: HttpRequest, slug: str) -> HttpResponse:
    """What arrives from the followed roadmap, and what arrived before. `?theirs=` and `?held=` what was chosen."""
    fork = fork_access.fork_in_studio(request.user, slug)
    return _page(request, fork, ChosenForm(request.GET).chosen())


@require_POST
def apply_upstream(request: HttpRequest, slug: str) -> HttpResponse:
    """Store what the page showed. Other choices than it showed are shown first. 409 with the plan as it stands now when
    that is another one; 422 without a yes that it needs."""
    fork = fork_access.fork_in_studio(request.user, slug)
    form = ApplyUpstreamForm(request.POST)
    if not form.is_valid():
        wrong = " ".join(map(str, form.non_field_errors())) or str(MISUNDERSTOOD)
        return _page(request, fork, Chosen(), wrong, 422)
    chosen, asked = form.chosen(), form.cleaned_data
    if asked["do"] == "look" or asked["shown"] != chosen.query:
        if asked["do"] == "apply":
            messages.info(request, "This is the plan with your choices. Nothing is applied yet: look it through.")
        return HttpResponseRedirect(_address(fork) + chosen.query, status=303)
    try:
        looked = forking.look(fork, theirs=chosen.theirs, held=chosen.held)
        made = forks.apply_upstream(
            fork=fork, looked=looked, token=asked["token"], yes=asked["yes"], by=person(request)
        )
    except (NotAppliedError, BusyError) as error:
        return _page(request, fork, chosen, str(error), 422 if isinstance(error, UnconfirmedError) else 409)
    messages.success(
        request, _("Applied. It can be taken back below.") if made else _("Noted. Nothing was to be changed.")
    )
    return HttpResponseRedirect(_address(fork), status=303)


@require_POST
def undo_upstream(request: HttpRequest, slug: str) -> HttpResponse:
    """Take back the last plan. 409 when it cannot be, with the reason."""
    fork = fork_access.fork_in_studio(request.user, slug)
    form = UndoUpstreamForm(request.POST)
    if not form.is_valid():
        return _page(request, fork, Chosen(), str(MISUNDERSTOOD), 422)
    try:
        forks.undo_upstream(fork=fork, asked=form.cleaned_data["asked"], by=person(request))
    except (NotAppliedError, BusyError) as error:
        return _page(request, fork, Chosen(), str(error), 409)
    messages.success(request, _("Taken back. Check-offs made since stay."))
    return HttpResponseRedirect(_address(fork), status=303)


@require_POST
def follow_upstream(request: HttpRequest, slug: str) -> HttpResponse:
    """Stop following, or follow again: `on` says which."""
    fork = fork_access.fork_in_studio(request.user, slug)
    form = FollowForm(request.POST)
    if not form.is_valid():
        return _page(request, fork, Chosen(), str(MISUNDERSTOOD), 422)
    on = form.cleaned_data["on"]
    try:
        forking.set_following(
            fork=fork, on=on, asked=studio_acts.asked_by(person(request), form.cleaned_data["operation"])
        )
    except BusyError as error:
        return _page(request, fork, Chosen(), str(error), 409)
    messages.success(
        request, _("It follows again.") if on else _("It does not follow any more. All that is here stays.")
    )
    return HttpResponseRedirect(_address(fork), status=303)


def _page(request: HttpRequest, fork: Fork, chosen: Chosen, said: str = "", status: int = 200) -> HttpResponse:
    context = fork_pages.upstream_page(request.user, fork, chosen, request.GET.get("page", ""))
    context |= {"said": said, "operation": uuid.uuid4}
    return render(request, "studio/upstream.html", context, status=status)


def _address(fork: Fork) -> str:
    return reverse("upstream", args=[fork.roadmap.slug])
