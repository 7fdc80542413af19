"""Draft revisions as wholes: begun, thrown away, taken up again. What is in one is written by its desk."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from roadmap.apply import NotAppliedError
from roadmap.because import Because, Through
from roadmap.editing import RefusedEditError
from roadmap.locks import curriculum_lock
from roadmap.models import Roadmap
from roadmap.publishing.desk import open_draft
from roadmap.publishing.models import DraftRevision

State = DraftRevision.State


class DraftGoneError(NotAppliedError):
    """The draft was published or thrown away meanwhile, or another one is open."""


def begin(*, roadmap: Roadmap, by: str) -> DraftRevision:
    """From now on edits of this published roadmap wait in a draft; the one that is open, if there is one.

    Raise RefusedEditError for a roadmap that is retired, or not published: nobody sees its edits as it is. BusyError.
    """
    with curriculum_lock(Because(by, Through.DRAFT)):
        roadmap.refresh_from_db(fields=["retired_at", "state"])
        if roadmap.retired_at is not None:
            raise RefusedEditError(_("This roadmap is retired. Nothing was changed."))
        known = open_draft(roadmap)
        if known is not None:
            return known
        if roadmap.state == Roadmap.State.DRAFT:
            raise RefusedEditError(_("Only editors see this roadmap, so its edits need not wait. Nothing was changed."))
        return DraftRevision.objects.create(roadmap=roadmap, opened_by=by[:150])


def discard(*, draft: DraftRevision, by: str) -> DraftRevision:
    """Throw it away. What it says is kept, and can be taken up again. Thrown away before: nothing happens.

    Raise DraftGoneError when it was published, or BusyError.
    """
    with curriculum_lock(Because(by, Through.DRAFT)):
        draft.refresh_from_db()
        if draft.state == State.PUBLISHED:
            raise DraftGoneError(_("This draft was published meanwhile. Nothing was changed."))
        if draft.state == State.OPEN:
            close(draft, State.DISCARDED, by)
        return draft


def take_up(*, draft: DraftRevision, by: str) -> DraftRevision:
    """Open a draft again that was thrown away. Open already: nothing happens.

    Raise DraftGoneError when it was published or another one is open, or BusyError.
    """
    with curriculum_lock(Because(by, Through.DRAFT)):
        draft.refresh_from_db()
        if draft.state == State.OPEN:
            return draft
        if draft.state == State.PUBLISHED or open_draft(draft.roadmap) is not None:
            raise DraftGoneError(_("Another draft is open, or this one was published. Nothing was changed."))
        draft.state, draft.closed_at, draft.closed_by, draft.opened_by = State.OPEN, None, "", by[:150]
        draft.save(update_fields=["state", "closed_at", "closed_by", "opened_by"])
        return draft


def close(draft: DraftRevision, state: str, by: str) -> None:
    draft.state, draft.closed_at, draft.closed_by = state, timezone.now(), by[:150]
    draft.save(update_fields=["state", "closed_at", "closed_by"])
