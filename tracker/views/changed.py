"""What changed of a topic since its reader did it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from tracker import access
from tracker.models import User
from tracker.since import since_done
from tracker.views.compressed import compressed


@require_safe
@compressed
def changed_text(request: HttpRequest, slug: str) -> HttpResponse:
    """A former slug redirects."""
    learner = request.user
    assert isinstance(learner, User)  # noqa: S101  (for the type checker; LoginRequiredMiddleware holds it)
    try:
        topic = access.topic_for_progress(learner, slug)
    except access.MovedError as moved:
        return redirect(reverse("changed_text", args=[moved.slug]), permanent=True)
    context = {"topic": topic, "difference": since_done(learner, topic), "back": reverse("topic", args=[topic.slug])}
    return render(request, "tracker/changed_text.html", context)
