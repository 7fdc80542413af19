"""What a browser needs to go on without a connection: the service worker, its offline page, the web app manifest."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

FRAME = (
    "css/pathnotes.css", "js/shell.js", "js/kept.js", "js/progress.js", "js/drafts.js", "django_htmx/htmx-2.min.js",
    "icon.svg",
)  # fmt: skip
"""Static files that every kept page needs; others come along when a page that has them is seen."""
ICONS = (("icons/192.png", "192x192", "any"), ("icons/512.png", "512x512", "any"))
MASKABLE = ("icons/512-maskable.png", "512x512", "maskable")
PAPER, PINE = "#faf9f5", "#1d6b50"


@login_not_required
@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """At the root, whose pages it serves. Its text changes with every file that it keeps, which brings the new one in.
    Nothing in it depends on who asks."""
    ours = {
        "language": get_language() or settings.LANGUAGE_CODE,
        "offline": reverse("offline"),
        "frame": [static(name) for name in FRAME],
        "page": _page_digest(request),
        "words": {
            "seen": escape(
                _("No connection. This is how it was on {when}; what you check off is kept and sent later.")
            ),
            "anew": escape(_("Load it again")),
            "none": escape(_("No page was kept on this device yet.")),
        },
    }
    script = f"const OURS = {json.dumps(ours)};\n{_script()}"
    return HttpResponse(script, content_type="text/javascript; charset=utf-8")


@login_not_required
@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """What is shown instead of a page that no device has: without a word about the person, since it is kept for all."""
    return render(request, "tracker/offline.html")


@login_not_required
@require_safe
def web_manifest(request: HttpRequest) -> JsonResponse:
    """Of the app that a browser can install. `theme-color` in the pages follows the theme; this is for the start."""
    icons: list[dict[str, Any]] = [{"src": static("icon.svg"), "sizes": "any", "type": "image/svg+xml"}]
    for name, sizes, purpose in (*ICONS, MASKABLE):
        icons.append({"src": static(name), "sizes": sizes, "type": "image/png", "purpose": purpose})
    manifest = {
        "id": "/",
        "name": "Pathnotes",
        "short_name": "Pathnotes",
        "description": _("Walk a roadmap, check it off, see what is next."),
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "lang": get_language() or settings.LANGUAGE_CODE,
        "background_color": PAPER,
        "theme_color": PINE,
        "icons": icons,
    }
    return JsonResponse(manifest, content_type="application/manifest+json")


def _page_digest(request: HttpRequest) -> str:
    """Of the offline page as it is now: with another one the worker is another."""
    return hashlib.sha256(offline(request).content).hexdigest()[:12]


@lru_cache(maxsize=1)
def _script() -> str:
    found = finders.find("js/worker.js")
    assert isinstance(found, str)  # noqa: S101  (for the type checker; the file is ours)
    return Path(found).read_text(encoding="utf-8")
