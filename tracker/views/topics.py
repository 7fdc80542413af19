"""One topic: the page of its own, whose middle is also the panel beside a roadmap."""

from __future__ import annotations

import uuid
from urllib.parse import quote

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from tracker import access, queries
from tracker.views.compressed import compressed
from tracker.views.sheets import sheet_of


@login_not_required
@require_safe
@compressed
def topic(request: HttpRequest, slug: str) -> HttpResponse:
    """`?roadmap=` is the one it is shown in: previous, next and where it leads back to. A former slug redirects."""
    wanted = request.GET.get("roadmap", "")
    try:
        found = access.topic_for_reading(request.user, slug)
    except access.MovedError as moved:
        query = f"?roadmap={quote(wanted)}" if wanted else ""
        return redirect(reverse("topic", args=[moved.slug]) + query, permanent=True)
    nonce = uuid.uuid4()
    sheet = sheet_of(queries.topic_page(request.user, found, roadmap=wanted), nonce=nonce)
    return render(request, "tracker/topic.html", {"topic": found, "sheet": sheet, "nonce": nonce})
