"""What a roadmap was published as: the list, two revisions side by side, one brought back."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from roadmap.apply import NotAppliedError
from roadmap.locks import BusyError
from roadmap.past.history import said_of
from roadmap.publishing.desk import open_draft
from roadmap.publishing.models import RoadmapRevision
from roadmap.publishing.recording import QUIET, record_now
from roadmap.publishing.restore import restore_revision as restore
from tracker import access, draft_access, revision_pages, studio_acts
from tracker.views.cohorts.common import done, person


@require_safe
def revisions(request: HttpRequest, slug: str) -> HttpResponse:
    """The last first. `?page=`."""
    roadmap = access.roadmap_in_studio(request.user, slug)
    page, entries, waiting = revision_pages.revisions_page(roadmap, request.GET.get("page", ""))
    minutes = int(QUIET.total_seconds() // 60)
    context = {"roadmap": roadmap, "page": page, "entries": entries, "waiting": waiting, "minutes": minutes}
    return render(request, "studio/revisions.html", context)


@require_POST
def record_revision(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep what was edited since the last revision as one, without waiting."""
    roadmap = access.roadmap_in_studio(request.user, slug)
    back = reverse("revisions", args=[slug])
    try:
        made = record_now(roadmap=roadmap)
    except BusyError as error:
        context = {"said": str(error), "status": 409, "back": back}
        return render(request, "tracker/refused.html", context, status=409)
    return done(
        request,
        _("Recorded as revision %(number)s.") % {"number": made.number}
        if made
        else _("There is nothing new to record."),
        back,
    )


@require_safe
def revision(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """What it changed. `?with=` another number or `now`: beside that one. `?whole=` a kind of changes."""
    return _page(request, draft_access.revision_in_studio(request.user, slug, number))


@require_POST
def restore_revision(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """An act like others: in the draft where one is open, undone in the tree. `operation` is the intent's."""
    found = draft_access.revision_in_studio(request.user, slug, number)
    draft_access.require_restoring(request.user, found.roadmap)
    try:
        operation = uuid.UUID(request.POST.get("operation", ""))
    except ValueError:
        return _page(request, found, refused=_("That could not be understood. Nothing was changed."), status=422)
    asked = studio_acts.asked_by(person(request), operation)
    try:
        edit = restore(roadmap=found.roadmap, revision=found, asked=asked)
    except (NotAppliedError, BusyError) as error:
        return _page(request, found, refused=str(error), status=409)
    said = (
        _("%(said)s. It can be undone here.") % {"said": said_of(edit)}
        if edit
        else _("It is so already: nothing was to be changed.")
    )
    return done(request, said, reverse("studio_roadmap", args=[slug]))


def _page(request: HttpRequest, found: RoadmapRevision, *, status: int = 200, refused: str = "") -> HttpResponse:
    wanted = request.GET.get("with", "")
    context = {
        "roadmap": found.roadmap,
        "revision": found,
        "page": revision_pages.comparison(found, wanted, request.GET.get("whole", "")),
        "draft": open_draft(found.roadmap),
        "operation": uuid.uuid4(),
        "refused": refused,
    }
    return render(request, "studio/revision.html", context, status=status)
