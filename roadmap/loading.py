"""From a folder of notes on this machine to the database: what `load_notes` and the start of the server do."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from roadmap import guarding
from roadmap.apply import NotAppliedError, NothingToUndoError, apply_plan, revisions_of, undo_last
from roadmap.models import Import, NoteSource
from roadmap.notes.items import Problem, Reading
from roadmap.notes.reading import read
from roadmap.plan import Answers, Plan, digest_of, plan
from roadmap.plan.report import problem_line
from roadmap.source_files import remember_files
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
    plan: Plan | None
    """None when the notes and the curriculum are those of the last import: nothing to change, found without a plan."""

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


def prepare(path: Path, *, answers: Answers | None = None, reading: Reading | None = None) -> Prepared:
    """Read the notes at `path` and plan their import. Writes nothing. Thirteen queries, three when nothing changed."""
    reading = guarding.read(path) if reading is None else reading
    source = source_at(path)
    digest = digest_of(reading)
    if source is not None and _known(source, digest):
        return Prepared(source, reading, None)
    if source is None:
        title = next((found.title for found in reading.paths), path.resolve().name) or "Notes"
        source = NoteSource(location=location_of(path), title=title[:200])
    now = curriculum_of(source)
    planned = plan(now, reading, answers=answers, taken=slugs_elsewhere(source), digest=digest)
    return Prepared(source, reading, planned)


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
        take_note(source=prepared.source, reading=prepared.reading)
        return None
    return apply_plan(plan=prepared.plan, source=prepared.source, by=by, retire_many=retire_many)


def take_note(*, source: NoteSource, reading: Reading) -> None:
    """Notes that were read and change nothing: their files are known from now on, so that they can be written to."""
    if source.pk and Path(source.location).is_absolute():
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
