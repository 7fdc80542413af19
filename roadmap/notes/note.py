"""One note of a folder: its front matter taken apart, its outline, and the names that links may call it by."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from roadmap.notes import blocks, followed, headway, links, vocabulary
from roadmap.notes.meta import known, set_meta, strings, text_of
from roadmap.notes.outline import Outline, read_outline
from roadmap.notes.outline.document import is_tagged_map, related_of
from roadmap.notes.outline.draft import Draft
from roadmap.notes.outline.labels import label_of
from roadmap.notes.outline.numbers import take_number
from roadmap.notes.outline.sections import item_rest, item_spans, leading_link, lines_of
from roadmap.notes.outline.titles import describe
from roadmap.notes.outline.values import absorb_below, apply_label, next_group, required, take_fields

LISTED: Final = 0.6
PARTLY_LISTED: Final = 0.35
"""Share of a note's text that stands in lists and tables if the note is an outline and not a lesson. With several
modules of short names, the smaller one is enough."""
INDEX_NAMES: Final = frozenset({"readme", "index", "_index", "home"})
_HEADING: Final = re.compile(r"^#[ \t]+(\S[^\n]*)", re.MULTILINE)
_TITLE_LINE: Final = re.compile(r"\s{0,20}#[ \t]{1,20}\S[^\n]*\n?")
_LISTED: Final = re.compile(r"^[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]|\|)[^\n]*", re.MULTILINE)
_HEADED: Final = re.compile(r"^#{1,6}[ \t][^\n]*", re.MULTILINE)
_WIKI_LED: Final = re.compile(r"^[ \t>]*(?:[-*+]|\d{1,9}[.)])[ \t]+(?:\[.\][ \t]+)?[^\w\n\[]{0,8}\[\[", re.MULTILINE)
_BOXED: Final = re.compile(r"^[ \t>]*(?:[-*+]|\d{1,9}[.)])[ \t]+\[[ xX]\][ \t]", re.MULTILINE)
_REQUIRES: Final = re.compile(r"^[ \t>*_#+-]{0,12}([^\W\d_][^\n:：*_]{2,40})(?:[:：*_ \t]|$)", re.MULTILINE)
_LED: Final = re.compile(
    r"^[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?\[[^\]\n]{1,200}\]\((?!https?:)[^)\n]{1,400}\.md\)", re.M
)
_EXPORTED: Final = re.compile(r"(?<=\S) [0-9a-f]{32}$")
"""What some programs put behind the name of each note they export."""
_PREFIX: Final = re.compile(r"^(?:\d{4}-\d\d-\d\d[-_. ]+|\d{1,4}(?:\.\d{1,4})*[-_.) ]+)")
"""A date or a number before a file's name."""
_DEEP: Final = re.compile(r"^(?:[ \t]{56}|(?:[ \t]{0,3}>){20}|(?:[-*+][ \t]{1,4}){20})", re.MULTILINE)


@dataclass(eq=False)
class Note:
    """A note as read from disk."""

    source: str
    """Path relative to what was read."""
    meta: dict[str, Any]
    body: str
    body_line: int
    lines: dict[str, int] = field(default_factory=dict)
    """Line of each front matter field."""
    folder: str = field(init=False)
    """Path of its folder, empty at the top."""
    stem: str = field(init=False)
    """The file's name without its ending."""
    opened: bool = field(init=False, default=False)
    """Whether another note's place was made of more than its names: of its outline, or of what it says of a module."""
    told: list[followed.Told] | None = field(init=False, default=None)
    """What it told of topics; None where nobody follows it."""

    def __post_init__(self) -> None:
        self.folder, _, name = self.source.rpartition("/")
        self.stem = name.rpartition(".")[0] or name

    @cached_property
    def document(self) -> blocks.Document:
        headway.at(self.source)
        return blocks.parse(self.body, self.body_line)

    @cached_property
    def fields(self) -> dict[str, Any]:
        """The front matter, fields that are named in another language under their English name too."""
        return known(self.meta)

    @property
    def outline(self) -> Outline:
        self.opened = True
        return self._outline

    @cached_property
    def _outline(self) -> Outline:
        return read_outline(self.document, self.fields)

    @property
    def is_index(self) -> bool:
        return self.stem.casefold() in INDEX_NAMES

    # Looks at the text, cheap enough for every note of a large folder; most notes are never parsed.

    @cached_property
    def may_be_map(self) -> bool:
        """Whether tags and lists do not rule out that the note is a map."""
        return (
            is_tagged_map(self.fields) or _WIKI_LED.search(self.body) is not None or "#m" in self.body[:4_000].lower()
        )

    @cached_property
    def lists_notes(self) -> bool:
        """Whether several lines start with a link to another note."""
        return sum(1 for _ in _LED.finditer(self.body)) + sum(1 for _ in _WIKI_LED.finditer(self.body)) > 2

    @cached_property
    def listed_share(self) -> float:
        """Share of the text that stands in lists and tables, 0 to 1; headings count for neither."""
        listed = sum(len(line) for line in _LISTED.findall(self.body))
        told = len(self.body) - listed - sum(len(line) for line in _HEADED.findall(self.body))
        return listed / max(listed + told, 1)

    @cached_property
    def draws_map(self) -> bool:
        """Whether it is a map with topics."""
        return self.may_be_map and self._outline.is_map and self._outline.root.topics() > 0

    @cached_property
    def is_list(self) -> bool:
        """Mostly lists and tables: an outline, where a lesson is mostly prose."""
        if self.listed_share < PARTLY_LISTED or self._outline.shape.carrier == "headings":
            return False
        items = list(self._outline.root.walk())
        titles = [item.title for item in items if item.kind == "topic"]
        if self.listed_share >= LISTED:
            return len(titles) > 2
        modules = sum(1 for item in items[1:] if item.holds)
        return modules > 1 and len(titles) >= 8 and sum(len(t.split()) for t in titles) <= 6 * len(titles)

    @property
    def needs_counting(self) -> bool:
        """Whether the note is so long or so deep that the limits must be checked on its blocks."""
        return len(self.body) > 20_000 or _DEEP.search(self.body) is not None

    @property
    def summary(self) -> str:
        return self.outline.summary

    @property
    def id(self) -> str:
        return text_of(self.meta.get("id"))

    @cached_property
    def aliases(self) -> list[str]:
        return strings(self.fields.get("aliases")) + strings(self.fields.get("alias"))

    @cached_property
    def heading(self) -> str:
        """The note's first first-level heading, as text; empty if it has none near its start."""
        found = _HEADING.search(self.body, 0, 4_000)
        if found is None or "```" in self.body[: found.start()]:
            return ""
        heading = blocks.parse(found[0]).blocks[0]
        draft = describe(heading.spans, "topic", 0)
        return draft.title if draft is not None else ""

    @property
    def title(self) -> str:
        return text_of(self.fields.get("title")) or self.heading

    def shown_title(self, folder_name: str) -> str:
        """The title, or a name made of the file's (of the folder's for a README)."""
        title = self.outline.title or text_of(self.fields.get("title"))
        if title and not (self.lists_notes and vocabulary.is_apart(title)):
            return title
        unnamed = self.is_index or bool(title)  # "Summary" of what? Of the folder
        stem = (self.folder.rpartition("/")[2] or folder_name) if unnamed else self.stem
        return name_of(stem)

    def describe(self, topic: Draft) -> None:
        """Give a topic what its own note says: fields, steps and body. What the outline said of it stays."""
        headway.at(self.source)
        before = followed.before(topic) if self.told is not None else None
        own = Draft("topic", self.title or topic.title, topic.line)
        set_meta(own, self.meta)
        self._steps(own)
        self._requires(own)
        own.body = self.topic_body
        own.related = [r for r in self.related if r not in own.related]
        if vocabulary.fold(own.title) != vocabulary.fold(topic.title) and own.title not in topic.aliases:
            topic.aliases.append(own.title)
        topic.id = own.id or topic.id
        topic.absorb(own)
        if self.told is not None and before is not None:
            self.told.append(followed.Told(topic, before, followed.seen(topic)))

    @cached_property
    def related(self) -> list[str]:
        return related_of(self.meta)

    @cached_property
    def topic_body(self) -> str:
        """The Markdown below the title, without a closing list of steps."""
        if not _BOXED.search(self.body):
            title = _TITLE_LINE.match(self.body)
            return self.body[title.end() if title else 0 :].strip("\n").rstrip()
        data = self.document.data
        cuts: list[tuple[int, int]] = []
        for at, block in enumerate(self.document.blocks):
            if block.kind != "heading":
                continue
            if block.level == 1 and at == 0:
                cuts.append((block.start, block.end))
            if vocabulary.is_("steps", links.plain(block.spans)):
                cuts += [
                    (block.start, below.end) for below in self.document.blocks[at + 1 : at + 2] if _only_boxes(below)
                ]
        kept, cursor = [], 0
        for start, end in cuts:
            kept.append(data[cursor:start])
            cursor = max(end, cursor)
        kept.append(data[cursor:])
        return b"".join(kept).decode("utf-8").strip("\n").rstrip()

    def _requires(self, topic: Draft) -> None:
        """`requires:: X`, "Prerequisites: X" and a section of that name, wherever they stand in the note."""
        if not any(vocabulary.is_("prerequisites", found[1]) for found in _REQUIRES.finditer(self.body)):
            return
        announced = False
        for block in self.document.blocks:
            if block.kind == "heading":
                announced = vocabulary.is_("prerequisites", links.plain(block.spans))
            elif block.kind == "list" and announced:
                for item in block.children:
                    topic.requires += required(leading_link(item_spans(item)), group=next_group(topic))
                announced = False
            elif block.kind in {"paragraph", "quote"}:
                for line in lines_of(block):
                    announced = self._requires_line(topic, line) or announced

    @staticmethod
    def _requires_line(topic: Draft, line: list[blocks.Span]) -> bool:
        """Take what a line requires; whether it announces a list of it instead."""
        key, value = links.field_of(line) or ("", [])
        label = label_of(line)
        if key and vocabulary.is_("prerequisites", key):
            topic.requires += required(value, group=next_group(topic))
        elif label is not None and label.meaning == "prerequisites":
            apply_label(topic, label)
            return not label.value
        return False

    def _steps(self, topic: Draft) -> None:
        """Every box of a topic's note is a step of it."""
        if not _BOXED.search(self.body):
            return
        for block in self.document.blocks:
            if block.kind == "list":
                for item in block.children:
                    _step(topic, item, self.source)


def _only_boxes(block: blocks.Block) -> bool:
    return block.kind == "list" and all(item.checked is not None for item in block.children)


def _step(topic: Draft, item: blocks.Block, source: str) -> None:
    if item.checked is not None:
        step = describe(item_spans(item), "step", item.line)
        if step is not None:
            step.done, step.source = item.checked, source
            absorb_below(step, item_rest(item))
            take_fields(step)
            if all(vocabulary.fold(step.title) != vocabulary.fold(s.title) for s in topic.items):
                topic.items.append(step)
        return
    for block in item_rest(item):
        if block.kind == "list":
            for below in block.children:
                _step(topic, below, source)


def name_of(stem: str) -> str:
    """A readable name from a file's: "01-intro_to-ml" -> "intro to ml"."""
    draft = Draft("topic", "", 0)
    stem = _EXPORTED.sub("", stem)
    plain = _PREFIX.sub("", stem) or stem
    plain = re.sub(r"[-_]+", " ", plain) if " " not in plain else plain
    return take_number(plain.strip(), draft) or stem
