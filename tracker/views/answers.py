"""Answers to actions: the regions that changed for htmx, a redirect with a message without it.

The one place that looks at whether htmx asks.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from html import escape
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import CSRF_TOKEN_LENGTH, get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import conditional_escape
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from roadmap.models import Roadmap, Topic
from roadmap.queries import tree_of
from roadmap.tree import Facts
from tracker import access, languages, progress, queries
from tracker.check_off import seats
from tracker.known import known_topics
from tracker.models import User
from tracker.overlay import Overlay, Row, affected
from tracker.packed import CODES, STARTED, layout, with_code
from tracker.queries import Standing
from tracker.row_words import words_of
from tracker.rows import compiled, out_of_band
from tracker.slotted import Slotted, hole
from tracker.views.heads import head_html
from tracker.views.sheets import sheet_of


@dataclass(frozen=True, slots=True)
class Change:
    """What was done, for the answer."""

    topic: Topic
    said: str
    """A sentence, safe HTML. What it did to the roadmap is added."""
    outcome: progress.Outcome | None = None
    """Of a change of the topic's state; None when the act was about something else."""
    operation: uuid.UUID | None = None
    """What undo takes back."""


def is_htmx(request: HttpRequest) -> bool:
    """As `request.htmx` says it, without parsing every header for this one."""
    return request.META.get("HTTP_HX_REQUEST") == "true"


def changed(
    request: HttpRequest, learner: User, change: Change, asked: dict[str, Any], roadmap: Roadmap | None
) -> HttpResponse:
    """`asked` is the cleaned `AnswerForm`, `roadmap` what it names. Queries: none for a change of state, else one for
    what is counted and one for what is known from elsewhere; and those of an open topic."""
    here = _standing(learner, roadmap, change)
    rows = _changed_rows(here, change) if here else {}
    said = _said(change, here, rows)
    if not is_htmx(request):
        messages.success(request, said, extra_tags=str(change.operation or ""))
        return HttpResponseRedirect(_where(change.topic, roadmap, asked), status=303)
    regions = list(_regions(here, change.topic.pk, rows)) if here else []
    if roadmap and here:
        regions.append(head_html(roadmap, here, oob=True))
    status = _status(request, said, change, asked, roadmap)
    panel = open_panel(learner, asked, roadmap)
    if not panel:
        return HttpResponse("\n".join((*regions, status)))
    context = {"regions": regions, "status": status, "roadmap": roadmap} | panel
    return render(request, "tracker/_state_changed.html", context)


def all_changed(request: HttpRequest, said: str, back: str) -> HttpResponse:
    """After an act that changed more of the page than it would pay to send: the page anew, with a message."""
    messages.success(request, said)
    if is_htmx(request):
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return HttpResponseRedirect(back, status=303)


_done: dict[str, Slotted] = {}
"""By language."""


def _status(request: HttpRequest, said: str, change: Change, asked: dict[str, Any], roadmap: Roadmap | None) -> str:
    """`_status.html`, with a way back if there is something to undo."""
    back = asked.get("next") or reverse("topic", args=[change.topic.slug])
    if change.operation is None:
        context = {"said": said, "roadmap": roadmap, "back": back, "oob": True}
        return render_to_string("tracker/_status.html", context, request)
    language = languages.current()
    if language not in _done:
        names = ("said", "operation", "csrf_token", "back")
        context = {name: hole(name) for name in names} | {"roadmap": {"slug": hole("roadmap")}, "oob": True}
        _done[language] = Slotted("tracker/_status.html", context)
    # The token that came with the form is good for another one, and making a new one takes longer than the rest.
    sent = request.POST.get("csrfmiddlewaretoken", "")
    return _done[language].fill(
        {
            "said": conditional_escape(said),
            "operation": str(change.operation),
            "csrf_token": sent if len(sent) == CSRF_TOKEN_LENGTH and sent.isalnum() else get_token(request),
            "back": escape(back),
            "roadmap": escape(roadmap.slug) if roadmap else "",
        }
    )


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


def refused_as_it_is(
    request: HttpRequest, learner: User, change: Change, *, now: str, asked: dict[str, Any], roadmap: Roadmap | None
) -> HttpResponse:
    """409 for an act that came too late: the topic is in the state `now`, and its row comes as it is. With htmx the
    script asks what to keep. Queries: one for what is counted; and those of an open topic."""
    if not is_htmx(request):
        return refused(request, change.said, 409, asked, topic=change.topic)
    here = _standing(learner, roadmap, change)
    regions = list(_regions(here, change.topic.pk, _changed_rows(here, change))) if here else []
    if roadmap and here:
        regions.append(head_html(roadmap, here, oob=True))
    status = render_to_string(
        "tracker/_newer.html",
        {"said": change.said, "now": now, "word": words_of(languages.current()).states[now]},
        request,
    )
    context = {"regions": regions, "status": status, "roadmap": roadmap} | open_panel(learner, asked, roadmap)
    return render(request, "tracker/_state_changed.html", context, status=409)


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
    wrong = "; ".join(
        f"{name if name != '__all__' else 'form'}: {' '.join(map(str, errors))}" for name, errors in form.errors.items()
    )
    said = _("That could not be understood: %(wrong)s Nothing was changed.") % {"wrong": wrong}
    return refused(request, said, 422, {}, topic=topic)


def _where(topic: Topic, roadmap: Roadmap | None, asked: dict[str, Any]) -> str:
    path: str = asked.get("next") or (roadmap.get_absolute_url() if roadmap else reverse("topic", args=[topic.slug]))
    return path if "#" in path or path.startswith("/topics/") else f"{path}#t{topic.pk}"


def _standing(learner: User, roadmap: Roadmap | None, change: Change) -> Standing | None:
    """Where the learner is now on the roadmap that it was done on; None where that does not seat the topic."""
    if roadmap is None or not seats(roadmap, change.topic):
        return None
    tree = tree_of(roadmap)
    for row in change.outcome.before if change.outcome else ():
        if change.outcome and row.roadmap == roadmap.pk and row.revision == tree.revision:
            states = with_code(row.states, layout(tree).position[change.topic.pk], change.outcome.code)
            return queries.standing_of(row, tree, states)
    here = queries.standing(learner, roadmap)
    here.say_known(known_topics(learner, here))
    return here


def _changed_rows(here: Standing, change: Change) -> dict[int, tuple[Row | None, Row]]:
    """Topic id -> its row (before, now): of the topic itself, and of those that look different now."""
    topic = change.topic.pk
    own = here.overlay.row(topic)
    if change.outcome is None:
        return {topic: (None, own)}
    place = layout(here.tree).position[topic]
    was = CODES[change.outcome.was] | (here.states[place] & STARTED)
    before = Overlay(here.tree, with_code(here.states, place, was), finished_at=here.finished_at)
    rows: dict[int, tuple[Row | None, Row]] = {topic: (before.row(topic), own)}
    for other in affected(here.tree, topic).topics[1:]:
        then, now = before.row(other), here.overlay.row(other)
        if then != now and not _looks_alike(then, now):
            rows[other] = then, now
    return rows


def _looks_alike(then: Row, now: Row) -> bool:
    """A finished row does not say what it opens; the one on the page may say what it is known from, which is not read
    here."""
    return then.state == now.state in {"done", "waived"} and then._replace(opens=now.opens) == now


def _regions(here: Standing, topic: int, rows: dict[int, tuple[Row | None, Row]]) -> Iterable[str]:
    """The rows, then the bars of the branches above the topic."""
    pieces = compiled(here.tree)
    for other, (_was, row) in rows.items():
        yield out_of_band(pieces.row(other, row))
    for index in here.tree.above(here.tree.seated[topic]):
        for region in pieces.heads(index, here.overlay.share(index)):
            yield out_of_band(region)


@cache
def _met_of(_language: str) -> str:
    """In the language that is current, looked up once: it is in the answer to every check-off."""
    return _("%(met)s of %(required)s.")


def _said(change: Change, here: Standing | None, rows: dict[int, tuple[Row | None, Row]]) -> str:
    """`Linear algebra: done. 12 of 36. 2 topics opened.`"""
    outcome = change.outcome
    if here is None or outcome is None:
        return change.said
    share, own = here.overlay.total, change.topic.pk
    counts = {"met": share.done + share.waived, "required": share.required}
    said = [change.said, _met_of(languages.current()) % counts]
    opened = sum(now.ready and was is not None and not was.ready for t, (was, now) in rows.items() if t != own)
    if opened:
        said.append(ngettext("%(n)s topic opened.", "%(n)s topics opened.", opened) % {"n": opened})
    if share.finished and rows[own][1].state in {"done", "skipped"} and outcome.was in {"todo", "learning"}:
        said.append(_("That was the last one."))
    return mark_safe(" ".join(said))  # noqa: S308  (`change.said` is safe, the rest is numbers and words of ours)


def open_panel(learner: User, asked: dict[str, Any], roadmap: Roadmap | None) -> dict[str, Any]:
    """The topic that is open on the page, anew."""
    if not asked.get("panel"):
        return {}
    try:
        topic = access.topic_for_reading(learner, asked["panel"])
    except (Http404, access.MovedError):
        return {}
    page = queries.topic_page(learner, topic, roadmap=roadmap.slug if roadmap else "")
    return {"topic": topic, "sheet": sheet_of(page, nonce=uuid.uuid4())}
