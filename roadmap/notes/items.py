"""What a reading of notes is: paths of items, and the problems met on the way.

Plain frozen data, the contract between the reader, the plan and the writer. `as_json` gives the public form of
docs/notes-format.md; the fields it leaves out (ids, bodies, hours ...) are for the plan.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["level", "module", "topic", "step"]
Severity = Literal["error", "warning", "info"]
ResourceKind = Literal["course", "book", "video", "article", "paper", "project", "tool", "link"]
RequirementSource = Literal["notes", "chain", "diagram", "guess", "text"]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something a note's author should know: where, what, and what to do about it."""

    source: str
    """Path of the file relative to what was read, with `/`; the file's name when one file was read."""
    line: int
    """1-based line in the file as it lies on disk; 0 when it concerns the file as a whole."""
    severity: Severity
    code: str
    """Stable, kebab-case, e.g. `front-matter-invalid`."""
    message: str

    def as_json(self) -> dict[str, Any]:
        return {
            "source": self.source,
            "line": self.line,
            "severity": self.severity,
            "code": self.code,
            "message": self.message,
        }


@dataclass(frozen=True, slots=True)
class Resource:
    title: str
    url: str = ""
    """Empty for a resource named without a link (a book's title)."""
    kind: ResourceKind = "link"

    def as_json(self) -> dict[str, str]:
        return {"title": self.title, "url": self.url, "kind": self.kind}


@dataclass(frozen=True, slots=True)
class Requirement:
    """One stated prerequisite. Requirements of an item with the same non-empty `group` are alternatives."""

    title: str
    """As the notes name it, or the title of the topic that answers it once resolved."""
    reason: str = ""
    group: str = ""
    source: RequirementSource = "notes"
    """`text`: no topic is meant, whatever its title."""


@dataclass(frozen=True, slots=True)
class Item:
    """A level, a module, a topic or a step, with what stands under it."""

    kind: Kind
    title: str
    source: str
    line: int
    number: int | None = None
    """The number that stood in the title; never part of the title, never a key."""
    summary: str = ""
    details: tuple[str, ...] = ()
    optional: bool = False
    choose: int | None = None
    """On a module: so many of its topics are enough."""
    ordered: bool = False
    """On a module: its topics form a chain."""
    done: bool | None = None
    """A tick found in the notes; None where there was no box."""
    link: str | None = None
    """The note a wiki link names, whether or not it exists."""
    resources: tuple[Resource, ...] = ()
    requires: tuple[Requirement, ...] = ()
    items: tuple[Item, ...] = ()

    # Beyond the public contract: what the plan needs.
    id: str = ""
    """An explicit id: front matter `id:`, a trailing ^block-id, <!-- id: ... -->."""
    aliases: tuple[str, ...] = ()
    hours: float | None = None
    body: str = ""
    """Markdown of the linked note (front matter and title removed) or of the prose under a heading topic."""
    related: tuple[str, ...] = ()
    """Titles of related notes; never prerequisites."""
    meta: tuple[tuple[str, Any], ...] = ()
    """Front matter fields Pathnotes does not know, verbatim, in order."""
    planned: bool = False
    """Named by a wiki link whose note does not exist."""
    rule: str = field(default="", compare=False, repr=False)
    """Which rule made it: one of `rules.MADE`. Says nothing of the item itself."""

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "title": self.title,
            "source": self.source,
            "line": self.line,
            "number": self.number,
            "summary": self.summary,
            "details": list(self.details),
            "optional": self.optional,
            "choose": self.choose,
            "ordered": self.ordered,
            "done": self.done,
            "link": self.link,
            "resources": [r.as_json() for r in self.resources],
            "requires": [r.title for r in self.requires],
            "items": [i.as_json() for i in self.items],
        }


@dataclass(frozen=True, slots=True)
class Path:
    """One roadmap found in the notes."""

    title: str
    slug: str
    source: str
    summary: str = ""
    items: tuple[Item, ...] = ()
    id: str = ""
    meta: tuple[tuple[str, Any], ...] = ()
    """Front matter of the root note, verbatim; `locking: strict` is read from it."""
    exported: str = ""
    """Of an export: the uid of the roadmap it was made of, in the database that made it."""

    def as_json(self) -> dict[str, Any]:
        return {
            "title": self.title,
            "slug": self.slug,
            "source": self.source,
            "summary": self.summary,
            "items": [i.as_json() for i in self.items],
        }


@dataclass(frozen=True, slots=True)
class Checkout:
    """The commit that notes in a git checkout came from."""

    commit: str
    """Its name in full, hexadecimal."""
    branch: str = ""
    """Empty where none is checked out."""
    dirty: bool = False
    """Whether the notes are not those of the commit."""

    def as_json(self) -> dict[str, Any]:
        return {"commit": self.commit, "branch": self.branch, "dirty": self.dirty}

    def __str__(self) -> str:
        """ "1a2b3c4d on main, with changes that are not committed"."""
        on = f" on {self.branch}" if self.branch else ""
        return f"{self.commit[:8]}{on}{', with changes that are not committed' if self.dirty else ''}"


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything one reading of a file or folder gave."""

    paths: tuple[Path, ...] = ()
    problems: tuple[Problem, ...] = ()
    counts: dict[str, int] = field(default_factory=dict)
    """`files`, `bytes`, `planned` (links to notes that do not exist), for the report."""
    digests: dict[str, str] = field(default_factory=dict, compare=False)
    """Path of each file read -> SHA-256 of its bytes."""
    checkout: Checkout | None = field(default=None, compare=False)
    """Where the notes lie in a git checkout that has them; only asked for where they are loaded."""

    def as_json(self) -> dict[str, Any]:
        return {
            "version": 1,
            "paths": [p.as_json() for p in self.paths],
            "problems": [p.as_json() for p in self.problems],
        }
