"""Sources of notes: what there is, bringing notes in, reading them again, taking an import back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from roadmap.apply import NotAppliedError
from roadmap.in_words import in_words
from roadmap.locks import BusyError
from roadmap.models import NoteSource
from roadmap.uploads import bundle, shelf
from roadmap.uploads.bundle import UploadRefusedError
from tracker import access
from tracker.import_forms import LookForm, UndoImportForm, UploadForm
from tracker.imports import pages, verbs
from tracker.views.cohorts.common import person

LIMITS = {
    "body": bundle.BODY >> 20,
    "notes": bundle.NOTES,
    "notes_words": f"{bundle.NOTES:,}",
    "note": bundle.NOTE >> 20,
    "unpacked": bundle.UNPACKED >> 20,
    "depth": bundle.DEPTH,
    "body_bytes": bundle.BODY,
    "note_bytes": bundle.NOTE,
}


@require_safe
def imports(request: HttpRequest) -> HttpResponse:
    """Every source with its state, what waits for one's yes, and the ways to bring notes in."""
    access.require_imports(request.user)
    return _imports(request)


@require_POST
def upload_notes(request: HttpRequest) -> HttpResponse:
    """Keep the notes and show what they would change. 422 with the reason when they cannot be kept."""
    access.require_imports(request.user)
    form = UploadForm(request.POST)
    if not form.is_valid():
        return _imports(request, _("That could not be understood. Nothing was kept; choose the notes again."), 422)
    asked = form.cleaned_data
    source = access.source_for_imports(request.user, asked["source"]) if asked["source"] else None
    files, left_out, refused = getattr(request, "upload", None) or ([], {}, "")
    try:
        waiting = verbs.receive(
            by=person(request),
            files=files,
            left_out=dict(left_out),
            refused=refused,
            source=source,
            title=asked["title"],
            over=asked["over"],
        )
    except UploadRefusedError as error:
        refused = _("%(error)s Nothing was kept, and nothing was changed.") % {"error": in_words(error)}
        return _source(request, source, refused, 422) if source else _imports(request, refused, 422)
    return HttpResponseRedirect(reverse("import_plan", args=[waiting.uid]), status=303)


@require_safe
def import_source(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One source: its state, a later state of its notes, its history. `?opened=` one import in full."""
    return _source(request, access.source_for_imports(request.user, uid))


@require_POST
def read_source(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Plan what lies on the server now."""
    source = access.source_for_imports(request.user, uid)
    try:
        waiting = verbs.read_again(by=person(request), source=source)
    except UploadRefusedError as error:
        return _source(request, source, in_words(error), 422)
    return HttpResponseRedirect(reverse("import_plan", args=[waiting.uid]), status=303)


@require_POST
def undo_import(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take back the last import. 409 when it cannot be, with the reason."""
    source = access.source_for_imports(request.user, uid)
    form = UndoImportForm(request.POST)
    if not form.is_valid():
        return _source(request, source, _("That could not be understood. Nothing was changed."), 422)
    try:
        verbs.undo(source=source, asked=form.cleaned_data["asked"], by=person(request))
    except (NotAppliedError, BusyError) as error:
        return _source(request, source, str(error), 409)
    messages.success(request, _("Taken back. Check-offs made since stay."))
    return HttpResponseRedirect(reverse("import_source", args=[source.uid]), status=303)


def _imports(request: HttpRequest, refused: str = "", status: int = 200) -> HttpResponse:
    shown, rows = pages.sources(_look(request)["page"], person(request).pk)
    waiting = shelf.of(person(request).pk)
    context = {"shown": shown, "rows": rows, "mine": waiting, "refused": refused, "limits": LIMITS}
    return render(request, "studio/imports.html", context, status=status)


def _source(request: HttpRequest, source: NoteSource, refused: str = "", status: int = 200) -> HttpResponse:
    asked = _look(request)
    context = pages.source_page(source, asked["page"], asked["opened"], person(request).pk)
    context |= {"refused": refused, "limits": LIMITS}
    return render(request, "studio/import_source.html", context, status=status)


def _look(request: HttpRequest) -> dict[str, Any]:
    form = LookForm(request.GET)
    return form.cleaned_data if form.is_valid() else {"page": "", "opened": None, "whole": ""}
