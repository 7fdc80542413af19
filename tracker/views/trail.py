"""The trail, for owners: who did what to which object, as a page and as a file."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from tracker import access
from tracker import audit as trail
from tracker.people_forms import TrailForm
from tracker.views.exports import CSV, file_name


@require_safe
def audit(request: HttpRequest) -> HttpResponse:
    """The latest first. `?who=`, `?what=`, `?kind=`, `?verb=`, `?since=`, `?until=`; `?before=` goes on."""
    access.require_trail(request.user)
    form = TrailForm(request.GET)
    asked = form.asked()
    also = request.GET.copy()
    also.pop("before", None)
    context = {"trail": trail.trail(asked), "form": form, "asked": asked, "also": also.urlencode()}
    return render(request, "people/audit.html", context)


@require_safe
def audit_csv(request: HttpRequest) -> HttpResponseBase:
    """All that the same filters find, whatever page one is on."""
    access.require_trail(request.user)
    everything = request.GET.copy()
    everything.pop("before", None)
    asked = TrailForm(everything).asked()
    name = file_name("Pathnotes", "audit log", "csv")
    headers = {"Content-Disposition": content_disposition_header(True, name) or "", "X-Accel-Buffering": "no"}
    return StreamingHttpResponse(trail.csv(asked), content_type=CSV, headers=headers)
