"""The history of a roadmap and of a topic, for who edits them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from roadmap.past import history
from tracker import access, topic_editing


@require_safe
def studio_history(request: HttpRequest, slug: str) -> HttpResponse:
    """Who changed what of the roadmap, when and through what. `?before=` goes on."""
    roadmap = access.roadmap_in_studio(request.user, slug)
    found = history.of_roadmap(roadmap, request.GET.get("before", ""))
    context = {"roadmap": roadmap, "history": found, "later": "before" in request.GET}
    return render(request, "studio/studio_history.html", context)


@require_safe
def topic_history(request: HttpRequest, slug: str) -> HttpResponse:
    """The same of a topic, wherever it stands. `?roadmap=`: where one came from. A former slug redirects."""
    came_from = request.GET.get("roadmap", "")
    try:
        topic = access.topic_by_slug_for_editing(request.user, slug)
    except access.MovedError as moved:
        where = reverse("topic_history", args=[moved.slug])
        return redirect(f"{where}?{urlencode({'roadmap': came_from})}" if came_from else where)
    context = {
        "topic": topic,
        "roadmap": topic_editing.roadmap_of(topic, came_from),
        "history": history.of_topic(topic, request.GET.get("before", "")),
        "later": "before" in request.GET,
    }
    return render(request, "studio/topic_history.html", context)
