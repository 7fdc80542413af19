"""A plan as text for people: what would change, whom it touches, what is asked, what is wrong. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from roadmap.notes.files import printable
from roadmap.notes.items import Problem
from roadmap.plan.changes import KINDS, Change, FieldChange
from roadmap.plan.matches import Unclear
from roadmap.plan.planning import Plan
from roadmap.sentences import Sentence, sentence

Learners = Mapping[UUID, int]
"""uid of a topic -> learners who have a state on it."""

SHOWN = 60
"""Changes of one kind that are listed; the rest is counted."""
LENGTH = 70
CALLED: Mapping[str, Sentence] = {
    "title": sentence("title"),
    "slug": sentence("address"),
    "summary": sentence("summary"),
    "body": sentence("body"),
    "details": sentence("details"),
    "hours": sentence("hours"),
    "steps": sentence("steps"),
    "resources": sentence("resources"),
    "aliases": sentence("aliases"),
    "related": sentence("related"),
    "needs": sentence("prerequisites"),
    "unmet": sentence("prerequisites that are no topics"),
    "planned": sentence("its note is still to be written"),
    "replaced_by": sentence("replaced by"),
    "meta": sentence("front matter"),
    "optional": sentence("optional"),
    "kind": sentence("kind"),
    "number": sentence("number"),
    "choose": sentence("how many are enough"),
    "ordered": sentence("a chain"),
    "locking": sentence("the locks"),
    "position": sentence("position"),
}
"""Names of fields for people."""
HEADINGS = {
    "added": "New",
    "renamed": "Renamed",
    "moved": "Moved",
    "changed": "Changed",
    "retired": "Retired (kept with all progress, revived when they return)",
    "revived": "Revived",
}


def describe(plan: Plan, learners: Learners) -> Iterator[str]:
    """The plan, line by line. What of the notes would move the lines of a terminal about stands as an escape."""
    yield from map(printable, _described(plan, learners))


def _described(plan: Plan, learners: Learners) -> Iterator[str]:
    for kind in KINDS:
        changes = [change for change in plan.changes if change.kind == kind]
        if changes:
            yield f"{HEADINGS[kind]}: {amount(changes)}"
            for change in changes[:SHOWN]:
                yield from _change(change, learners)
            if len(changes) > SHOWN:
                yield f"  ... and {len(changes) - SHOWN} more"
            yield ""
    for question in plan.unclear:
        yield from ask(question, learners)
        yield ""
    yield from describe_problems(plan.problems)
    yield summary(plan, learners)


def amount(changes: Sequence[Change]) -> str:
    """ "2 topics, 1 section"."""
    parts = []
    for what in ("topic", "section", "roadmap"):
        number = sum(change.what == what for change in changes)
        if number:
            parts.append(f"{number} {what}{'s' * (number != 1)}")
    return ", ".join(parts)


def summary(plan: Plan, learners: Learners) -> str:
    if plan.empty:
        return "Nothing to change."
    if not plan.changes and not plan.unclear:
        return "Nothing that a learner sees would change; where things stand in the notes is noted anew."
    counts = plan.counts
    said = [f"{counts[kind]} {kind}" for kind in KINDS if counts.get(kind)]
    said += [f"{len(plan.unclear)} unclear"] * bool(plan.unclear)
    touched = {change.uid for change in plan.changes if change.what == "topic" and change.kind != "added"}
    people = max((learners.get(uid, 0) for uid in touched), default=0)
    reach = f" At most {count_learners(people)} on one changed topic." if people else ""
    return f"{', '.join(said) or 'Only sections change'}.{reach}"


def ask(question: Unclear, learners: Learners) -> Iterator[str]:
    """The question with its candidates, numbered from 1."""
    yield from map(printable, _asked(question, learners))


def _asked(question: Unclear, learners: Learners) -> Iterator[str]:
    yield f"Unclear {question.number}: “{question.title}” ({place(question.source, question.line)}) is"
    for index, candidate in enumerate(question.candidates, start=1):
        who = learners.get(candidate.topic, 0)
        parts = [f"{candidate.score:.0%}", candidate.why]
        parts += ["retired"] * candidate.retired + [count_learners(who)] * bool(who)
        yield f"  {index}  “{candidate.title}”, {candidate.said}? ({'; '.join(part for part in parts if part)})"
    yield f"  n  {'new topics' if question.candidates[0].how == 'divided' else 'a new topic'}?"


def describe_problems(problems: Sequence[Problem]) -> Iterator[str]:
    shown = sorted(problems, key=lambda problem: ("error", "warning", "info").index(problem.severity))
    for problem in shown[:SHOWN]:
        yield f"{problem.severity}: {problem_line(problem)}"
    if len(shown) > SHOWN:
        yield f"... and {len(shown) - SHOWN} more problems"
    if shown:
        yield ""


def problem_line(problem: Problem) -> str:
    where = place(problem.source, problem.line)
    return f"{where}: {problem.message}" if where else problem.message


def place(source: str, line: int) -> str:
    return f"{source}:{line}" if source and line else source


def count_learners(number: int) -> str:
    return f"{number} learner{'s' * (number != 1)}"


def as_json(plan: Plan, learners: Learners) -> dict[str, Any]:
    """The plan for programs."""
    return {
        "version": 1,
        "empty": plan.empty,
        "counts": plan.counts,
        "changes": [
            change.as_json() | ({"learners": learners.get(change.uid, 0)} if change.what == "topic" else {})
            for change in plan.changes
        ],
        "unclear": [
            {
                "number": question.number,
                "title": question.title,
                "source": question.source,
                "line": question.line,
                "candidates": [
                    {
                        "uid": str(candidate.topic),
                        "title": candidate.title,
                        "score": candidate.score,
                        "how": candidate.how,
                        "beside": list(candidate.beside),
                        "why": candidate.why,
                        "evidence": [found.as_json() for found in candidate.evidence],
                        "retired": candidate.retired,
                        "learners": learners.get(candidate.topic, 0),
                    }
                    for candidate in question.candidates
                ],
            }
            for question in plan.unclear
        ],
        "retires_many": plan.retires_many,
        "problems": [problem.as_json() for problem in plan.problems],
    }


def _change(change: Change, learners: Learners) -> Iterator[str]:
    title = f"“{change.title}”" if change.what == "topic" else f"{change.what} “{change.title}”"
    if change.kind == "renamed":
        said = f"“{change.was}” → {title}"
    elif change.kind == "moved":
        said = f"{title}: {change.was or 'nowhere'} → {change.now or 'nowhere'}"
    elif change.kind == "retired":
        said = title + (f", now part of “{change.now}”" if change.now else f", from {change.was}" * bool(change.was))
    elif change.kind == "added" and change.was:
        said = f"{title}, part of “{change.was}”: whoever has done that has done this"
    else:
        said = title
    extras = [place(change.source, change.line)]
    if change.what == "topic" and change.kind != "added" and (who := learners.get(change.uid, 0)):
        extras.append(count_learners(who))
    behind = "; ".join(extra for extra in extras if extra)
    yield f"  {said}" + (f"  ({behind})" if behind else "")
    for field in change.fields:
        yield f"      {_field(field)}"


def _field(field: FieldChange) -> str:
    name = CALLED.get(field.name, field.name)
    if field.kept:
        return f"{name}: edited here and kept; the notes now say {_short(field.now)}"
    if field.name == "order":
        return "in another order"
    if not field.was:
        return f"{name}: {_short(field.now)}"
    if not field.now:
        return f"{name}: no longer {_short(field.was)}"
    return f"{name}: {_short(field.was)} → {_short(field.now)}"


def _short(text: str) -> str:
    text = " ".join(text.split())
    return f"“{text}”" if len(text) <= LENGTH else f"“{text[: LENGTH - 1].rstrip()}…”"
