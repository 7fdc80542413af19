"""A whole note: its header, its title, its sections, and what is settled only when all of it is known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from roadmap.notes import links, vocabulary
from roadmap.notes.blocks import STRONG, Block, Document, Span
from roadmap.notes.items import Requirement
from roadmap.notes.outline.build import Builder
from roadmap.notes.outline.draft import Draft
from roadmap.notes.outline.groups import Group
from roadmap.notes.outline.labels import meaning_of
from roadmap.notes.outline.numbers import counted_head
from roadmap.notes.outline.outliners import with_outliners_forms
from roadmap.notes.outline.pseudo import (
    nest_counted_lines,
    with_definitions,
    with_lists_of_links,
    with_pseudo_headings,
    with_typed_lists,
)
from roadmap.notes.outline.sections import Section, divide, item_rest, item_spans
from roadmap.notes.outline.shape import Shape, shape_of
from roadmap.notes.outline.titles import describe, needed_in
from roadmap.notes.outline.values import take_fields

MAP_TAGS: Final = frozenset({"map", "moc", "maps", "mapofcontent", "mapofcontents", "hub"})
RELATED_FIELDS: Final = frozenset({"related", "linkednotes", "synapses", "links", "seealso", "similar", "connections"})


@dataclass(slots=True)
class Outline:
    """What one note says, before it is linked to others."""

    title: str
    """Of the note: front matter, its one first-level heading, or nothing."""
    summary: str
    root: Draft
    shape: Shape
    related: list[str] = field(default_factory=list)
    meta: list[tuple[str, Any]] = field(default_factory=list)
    """Fields found in the body, `key:: value` and `**Key:** value`."""
    is_map: bool = False
    heading_line: int = 0
    sections: Section | None = None
    """The note taken apart, for who asks what was left out."""
    header_lines: tuple[int, int] = (0, 0)
    """First and last line of the header taken off the body."""
    merged: list[Draft] = field(default_factory=list)
    """Topics that only announce a section."""

    @property
    def items(self) -> list[Draft]:
        return self.root.items


def read_outline(document: Document, meta: dict[str, Any]) -> Outline:
    """The outline of a parsed note with the front matter `meta`."""
    header, blocks = _header(with_outliners_forms(document.blocks))
    tagged = is_tagged_map(meta, header.tags)
    related = related_of(meta)
    nest_counted_lines(blocks)
    blocks = with_pseudo_headings(with_lists_of_links(with_definitions(with_typed_lists(blocks))))
    root = divide(blocks, {vocabulary.fold(name) for name in related})
    main = _main(root)
    shape = shape_of(root, tagged_map=tagged)
    builder = Builder(shape, document.data)
    whole = Draft("module", "", main.line)
    _root(builder, root, main, whole)
    _diagram(builder, whole)
    _merge_header(whole, header.links)
    _needs_in_summaries(whole)
    merged = _merge_overviews(whole)
    _unwrap(whole)
    _unwrap_topics(whole)
    _levels(whole)
    title = str(meta.get("title") or "") if isinstance(meta.get("title"), str) else ""
    title = title or next(
        (v for key, v in whole.meta if vocabulary.field_of(key) == "title" and isinstance(v, str)), ""
    )
    heading = describe(main.heading.spans, "module", main.line) if main.heading is not None else None
    shown = (
        heading.title
        if heading is not None
        else _first_heading(blocks, {item.line for top in whole.items for item in top.walk()})
    )
    if title and shown and vocabulary.fold(title).replace(" ", "") != vocabulary.fold(shown).replace(" ", ""):
        shown = shown if "_" in title or title == title.lower() else title
    whole.title = shown or title
    if heading is not None:
        whole.id, whole.number = heading.id, heading.number
        whole.summary = whole.summary or heading.summary
    summary = meta.get("summary") if isinstance(meta.get("summary"), str) else ""
    return Outline(
        title=whole.title,
        sections=root,
        summary=summary or whole.summary,
        root=whole,
        shape=shape,
        related=[*related, *whole.related],
        meta=header.fields,
        is_map=shape.carrier == "map",
        heading_line=main.line,
        header_lines=header.lines,
        merged=merged,
    )


def is_tagged_map(meta: dict[str, Any], more: Iterable[str] = ()) -> bool:
    """Whether a note says itself that it is a map."""
    tags = [*_strings(meta.get("tags")), *_strings(meta.get("type")), *more]
    return any(tag.lstrip("#").casefold().replace("-", "").replace("_", "") in MAP_TAGS for tag in tags)


# The header


@dataclass(slots=True)
class Header:
    tags: list[str] = field(default_factory=list)
    fields: list[tuple[str, Any]] = field(default_factory=list)
    links: list[Draft] = field(default_factory=list)
    """Notes that the header's lists link, with what they say of them."""
    lines: tuple[int, int] = (0, 0)


def _header(blocks: list[Block]) -> tuple[Header, list[Block]]:
    """Take off the block of `**Key:** value` lines and their lists that some notes start with."""
    header = Header()
    end = 0
    fields = False
    for block in blocks:
        if block.kind in {"heading", "rule", "table", "quote"}:
            break
        if block.kind == "paragraph" and not _is_field_line(block):
            if not _only_tags(block):
                break
            header.tags += _tags(block.spans)
        elif block.kind == "paragraph":
            fields = True
            header.tags += _tags(block.spans)
            header.fields.append(
                (links.plain(block.spans).partition(":")[0], links.plain(block.spans).partition(":")[2].strip())
            )
        elif block.kind == "list" and fields:
            _header_list(header, block)
        else:
            break
        end += 1
    if fields:
        header.lines = (blocks[0].line, blocks[end].line - 1 if end < len(blocks) else 0)
    return (header, blocks[end:]) if fields else (Header(tags=header.tags), blocks)


def _is_field_line(block: Block) -> bool:
    """`**Key:** value`, with nothing before it."""
    worded = [s for s in block.spans if any(c.isalnum() for c in s.text)]
    if not worded or not worded[0].style & STRONG:
        return False
    after = block.spans[block.spans.index(worded[0]) + 1 :]
    return worded[0].text.rstrip().endswith(":") or (bool(after) and after[0].text.lstrip().startswith(":"))


def _only_tags(block: Block) -> bool:
    return all(word.startswith("#") for word in links.plain(block.spans).split())


def _tags(spans: Iterable[Span]) -> list[str]:
    return [word for word in links.plain(spans).split() if word.startswith("#") and len(word) > 1]


def _header_list(header: Header, block: Block) -> None:
    for item in block.children:
        spans = item_spans(item)
        header.tags += _tags(spans)
        if any(s.kind == "wiki" for s in spans) and (draft := describe(spans, "topic", item.line)) is not None:
            take_fields(draft)
            header.links.append(draft)
        for below in item_rest(item):
            if below.kind == "list":
                _header_list(header, below)


def related_of(meta: dict[str, Any]) -> list[str]:
    found: list[str] = []
    for key, value in meta.items():
        if vocabulary.fold(key).replace(" ", "") in RELATED_FIELDS:
            found += [links.wiki_target(v.strip("[] ").split("|")[0]) for v in _strings(value)]
    return [name for name in found if name]


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [part for part in value.replace(",", " ").split() if part] if "[[" not in value else [value]
    return [v for v in value if isinstance(v, str)] if isinstance(value, list) else []


# The title and the root


def _main(root: Section) -> Section:
    """The section that is the document: its only first-level heading with content, or the root itself."""
    while True:
        content = [s for s in root.sections if s.role == "content" and _has_content(s)]
        if len(content) != 1 or any(b.kind in {"list", "table"} for b in root.blocks):
            return root
        only = content[0]
        if only.sections and any(s.role == "content" for s in only.sections):
            higher = [s for s in root.sections if s.level < only.level]
            return root if higher else only
        return only if only.level == 1 and root.sections[0] is only else root


def _has_content(section: Section) -> bool:
    return (
        any(b.kind in {"list", "table", "code"} for s in section.content() for b in s.blocks)
        or any(s.sections for s in section.content())
        or any(b.kind in {"paragraph", "quote"} for b in section.blocks)
    )


def _first_heading(blocks: list[Block], taken: set[int]) -> str:
    """The first heading as a title, unless it is a part of the outline or says "Contents"."""
    first = next((block for block in blocks if block.kind == "heading"), None)
    if first is None or first.line in taken or first.level > 3:
        return ""
    text = links.plain(first.spans)
    return "" if vocabulary.is_apart(text) else text


def _root(builder: Builder, root: Section, main: Section, whole: Draft) -> None:
    """Fill the root item: what stands under the title, then the sections."""
    sections = list(main.sections)
    if main is not root:
        sections += [s for s in root.sections if s is not main and s.role != "content"]
    holder = Draft("module", "", main.line)
    groups = builder.blocks(holder, main.blocks if main is not root else root.blocks, top=True)
    children = [child for s in sections if (child := builder.section(s, Draft("module", "", s.line))) is not None]
    if any(child.topics() for child in children):  # then a list under the title describes, unless it groups topics
        titles = [vocabulary.fold(item.title) for child in children for item in child.walk()]
        groups = [g for g in groups if _adds(g, titles) and not builder.shape.tagged]
    builder.place(holder, groups, children)
    whole.items, whole.summary, whole.resources = holder.items, holder.summary, holder.resources
    whole.related, whole.choose, whole.ordered, whole.meta = holder.related, holder.choose, holder.ordered, holder.meta
    whole.hours, whole.requires, whole.optional, whole.id = holder.hours, holder.requires, holder.optional, holder.id
    whole.aliases, whole.details = holder.aliases, holder.details


def _adds(group: Group, titles: list[str]) -> bool:
    """Whether topics under the title are more than a view of the sections: grouped, or a chain of new names."""
    if any(topic.holds for topic in group.topics):
        return True
    names = [vocabulary.fold(topic.title) for topic in group.topics]
    known = set(titles)
    return group.chained and not any(n in known or any(n in title for title in titles[:200]) for n in names)


def _needs_in_summaries(whole: Draft) -> None:
    """A topic that is said to need another one of the document needs it: "Milling — requires Drying"."""
    titles: dict[str, Draft] = {}
    for item in whole.walk():
        for name in filter(None, (item.title, counted_head(item.title))):
            titles.setdefault(vocabulary.fold(name), item)
    for item in whole.walk():
        said = item.summary[:400].replace("。", ". ").split(". ")[:6] if item.kind == "topic" and item.summary else []
        for needed in filter(None, (needed_in(sentence).strip(" .\"'«»“”„「」") for sentence in said)):
            folded = vocabulary.fold(needed)
            other = titles.get(folded) or titles.get(folded.removesuffix(" voraus"))
            if other is not None and other is not item and all(r.title != other.title for r in item.requires):
                item.requires.append(Requirement(other.title))


def _diagram(builder: Builder, whole: Draft) -> None:
    """Lay the edges of flow charts on the topics they name."""
    if not builder.edges:
        return
    topics = {vocabulary.fold(item.title): item for item in whole.walk() if item.title}
    for before, after in builder.edges:
        item = topics.get(vocabulary.fold(after))
        if item is not None and before not in {r.title for r in item.requires}:
            item.requires.append(Requirement(before, source="diagram"))


# What is settled at the end


def _merge_header(whole: Draft, mentioned: list[Draft]) -> None:
    """Rule 5: a header's link and the body's are one topic."""
    by_link: dict[str, list[Draft]] = {}
    for item in whole.walk():
        if item.kind == "topic":
            by_link.setdefault(vocabulary.fold(item.link or item.title), []).append(item)
    for mention in mentioned:
        for item in by_link.get(vocabulary.fold(mention.link or mention.title), ()):
            item.absorb(mention)


def _merge_overviews(whole: Draft) -> list[Draft]:
    """Topics that only announce the sections of the same names are those sections. Return them."""
    merged: list[Draft] = []
    containers = {vocabulary.fold(item.title): item for item in whole.walk() if item.holds and item.title}
    for parent in list(whole.walk()):
        named = [t for t in parent.items if t.kind == "topic" and vocabulary.fold(t.title) in containers]
        if len(named) * 2 <= sum(1 for t in parent.items if t.kind == "topic"):
            continue
        for topic in named:
            target = containers[vocabulary.fold(topic.title)]
            if target is not parent:
                target.absorb(topic)
                parent.items.remove(topic)
                merged.append(topic)
    _prune(whole)
    return merged


def _prune(item: Draft) -> None:
    for child in item.items:
        _prune(child)
    item.items = [c for c in item.items if not c.holds or c.items or c.resources]


def _unwrap(whole: Draft) -> None:
    """A section that holds everything and is called "Curriculum" adds nothing."""
    while True:
        told = [item for item in whole.items if item.items or not item.holds]
        only = told[0] if len(told) == 1 and told[0].holds else None
        general = only is not None and (vocabulary.is_("generic", only.title) or vocabulary.is_("contents", only.title))
        if only is None or not only.items or not (general or meaning_of(only.title) == "covers"):
            return
        at = whole.items.index(only)
        whole.items[at : at + 1] = only.items
        whole.summary = whole.summary or only.summary
        whole.resources += only.resources


def _unwrap_topics(whole: Draft) -> None:
    """ "Topics" within a module, the only part of it, adds nothing either."""
    for item in whole.walk():
        while item is not whole and item.holds and len(item.items) == 1 and item.items[0].holds:
            only = item.items[0]
            if not vocabulary.is_("generic", only.title) or only.choose is not None:
                break
            item.items = only.items
            item.summary = item.summary or only.summary
            item.resources += only.resources


def _levels(whole: Draft) -> None:
    """Levels are sections over modules: their heading, or a neighbour's, names a level, or they number them."""
    top = [item for item in whole.items if item.holds]
    over = [item for item in top if any(child.holds and child.choose is None for child in item.items)]
    strict = [item for item in top if _only_level_words(item.title)]
    named = any(item.level_name for item in over)
    for item in over:
        numbered = [child.number for child in item.items if child.holds]
        counted = len(numbered) > 1 and all(n is not None for n in numbered)
        if (named and len(over) > 1) or item.level_name or counted:
            item.kind, item.rule = "level", "level-heading"
    if len(strict) > 1:
        for item in strict:
            item.kind, item.rule = "level", "level-heading"


def _only_level_words(title: str) -> bool:
    words = [w.lstrip("0123456789") for w in vocabulary.fold(title).split() if not w.isdigit()]
    return 0 < len(words) <= 3 and all(vocabulary.has("level", w) for w in words)
