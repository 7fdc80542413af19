"""One note of a folder: its front matter taken apart, its outline, and the names that links may call it by."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from roadmap.notes import blocks, links, vocabulary
from roadmap.notes.items import Requirement, Resource
from roadmap.notes.outline import Outline, read_outline
from roadmap.notes.outline.document import is_tagged_map, related_of
from roadmap.notes.outline.draft import Draft
from roadmap.notes.outline.sections import item_rest, item_spans
from roadmap.notes.outline.shape import led_by_wiki
from roadmap.notes.outline.titles import describe, take_number
from roadmap.notes.outline.values import absorb_below, is_empty, take_fields

KNOWN: Final = frozenset({"id", "title", "aliases", "alias", "tags", "summary", "description", "optional", "hours"}) | {
    "prerequisites",
    "requires",
    "depends_on",
    "after",
    "resources",
}
INDEX_NAMES: Final = frozenset({"readme", "index", "_index", "home"})
_LINK: Final = re.compile(r"\[([^\[\]]{1,300})\]\(([^()\s]{1,2000})\)")
_WIKI: Final = re.compile(r"\[\[([^\[\]]{1,300})\]\]")
_HEADING: Final = re.compile(r"[ \t]*\n*#[ \t][^\n]*\n?")


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

    def __post_init__(self) -> None:
        self.folder, _, name = self.source.rpartition("/")
        self.stem = name.rpartition(".")[0] or name

    @cached_property
    def document(self) -> blocks.Document:
        return blocks.parse(self.body, self.body_line)

    @cached_property
    def outline(self) -> Outline:
        return read_outline(self.document, self.meta)

    @property
    def is_index(self) -> bool:
        return self.stem.casefold() in INDEX_NAMES

    @cached_property
    def may_be_map(self) -> bool:
        """Whether a look at its lists and tags does not rule out that the note is a map."""
        if is_tagged_map(self.meta):
            return True
        led = 0
        for block in self.document.blocks:
            if block.kind == "list":
                led += sum(
                    1 for item in block.children if led_by_wiki(item) or any(b.kind == "list" for b in item.children)
                )
            elif block.kind == "paragraph" and "#" in links.plain(block.spans[:4]):
                return True
        return led > 0

    @cached_property
    def listed_share(self) -> float:
        """Share of the text that stands in lists and tables, 0 to 1."""
        listed = told = 0
        for block in self.document.blocks:
            if block.kind in {"list", "table"}:
                listed += block.end - block.start
            elif block.kind in {"paragraph", "quote", "code"}:
                told += block.end - block.start
        return listed / (listed + told) if listed else 0.0

    @property
    def summary(self) -> str:
        return self.outline.summary

    @property
    def id(self) -> str:
        return _text(self.meta.get("id"))

    @cached_property
    def aliases(self) -> list[str]:
        return strings(self.meta.get("aliases")) + strings(self.meta.get("alias"))

    @cached_property
    def heading(self) -> str:
        """The note's first-level heading at its start, as text; empty if it has none."""
        for block in self.document.blocks[:12]:
            if block.kind == "heading":
                draft = describe(block.spans, "topic", block.line) if block.level == 1 else None
                return draft.title if draft is not None else ""
        return ""

    @property
    def title(self) -> str:
        return _text(self.meta.get("title")) or self.heading

    def shown_title(self, folder_name: str) -> str:
        """The title, or a name made of the file's (of the folder's for a README)."""
        if title := self.outline.title or self.title:
            return title
        stem = (self.folder.rpartition("/")[2] or folder_name) if self.is_index else self.stem
        return name_of(stem)

    def describe(self, topic: Draft) -> None:
        """Give a topic what its own note says: fields, steps and body. What the outline said of it stays."""
        own = Draft("topic", self.title or topic.title, topic.line)
        set_meta(own, self.meta)
        own.done = None
        self._steps(own)
        own.body = self.topic_body
        own.related = [r for r in self.related if r not in own.related]
        if vocabulary.fold(own.title) != vocabulary.fold(topic.title) and own.title not in topic.aliases:
            topic.aliases.append(own.title)
        topic.id = own.id or topic.id
        topic.absorb(own)

    @cached_property
    def related(self) -> list[str]:
        return related_of(self.meta)

    @cached_property
    def topic_body(self) -> str:
        """The Markdown below the title, without a closing list of steps."""
        data = self.document.data
        spans: list[tuple[int, int]] = []
        all_blocks = self.document.blocks
        for at, block in enumerate(all_blocks):
            if block.kind == "heading" and block.level == 1 and at == 0:
                spans.append((block.start, block.end))
            if block.kind == "heading" and vocabulary.is_("steps", links.plain(block.spans)):
                spans += [
                    (block.start, following.end)
                    for following in all_blocks[at + 1 : at + 2]
                    if following.kind == "list" and all(item.checked is not None for item in following.children)
                ]
        kept, cursor = [], 0
        for start, end in spans:
            kept.append(data[cursor:start])
            cursor = max(end, cursor)
        kept.append(data[cursor:])
        return b"".join(kept).decode("utf-8").strip("\n").rstrip()

    def _steps(self, topic: Draft) -> None:
        """Every box of a topic's note is a step of it."""
        for block in self.document.blocks:
            if block.kind == "list":
                for item in block.children:
                    _step(topic, item, self.source)


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
    plain = re.sub(r"^\d{1,4}[-_. ]+", "", stem) or stem
    plain = re.sub(r"[-_]+", " ", plain) if " " not in plain else plain
    return take_number(plain.strip(), draft) or stem


def set_meta(item: Draft, meta: dict[str, Any]) -> None:
    """The known fields of a topic's front matter into the item; the rest is kept as it is."""
    item.id = _text(meta.get("id"))
    item.summary = _text(meta.get("summary")) or _text(meta.get("description"))
    item.aliases += strings(meta.get("aliases")) + strings(meta.get("alias"))
    hours = meta.get("hours")
    item.hours = links.hours_in(hours) if isinstance(hours, str) else None
    if isinstance(meta.get("optional"), str):
        item.optional = vocabulary.fold(meta["optional"]) in {"true", "yes", "1", "on"}
    for key in ("requires", "prerequisites", "depends_on", "after"):
        item.requires += requirements(meta.get(key))
    item.resources += resources(meta.get("resources"))
    item.meta += [(key, value) for key, value in meta.items() if key.casefold() not in KNOWN]


def requirements(value: Any) -> list[Requirement]:
    """Of a front matter field: titles, `[[links]]: reason`, maps; a list within the list is an any-of group."""
    if isinstance(value, str):
        wikis = _WIKI.findall(value)
        if len(wikis) > 1:
            return [_requirement(f"[[{w}]]", "") for w in wikis]
        value = [value]
    found: list[Requirement] = []
    for at, entry in enumerate(value if isinstance(value, list) else []):
        if isinstance(entry, list):
            found += [_requirement(alternative, f"any-{at}") for alternative in entry]
        else:
            found.append(_requirement(entry, ""))
    return [r for r in found if not is_empty(r.title)]


def _requirement(entry: Any, group: str) -> Requirement:
    if isinstance(entry, dict):
        title = _text(entry.get("topic") or entry.get("title") or entry.get("name"))
        reason = _text(entry.get("reason") or entry.get("why"))
        if not title and entry:
            title, reason = next((str(k), _text(v)) for k, v in entry.items())
        return Requirement(_unlinked(title), reason, group)
    text = _text(entry)
    if link := _WIKI.match(text):
        return Requirement(_unlinked(link[0]), text[link.end() :].strip(" :—–-"), group)
    for mark in (" — ", " – "):
        title, found, reason = text.partition(mark)
        if found:
            return Requirement(title.strip(), reason.strip(), group)
    return Requirement(text, "", group)


def _unlinked(text: str) -> str:
    link = _WIKI.search(text)
    return links.wiki_target(link[1].split("|")[0]) if link else text.strip()


def resources(value: Any) -> list[Resource]:
    """Of a front matter field: maps with title, url and kind; Markdown links; bare addresses; titles."""
    found = []
    for entry in value if isinstance(value, list) else [value]:
        if isinstance(entry, dict):
            url, kind = _text(entry.get("url") or entry.get("link")), _text(entry.get("kind") or entry.get("type"))
            title = _text(entry.get("title") or entry.get("name")) or url
            if title:
                found.append(Resource(title, url, links.resource_kind(url, kind)))
        elif isinstance(entry, str) and entry.strip():
            link = _LINK.search(entry)
            if link:
                found.append(Resource(link[1], link[2], links.resource_kind(link[2])))
            elif links.is_external(entry):
                found.append(Resource(entry, entry, links.resource_kind(entry)))
            else:
                found.append(Resource(entry, ""))
    return found


def strings(value: Any) -> list[str]:
    """A field that may be one text, with commas, or a list of texts."""
    if isinstance(value, str):
        return [part.strip() for part in value.strip("[]").split(",") if part.strip()]
    return [v for v in value if isinstance(v, str) and v.strip()] if isinstance(value, list) else []


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""
