"""The plan of one import: looked through, decided on, applied."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_POST, require_safe

from roadmap.apply import NotAppliedError
from roadmap.locks import BusyError
from roadmap.models import Import, NoteSource
from roadmap.uploads import shelf
from roadmap.uploads.shelf import GoneError, Waiting
from tracker import access
from tracker.import_forms import AnswersForm, ApplyForm, LookForm, PartsForm
from tracker.imports import jobs, pages, planning, verbs
from tracker.imports.jobs import Job
from tracker.imports.planning import Planned
from tracker.imports.verbs import UnconfirmedError
from tracker.views.cohorts.common import person

GONE = _lazy("This plan is not there any more: it was thrown away, or a later one took its place. Nothing was changed.")


@require_safe
def import_plan(request: HttpRequest, uid: UUID) -> HttpResponse:
    """What the notes would change, whom, and what is asked. While it is being made or stored, how far that is."""
    waiting = access.waiting_import(request.user, uid)
    if waiting.done:
        return render(request, "studio/import_done.html", {"waiting": waiting, "source": _source(waiting)})
    if verbs.is_storing(waiting):
        return _working(request, waiting, jobs.Job(stage=planning.STAGES, doing=_("Storing the changes")))
    form = LookForm(request.GET)
    return _show(request, waiting, form.cleaned_data["whole"] if form.is_valid() else "", waiting.problem)


@require_POST
def answer_import(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Say of unclear topics which each is."""
    waiting = access.waiting_import(request.user, uid)
    form, planned = AnswersForm(request.POST), _planned(waiting)
    if planned is None:
        return _to_plan(waiting)
    if not form.is_valid():
        return _show(request, waiting, "", _("That could not be understood. Nothing was changed."), 422)
    try:
        verbs.answer(waiting=waiting, planned=planned, answers=form.answers(), every=form.cleaned_data["every"])
    except GoneError:
        return _gone(request)
    return _to_plan(waiting, whole=form.cleaned_data["whole"], part="questions")


@require_POST
def choose_parts(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Leave a change out of what is applied, or take it in again; or all of one kind."""
    waiting = access.waiting_import(request.user, uid)
    form, planned = PartsForm(request.POST), _planned(waiting)
    if planned is None:
        return _to_plan(waiting)
    if not form.is_valid():
        return _show(request, waiting, "", _("That could not be understood. Nothing was changed."), 422)
    asked = form.cleaned_data
    out, back = [asked["leave_out"]], [asked["take_in"]]
    out += pages.keys_of_kind(planned, asked["leave_out_all"])
    back += pages.keys_of_kind(planned, asked["take_in_all"])
    try:
        waiting = verbs.leave_out(waiting=waiting, planned=planned, keys=out)
        waiting = verbs.take_in(waiting=waiting, keys=back)
    except GoneError:
        return _gone(request)
    kind = asked["leave_out_all"] or asked["take_in_all"]
    return _to_plan(waiting, whole=asked["whole"], part=kind or asked["leave_out"] or asked["take_in"])


@require_POST
def apply_import(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Store what the page showed. 409 with the plan as it stands now when that is another one; 422 without a yes that
    it needs."""
    waiting = access.waiting_import(request.user, uid)
    if waiting.done:
        return _to_source(waiting)
    form, planned = ApplyForm(request.POST), None if verbs.is_storing(waiting) else _planned(waiting)
    if planned is None:
        return _to_plan(waiting)
    if not form.is_valid():
        return _show(request, waiting, "", _("That could not be understood. Nothing was changed."), 422)
    try:
        job = verbs.apply_now(waiting=waiting, planned=planned, by=person(request), **form.cleaned_data)
        done = job.over.is_set() and job.outcome()
    except GoneError:
        return _gone(request)
    except (NotAppliedError, BusyError) as error:
        return _show(request, waiting, "", str(error), 422 if isinstance(error, UnconfirmedError) else 409)
    if done:
        messages.success(request, _("Applied. It can be taken back below."))
    return _to_source(replace(waiting, done=done)) if done else _to_plan(waiting)


@require_POST
def drop_import(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Throw the plan away. Not while it is being stored."""
    waiting = access.waiting_import(request.user, uid)
    if verbs.is_storing(waiting):
        return _to_plan(waiting)
    shelf.drop(waiting)
    messages.success(request, _("The plan is thrown away. Nothing was changed."))
    return HttpResponseRedirect(reverse("imports"), status=303)


def _planned(waiting: Waiting) -> Planned | None:
    """None while it is being made."""
    job = planning.plan_of(waiting)
    planned: Planned | None = job.outcome() if job.over.is_set() else None
    return planned


def _show(request: HttpRequest, waiting: Waiting, whole: str, said: str = "", status: int = 200) -> HttpResponse:
    job = planning.plan_of(waiting)
    if not job.over.is_set():
        return _working(request, waiting, job)
    context = pages.plan_page(waiting, job.outcome(), whole) | {"said": said, "whole": whole}
    return render(request, "studio/import_plan.html", context, status=status)


def _working(request: HttpRequest, waiting: Waiting, job: Job) -> HttpResponse:
    context = {"waiting": waiting, "job": job, "stages": planning.STAGES, "here": request.path}
    return render(request, "studio/import_working.html", context)


def _to_plan(waiting: Waiting, whole: str = "", part: str = "") -> HttpResponse:
    query = f"?whole={whole}" if whole.isalpha() else ""
    place = f"#{part}" if part else ""
    return HttpResponseRedirect(reverse("import_plan", args=[waiting.uid]) + query + place, status=303)


def _source(waiting: Waiting) -> NoteSource | None:
    return NoteSource.objects.filter(location=waiting.location).first()


def _to_source(waiting: Waiting) -> HttpResponse:
    """Where an applied plan leads: to the history of its source, with what it changed."""
    source = _source(waiting)
    if source is None:
        return HttpResponseRedirect(reverse("imports"), status=303)
    made = Import.objects.filter(uid=waiting.done).first() if waiting.done not in {"", "-"} else None
    opened = f"?opened={made.uid}" if made else ""
    return HttpResponseRedirect(f"{reverse('import_source', args=[source.uid])}{opened}", status=303)


def _gone(request: HttpRequest) -> HttpResponse:
    context = {"said": GONE, "status": 409, "back": reverse("imports")}
    return render(request, "tracker/refused.html", context, status=409)
