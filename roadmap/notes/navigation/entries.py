"""What a navigation file says, whatever program it is for: entries in order, with titles, targets and nesting."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from roadmap.notes import links
from roadmap.notes.items import Problem
from roadmap.sentences import sentence

MAX_ENTRIES: Final = 20_000


@dataclass(slots=True)
class Entry:
    """A page, a folder of pages, a section of further entries, or an address elsewhere."""

    title: str
    """Empty where the file names none: then the page's own counts."""
    line: int
    """1-based, in the navigation file; 0 for what no file states."""
    target: str = ""
    """Path of the page below what was read."""
    url: str = ""
    folder: str | None = None
    """All pages of this folder, in the order that it gives them."""
    items: list[Entry] = field(default_factory=list)
    name: str = ""
    """Of a file or folder, without its ending and a Roman number in front, where a folder's order knows it."""
    number: int | None = None
    """The Roman number."""

    def walk(self) -> Iterator[Entry]:
        yield self
        for entry in self.items:
            yield from entry.walk()


@dataclass(slots=True)
class Navigation:
    """One roadmap as a navigation file lays it out."""

    source: str
    """Path of the file."""
    title: str
    """Empty where it names none."""
    folder: str
    """The folder whose pages it is about: those that it leaves out are in no roadmap."""
    entries: list[Entry]


@dataclass(slots=True)
class Told:
    """What stands in a navigation file that cannot be used, told with its line."""

    source: str
    problems: list[Problem] = field(default_factory=list)

    def warn(self, line: int, message: str) -> None:
        if len(self.problems) < 20:
            self.problems.append(Problem(self.source, line, "warning", "navigation-entry", message))

    def refuse(self, line: int, message: str) -> None:
        whole = sentence(
            "%(message)s The navigation is not read; folders and file names give the order.", message=message
        )
        self.problems.append(Problem(self.source, line, "warning", "navigation-invalid", whole))


def page(title: str, address: str, line: int, folder: str) -> Entry | None:
    """The entry for an address in a navigation file of `folder`; None for one that leads out of what was read."""
    if links.is_external(address) or ":" in address.split("/", maxsplit=1)[0]:
        return Entry(title, line, url=address)
    target = links.place_of(address, folder)
    if target is None or address[:1] in {"", "#", "?"}:
        return None
    return Entry(title, line, target=target)
