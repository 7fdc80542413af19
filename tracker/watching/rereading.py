"""One source read again: applied where nobody has to be asked, else kept as a plan that waits for an editor."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from roadmap.apply import NotAppliedError, StalePlanError
from roadmap.because import commanded
from roadmap.loading import Prepared, prepare, source_at, take_note
from roadmap.models import Import
from roadmap.plan import digest_of
from roadmap.plan.report import problem_line
from roadmap.uploads import shelf
from roadmap.uploads.shelf import Waiting
from tracker.imports import verbs, words
from tracker.storing import store

WATCHING = "watching"
"""Whom the record of an import names."""
TRIES = 3
"""Times that a plan is made again because an editor changed the curriculum meanwhile."""

Came = Literal["applied", "waits", "nothing", "unreadable"]


@dataclass(frozen=True, slots=True)
class Outcome:
    came: Came
    said: str
    """A sentence for people."""


def reread(path: Path) -> Outcome:
    """Read the notes at `path` again, and apply them where nothing is unclear, nothing is retired and nothing has an
    error; else they wait among the imports. What waited before gives way. Raise BusyError or an OperationalError,
    having changed nothing."""
    with commanded("watch_notes"):
        for _ in range(TRIES - 1):
            try:
                return _once(path)
            except StalePlanError:
                continue
        return _once(path)


def _once(path: Path) -> Outcome:
    prepared = prepare(path)
    if not prepared.reading.digests:
        return _unreadable(path, prepared)
    if prepared.nothing and not prepared.errors:
        take_note(source=prepared.source, reading=prepared.reading, by=WATCHING)
        over = _drop(prepared.source.location)
        return Outcome("nothing", f"nothing to change{'; the plan that waited is thrown away' if over else ''}.")
    if why := _why_it_waits(prepared) or _taken_back(prepared):
        return _keep(path, prepared, why)
    try:
        made = store(prepared, by=WATCHING)
    except StalePlanError:
        raise
    except NotAppliedError as error:
        return _keep(path, prepared, str(error), problem=str(error))
    _drop(prepared.source.location)
    return Outcome("applied", f"applied: {_counted(made)}.")


def _counted(made: Import | None) -> str:
    said = words.counted(made.counts) if made is not None else "nothing"
    return f"{said} (commit {made.checkout['commit'][:8]})" if made is not None and made.checkout else said


def _why_it_waits(prepared: Prepared) -> str:
    """What an editor has to see first; empty where it can be applied."""
    plan = prepared.plan
    said = []
    if errors := len(prepared.errors):
        said.append(f"{errors} error{'s' if errors > 1 else ''}")
    if plan is not None and plan.unclear:
        said.append(f"{len(plan.unclear)} unclear")
    if plan is not None and (gone := sum(change.kind == "retired" for change in plan.changes)):
        said.append(f"{gone} to be retired")
    return ", ".join(said)


def _taken_back(prepared: Prepared) -> str:
    """Whether somebody took back the import of these very notes: then it is theirs to say that they count again. One
    query."""
    if not prepared.source.pk:
        return ""
    last = Import.objects.filter(source=prepared.source).values_list("state", "after__reading").first()
    same = last == (Import.State.UNDONE, digest_of(prepared.reading))
    return "the import of these very notes was taken back" if same else ""


def _unreadable(path: Path, prepared: Prepared) -> Outcome:
    """Notes that are away, or of which none can be opened, change nothing, and what waits goes on waiting."""
    if not path.exists():
        return Outcome("unreadable", "it is not there. Nothing is changed; it is read when it is back.")
    why = problem_line(prepared.errors[0]) if prepared.errors else "It holds no notes."
    return Outcome("unreadable", f"{why} Nothing is changed; it is read again when it changes.")


def _keep(path: Path, prepared: Prepared, why: str, problem: str = "") -> Outcome:
    source, digest = prepared.source, digest_of(prepared.reading)
    old = waiting_at(source.location)
    told = f"{why.rstrip('.')}. It waits for an editor, under Studio, Imports; until then everything stays as it was."
    if old is None or old.reading != digest:
        decided = {"answers": old.answers, "without": old.without} if old else {}
        shelf.put_path(
            path.resolve(),
            by=shelf.ANYBODY,
            location=source.location,
            title=source.title,
            reader=WATCHING,
            reading=digest,
            problem=problem,
            **decided,
        )
    take_note(source=source, reading=prepared.reading, by=WATCHING, files=False)
    return Outcome("waits", told)


def waiting_at(location: str) -> Waiting | None:
    """The plan that came of watching that source and waits."""
    mine = (each for each in shelf.of(shelf.ANYBODY) if each.location == location)
    return next((each for each in mine if not verbs.is_storing(each)), None)


def _drop(location: str) -> bool:
    """Throw away what waited, now that the notes say something else; whether there was anything."""
    old = waiting_at(location)
    if old is not None:
        shelf.drop(old)
    return old is not None


def known(path: Path) -> bool:
    """Whether notes were ever loaded from there. One query."""
    return source_at(path) is not None
