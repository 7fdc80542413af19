"""The tree of a roadmap as its editors see it, and what they do to it."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from roadmap.apply import NotAppliedError
from roadmap.in_words import in_words
from roadmap.locks import BusyError
from roadmap.models import Roadmap
from roadmap.past.history import said_of
from roadmap.studio.doing import ChangedMeanwhileError, redo, undo
from roadmap.studio.shape import ImpossibleError
from roadmap.studio.verbs import create_roadmap
from tracker import access, fork_pages, studio_acts, studio_pages
from tracker.fork_pages import Following
from tracker.permissions import Right, may
from tracker.studio_forms import IntentForm, NewRoadmapForm, ViewForm, form_of
from tracker.studio_pages import View
from tracker.views.answers import is_htmx
from tracker.views.cohorts.common import person


@require_safe
def studio(request: HttpRequest) -> HttpResponse:
    """The roadmaps that one edits. `?page=`."""
    access.require_some_editing(request.user)
    found = studio_pages.studio_page(request.user, request.GET.get("page", ""))
    form = NewRoadmapForm(initial={"operation": uuid.uuid4()})
    return render(request, "studio/studio.html", {"studio": found, "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def new_roadmap(request: HttpRequest) -> HttpResponse:
    """A title; the rest follows in its tree."""
    access.require_imports(request.user)
    form = NewRoadmapForm(request.POST if request.method == "POST" else None, initial={"operation": uuid.uuid4()})
    if request.method != "POST":
        return render(request, "studio/new_roadmap.html", {"form": form})
    if not form.is_valid():
        return render(request, "studio/new_roadmap.html", {"form": form}, status=422)
    asked = studio_acts.asked_by(person(request), form.cleaned_data["operation"])
    try:
        made = create_roadmap(title=form.cleaned_data["title"], asked=asked)
    except (ImpossibleError, BusyError) as error:
        form.add_error("title", in_words(error))
        return render(request, "studio/new_roadmap.html", {"form": form}, status=422)
    messages.success(
        request, format_html(_("<bdi>{}</bdi> is there, as a draft. Give it levels and modules."), made.title)
    )
    return HttpResponseRedirect(reverse("studio_roadmap", args=[made.slug]), status=303)


@require_safe
def studio_roadmap(request: HttpRequest, slug: str) -> HttpResponse:
    """The tree: `?open=` keys of the sections that are open, `?at=` the thing whose forms are shown, `?find=`."""
    roadmap = access.roadmap_in_studio(request.user, slug)
    form = ViewForm(request.GET)
    view = _view(roadmap, form.cleaned_data if form.is_valid() else {})
    return render(request, "studio/studio_roadmap.html", _context(request, view))


@require_POST
def studio_act(request: HttpRequest, slug: str) -> HttpResponse:
    """Any act on the tree: `act` says which. 409 when it cannot be done as things stand, with what is there now."""
    roadmap = access.roadmap_in_studio(request.user, slug)
    form = form_of(request.POST)
    if form is None or not form.is_valid():
        return _misunderstood(request, roadmap, form)
    data, act = form.cleaned_data, request.POST["act"]
    view = _view(roadmap, data)
    try:
        edit = studio_acts.carry_out(person(request), roadmap, act, data)
    except ChangedMeanwhileError as error:
        conflict = {"error": error, "wanted": studio_acts.wanted(act, data), "again": _again(request, error.sign)}
        return _refused(request, view, str(error), conflict)
    except (NotAppliedError, BusyError) as error:
        return _refused(request, view, str(error))
    if act == "rename":
        view = replace(view, at=None)
    elif act.startswith("new_") or act in {"move", "step"}:
        view = _opened(view, data["uid"], itself=act.startswith("new_"))
    return _done(request, view, _("%(said)s.") % {"said": said_of(edit)} if edit else _("Nothing was to be changed."))


@require_POST
def studio_undo(request: HttpRequest, slug: str) -> HttpResponse:
    """Take back one's own last act on this roadmap."""
    return _turned(request, slug, undo, _("Undone: %(said)s."))


@require_POST
def studio_redo(request: HttpRequest, slug: str) -> HttpResponse:
    """Do again what one took back last."""
    return _turned(request, slug, redo, _("Done again: %(said)s."))


def _turned(request: HttpRequest, slug: str, turn: Any, word: str) -> HttpResponse:
    roadmap = access.roadmap_in_studio(request.user, slug)
    form = IntentForm(request.POST)
    if not form.is_valid():
        return _misunderstood(request, roadmap, form)
    view = _view(roadmap, form.cleaned_data)
    try:
        edit = turn(roadmap=roadmap, asked=studio_acts.asked_by(person(request), form.cleaned_data["operation"]))
    except (NotAppliedError, BusyError) as error:
        return _refused(request, view, str(error))
    return _done(request, view, word % {"said": said_of(edit)})


def _view(roadmap: Roadmap, data: dict[str, Any]) -> View:
    view = View(roadmap, data.get("open") or (), data.get("at"), data.get("find") or "")
    return _opened(view, view.at) if view.at else view


def _of_forks(request: HttpRequest, view: View) -> tuple[View, Following]:
    """What is followed and who follows, and the view that knows whether topics are shared."""
    found = fork_pages.following(request.user, view.roadmap)
    all_topics = may(request.user, Right.EDIT_CURRICULUM)
    return replace(view, fork=found.fork is not None, all_topics=all_topics), found


def _opened(view: View, uid: uuid.UUID, *, itself: bool = False) -> View:
    """With the sections around a thing open."""
    keys = studio_pages.opened_to(view.roadmap, uid, itself=itself)
    return replace(view, open=tuple(dict.fromkeys((*view.open, *keys))))


def _context(request: HttpRequest, view: View) -> dict[str, Any]:
    view, following = _of_forks(request, view)
    tree = studio_pages.tree_page(view, str(person(request).pk))
    shown = {"tree": tree, "roadmap": view.roadmap, "view": view, "operation": uuid.uuid4}
    return shown | {"following": following, "may_fork": view.all_topics}


def _done(request: HttpRequest, view: View, said: str) -> HttpResponse:
    if not is_htmx(request):
        messages.success(request, said)
        return HttpResponseRedirect(view.address(at=view.at), status=303)
    view.roadmap.refresh_from_db(fields=["title"])
    return render(request, "studio/_answer.html", _context(request, view) | {"said": said})


def _refused(
    request: HttpRequest, view: View, said: str, conflict: dict[str, Any] | None = None, status: int = 409
) -> HttpResponse:
    """Nothing was changed: the reason, over the tree as it is now."""
    view.roadmap.refresh_from_db(fields=["title"])
    context = _context(request, view) | {"said": said, "refused": True, "conflict": conflict, "status": status}
    template = "studio/_answer.html" if is_htmx(request) else "studio/studio_roadmap.html"
    return render(request, template, context, status=status)


def _misunderstood(request: HttpRequest, roadmap: Roadmap, form: Any) -> HttpResponse:
    """422, with what is wrong. What was typed stays where it is; without htmx it comes back with the page."""
    wrong = [" ".join(map(str, errors)) for errors in form.errors.values()] if form is not None else []
    said = _("%(understood)s Nothing was changed.") % {
        "understood": " ".join(wrong) or _("That could not be understood.")
    }
    if is_htmx(request):
        return render(request, "studio/_notice.html", {"said": said, "refused": True, "oob": True}, status=422)
    shown = ViewForm(request.POST)
    view = _view(roadmap, shown.cleaned_data if shown.is_valid() else {})
    return _refused(request, view, said, status=422)


def _again(request: HttpRequest, sign: str) -> list[tuple[str, str]]:
    """What was sent, to be sent once more over what is there now: a new intent."""
    sent = {name: str(value) for name, value in request.POST.items() if name != "csrfmiddlewaretoken"}
    return list((sent | {"seen": sign, "operation": str(uuid.uuid4())}).items())
