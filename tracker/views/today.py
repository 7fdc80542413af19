"""The first page: a learner's today, and for visitors a roadmap to look at and try."""

from __future__ import annotations

import uuid

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from tracker.landing import landing
from tracker.models import User
from tracker.sessions import with_walks
from tracker.today import today_page
from tracker.views.compressed import compressed


@login_not_required
@with_walks
@require_safe
@compressed
def today(request: HttpRequest) -> HttpResponse:
    """`due` is (how many topics are due for review, the first few of them)."""
    person = request.user
    if not isinstance(person, User):
        return render(request, "tracker/landing.html", {"found": landing(), "nonce": uuid.uuid4()})
    due: tuple[int, tuple[object, ...]] = (0, ())
    context = {"page": today_page(person, timezone.now()), "nonce": uuid.uuid4(), "due": due}
    return render(request, "tracker/today.html", context)
