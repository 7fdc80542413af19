"""Edits written back to the notes: looked at before, done, taken back; and whether a source allows it."""

from __future__ import annotations

import uuid
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_POST, require_safe

from roadmap.apply import NotAppliedError
from roadmap.locks import BusyError
from roadmap.models import Topic
from roadmap.notes.writing import FIELDS
from roadmap.past.history import said_of
from roadmap.writeback import verbs
from roadmap.writeback.verbs import FieldRefusedError
from tracker import access, topic_editing, writing
from tracker.views.cohorts.common import person
from tracker.views.studio.topic import asked

UNCLEAR = _lazy("That could not be understood. Nothing was written.")


@require_safe
def topic_notes(request: HttpRequest, slug: str) -> HttpResponse:
    """What writing each edit back would change, line by line. `?roadmap=` as on the topic's own page."""
    try:
        topic = access.topic_by_slug_for_editing(request.user, slug)
    except access.MovedError as moved:
        return redirect(f"{reverse('topic_notes', args=[moved.slug])}?{request.GET.urlencode()}")
    access.require_curriculum_editing(request.user)
    return _page(request, topic)


@require_POST
def write_notes(request: HttpRequest, slug: str) -> HttpResponse:
    """`field`, once or often, and `seen`: what the page showed. 409 when anything is otherwise by now, 422 for what the
    notes cannot say."""
    topic = _topic(request, slug)
    names, seen = request.POST.getlist("field"), request.POST.get("seen", "")
    if not names or not seen or len(set(names)) < len(names) or not set(names) <= set(FIELDS):
        return _page(request, topic, status=422, refused=str(UNCLEAR))
    roadmap = topic_editing.roadmap_of(topic, request.POST.get("roadmap", ""))
    if topic.source is None or roadmap is None:
        return _page(request, topic, status=409, refused=_("This topic stands in no notes and on no roadmap now."))
    try:
        edit = verbs.write_back(
            source=topic.source, topic=topic, names=names, roadmap=roadmap, asked=asked(request), seen=seen
        )
    except FieldRefusedError as error:
        return _page(request, topic, status=422, refused=str(error))
    except (NotAppliedError, BusyError) as error:
        return _page(request, topic, status=409, refused=str(error))
    messages.success(request, _("%(said)s.") % {"said": said_of(edit)})
    return HttpResponseRedirect(_place(topic.slug, roadmap.slug), status=303)


@require_POST
def unwrite_notes(request: HttpRequest, slug: str) -> HttpResponse:
    """`written`: the operation that is to be taken back. 409 where the file is not as it was written."""
    topic = _topic(request, slug)
    try:
        edit = writing.written(topic, UUID(request.POST.get("written", "")))
    except ValueError:
        return _page(request, topic, status=422, refused=str(UNCLEAR))
    if edit is None:
        raise Http404("Nothing of this topic was written so.")
    try:
        verbs.take_back(edit=edit, by=person(request).shown_name)
    except (NotAppliedError, BusyError) as error:
        return _page(request, topic, status=409, refused=str(error))
    messages.success(request, _("Taken back: the notes say what they said before, and your edit stands over them."))
    return HttpResponseRedirect(_place(topic.slug, request.POST.get("roadmap", "")), status=303)


@require_POST
def allow_writing(request: HttpRequest, uid: UUID) -> HttpResponse:
    """`allowed`: yes or no. 409 for notes that nothing can be written to."""
    source = access.source_for_imports(request.user, uid)
    allowed = request.POST.get("allowed", "")
    back = reverse("import_source", args=[source.uid])
    if allowed not in {"yes", "no"}:
        context = {"said": UNCLEAR, "status": 422, "back": back}
        return render(request, "tracker/refused.html", context, status=422)
    try:
        writing.allow_writing(source=source, allowed=allowed == "yes", by=person(request))
    except NotAppliedError as error:
        return render(request, "tracker/refused.html", {"said": str(error), "status": 409, "back": back}, status=409)
    said = (
        _("Edits may be written to these files now.")
        if allowed == "yes"
        else _("Nothing is written to these files any more.")
    )
    messages.success(request, said)
    return HttpResponseRedirect(back, status=303)


def _topic(request: HttpRequest, slug: str) -> Topic:
    try:
        topic = access.topic_by_slug_for_editing(request.user, slug)
    except access.MovedError as moved:
        topic = access.topic_by_slug_for_editing(request.user, moved.slug)
    access.require_curriculum_editing(request.user)
    return topic


def _place(slug: str, roadmap: str) -> str:
    where = reverse("topic_notes", args=[slug])
    return f"{where}?{urlencode({'roadmap': roadmap})}" if roadmap else where


def _page(request: HttpRequest, topic: Topic, *, status: int = 200, refused: str = "") -> HttpResponse:
    page = writing.writing_page(topic)
    context = {
        "topic": topic,
        "roadmap": topic_editing.roadmap_of(topic, request.POST.get("roadmap", request.GET.get("roadmap", ""))),
        "page": page,
        "refused": "" if refused == page.refused else refused,  # said once is enough
        "writes": True,
        "operation": uuid.uuid4(),
    }
    return render(request, "studio/topic_notes.html", context, status=status)
