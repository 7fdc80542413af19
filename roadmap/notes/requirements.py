"""Stated prerequisites -> the topics that answer them: exact, normalised, guessed, or kept as text.

A guess needs a person's yes and says so (`source="guess"`); a text that nothing answers stays as it is. Level order is
never a prerequisite.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final, Literal

from roadmap.notes import vocabulary
from roadmap.notes.items import Problem, Requirement
from roadmap.notes.outline.draft import Draft
from roadmap.notes.outline.numbers import counted_head, without_count
from roadmap.notes.outline.values import is_empty
from roadmap.sentences import sentence

How = Literal["exact", "normalised", "guessed"]
_PARTS: Final = re.compile(r"[:：(（]| [-—–] ")
_AND: Final = vocabulary.alternatives("and")
_SEPARATOR: Final = re.compile(rf"[,;，；、،؛]| [+&] | (?:{_AND}) ", re.IGNORECASE)
_JOINED: Final = re.compile(rf"^(?:{_AND}) ", re.IGNORECASE)
_GLUED: Final = vocabulary.between("and")
_OR: Final = vocabulary.between("or")
MAX_PIECES: Final = 12


@dataclass(slots=True)
class Titles:
    """The titles and aliases that requirements may name, and which item answers each."""

    exact: dict[str, Draft]
    folded: dict[str, Draft]
    parts: dict[str, list[Draft]]
    """Folded pieces of titles of two words or more ("calculus 1a" of "Calculus 1A: Differentiation")."""
    ends: dict[tuple[str, str], list[tuple[list[str], Draft]]]
    """By first and last word: folded words of the title."""

    @classmethod
    def of(cls, items: Iterable[Draft]) -> Titles:
        titles = cls({}, {}, {}, {})
        uncounted: dict[str, list[Draft]] = {}
        for item in items:
            if item.kind == "step" or not item.title:
                continue
            for name in (item.title, item.link or "", *item.aliases):
                if not name:
                    continue
                titles.exact.setdefault(name, item)
                titles.folded.setdefault(vocabulary.fold(name), item)
            if name := without_count(item.title):
                uncounted.setdefault(vocabulary.fold(name), []).append(item)
            if head := counted_head(item.title):
                uncounted.setdefault(vocabulary.fold(head), []).append(item)
            words = vocabulary.fold(item.title).split()
            if len(words) > 2:
                titles.ends.setdefault((words[0], words[-1]), []).append((words, item))
            pieces = [vocabulary.fold(piece) for piece in _PARTS.split(item.title)]
            for piece in pieces if len(pieces) > 1 else ():
                if " " in piece:
                    titles.parts.setdefault(piece, []).append(item)
        for name, named in uncounted.items():
            if len(named) == 1:
                titles.folded.setdefault(name, named[0])
        return titles

    def find(self, text: str) -> tuple[Draft, How] | None:
        """The item a text names, without guessing."""
        if (item := self.exact.get(text)) is not None:
            return item, "exact"
        if (item := self.folded.get(vocabulary.fold(text))) is not None:
            return item, "normalised"
        return None

    def guess(self, text: str) -> Draft | None:
        """The one item a text probably names: a whole part of its title, or its title with words left out."""
        folded = vocabulary.fold(text)
        words = folded.split()
        if len(words) < 2:
            return None
        parts = self.parts.get(folded, [])
        if len(parts) == 1:
            return parts[0]
        if parts or len(words) < 3:
            return None
        found = [item for title, item in self.ends.get((words[0], words[-1]), ()) if _in_order(words, title)]
        return found[0] if len(found) == 1 else None


def _in_order(words: list[str], title: list[str]) -> bool:
    rest = iter(title)
    return all(word in rest for word in words)


def resolve(item: Draft, own: Titles, others: Titles, source: str) -> Iterator[Problem]:
    """Resolve what an item requires, first among the titles of its own roadmap; yield what there is to say of it."""
    resolved: list[Requirement] = []
    for at, requirement in enumerate(item.requires, 1):
        if requirement.source != "notes":
            resolved.append(requirement)
            continue
        for answer, how, target in _answers(requirement, own, others, f"any-{at}"):
            if target is item:
                yield Problem(
                    source,
                    item.line,
                    "warning",
                    "requirement-self",
                    sentence("%(title)s requires itself; that is left out.", title=repr(item.title)),
                )
                continue
            if any(r.title == answer.title and r.group == answer.group for r in resolved):
                continue
            resolved.append(answer)
            if how == "guessed":
                yield Problem(
                    source,
                    item.line,
                    "info",
                    "requirement-guessed",
                    sentence(
                        "%(title)s requires %(requires)s: probably %(probably)s. Write that to be sure.",
                        title=repr(item.title),
                        requires=repr(requirement.title),
                        probably=repr(answer.title),
                    ),
                )
            elif how == "":
                yield Problem(
                    source,
                    item.line,
                    "info",
                    "requirement-unknown",
                    sentence(
                        "%(title)s requires %(requires)s, which is no topic of these notes; it is kept as text.",
                        title=repr(item.title),
                        requires=repr(answer.title),
                    ),
                )
    item.requires = resolved


Answer = tuple[Requirement, str, Draft | None]


def _answers(requirement: Requirement, own: Titles, others: Titles, group: str) -> Iterator[Answer]:
    """The whole text if it names a title, else its pieces: the longest runs of pieces that name one come first.

    "A or B" are alternatives, in the requirement's group or else in `group`, if both name a title.
    """
    text = " ".join(requirement.title.strip().strip("[]").split())
    if is_empty(text):
        return
    if found := own.find(text) or others.find(text):
        yield replace(requirement, title=found[0].title), found[1], found[0]
        return
    if alternatives := _each_named(_OR, text, own, others):
        for item, how in alternatives:
            yield replace(requirement, title=item.title, group=requirement.group or group), how, item
        return
    marks = list(_SEPARATOR.finditer(text))[: MAX_PIECES - 1]
    starts = [0, *(m.end() for m in marks)]
    ends = [*(m.start() for m in marks), len(text)]
    at = 0
    while at < len(starts):
        for last in range(len(ends) - 1, at - 1, -1):
            piece = _JOINED.sub("", text[starts[at] : ends[last]].strip()).strip(" .")
            found = (own.find(piece) or others.find(piece)) if piece else None
            if found:
                yield replace(requirement, title=found[0].title), found[1], found[0]
                break
            guessed = own.guess(piece) if (piece and (at, last) == (0, len(ends) - 1)) or last == at else None
            if guessed is not None:
                yield replace(requirement, title=guessed.title, source="guess"), "guessed", guessed
                break
        else:
            last = at
            piece = _JOINED.sub("", text[starts[at] : ends[at]].strip()).strip(" .")
            if joined := _each_named(_GLUED, piece, own, others):
                yield from ((replace(requirement, title=item.title), how, item) for item, how in joined)
            elif not is_empty(piece):
                yield replace(requirement, title=piece), "", None
        at = last + 1


def _each_named(between: re.Pattern[str], text: str, own: Titles, others: Titles) -> list[tuple[Draft, How]]:
    """The items that the parts of a text name if every part names one; else nothing."""
    parts = [part.strip(" .") for part in between.split(text, MAX_PIECES)]
    found = [own.find(part) or others.find(part) for part in parts] if len(parts) > 1 else []
    return [each for each in found if each is not None] if all(found) else []
