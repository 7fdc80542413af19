"""`--explain FILE:LINE`: what became of one line of notes, by which rule, and where the rest of it comes from."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator
from difflib import get_close_matches
from functools import cached_property
from typing import Final

from roadmap.notes import vocabulary
from roadmap.notes.bounds import shorten
from roadmap.notes.items import Item, Path
from roadmap.notes.note import Note
from roadmap.notes.rules import LEFT, MADE, Left
from roadmap.notes.telling.said import Said, given, said_in
from roadmap.notes.telling.standing import Seat, Standing, place

MANY: Final = 8
"""Items of one line, or places of one field, that are named."""
FIELDS: Final = ("summary", "key points", "prerequisites", "resources", "hours", "other names", "related notes")
FILES: Final = frozenset({"lesson-file", "navigation-page"})
"""Rules that make an item of a file, not of its first line."""
_ENDINGS: Final = (".md", ".markdown", ".mdown", ".txt")


class NotThereError(Exception):
    """There is no such file or line; the message is a sentence."""


def explain(standing: Standing, asked: str, root: pathlib.Path) -> Iterator[str]:
    """What became of `FILE:LINE`. `root`: the path that was read. Raise NotThereError."""
    name, colon, digits = asked.rpartition(":")
    if not colon or not name or not digits.isdecimal():
        raise NotThereError(f"Where is “{asked}”? Name a file and a line, as in README.md:12.")
    source, line = source_of(standing, name, root), int(digits)
    note = standing.notes.get(source)
    if note is None and (source in standing.at or source in standing.named):
        yield from _without_text(standing, source, line)
        return
    if note is None:
        why = next((p.message for p in standing.reading.problems if p.source == source), "It holds nothing to learn.")
        raise NotThereError(f"{source} was not read, so none of its lines became anything. {why}")
    last = _lines_of(note)
    if not 1 <= line <= last:
        raise NotThereError(f"{source} has no line {line}: it ends with line {last}.")
    yield from _Explaining(standing, note, line).lines()
    for problem in standing.problems_at(source, line):
        yield f"To know: {problem.message}"


def _without_text(standing: Standing, source: str, line: int) -> Iterator[str]:
    """A line of a file that is no Markdown: what was made of it."""
    seats = standing.at.get(source, {}).get(line, [])
    for seat in seats[:MANY]:
        yield f"{place(source, line)} is {named(seat)}."
        yield f"Why: {MADE[seat.item.rule][1] if seat.item.rule in MADE else 'the file says so.'}"
        note = standing.note_of(seat.item)
        if note is not None:
            yield f"Its own note is {note.source}; what that says of it is added to what stands here."
    yield from _entries(standing, source, line)
    if not seats and line not in standing.named.get(source, {}):
        told = {**standing.named.get(source, {}), **standing.at.get(source, {})}
        near = max((at for at in told if at <= line), default=min(told))
        yield f"No item starts on {place(source, line)}. The nearest is {named(told[near][0])}, line {near}."


def _entries(standing: Standing, source: str, line: int) -> Iterator[str]:
    """What a line of a navigation file names."""
    for seat in standing.named.get(source, {}).get(line, ())[:MANY]:
        yield f"{place(source, line)} names {named(seat)}: its text is {seat.item.source}."
        yield f"Why: {MADE[seat.item.rule][1]}"


def source_of(standing: Standing, name: str, root: pathlib.Path) -> str:
    """The file that a person means: its path, a part of it, or its name. Raise NotThereError."""
    problems = (problem.source for problem in standing.reading.problems if problem.source)
    known = dict.fromkeys([*standing.notes, *standing.at, *standing.named, *problems, *standing.reading.digests])
    known.pop("", None)
    ways = [name.removeprefix("./")]
    try:
        base = root.resolve() if root.is_dir() else root.resolve().parent
        ways.append(pathlib.Path(name).resolve().relative_to(base).as_posix())
    except (ValueError, OSError, RuntimeError):
        pass
    for way in ways:
        if way in known:
            return way
    for compared in (lambda text: text, str.casefold, _bare):
        wanted = compared(ways[0])
        found = [source for source in known if f"/{compared(source)}".endswith(f"/{wanted}")]
        if len(found) == 1:
            return found[0]
        if len(found) > 1:
            listed = ", ".join(found[:MANY]) + (f" and {len(found) - MANY} more" if len(found) > MANY else "")
            raise NotThereError(f"“{name}” may be {listed}. Name it with its folder.")
    near = get_close_matches(ways[0], list(known), 1, 0.4) or list(known)[:1]
    hint = f" Did you mean {near[0]}?" if near else ""
    raise NotThereError(f"There is no note “{name}” in what was read.{hint}")


def _bare(path: str) -> str:
    path = path.casefold()
    return next((path.removesuffix(ending) for ending in _ENDINGS if path.endswith(ending)), path)


def _lines_of(note: Note) -> int:
    """Lines of the file."""
    count = note.body_line - 1 + note.body.count("\n")
    return count if note.body.endswith("\n") or not note.body else count + 1


class _Explaining:
    def __init__(self, standing: Standing, note: Note, line: int) -> None:
        self.standing, self.note, self.line = standing, note, line
        self.here = standing.at.get(note.source, {})
        self.own = standing.own.get(note.source, [])
        self.root = standing.root_of(note)
        self.where = place(note.source, line)

    def lines(self) -> Iterator[str]:
        if self.line < self.note.body_line:
            yield from self._front()
            return
        seats = [seat for seat in self.here.get(self.line, []) if seat.item.rule not in FILES]
        if seats:
            for seat in seats[:MANY]:
                yield from self._item(seat)
            if len(seats) > MANY:
                yield f"… and {len(seats) - MANY} more items of the same line."
            return
        if entries := list(_entries(self.standing, self.note.source, self.line)):
            yield from entries
            return
        left = self._left()
        if left is not None:
            yield from self._left_out(left)
            return
        text = self.note.body.split("\n")[self.line - self.note.body_line]
        if not text.strip():
            yield f"{self.where} is blank; blank lines only part what stands around them."
            return
        yield from self._words()

    # Items

    def _item(self, seat: Seat) -> Iterator[str]:
        item = seat.item
        yield f"{self.where} is {named(seat)}."
        yield f"Why: {MADE[item.rule][1]}" if item.rule in MADE else "Why: it holds what stands below it."
        yield from self._sources(seat)
        note = self.standing.note_of(item)
        if note is not None and note is not self.note:
            yield f"Its own note is {note.source}; what that says of it is added to what stands here."
        elif item.planned:
            yield f"No note is called “{item.link}” yet: the topic is planned. Write {item.link}.md to give it a text."
        if item.id:
            yield f"Its id is “{item.id}”: it stays the same topic however it is renamed or moved."

    def _sources(self, seat: Seat) -> Iterator[str]:
        """Where its summary, key points and the like come from."""
        item = seat.item
        found: dict[str, dict[int, None]] = {}
        for said in self.said:
            if self._owner(said) == item.line:
                for field, _ in given(said, item):
                    found.setdefault(field, {})[said.line] = None
        told = {
            "summary": bool(item.summary), "key points": bool(item.details), "resources": bool(item.resources),
            "prerequisites": bool(item.requires), "hours": item.hours is not None, "other names": bool(item.aliases),
            "related notes": bool(item.related),
        }  # fmt: skip
        own = self.standing.note_of(item)
        for field in FIELDS:
            lines = sorted(found.get(field, {}))
            if lines:
                shown = ", ".join(str(line) for line in lines[:MANY]) + (" …" if len(lines) > MANY else "")
                yield f"Its {field}: from {'line' if len(lines) == 1 else 'lines'} {shown}."
            elif told[field] and own is not None and own is not self.note:
                yield f"Its {field}: from its own note, {own.source}."
            elif told[field]:
                yield f"Its {field}: {self._elsewhere(item, field)}"

    def _elsewhere(self, item: Item, field: str) -> str:
        if field == "prerequisites" and any(r.source == "chain" for r in item.requires):
            return "from the order of the chain: each topic requires the one before."
        if field == "prerequisites" and any(r.source == "diagram" for r in item.requires):
            return "from an arrow of the flow chart."
        return "from another place in the notes that names it."

    # What is no item

    def _left(self) -> Left | None:
        around = [left for left in self.standing.left(self.note) if left.line <= self.line <= left.last]
        around += [left for left in self.standing.left(self.note) if not left.line]
        return min(around, key=lambda left: left.last - left.line if left.line else self.line, default=None)

    def _left_out(self, left: Left) -> Iterator[str]:
        what, why, mend = LEFT[left.rule]
        span = place(self.note.source, left.line, left.last)
        belongs = f" It belongs to {span}." if left.line else " That goes for the whole file."
        whole = "" if left.line == left.last == self.line else belongs
        kept = left.rule in {"related", "requires", "resources"}
        yield f"{self.where} became no topic: {what}.{whole}" if kept else f"{self.where} was left out: {what}.{whole}"
        yield f"Why: {why}"
        if not mend.startswith("Nothing"):
            yield f"Not what you want? {mend}"

    def _front(self) -> Iterator[str]:
        """A line of the front matter."""
        started = {line: key for key, line in self.note.lines.items() if line <= self.line}
        key = started[max(started)] if started else ""
        subject = self._subject()
        if not key:
            yield f"{self.where} begins or ends the front matter of {subject or 'the note'}."
        elif subject:
            yield f"{self.where} is the field “{key}” of the front matter: it says something of {subject}."
        else:
            yield f"{self.where} is the field “{key}” of the front matter of a note that is in no roadmap."

    def _subject(self) -> str:
        """What the whole note is about."""
        if self.root is not None:
            return f"the roadmap “{self.root.title}”"
        if self.own:
            more = f" and {len(self.own) - 1} more mentions" if len(self.own) > 1 else ""
            return f"{named(self.own[0])}{more}"
        return ""

    def _words(self) -> Iterator[str]:
        """A line that is neither an item nor left out: it says something of one, or nothing that is kept."""
        covering = [said for said in self.said if said.line <= self.line <= said.last]
        said = covering[-1] if covering else None
        owner = self._owner(said) if said is not None else self._above()
        seats = self.here.get(owner, []) if owner else []
        if self._is_title(said):
            yield f"{self.where} is the title of {self._subject() or 'the note'}."
            return
        if not seats:
            yield from self._of_note(said)
            return
        seat = seats[0]
        stands = f"It belongs to {named(seat)}, which starts on line {owner}."
        parts = dict(given(said, seat.item)) if said is not None else {}
        if parts:
            listed = "; ".join(f"{field} (“{shorten(value, 60)}”)" for field, value in parts.items())
            yield f"{self.where} became part of an item: its {listed}."
            yield stands
        elif seat.item.body and said is not None and said.text and _in_body(self, seat.item):
            yield f"{self.where} is part of the text of an item."
            yield stands
        else:
            yield f"{self.where} is plain description: nothing of it was taken into the outline."
            yield stands

    def _of_note(self, said: Said | None) -> Iterator[str]:
        """A line that stands under no item: of the roadmap itself, or of a topic's own note."""
        if self.own and self.root is None:
            seat = self.own[0]
            fields = dict(given(said, seat.item)) if said is not None else {}
            more = "; ".join(fields)
            yield f"{self.where} is part of the own note of {named(seat)}" + (
                f": it gives its {more}." if more else "."
            )
            return
        if self.root is not None and said is not None and _said_of(said.text, self.root):
            yield f"{self.where} is the summary of the roadmap “{self.root.title}”."
            return
        about = f" of the roadmap “{self.root.title}”" if self.root is not None else ""
        yield f"{self.where} is plain description{about}: nothing of it was taken into the outline."

    def _is_title(self, said: Said | None) -> bool:
        if said is None or said.kind != "heading" or not (self.root is not None or self.own):
            return False
        title = self.root.title if self.root is not None else (self.own[0].item.title if self.own else "")
        text = vocabulary.fold(said.text)
        return text == vocabulary.fold(self.note.title) or text == vocabulary.fold(title)

    # Around a line

    @cached_property
    def said(self) -> list[Said]:
        bold = {line for line, seats in self.here.items() if any(s.item.rule == "bold-heading" for s in seats)}
        return said_in(self.note.document.blocks, bold)

    def _owner(self, said: Said) -> int:
        """Line of the nearest item around it; 0 for none."""
        return next((line for line in reversed(said.above) if line in self.here), 0)

    def _above(self) -> int:
        """Of a line that is no text (a comment, raw HTML): the item before it."""
        return max((line for line in self.here if line < self.line), default=0)


def _in_body(explaining: _Explaining, item: Item) -> bool:
    text = explaining.note.body.split("\n")[explaining.line - explaining.note.body_line].strip()
    return bool(text) and text in item.body


def _said_of(text: str, path: Path) -> bool:
    return bool(text) and bool(path.summary) and (text in path.summary or path.summary in text)


def named(seat: Seat) -> str:
    """`the topic “Soil” in “Ground” of the roadmap “Garden”`."""
    around = "".join(f" in “{item.title}”" for item in reversed(seat.above))
    return f"the {seat.item.kind} “{seat.item.title}”{around} of the roadmap “{seat.path.title}”"
