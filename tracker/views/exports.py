"""What a mentor takes away from a cohort as a file: the matrix of a roadmap, and the events."""

from __future__ import annotations

import unicodedata
import weakref
from collections.abc import Iterator
from typing import IO

from django.http import FileResponse, Http404, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from roadmap.models import Roadmap
from roadmap.queries import tree_of
from tracker import access
from tracker.exports import csv, xlsx
from tracker.models import Cohort

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST_NAME = 80
"""Characters of each part of a file's name: four bytes each, and most file systems end at 255."""


@require_safe
def export_csv(request: HttpRequest, slug: str) -> HttpResponseBase:
    """`?roadmap=` is the one that is meant; the cohort's first without it."""
    cohort = access.cohort_for_mentor(request.user, slug)
    roadmap = _roadmap(request, cohort)
    name = file_name(cohort.title, roadmap.title, "csv")
    return _streamed(csv.matrix_csv(request.user, cohort, tree_of(roadmap)), name)


@require_safe
def export_xlsx(request: HttpRequest, slug: str) -> HttpResponseBase:
    """As `export_csv`. Made whole before it is sent."""
    cohort = access.cohort_for_mentor(request.user, slug)
    roadmap = _roadmap(request, cohort)
    file = xlsx.matrix_xlsx(request.user, cohort, tree_of(roadmap))
    name = file_name(cohort.title, roadmap.title, "xlsx")
    return _sent(file, name)


@require_safe
def events_csv(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Of `?roadmap=`, or of all that the cohort walks."""
    cohort = access.cohort_for_mentor(request.user, slug)
    roadmap = _only(request, cohort)
    name = file_name(cohort.title, roadmap.title if roadmap else "", "events", "csv")
    return _streamed(csv.events_csv(request.user, cohort, roadmap), name)


@require_safe
def events_xlsx(request: HttpRequest, slug: str) -> HttpResponseBase:
    """As `events_csv`. Made whole before it is sent."""
    cohort = access.cohort_for_mentor(request.user, slug)
    roadmap = _only(request, cohort)
    file = xlsx.events_xlsx(request.user, cohort, roadmap)
    return _sent(file, file_name(cohort.title, roadmap.title if roadmap else "", "events", "xlsx"))


def file_name(*parts: str) -> str:
    """`Cohort, Roadmap, 2026-11-21.csv`, in any script; without what file systems refuse or what turns text around."""
    *words, ending = parts
    clean = ["".join(map(_harmless, word)).strip(" .")[:LONGEST_NAME].strip() for word in words]
    return ", ".join([*filter(None, clean), f"{timezone.localdate():%Y-%m-%d}"]) + f".{ending}"


def _harmless(letter: str) -> str:
    if unicodedata.category(letter) in {"Cc", "Cf", "Zl", "Zp"}:
        return " " if letter.isspace() else ""
    return " " if letter in '\\/:*?"<>|%;' else letter


def _only(request: HttpRequest, cohort: Cohort) -> Roadmap | None:
    """The roadmap that the address names. Raise Http404 where the cohort does not walk it."""
    wanted = request.GET.get("roadmap", "")
    return access.roadmap_of_cohort(request.user, cohort, wanted).roadmap if wanted else None


def _roadmap(request: HttpRequest, cohort: Cohort) -> Roadmap:
    wanted = _only(request, cohort)
    if wanted is not None:
        return wanted
    assigned = access.roadmaps_of_cohort(request.user, cohort)
    if not assigned:
        raise Http404("This cohort walks no roadmap.")
    return assigned[0].roadmap


def _streamed(pieces: Iterator[bytes], name: str) -> StreamingHttpResponse:
    """Proxies are asked not to gather it before they pass it on."""
    headers = {"Content-Disposition": content_disposition_header(True, name) or "", "X-Accel-Buffering": "no"}
    return StreamingHttpResponse(pieces, content_type=CSV, headers=headers)


def _sent(file: IO[bytes], name: str) -> FileResponse:
    """The file is gone with the answer, whether anybody fetched it or not."""
    response = FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)
    weakref.finalize(response, file.close)
    return response
