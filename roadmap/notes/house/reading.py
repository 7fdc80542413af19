"""An export -> the roadmap in it. Lines are taken one by one: each says one thing, and only in one way.

Lines that somebody wrote by hand in another manner are read as the outline rules read an item; prose is left alone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, cast, get_args

from roadmap.notes import blocks, vocabulary
from roadmap.notes.files import NoteFile
from roadmap.notes.frontmatter import FrontMatter, split
from roadmap.notes.house.front import kept
from roadmap.notes.house.text import meant
from roadmap.notes.items import Item, Path, Problem, Requirement, RequirementSource, Resource, ResourceKind
from roadmap.notes.limits import DEFAULT, Limits
from roadmap.notes.links import hours_in
from roadmap.notes.outline.titles import describe
from roadmap.sentences import sentence

README: Final = "README.md"
DEPTH: Final = 24
"""Sections within sections; what lies deeper stands at this depth."""
KINDS: Final = frozenset(get_args(ResourceKind))
OURS: Final = ("id", "title", "summary", "locking")
_MARKED: Final = re.compile(r"^---[ \t]{0,20}\r?\npathnotes:")
_HEADING: Final = re.compile(r"^(#{1,6}) +(.*)")
_NUMBER: Final = re.compile(r"^(\d{1,9})\. (.*)")
_ID: Final = re.compile(r"^(.*) \^([^\s^]+)")
_BULLET: Final = re.compile(r"^([ \t]*)[-*+] (?:\[([ xX])\] )?(.*)")
_BOLD: Final = re.compile(r"^\*\*((?:\\.|[^*\\])+)\*\*(.*)")
_WIKI: Final = re.compile(r"^\[\[((?:\\.|[^\]\\|])+)(?:\|((?:\\.|[^\]\\])+))?\]\](.*)")
_REST: Final = re.compile(r"^(?: \(((?:\\.|[^()\\])*)\))?(?: — (.*))?")
_FIELD: Final = re.compile(r"^([a-z][a-z-]*):: ?(.*)")
_LINK: Final = re.compile(r'^\[((?:\\.|[^\]\\])*)\]\((?:<([^<>]*)>|(`"[^`]*"`)|([^()\s<>`]*))\)')
_YES: Final = frozenset({"yes", "true"})


def is_export(files: Sequence[NoteFile]) -> bool:
    """Whether these are the files of an export: their README says so in its first field."""
    return any(file.path == README and _MARKED.match(file.data[:64].decode("utf-8-sig", "replace")) for file in files)


def read_export(files: Sequence[NoteFile], limits: Limits = DEFAULT) -> tuple[Path | None, list[Problem]]:
    """The roadmap of an export and what is wrong with it. Never raises."""
    reading = Reader(limits)
    notes = {file.path: reading.parts(file) for file in files if file.path.lower().endswith(".md")}
    return reading.path(notes[README], notes), reading.problems


@dataclass(slots=True, eq=False)
class Told:
    """A topic while it is read."""

    item: dict[str, Any]
    note: str = ""
    """The note its link names."""
    after: str = ""
    """Id of the section of its section behind which it stands."""
    needs: list[tuple[str, str, str, str, RequirementSource]] = field(default_factory=list)
    """(id or nothing, title, reason, group, source)"""
    groups: int = 0


@dataclass(slots=True, eq=False)
class _Section:
    item: dict[str, Any]
    depth: int
    topics: list[Told] = field(default_factory=list)
    sections: list[_Section] = field(default_factory=list)


class Reader:
    """What is told of topics, until all of them are known."""

    def __init__(self, limits: Limits, source: str = README) -> None:
        self.limits, self.source = limits, source
        self.problems: list[Problem] = []
        self.topics: list[Told] = []
        self.by_id: dict[str, list[Told]] = {}
        self.by_name: dict[str, list[Told]] = {}

    def parts(self, file: NoteFile) -> FrontMatter:
        """Front matter and text, characters as they are: an export is UTF-8."""
        text = file.data.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n")
        parts = split(text, file.path, self.limits)
        self.problems += parts.problems
        return parts

    def path(self, readme: FrontMatter, notes: Mapping[str, FrontMatter]) -> Path | None:
        root = _Section({"title": "", "summary": ""}, 1)
        self.sections(readme, root)
        names = _names(notes)
        for topic in self.topics:
            self.note(topic, notes, names)
            self.called(topic)
        meta = readme.meta
        title = _text(meta.get("title")) or root.item["title"]
        items = tuple(self.frozen(section) for section in root.sections)
        if not self.topics:
            return None
        locking = {"locking": _text(meta["locking"])} if meta.get("locking") else {}
        return Path(
            title=title or "Roadmap",
            slug=_text(meta.get("id")),
            source=README,
            summary=_text(meta.get("summary")) or root.item["summary"],
            items=items,
            id=_text(meta.get("id")),
            meta=tuple((kept(meta, OURS) | locking).items()),
            exported=_text(ours.get("roadmap")) if isinstance(ours := meta.get("pathnotes"), dict) else "",
        )

    # The README, line by line.

    def sections(self, readme: FrontMatter, root: _Section) -> None:
        open_ = [root]
        topic: Told | None = None
        ids: dict[str, _Section] = {}
        told = False
        for number, line in enumerate(readme.body.split("\n"), readme.body_line):
            if heading := _HEADING.fullmatch(line):
                topic, told = None, False
                if len(heading[1]) == 1:
                    root.item["title"] = root.item["title"] or meant(heading[2].strip())
                else:
                    section = _section(heading[2], number, len(heading[1]))
                    while open_[-1].depth >= section.depth:
                        open_.pop()
                    open_[-1].sections.append(section)
                    open_.append(section)
                    ids.setdefault(section.item["id"], section)
            elif bullet := _BULLET.fullmatch(line):
                if not bullet[1]:
                    topic = self.topic(bullet[3], number, bullet[2])
                    self.topics.append(topic)
                    (open_[-1] if len(open_) > 1 else self.untitled(open_)).topics.append(topic)
                elif topic is not None:
                    self.below(topic, bullet[3], bullet[2], number)
            elif len(open_) == 1 and line.startswith("> "):
                root.item["summary"] = root.item["summary"] or meant(line[2:])
            elif len(open_) > 1 and topic is None:
                told = self.of_section(open_, line, ids, told=told)

    def called(self, topic: Told) -> None:
        """From now on it is found by its names."""
        for name in {topic.item["title"], *topic.item["aliases"], topic.item["id"]} - {""}:
            self.by_name.setdefault(_same(name), []).append(topic)
        if topic.item["id"]:
            self.by_id.setdefault(topic.item["id"], []).append(topic)

    def untitled(self, open_: list[_Section]) -> _Section:
        """Topics above every heading stand in a module of the roadmap's name."""
        section = _section(open_[0].item["title"] or "Roadmap", 0, 2)
        open_[0].sections.append(section)
        open_.append(section)
        return section

    def of_section(self, open_: list[_Section], line: str, ids: Mapping[str, _Section], *, told: bool) -> bool:
        """A line below a heading; whether the section's summary was told."""
        section = open_[-1]
        item = section.item
        if line.startswith("> ") and not told:
            item["summary"] = meant(line[2:])
            return True
        if not (found := _FIELD.fullmatch(line)):
            return told
        name, value = found[1], found[2]
        if name == "under" and (parent := ids.get(value.removeprefix("^"))) and parent is not section:
            if not open_[-2].sections or open_[-2].sections[-1] is not section:
                return told
            open_[-2].sections.pop()
            section.depth = min(parent.depth + 1, DEPTH)
            (parent if parent.depth < DEPTH else open_[0]).sections.append(section)
        elif name == "kind" and value in {"level", "module"}:
            item["kind"] = value
        elif name in {"optional", "ordered"}:
            item[name] = value in _YES
        elif name == "choose" and value.isdecimal():
            item["choose"] = int(value[:6])
        elif name in KINDS:
            item["resources"] += (_resource(name, value),)
        return told

    def topic(self, text: str, line: int, box: str | None) -> Told:
        if found := _ID.fullmatch(text):
            text = found[1]
        item: dict[str, Any] = {
            "title": "", "line": line, "summary": "", "details": (), "optional": False, "hours": None, "id": "",
            "done": None if box is None else box != " ", "resources": (), "aliases": (), "related": (), "steps": [],
            "planned": False, "body": "", "meta": (),
        }  # fmt: skip
        if found:
            item["id"] = found[2]
        topic = Told(item)
        rest = ""
        if bold := _BOLD.fullmatch(text):
            item["title"], rest = meant(bold[1]), bold[2]
        elif wiki := _WIKI.fullmatch(text):
            topic.note, rest = meant(wiki[1]), wiki[3]
            item["title"] = meant(wiki[2]) if wiki[2] else topic.note.rpartition("/")[2]
        else:
            _by_hand(item, text, line)
            return topic
        if behind := _REST.fullmatch(rest):
            item["details"] = tuple(filter(None, (behind[1] or "").split(", ")))
            item["summary"] = meant(behind[2] or "")
        else:
            item["summary"] = meant(rest.strip(" :—–-"))
        return topic

    def below(self, topic: Told, text: str, box: str | None, line: int) -> None:
        """A bullet below a topic: a step, a field or a detail."""
        item = topic.item
        if box is not None:
            step = Item("step", meant(text), README, line, done=box != " ", rule="export")
            item["steps"].append(step)
            return
        if not (found := _FIELD.fullmatch(text)):
            item["details"] += (meant(text),)
            return
        name, value = found[1], found[2]
        if name == "hours":
            item["hours"] = hours_in(value)
        elif name in {"requires", "guessed"}:
            self.requires(topic, value, "guess" if name == "guessed" else "notes")
        elif name == "unmet":
            topic.needs.append(("", meant(value), "", "", "text"))
        elif name in {"aliases", "related"}:
            item[name] += (meant(value),)
        elif name in {"optional", "planned"}:
            item[name] = value in _YES
        elif name == "after":
            topic.after = value.removeprefix("^")
        elif name in KINDS:
            item["resources"] += (_resource(name, value),)
        else:
            item["details"] += (meant(text),)

    @staticmethod
    def requires(topic: Told, value: str, source: RequirementSource) -> None:
        alternatives = value.split(" | ")
        group = ""
        if len(alternatives) > 1:
            topic.groups += 1
            group = f"any-{topic.groups}"
        for text in alternatives:
            if wiki := _WIKI.fullmatch(text):
                reason = wiki[3].removeprefix(" — ")
                id_ = wiki[1][2:] if wiki[1].startswith("#^") else ""
                topic.needs.append((id_, meant(wiki[2] or wiki[1]), meant(reason), group, source))
            elif text:
                topic.needs.append(("", meant(text), "", group, source))

    # Its notes, and what it requires.

    def note(self, topic: Told, notes: Mapping[str, FrontMatter], names: Mapping[str, str]) -> None:
        if not topic.note:
            return
        path = names.get(_same(topic.note)) or names.get(_same(topic.note.rpartition("/")[2]))
        item = topic.item
        if path is None:
            message = sentence(
                "The note “%(note)s” of “%(item)s” is missing. Put it back, or write the topic in bold instead of as "
                "a link.",
                note=topic.note,
                item=item["title"],
            )
            self.problems.append(Problem(README, item["line"], "error", "note-missing", message))
            return
        parts = notes[path]
        item["id"] = item["id"] or _text(parts.meta.get("id"))
        item["meta"] = tuple(kept(parts.meta, ("id", "title")).items())
        item["body"] = body_of(parts.body)

    def frozen(self, section: _Section) -> Item:
        behind: dict[str, list[Told]] = {}
        inner = {below.item["id"] for below in section.sections}
        first = []
        for topic in section.topics:
            behind.setdefault(topic.after, []).append(topic) if topic.after in inner - {""} else first.append(topic)
        items = [self.topic_of(topic) for topic in first]
        for below in section.sections:
            items.append(self.frozen(below))
            items += [self.topic_of(topic) for topic in behind.get(below.item["id"], ())]
        told = dict(section.item)
        if told["kind"] == "":
            told["kind"] = usual_kind(told["title"], holds=bool(section.sections), top=section.depth == 2)
        return Item(source=README, items=tuple(items), rule="export", **told)

    def topic_of(self, topic: Told) -> Item:
        told = {name: value for name, value in topic.item.items() if name != "steps"}
        requires = tuple(self.requirements(topic))
        return Item(
            "topic", source=self.source, items=tuple(topic.item["steps"]), requires=requires, rule="export", **told
        )

    def requirements(self, topic: Told) -> Iterator[Requirement]:
        for id_, shown, reason, group, source in topic.needs:
            title = shown
            if named := self.by_id.get(id_, []) if id_ else []:
                # By its title where that is clear, which reads better than an id.
                title = named[0].item["title"]
                if title[:1] == "^" or {id(found) for found in self.by_name.get(_same(title), ())} != {id(named[0])}:
                    title = f"^{id_}"
            yield Requirement(title, reason, group, source)


def usual_kind(title: str, *, holds: bool, top: bool) -> str:
    """What a section is when nothing says so: a level where a heading that names one holds others."""
    return "level" if holds and top and vocabulary.has("level", title) else "module"


def body_of(text: str) -> str:
    """The text of a note below its title."""
    lines = text.split("\n")
    if lines and lines[0].startswith("# "):
        lines = lines[2:] if len(lines) > 1 and not lines[1].strip() else lines[1:]
    body = "\n".join(lines)
    return body.removesuffix("\n")


def _section(text: str, line: int, depth: int) -> _Section:
    found = _ID.fullmatch(text)
    text, id_ = (found[1], found[2]) if found else (text, "")
    number = _NUMBER.fullmatch(text)
    item: dict[str, Any] = {
        "kind": "", "title": meant(number[2] if number else text).strip() or "?", "line": line, "id": id_,
        "number": int(number[1]) if number else None, "resources": (),
    }  # fmt: skip
    return _Section(item, depth)


def _by_hand(item: dict[str, Any], text: str, line: int) -> None:
    """An item that no export wrote."""
    parsed = blocks.parse(text, line).blocks
    draft = describe(parsed[0].spans, "topic", line) if parsed and parsed[0].spans else None
    if draft is None:
        item["title"] = meant(text).strip() or "?"
        return
    told = draft.freeze(README)
    for name in ("title", "summary", "details", "optional", "hours", "resources", "aliases"):
        item[name] = getattr(told, name)
    item["id"] = item["id"] or told.id


def _resource(kind: str, value: str) -> Resource:
    named = cast("ResourceKind", kind)
    if found := _LINK.fullmatch(value):
        url = next((part for part in found.groups()[1:] if part), "")
        return Resource(meant(found[1]), meant(url) if url.startswith('`"') else url, named)
    return Resource(meant(value), "", named)


def _names(notes: Mapping[str, FrontMatter]) -> dict[str, str]:
    """What links may call a note -> its path: the whole path first, then its name, then its title."""
    names: dict[str, str] = {}
    for path in notes:
        names.setdefault(_same(path[:-3]), path)
    for path, parts in notes.items():
        if path != README:
            names.setdefault(_same(path[:-3].rpartition("/")[2]), path)
            names.setdefault(_same(_text(parts.meta.get("title"))), path)
    names.pop("", None)
    return names


def _same(name: str) -> str:
    """A name for comparing, as identity does: without format characters, case and double blanks."""
    text = "".join(character for character in name if unicodedata.category(character) != "Cf")
    return " ".join(unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold()).split())


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


__all__ = ["KINDS", "README", "Reader", "Told", "is_export", "read_export"]
