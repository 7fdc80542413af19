"""Publishing: the draft of a roadmap, what it would do, how it would look, and whether learners see the roadmap."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_POST, require_safe

from roadmap.apply import NotAppliedError
from roadmap.locks import BusyError
from roadmap.models import Roadmap
from roadmap.publishing.models import DraftRevision
from roadmap.publishing.publish import ClashesError
from tracker import access, draft_access, draft_pages, drafting
from tracker import draft_preview as previews
from tracker.rows import bar, count
from tracker.views.cohorts.common import done, person

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

NOTE = 2_000
"""Characters of what learners are told with a revision."""


@require_safe
def draft(request: HttpRequest, slug: str) -> HttpResponse:
    """What the open draft changes and whom that touches, or how to begin one. `?whole=` a kind of changes."""
    roadmap, found = draft_access.draft_in_studio(request.user, slug)
    return _page(request, roadmap, found)


@require_POST
def begin_draft(request: HttpRequest, slug: str) -> HttpResponse:
    """From now on edits wait."""
    roadmap = access.roadmap_in_studio(request.user, slug)
    try:
        drafting.begin(roadmap=roadmap, by=person(request))
    except (NotAppliedError, BusyError) as error:
        return _page(request, roadmap, None, refused=str(error), status=409)
    said = _("Draft begun. What you change now waits until it is published.")
    return done(request, said, reverse("studio_roadmap", args=[slug]))


@require_POST
def publish_draft(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """`acts` and `answered` are of the page that asks; `c-…` says of a clash whether `live` or `draft` stands; `note`
    is told to learners. 409 with the draft as it is now where somebody has to look again."""
    found = draft_access.draft_by_key(request.user, slug, pk)
    draft_access.require_publishing(request.user, found)
    note = request.POST.get("note", "").strip()
    acts = request.POST.get("acts", "")
    theirs = frozenset(
        name.removeprefix("c-") for name, value in request.POST.items() if name.startswith("c-") and value == "live"
    )
    if len(note) > NOTE or not re.fullmatch(r"[0-9]{1,9}", acts):
        said = _("What you say of it has at most %(most)s characters. Nothing was published.") % {"most": NOTE}
        return _page(request, found.roadmap, found, refused=said, status=422, note=note)
    try:
        made = drafting.publish(
            draft=found,
            by=person(request),
            note=note,
            acts=int(acts),
            theirs=theirs,
            answered=request.POST.get("answered", ""),
        )
    except ClashesError as error:
        said = _("%(error)sSay below which stands. Nothing was published yet.") % {"error": error}
        return _page(request, found.roadmap, found, refused=said, status=409, note=note, theirs=theirs)
    except (NotAppliedError, BusyError) as error:
        return _page(request, found.roadmap, found, refused=str(error), status=409, note=note, theirs=theirs)
    said = _("Published as revision %(number)s. Learners see it now.") % {"number": made.number}
    return done(request, said, reverse("revision", args=[slug, made.number]))


@require_POST
def discard_draft(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Throw it away; it can be taken up again."""
    found = draft_access.draft_by_key(request.user, slug, pk)
    try:
        drafting.discard(draft=found, by=person(request))
    except (NotAppliedError, BusyError) as error:
        return _refused(request, slug, error)
    said = _("The draft is thrown away; learners never saw it. It can be taken up again.")
    return done(request, said, reverse("draft", args=[slug]))


@require_POST
def take_up_draft(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Open a draft again that was thrown away."""
    found = draft_access.draft_by_key(request.user, slug, pk)
    try:
        drafting.take_up(draft=found, by=person(request))
    except (NotAppliedError, BusyError) as error:
        return _refused(request, slug, error)
    return done(request, _("The draft is open again."), reverse("draft", args=[slug]))


@require_POST
def set_roadmap_state(request: HttpRequest, slug: str) -> HttpResponse:
    """`state`: draft, listed or unlisted."""
    roadmap = access.roadmap_in_studio(request.user, slug)
    try:
        changed = drafting.set_state(roadmap=roadmap, state=request.POST.get("state", ""), by=person(request))
    except (NotAppliedError, BusyError) as error:
        return _refused(request, slug, error)
    said = str(SEEN[roadmap.state]) if changed else _("It was so already.")
    return done(request, said, reverse("draft", args=[slug]))


SEEN: dict[str, StrOrPromise] = {
    Roadmap.State.DRAFT: _lazy("Only editors see it now. What learners did stays theirs."),
    Roadmap.State.LISTED: _lazy("Published: it stands in the list of roadmaps."),
    Roadmap.State.UNLISTED: _lazy("Published: whoever has its address can read it."),
}


@require_safe
def draft_preview(request: HttpRequest, slug: str) -> HttpResponse:
    """The roadmap as it would be. `?as=`: `nobody`, `new`, or the key of a learner whom one may see; `?topic=`."""
    found = draft_access.open_draft_in_studio(request.user, slug)
    asked = request.GET.get("as", "")
    learner = draft_access.learner_for_preview(request.user, asked) if asked not in {"", "nobody", "new"} else None
    page = previews.preview_of(found)
    overlay = previews.overlay_of(page, found, learner)
    words = " ".join(request.GET.get("q", "").split())[:100]
    seen = access.visible_learners(request.user)
    wanted = request.GET.get("topic", "")
    context = {
        "roadmap": found.roadmap,
        "draft": found,
        "tree": page.tree,
        "as": asked or "nobody",
        "learner": learner,
        "learners": previews.learners_to_choose(seen, found, words),
        "some_seen": words or seen.exists(),
        "words": words,
        "bar": bar(overlay.total, thin=False),
        "share": overlay.total,
        "count": count(overlay.total),
        "outline": page.rows.outline(overlay),
        "body": page.rows.body(overlay),
        "topic": previews.topic_of(page, found, wanted) if wanted else None,
    }
    return render(request, "studio/draft_preview.html", context)


def _refused(request: HttpRequest, slug: str, error: Exception) -> HttpResponse:
    roadmap, found = draft_access.draft_in_studio(request.user, slug)
    return _page(request, roadmap, found, refused=str(error), status=409)


def _page(
    request: HttpRequest,
    roadmap: Roadmap,
    found: DraftRevision | None,
    *,
    status: int = 200,
    theirs: frozenset[str] = frozenset(),
    **more: Any,
) -> HttpResponse:
    if found is not None and found.state != DraftRevision.State.OPEN:
        roadmap, found = draft_access.draft_in_studio(request.user, roadmap.slug)
    page = None
    if found is not None:
        found.roadmap = roadmap
        page = draft_pages.draft_page(found, whole=request.GET.get("whole", ""), theirs=theirs)
    context = {
        "roadmap": roadmap,
        "draft": found,
        "page": page,
        "discarded": draft_pages.discarded(roadmap) if found is None else (),
        "states": [(state, SAID[state], state == roadmap.state) for state in Roadmap.State.values],
    }
    return render(request, "studio/draft.html", context | more, status=status)


SAID: dict[str, StrOrPromise] = {
    Roadmap.State.DRAFT: _lazy("Draft: only editors see it"),
    Roadmap.State.LISTED: _lazy("Listed: everybody finds it"),
    Roadmap.State.UNLISTED: _lazy("Unlisted: whoever has its address can read it"),
}
