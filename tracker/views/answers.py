"""Answers to actions: the regions that changed for htmx, a redirect with a message without it.

The one place that reads `request.htmx`.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html

from roadmap.models import Roadmap, Topic
from roadmap.tree import Facts
from tracker import access, queries
from tracker.check_off import finish, seats
from tracker.models import User
from tracker.overlay import NONE, Mark, Row, affected, row_of_each
from tracker.queries import Standing
from tracker.rows import compiled, out_of_band
from tracker.views.heads import head_of
from tracker.views.sheets import sheet_of


@dataclass(frozen=True, slots=True)
class Change:
    """What was done, for the answer."""

    topic: Topic
    was: str | None
    """The topic's state before; None when the act was not about it."""
    said: str
    """A sentence, safe HTML. What it did to the roadmap is added."""
    operation: uuid.UUID | None = None
    """What undo takes back."""


def is_htmx(request: HttpRequest) -> bool:
    return bool(request.htmx)  # type: ignore[attr-defined]


def changed(
    request: HttpRequest, learner: User, change: Change, asked: dict[str, Any], roadmap: Roadmap | None
) -> HttpResponse:
    """`asked` is the cleaned `AnswerForm`, `roadmap` what it names. Queries: the marks, and those of an open topic."""
    here = queries.standing(learner, roadmap) if roadmap and seats(roadmap, change.topic) else None
    if here:
        finish(learner, here)
    before = _before(change, here) if here else {}
    said = _said(change, here, before)
    if not is_htmx(request):
        messages.success(request, said, extra_tags=str(change.operation or ""))
        return HttpResponseRedirect(_where(change.topic, roadmap, asked), status=303)
    back = asked.get("next") or reverse("topic", args=[change.topic.slug])
    context: dict[str, Any] = {"said": said, "operation": change.operation, "roadmap": roadmap, "back": back}
    if roadmap and here:
        head = head_of(roadmap, here)
        context |= {"regions": list(_regions(here, change, before)), "head": head, "share": head.share}
    context |= _panel(learner, asked, roadmap)
    return render(request, "tracker/_state_changed.html", context)


def refused(
    request: HttpRequest,
    said: str,
    status: int,
    asked: dict[str, Any],
    *,
    topic: Topic | None = None,
    way: Iterable[Facts] = (),
) -> HttpResponse:
    """Nothing was changed: the reason, and the shortest way if there is one. Without htmx a page with that status."""
    context = {"said": said, "refused": True, "way": list(way), "status": status}
    if is_htmx(request):
        return render(request, "tracker/_status.html", context | {"oob": True}, status=status)
    back = asked.get("next") or (reverse("topic", args=[topic.slug]) if topic else reverse("roadmaps"))
    return render(request, "tracker/refused.html", context | {"back": back}, status=status)


def sign_in_first(request: HttpRequest, back: str) -> HttpResponse:
    """To the sign-in page, whole: 204 with HX-Redirect, since a redirect would be followed inside the swap."""
    to = f"{reverse('account_login')}?next={quote(back)}"
    if is_htmx(request):
        return HttpResponse(status=204, headers={"HX-Redirect": to})
    return HttpResponseRedirect(to, status=303)


def asked_roadmap(learner: User, asked: dict[str, Any]) -> Roadmap | None:
    """The roadmap on whose page it was done, if it may be read."""
    try:
        return access.roadmap_for_reading(learner, asked["roadmap"]) if asked.get("roadmap") else None
    except Http404:
        return None


def not_understood(request: HttpRequest, form: Form, topic: Topic | None = None) -> HttpResponse:
    """422: what was sent is not a request of ours."""
    said = "That could not be understood: " + "; ".join(
        f"{name if name != '__all__' else 'form'}: {' '.join(map(str, errors))}" for name, errors in form.errors.items()
    )
    return refused(request, f"{said} Nothing was changed.", 422, {}, topic=topic)


def _where(topic: Topic, roadmap: Roadmap | None, asked: dict[str, Any]) -> str:
    path: str = asked.get("next") or (roadmap.get_absolute_url() if roadmap else reverse("topic", args=[topic.slug]))
    return path if "#" in path or path.startswith("/topics/") else f"{path}#t{topic.pk}"


def _before(change: Change, here: Standing) -> dict[int, Row]:
    """The rows that the change may have touched, as they were before it; empty when it was not about the state."""
    if change.was is None:
        return {}
    topic = change.topic.pk
    now = here.marks.get(topic, NONE)
    marks = {**here.marks, topic: Mark(change.was, now.revision, now.started)}
    return row_of_each(here.tree, marks, affected(here.tree, topic).topics, finished_at=here.finished_at)


def _regions(here: Standing, change: Change, before: dict[int, Row]) -> Iterable[str]:
    """The topic's row and those that look different now, then the bars of the branches above."""
    pieces, rows = compiled(here.tree), here.overlay.rows
    yield out_of_band(pieces.row(change.topic.pk, rows[change.topic.pk]))
    for topic, was in before.items():
        if rows[topic] != was and topic != change.topic.pk:
            yield out_of_band(pieces.row(topic, rows[topic]))
    for index in affected(here.tree, change.topic.pk).branches:
        for region in pieces.heads(index, here.overlay.shares[index]):
            yield out_of_band(region)


def _said(change: Change, here: Standing | None, before: dict[int, Row]) -> str:
    """`Linear algebra: done. 12 of 36. 2 topics opened.`"""
    if here is None or change.was is None:
        return change.said
    share, rows, own = here.overlay.total, here.overlay.rows, change.topic.pk
    said = format_html("{} {} of {}.", change.said, share.done + share.waived, share.required)
    opened = sum(rows[topic].ready and not was.ready for topic, was in before.items() if topic != own)
    if opened:
        said = format_html("{} {} opened.", said, "1 topic" if opened == 1 else f"{opened} topics")
    if share.finished and rows[own].state in {"done", "skipped"} and change.was not in {"done", "skipped", "waived"}:
        said = format_html("{} That was the last one.", said)
    return said


def _panel(learner: User, asked: dict[str, Any], roadmap: Roadmap | None) -> dict[str, Any]:
    """The topic that is open on the page, anew."""
    if not asked.get("panel"):
        return {}
    try:
        topic = access.topic_for_reading(learner, asked["panel"])
    except (Http404, access.MovedError):
        return {}
    page = queries.topic_page(learner, topic, roadmap=roadmap.slug if roadmap else "")
    return {"topic": topic, "sheet": sheet_of(page, nonce=uuid.uuid4())}
