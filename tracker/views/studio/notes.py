"""A roadmap taken away as notes, by who edits it."""

from __future__ import annotations

import io
import zipfile

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from roadmap.exporting.notes import files_of
from roadmap.exporting.roadmaps import export_of
from tracker import access


@require_safe
def studio_notes(request: HttpRequest, slug: str) -> HttpResponse:
    """The notes of `export_notes`, zipped, in a folder of the roadmap's name. 404 for who does not edit it."""
    roadmap = access.roadmap_in_studio(request.user, slug)
    export, _ = export_of(roadmap)
    packed = io.BytesIO()
    at = timezone.localtime().timetuple()[:6]
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in files_of(export).items():
            entry = zipfile.ZipInfo(f"{roadmap.slug}/{path}", date_time=at)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data)
    response = HttpResponse(packed.getvalue(), content_type="application/zip")
    response["Content-Disposition"] = content_disposition_header(True, f"{roadmap.slug}.zip") or "attachment"
    return response
