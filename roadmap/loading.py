"""From a folder of notes on this machine to the database: what `load_notes` and the start of the server do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings

from roadmap import git, guarding
from roadmap.apply import NotAppliedError, NothingToUndoError, apply_plan, revisions_of, undo_last
from roadmap.exporting.returning import plan_return
from roadmap.exporting.roadmaps import shown_of
from roadmap.models import Import, NoteSource, Roadmap
from roadmap.notes.apart.parent import Tell
from roadmap.notes.items import Problem, Reading
from roadmap.notes.reading import read
from roadmap.plan import Answers, Plan, digest_of, plan
from roadmap.plan.report import problem_line
from roadmap.source_files import remember_files, remember_reading
from roadmap.stored import curriculum_of, slugs_elsewhere

BUNDLED = "ai-engineer"
"""Folder of the notes that ship with Pathnotes."""


class NotesRefusedError(NotAppliedError):
    """The notes have errors; `problems` are these, the message is the first one with its file and line."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__(problem_line(problems[0]))


@dataclass(frozen=True, slots=True)
class Prepared:
    """A reading and the plan for it. `source` may be unsaved."""

    source: NoteSource
    reading: Reading
    roots: tuple[str, ...] | None
    """Notes chosen to draw the roadmaps, to be remembered; None where the source's choice stays."""
    plan: Plan | None
    """None when the notes and the curriculum are those of the last import: nothing to change, found without a plan."""
    returned: bool = False
    """The notes are an export, and the plan is over the notes that its roadmap was read from."""

    @property
    def nothing(self) -> bool:
        return self.plan is None or self.plan.empty

    @property
    def errors(self) -> tuple[Problem, ...]:
        problems = self.plan.problems if self.plan is not None else self.reading.problems
        return tuple(problem for problem in problems if problem.severity == "error")


def location_of(path: Path) -> str:
    """What a source is known by: the absolute path, links resolved, or `bundled:NAME` for what ships with Pathnotes."""
    resolved = path.resolve()
    if resolved.parent == settings.CURRICULA_DIR.resolve():
        return f"bundled:{resolved.name}"
    return str(resolved).encode("utf-8", "backslashreplace").decode()


def source_at(path: Path) -> NoteSource | None:
    return NoteSource.objects.filter(location=location_of(path)).first()


def source_of(path: Path) -> NoteSource | None:
    """The source that loading `path` goes to: its own, or that of the roadmap it is an export of."""
    source = source_at(path)
    roadmap = exported(guarding.read(path)) if source is None else None
    return roadmap.source if roadmap is not None else source


def prepare(
    path: Path,
    *,
    answers: Answers | None = None,
    reading: Reading | None = None,
    roots: Sequence[str] | None = None,
    tell: Tell | None = None,
) -> Prepared:
    """Read the notes at `path` and plan their import. Writes nothing. Thirteen queries, three when nothing changed.

    `roots`: notes that draw the roadmaps, none for the hubs; None for those that were chosen when it was last loaded.
    `tell` hears how far the reading is.
    """
    source = source_at(path)
    if reading is None:
        chosen = (source.roots if source is not None else ()) if roots is None else roots
        reading = guarding.read_from(path, chosen, tell=tell)
    kept = None if roots is None else tuple(roots)
    digest = digest_of(reading)
    if source is not None and _known(source, digest):
        return Prepared(source, reading, kept, None)
    if source is None and (known := exported(reading)) is not None:
        return _returned(known, reading, answers, digest)
    if source is None:
        title = next((found.title for found in reading.paths), path.resolve().name) or "Notes"
        source = NoteSource(location=location_of(path), title=title[:200])
    now = curriculum_of(source)
    planned = plan(
        now,
        reading,
        answers=answers,
        taken=slugs_elsewhere(source),
        digest=digest,
        renamed=renamed(source, path, reading),
    )
    return Prepared(source, reading, kept, planned)


def exported(reading: Reading) -> Roadmap | None:
    """The roadmap of this database that the notes are an export of, if they are one. One query at most."""
    uid = reading.paths[0].exported if reading.paths else ""
    try:
        return Roadmap.objects.filter(uid=UUID(uid)).select_related("source").first() if uid else None
    except ValueError:
        return None


class ReturnRefusedError(NotAppliedError):
    """An export cannot be loaded over the roadmap it was made of; the message says why."""


def _returned(roadmap: Roadmap, reading: Reading, answers: Answers | None, digest: str) -> Prepared:
    """An export from elsewhere, planned over the notes its roadmap was read from: it makes no second copy of it."""
    is_json = reading.paths[0].source.endswith(".json")
    mark = "the `uid` of its `roadmap` out of it" if is_json else "`pathnotes:` and what is under it out of README.md"
    anew = f"To load them as a roadmap of their own, take {mark}."
    if roadmap.retired_at is not None:
        raise ReturnRefusedError(
            f"These notes are an export of “{roadmap.title}”, which is retired. Nothing was changed. {anew}"
        )
    shown = shown_of(roadmap)
    source, now = roadmap.source, curriculum_of(roadmap.source) if roadmap.source else shown
    taken = slugs_elsewhere(source)
    planned = plan_return(now, shown, roadmap.uid, reading, answers=answers, taken=taken, digest=digest)
    if source is None and (planned.changes or planned.unclear):
        raise ReturnRefusedError(
            f"These notes are a changed export of “{roadmap.title}”, which was made in the browser and has no notes of "
            f"its own. Nothing was changed. {anew}"
        )
    return Prepared(source or NoteSource(), replace(reading, digests={}), None, planned, returned=True)


def load(
    path: Path, *, by: str, answers: Answers | None = None, retire_many: bool = False, skip_broken: bool = False
) -> Import | None:
    """Read, plan and store the notes at `path`; None when there was nothing to change.

    Raise NotesRefusedError for notes with errors (`skip_broken` loads the rest of them), QuestionsOpenError where a
    rename is unclear, RetiresManyError, StalePlanError, PrerequisiteLoopError or BusyError: each with a sentence, each
    having changed nothing.
    """
    return store(prepare(path, answers=answers), by=by, retire_many=retire_many, skip_broken=skip_broken)


def store(prepared: Prepared, *, by: str, retire_many: bool = False, skip_broken: bool = False) -> Import | None:
    """Store what was prepared; raises as `load` does."""
    if prepared.errors and not (skip_broken and prepared.reading.paths):
        raise NotesRefusedError(prepared.errors)
    if prepared.plan is None or prepared.plan.empty:
        take_note(source=prepared.source, reading=prepared.reading, by=by, roots=prepared.roots)
        return None
    return apply_plan(plan=prepared.plan, source=prepared.source, by=by, retire_many=retire_many, roots=prepared.roots)


def renamed(source: NoteSource, path: Path, reading: Reading) -> dict[str, str]:
    """Old path -> new path of the files that git saw renamed since the last import of that source. One query."""
    if not source.pk or reading.checkout is None:
        return {}
    applied = Import.objects.filter(source=source, state=Import.State.APPLIED)
    last = applied.values_list("checkout", flat=True).first() or {}
    return git.renames(path, str(last.get("commit", "")), reading.digests)


def take_note(
    *,
    source: NoteSource,
    reading: Reading,
    by: str,
    at: datetime | None = None,
    files: bool = True,
    roots: tuple[str, ...] | None = None,
) -> None:
    """Notes that were read, and change nothing: their files are known from now on, so that they can be written to;
    not with `files` off, for notes whose changes wait. The roots that were chosen are known too. `at`: see
    `remember_reading`."""
    if not source.pk:
        return
    if roots is not None and source.roots != list(roots):
        NoteSource.objects.filter(pk=source.pk).update(roots=list(roots))
    remember_reading(source=source.pk, by=by, checkout=reading.checkout, at=at)
    if files and Path(source.location).is_absolute():
        remember_files(source=source.pk, digests=reading.digests)


def load_bundled(*, by: str) -> Import | None:
    """Load the notes that ship with Pathnotes: once, and again when a new version of them changes nobody's topics.

    None when there was nothing to do: loaded before (even if taken back since), or a change that a person must look at,
    because it retires topics or leaves a question. `load_notes` shows it.
    """
    path = settings.CURRICULA_DIR / BUNDLED
    reading = read(path)  # our own, so no child is started for it, and the server starts the sooner
    known = Import.objects.filter(source__location=location_of(path), after__reading=digest_of(reading))
    if known.exists():
        return None
    prepared = prepare(path, reading=reading)
    if prepared.plan is None or prepared.errors or prepared.plan.unclear or prepared.plan.retired:
        return None
    return store(prepared, by=by)


def undo(path: Path, *, by: str) -> Import:
    """Take back the last import of the notes at `path`; raises as `apply.undo_last` does."""
    source = source_at(path)
    if source is None:
        raise NothingToUndoError
    return undo_last(source=source, by=by)


def _known(source: NoteSource, digest: str) -> bool:
    """Whether the last import was of this very reading and nobody changed the tree since."""
    last = Import.objects.filter(source=source, state=Import.State.APPLIED).only("after").first()
    return (
        last is not None and last.after.get("reading") == digest and last.after.get("revisions") == revisions_of(source)
    )
