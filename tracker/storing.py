"""Imports stored and taken back with what they move of people's progress: whatever reads notes goes through here.

The curriculum knows no people. Where a plan makes topics one, or splits one, whoever had done it has done what became
of it, in the same transaction; an undo gives that back.
"""

from __future__ import annotations

from uuid import UUID

from roadmap import apply, loading
from roadmap.because import Because, Through
from roadmap.loading import Prepared
from roadmap.locks import curriculum_lock
from roadmap.models import Import, NoteSource
from roadmap.plan import Plan
from tracker.merging import carry_import, give_back_import
from tracker.models import User


def store(
    prepared: Prepared, *, by: str, user: User | None = None, retire_many: bool = False, skip_broken: bool = False
) -> Import | None:
    """As `roadmap.loading.store`. `user`: who does it, where that is somebody with an account."""
    with curriculum_lock(Because(by, Through.IMPORT)):
        made = loading.store(prepared, by=by, retire_many=retire_many, skip_broken=skip_broken)
        if prepared.plan is not None:
            carry_import(plan=prepared.plan, made=made, by=user)
        return made


def apply_plan(*, plan: Plan, source: NoteSource, by: str, user: User | None, retire_many: bool) -> Import | None:
    """As `roadmap.apply.apply_plan`."""
    with curriculum_lock(Because(by, Through.IMPORT)):
        made = apply.apply_plan(plan=plan, source=source, by=by, retire_many=retire_many)
        carry_import(plan=plan, made=made, by=user)
        return made


def undo_last(*, source: NoteSource, by: str, user: User | None = None, asked: UUID | None = None) -> Import:
    """As `roadmap.apply.undo_last`. What the import gave people goes back, unless they did something there since."""
    with curriculum_lock(Because(by, Through.UNDO_IMPORT)):
        known = Import.objects.filter(uid=asked, state=Import.State.UNDONE).first() if asked else None
        undone = apply.undo_last(source=source, by=by, asked=asked)
        if known is None:
            give_back_import(undone=undone, by=user)
        return undone
