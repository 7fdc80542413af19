"""The list of roadmaps, and one roadmap with a learner's progress laid over it."""

from __future__ import annotations

import uuid
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from roadmap.models import Roadmap
from tracker import access, queries
from tracker.known import known_from, known_topics
from tracker.permissions import Right, may
from tracker.rows import SHOWS, bar, compiled, count
from tracker.sessions import with_walks
from tracker.views.compressed import compressed
from tracker.views.frames import frame
from tracker.views.heads import head_html
from tracker.views.sheets import Sheet, sheet_of
from tracker.views.waiting import note_of_what_waits


@login_not_required
@require_safe
@compressed
def roadmaps(request: HttpRequest) -> HttpResponse:
    cards = queries.roadmaps_for(request.user)
    context = {
        "cards": [(card, bar(card.share, thin=False), count(card.share)) for card in cards],
        "may_load": may(request.user, Right.EDIT_CURRICULUM),
    }
    return render(request, "tracker/roadmaps.html", context)


@login_not_required
@with_walks
@require_safe
@compressed
def roadmap(request: HttpRequest, slug: str) -> HttpResponse:
    """`?show=` filters the rows, `?topic=` opens a topic beside them. Both are kept by the links on the page."""
    found, counted = access.roadmap_with_summaries(request.user, slug)
    here = queries.standing(request.user, found, counted)
    known = known_topics(request.user, here, counted)
    here.say_known(known)
    show = request.GET.get("show", "")
    show = show if show in SHOWS else ""
    nonce = uuid.uuid4()
    rows = compiled(here.tree)
    sheet = _open_topic(request, found, nonce, show)
    context = {
        "roadmap": found,
        "head": head_html(found, here, known=known_from(here, known)) + note_of_what_waits(request),
        "outline": rows.outline(here.overlay),
        "body": rows.body(here.overlay, show) if show or sheet else rows.whole_body(here.overlay),
        "show": show,
        "filters": [("", _("All"), not show), *((name, word, name == show) for name, (word, _keep) in SHOWS.items())],
        "nonce": str(nonce),
        "sheet": sheet,
        "topic": sheet and sheet.page.topic,
    }
    if sheet or not context["body"]:
        return render(request, "tracker/roadmap.html", context)
    return frame(here.tree.kept, f"roadmap {show}", "tracker/roadmap.html", FILLED).answer(request, context)


FILLED = ("head", "outline", "body", "nonce")
"""What of the page's context depends on the reader; the rest is the roadmap's, and the filter's."""


def _open_topic(request: HttpRequest, roadmap: Roadmap, nonce: uuid.UUID, show: str) -> Sheet | None:
    """The topic that `?topic=` names, if it is there to be read; the roadmap is shown without it otherwise."""
    slug = request.GET.get("topic", "")
    if not slug:
        return None
    try:
        topic = access.topic_for_reading(request.user, slug)
    except access.MovedError as moved:
        topic = access.topic_for_reading(request.user, moved.slug)
    except Http404:
        return None
    page = queries.topic_page(request.user, topic, roadmap=roadmap.slug)
    query = urlencode({"show": show}) if show else ""
    return sheet_of(page, nonce=nonce, back=f"{roadmap.get_absolute_url()}{'?' + query if query else ''}#t{topic.pk}")
