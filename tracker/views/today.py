"""The first page: a learner's today, and for visitors a roadmap to look at and try."""

from __future__ import annotations

import uuid

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from tracker.due_reviews import due_reviews
from tracker.landing import landing
from tracker.models import User
from tracker.sessions import with_walks
from tracker.today import today_page
from tracker.views.compressed import compressed
from tracker.views.waiting import states_that_wait


@login_not_required
@with_walks
@require_safe
@compressed
def today(request: HttpRequest) -> HttpResponse:
    person = request.user
    if not isinstance(person, User):
        return render(
            request, "tracker/landing.html", {"found": landing(states_that_wait(request)), "nonce": uuid.uuid4()}
        )
    now = timezone.now()
    context = {"page": today_page(person, now), "nonce": uuid.uuid4(), "due": due_reviews(person, now)}
    return render(request, "tracker/today.html", context)
