"""What a person takes with them: everything as JSON, tables, notes with ticks, a calendar and its feed."""

from __future__ import annotations

import weakref
from collections.abc import Iterator

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tracker import own_calendar
from tracker.exports import own, own_zip
from tracker.exports.own_schema import SCHEMA
from tracker.views.cohorts.common import person
from tracker.views.compressed import compressed
from tracker.views.exports import CSV, file_name
from tracker.views.targets import CALENDAR

JSON = "application/json"
ZIP = "application/zip"


@require_safe
@compressed
def own_export(request: HttpRequest) -> HttpResponse:
    """What there is to take, in which form."""
    user = person(request)
    context = {
        "feed": own_calendar.feed_of(user),
        "dues": own_calendar.dues(user),
        "reviews": sum(1 for _ in own_calendar.review_days(user)),
    }
    return render(request, "mine/own_export.html", context)


@require_safe
def own_json(request: HttpRequest) -> HttpResponseBase:
    """Everything, as `own_schema` describes it."""
    return _streamed(own.own_json(person(request), now=timezone.now()), file_name("Pathnotes", "json"), JSON)


@require_safe
def own_csv(request: HttpRequest) -> HttpResponseBase:
    """A line for each topic."""
    return _streamed(own.own_csv(person(request)), file_name("Pathnotes", _("topics"), "csv"), CSV)


@require_safe
def own_events_csv(request: HttpRequest) -> HttpResponseBase:
    """A line for each event."""
    return _streamed(own.own_events_csv(person(request)), file_name("Pathnotes", _("events"), "csv"), CSV)


@require_safe
def own_notes_zip(request: HttpRequest) -> HttpResponseBase:
    """Roadmaps as notes with ticks, own notes beside. Made whole before it is sent."""
    file = own_zip.own_zip(person(request), now=timezone.now())
    response = FileResponse(file, as_attachment=True, filename=file_name("Pathnotes", "zip"), content_type=ZIP)
    weakref.finalize(response, file.close)
    return response


@require_safe
def own_ics(request: HttpRequest) -> HttpResponse:
    """Days as a file."""
    name = content_disposition_header(True, file_name("Pathnotes", "ics")) or ""
    text = own_calendar.own_calendar(person(request), now=timezone.now())
    return HttpResponse(text, content_type=CALENDAR, headers={"Content-Disposition": name})


@require_safe
def own_schema(request: HttpRequest) -> HttpResponse:
    """What the JSON holds, as a JSON Schema."""
    return JsonResponse(SCHEMA, json_dumps_params={"indent": 1}, content_type="application/schema+json")


@login_not_required
@require_safe
def own_feed(request: HttpRequest, token: str) -> HttpResponse:
    """Whoever has the address reads the days: calendar programs do not sign in. It names nobody."""
    user = own_calendar.of_feed(token)
    if user is None:
        raise Http404("No such calendar.")
    return HttpResponse(own_calendar.own_calendar(user, now=timezone.now()), content_type=CALENDAR)


@require_POST
def make_own_feed(request: HttpRequest) -> HttpResponse:
    """A new address of the feed; the one before ends."""
    own_calendar.make_feed(user=person(request))
    messages.success(request, _("The calendar has an address now. One that it had before has ended."))
    return HttpResponseRedirect(reverse("own_export") + "#calendar", status=303)


@require_POST
def end_own_feed(request: HttpRequest) -> HttpResponse:
    """The address opens nothing any more."""
    own_calendar.end_feed(user=person(request))
    messages.success(request, _("The address has ended. Calendars that used it get nothing new."))
    return HttpResponseRedirect(reverse("own_export") + "#calendar", status=303)


def _streamed(pieces: Iterator[bytes], name: str, kind: str) -> StreamingHttpResponse:
    """Proxies are asked not to gather it before they pass it on."""
    headers = {"Content-Disposition": content_disposition_header(True, name) or "", "X-Accel-Buffering": "no"}
    return StreamingHttpResponse(pieces, content_type=kind, headers=headers)
