"""What editors do with imports. Each raises named errors with a sentence, having changed nothing of the curriculum."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Collection
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from roadmap import apply
from roadmap.apply import NotAppliedError, StalePlanError
from roadmap.locks import BusyError
from roadmap.models import Import, NoteSource
from roadmap.plan.partial import Parting, key_of
from roadmap.uploads import bundle, shelf
from roadmap.uploads.bundle import Bundle, UploadRefusedError
from roadmap.uploads.shelf import GoneError, Waiting
from roadmap.uploads.unzipping import unzip_apart
from tracker import storing
from tracker.imports import jobs, planning
from tracker.imports.jobs import Job
from tracker.imports.planning import NEW, Planned
from tracker.models import User

BUNDLED = "bundled:"
BROKEN = _lazy("Something broke on our side while it was stored. Nothing was changed; try again in a moment.")
logger = logging.getLogger("pathnotes.imports")
STORING = 900
"""Seconds after which storing that never ended is taken to have been killed."""


class RefreshedError(NotAppliedError):
    """What the page showed is no longer what would be stored."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "The curriculum changed since you looked, so nothing was applied. This is the plan as it stands now: "
                "look it through once more."
            )
        )


class UnconfirmedError(NotAppliedError):
    """It needs a yes of its own."""


def receive(
    *,
    by: User,
    files: list[tuple[str, bytes]],
    left_out: dict[str, int],
    source: NoteSource | None = None,
    title: str = "",
    over: bool = False,
    refused: str = "",
) -> Waiting:
    """Keep uploaded notes as a plan that waits. `source`: an uploaded one that they are a later state of; `over`: its
    other notes stay; `refused`: why not all of it was taken in. Raise UploadRefusedError. No query."""
    if refused:
        raise UploadRefusedError(refused)
    if source is not None and not source.location.startswith(shelf.PREFIX):
        raise UploadRefusedError(
            _("The notes of this source lie on the server: change them there, and read them again.")
        )
    found = _bundle_of(files, Counter(left_out))
    location = source.location if source else ""
    name = source.title if source else title
    return shelf.put(
        found, by=by.pk, location=location, title=name, over=over, left_out=dict(found.left_out), reader=by.shown_name
    )


def _bundle_of(files: list[tuple[str, bytes]], left_out: Counter[str]) -> Bundle:
    zips = [name for name, data in files if bundle.is_zip(name, data)]
    if not zips:
        return bundle.gather(files, left_out)
    if len(files) > 1:
        raise UploadRefusedError(_("A zip comes alone: upload it without other files beside it, or unpack it first."))
    return unzip_apart(files[0][1], left_out)


def read_again(*, by: User, source: NoteSource) -> Waiting:
    """Plan what lies on the server for this source now. Raise UploadRefusedError where nothing lies there any more."""
    path = path_of(source)
    if path is None or not planning.look(path).there:
        raise UploadRefusedError(
            _(
                "Its notes are not where they were read: the folder was moved or removed. Nothing was changed; load it "
                "from its new place on the command line."
            )
        )
    waiting = shelf.put_path(path, by=by.pk, location=source.location, title=source.title, reader=by.shown_name)
    planning.plan_of(waiting)  # begun here, since what is read is taken note of, which looking at the plan must not do
    return waiting


def path_of(source: NoteSource) -> Path | None:
    """Where a source's notes lie on this server; None for those kept nowhere. Only what was loaded before has a source,
    so no address of a person's choosing is ever opened."""
    if source.location.startswith(BUNDLED):
        return Path(settings.CURRICULA_DIR) / Path(source.location.removeprefix(BUNDLED)).name
    if source.location.startswith(shelf.PREFIX):
        return shelf.root_of(source.location)
    return Path(source.location)


def answer(*, waiting: Waiting, answers: dict[str, str], planned: Planned, every: str = "") -> Waiting:
    """Say of unclear topics which one each is, or that it is new. `every` answers those that are open alike: "first" is
    the first that each offers. What no question offers changes nothing. Raise GoneError."""
    known = dict(waiting.answers)
    for question in planned.questions:
        name = planning.key_of(question)
        offered = [str(candidate.topic) for candidate in question.candidates]
        given = answers.get(name)
        if given == NEW or given in offered:
            known[name] = str(given)
        elif every and known.get(name) not in {NEW, *offered}:
            known[name] = NEW if every == NEW else offered[0]
    return waiting if known == waiting.answers else shelf.change(waiting, answers=known, problem="")


def leave_out(*, waiting: Waiting, planned: Planned, keys: Collection[str]) -> Waiting:
    """Apply the plan without these changes; those that cannot be left out stay in. Raise GoneError."""
    parting = Parting(planned.whole)
    wanted = {key_of(change) for change in planned.whole.changes if not parting.why_not(change)} & set(keys)
    return _without(waiting, set(waiting.without) | wanted)


def take_in(*, waiting: Waiting, keys: Collection[str]) -> Waiting:
    """Apply these changes after all. Raise GoneError."""
    return _without(waiting, set(waiting.without) - set(keys))


def _without(waiting: Waiting, keys: set[str]) -> Waiting:
    without = tuple(sorted(keys))
    return waiting if without == waiting.without else shelf.change(waiting, without=without, problem="")


def apply_now(
    *, waiting: Waiting, planned: Planned, token: str, by: User, retire_many: bool = False, skip_broken: bool = False
) -> Job:
    """Store what the page with this token showed; a job, over at once for notes of no great size. Applied before: the
    same outcome. Raise RefreshedError, UnconfirmedError, or what `apply_plan` raises, each having changed nothing."""
    part = planned.part
    if token != planned.token:
        raise RefreshedError
    if part.unclear:
        raise apply.QuestionsOpenError(part.unclear)
    if planned.errors and not (skip_broken and planned.reading.paths):
        raise UnconfirmedError(
            _(
                "Some notes cannot be read as they are. Correct them and upload again, or say that the rest is to be "
                "applied without them. Nothing was changed."
            )
        )
    if part.retires_many and not retire_many:
        raise UnconfirmedError(
            _(
                "%(retired)s of %(live)s topics are not in these notes any more and would be retired. If these are "
                "the right notes, say so beside the button. Nothing was changed."
            )
            % {"retired": part.retired, "live": part.now.live()}
        )
    waiting = shelf.change(waiting, applying=time.time(), problem="")
    large = planned.reading.counts.get("bytes", 0) > settings.IMPORTS_AT_ONCE
    return jobs.run(("apply", waiting.uid), lambda job: _apply(waiting, planned, by, job), beside=large)


def _apply(waiting: Waiting, planned: Planned, by: User, job: Job) -> str:
    """uid of the import, or "-"."""
    job.say(planning.STAGES, _("Storing the changes"))
    done = "-"
    try:
        made = storing.apply_plan(plan=planned.part, source=planned.source, by=by.shown_name, user=by, retire_many=True)
        done = made.uid.hex if made is not None else done
        _accept(waiting, done)
    except Exception as error:
        planning.forget(waiting)
        stale = isinstance(error, StalePlanError)
        known = isinstance(error, NotAppliedError | BusyError)
        said = str(RefreshedError() if stale else error) if known else BROKEN
        if done == "-" and not _stored_meanwhile(waiting):
            shelf.change(waiting, applying=0.0, problem=said)
        if stale:
            raise RefreshedError from error
        raise
    finally:
        jobs.forget(("apply", waiting.uid))
    return done


def _accept(waiting: Waiting, done: str) -> None:
    """The curriculum has the notes; that the disk does not take them any more is no reason to say otherwise."""
    try:
        shelf.accept(waiting, done)
    except (OSError, GoneError):
        logger.exception("The notes of an applied import could not be moved to their place")


def _stored_meanwhile(waiting: Waiting) -> bool:
    try:
        return bool(shelf.get(waiting.uid).done)
    except GoneError:
        return True


def is_storing(waiting: Waiting) -> bool:
    """Whether some process is storing it now."""
    return bool(waiting.applying) and not waiting.done and time.time() - waiting.applying < STORING


def undo(*, source: NoteSource, asked: UUID, by: User) -> Import:
    """Take back the last import of a source. Raise NotTheLastError, NothingToUndoError, TreeChangedError or
    BusyError."""
    return storing.undo_last(source=source, by=by.shown_name, user=by, asked=asked)
