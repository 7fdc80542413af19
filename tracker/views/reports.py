"""One learner on paper."""

from __future__ import annotations

from datetime import date, timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_safe

from tracker import access
from tracker.models import User
from tracker.report import report
from tracker.rows import bar, count
from tracker.views.compressed import compressed

USUALLY = timedelta(weeks=4)
"""What is looked back on unless the address says since when."""


@require_safe
@compressed
def learner_report(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """`?since=` is a day, `?roadmap=` the only one that is meant."""
    person = request.user
    assert isinstance(person, User)  # noqa: S101  (for the type checker; LoginRequiredMiddleware holds it)
    cohort = access.cohort_for_mentor(person, slug)
    learner = access.learner_of_cohort(person, cohort, pk)
    today = timezone.localdate()
    wanted = request.GET.get("roadmap", "")
    found = report(person, cohort, learner, since=_since(request, today), roadmap=wanted)
    if wanted and not found.walked:
        raise Http404("No such roadmap in this cohort.")
    parts = [
        (part, bar(part.walk.share, thin=False), count(part.walk.share), [(m, count(m.share)) for m in part.modules])
        for part in found.walked
    ]
    context = {"report": found, "parts": parts, "today": today, "roadmap": wanted}
    return render(request, "exports/learner_report.html", context)


def _since(request: HttpRequest, today: date) -> date:
    """What is no day, or one to come, is as if nothing was said."""
    try:
        day = parse_date(request.GET.get("since", ""))
    except ValueError:
        day = None
    return day if day and date(1970, 1, 2) <= day <= today else today - USUALLY
