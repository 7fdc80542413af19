"""One pass over pulldown-cmark's events (through pyromark), linear in the text."""

from __future__ import annotations

from bisect import bisect_right
from typing import Any, Final

from roadmap.notes import markup
from roadmap.notes.blocks.glued import unglued
from roadmap.notes.blocks.raw_html import from_html
from roadmap.notes.blocks.tree import MAX_DEPTH, STYLES, Block, Document, Span
from roadmap.notes.markdown import PARSER


def parse(text: str, first_line: int = 1) -> Document:
    """Parse a note's body; `first_line` is the line of the file on which the body starts."""
    return _Builder(text, first_line).build()


class _Builder:
    """The state of one pass: the open blocks, the open styles and the open link."""

    def __init__(self, text: str, first_line: int) -> None:
        self.text = text
        self.data = text.encode("utf-8", "replace")
        self.newlines = _newlines(self.data)
        self.first_line = first_line
        self.root = Block("root", first_line)
        self.stack = [self.root]
        self.too_deep = 0
        self.style = 0
        self.items = self.item_count = self.cell_count = self.heading_count = self.depth = 0
        self.longest = (0, 0)
        self.link: tuple[str, str, int, int] | None = None  # kind, target, style, line
        self.label: list[str] = []
        self.label_style = -1
        self.pictured = False
        self.html: list[str] | None = None
        self.glued = False  # a line at the margin was read as part of the list item above it

    def line(self, offset: int) -> int:
        return bisect_right(self.newlines, offset - 1) + self.first_line

    def build(self) -> Document:
        text = self.text if self.text.isascii() else self.data.decode("utf-8")
        for event, where in PARSER.events_with_range(text, merge_text=True):
            if isinstance(event, str):
                self.bare(event, where)
                continue
            name, value = next(iter(event.items()))
            if name == "Text":
                self.add_text(value, where)
            elif name == "Start":
                self.open(value, where)
            elif name == "End":
                self.close(value)
            else:
                self.leaf(name, value, where)
        return Document(
            self.root.children,
            self.data,
            self.too_deep,
            self.item_count,
            self.cell_count,
            self.heading_count,
            self.depth,
            self.longest,
        )

    # Blocks

    def push(self, block: Block) -> None:
        if len(self.stack) > MAX_DEPTH:
            self.too_deep = self.too_deep or block.line
            self.stack[MAX_DEPTH - 1].children.append(block)
        else:
            self.stack[-1].children.append(block)
        self.stack.append(block)

    def open(self, value: Any, where: Any) -> None:
        name: str
        data: Any = None
        name, data = (value, None) if isinstance(value, str) else next(iter(value.items()))
        if name in STYLES:
            self.style |= STYLES[name]
            return
        start, end = where["start"], where["end"]
        if name in {"Link", "Image"}:
            self.open_link(name, data, self.line(start))
            return
        block = Block("", self.line(start), start=start, end=end)
        if name == "Heading":
            block.kind, block.level = "heading", int(data["level"][1])
        elif name == "List":
            block.kind, block.level = "list", -1 if data is None else data
        elif name == "CodeBlock":
            block.kind, block.info = "code", "" if data == "Indented" else data["Fenced"].strip()
        elif name == "HtmlBlock":
            self.html = []
        block.kind = block.kind or _KINDS.get(name, "other")
        if name == "Item":
            self.items += 1
            self.item_count += 1
        elif name not in _OUTER and end - start > self.longest[0]:
            self.longest = (end - start, block.line)
        self.cell_count += name == "TableCell"
        self.heading_count += name == "Heading"
        self.depth = max(self.depth, len(self.stack))
        self.push(block)

    def close(self, value: Any) -> None:
        name = value if isinstance(value, str) else next(iter(value))
        if name in STYLES:
            self.style &= ~STYLES[name]
        elif name in {"Link", "Image"}:
            self.close_link(name)
        else:
            self.link, self.style = None, 0  # whatever raw HTML left open ends with its block
            block = self.stack.pop()
            if name == "Item":
                self.items -= 1
            elif name == "HtmlBlock":
                self.fold_html(block)
            elif name == "List" and self.items == 0 and len(self.stack) <= MAX_DEPTH and self.glued:
                self.stack[-1].children[-1:] = unglued(block)
                self.glued = False

    def fold_html(self, block: Block) -> None:
        """Put the blocks found in raw HTML in the place of the raw block."""
        parent = self.stack[-1] if len(self.stack) <= MAX_DEPTH else self.stack[MAX_DEPTH - 1]
        parent.children.pop()
        parent.children.extend(from_html("".join(self.html or ()), block.line, block.start, block.end))
        self.html = None

    # Inline

    def add(self, span: Span) -> None:
        block = self.stack[-1]
        if block.kind in {"item", "quote", "other", "root"}:  # a tight item holds its text without a paragraph
            last = block.children[-1] if block.children else None
            if last is None or last.kind != "paragraph" or last.info != "tight":
                last = Block("paragraph", span.line or block.line, info="tight", start=block.start, end=block.end)
                block.children.append(last)
            block = last
        block.spans.append(span)

    def add_text(self, text: Any, where: Any) -> None:
        if self.stack[-1].kind == "code":
            self.stack[-1].text += text
            return
        if self.link is not None:
            self.label.append(text)
            self.label_style = self.style if self.label_style == -1 else self.label_style & self.style
            return
        block = self.stack[-1]
        if text[0] == "(" and (spans := _spans(block)) and spans[-1].kind == "wiki":
            text = self.bracketed_link(text, spans)
        if text:
            self.add(Span(text, "text", "", self.style, self.line(where["start"]) if not _spans(block) else 0))

    def bracketed_link(self, text: str, spans: list[Span]) -> str:
        """`[[pdf]](address)` is a link whose text stands in brackets, not a wiki link. Return what follows it."""
        close = text.find(")")
        if close == -1 or any(c.isspace() for c in text[1:close]):
            return text
        wiki = spans[-1]
        spans[-1] = Span(f"[{wiki.text}]", "link", text[1:close], wiki.style, wiki.line)
        return text[close + 1 :]

    def open_link(self, name: str, data: Any, line: int) -> None:
        if name == "Image" and self.link is not None:
            self.pictured = True
            return
        wiki = isinstance(data["link_type"], dict)
        kind = ("embed" if wiki else "image") if name == "Image" else ("wiki" if wiki else "link")
        target = data["dest_url"].rstrip("\\") if wiki else data["dest_url"]
        self.link, self.label, self.label_style, self.pictured = (kind, target, self.style, line), [], -1, False

    def close_link(self, name: str) -> None:
        if self.link is None or (name == "Image" and self.link[0] not in {"image", "embed"}):
            return
        kind, target, style, line = self.link
        self.link = None
        if self.pictured:
            kind = "image"
        self.add(Span("".join(self.label), kind, target, style | max(self.label_style, 0), line))

    def leaf(self, name: str, value: Any, where: Any) -> None:
        if name == "TaskListMarker":
            self.stack[-1 if self.stack[-1].kind == "item" else -2].checked = value
        elif name == "Html":
            if self.html is not None:
                self.html.append(value)
        elif name == "InlineHtml":
            self.inline_html(value, where)
        elif name == "FootnoteReference":
            return
        elif self.link is not None:
            self.label.append(f"${value}$" if name.endswith("Math") else value)
        elif name == "Code":
            self.add(Span(value, "code", "", self.style, self.line(where["start"])))
        else:
            mark = "$" if name == "InlineMath" else "$$"
            self.add(Span(f"{mark}{value}{mark}", "math", "", self.style, self.line(where["start"])))

    def inline_html(self, raw: str, where: Any) -> None:
        tag = markup.tag(raw)
        if tag is None:
            if raw.startswith("<!--"):
                self.add(Span("", "comment", raw[4:-3].strip(), 0, self.line(where["start"])))
            return
        if tag.name == "a" and not tag.closing and (href := tag.attributes.get("href")):
            self.open_link("Link", {"link_type": "Inline", "dest_url": href}, self.line(where["start"]))
        elif tag.name == "a" and tag.closing:
            self.close_link("Link")
        elif tag.name == "img":
            self.pictured = True
        elif tag.name == "br":
            self.bare("HardBreak", where)
        elif tag.name == "input" and tag.attributes.get("type", "").lower() == "checkbox":
            item = next((b for b in self.stack[:-3:-1] if b.kind == "item"), None)
            if item is not None and not _spans(self.stack[-1]):
                item.checked = "checked" in tag.attributes
            else:
                self.add(Span("[x]" if "checked" in tag.attributes else "[ ]", "text", "", self.style))
        elif tag.name in markup.STYLES:
            style = STYLES[markup.STYLES[tag.name]]
            self.style = self.style & ~style if tag.closing else self.style | style

    def bare(self, event: str, where: Any) -> None:
        if event == "Rule":
            block = self.stack[-1] if len(self.stack) <= MAX_DEPTH else self.stack[MAX_DEPTH - 1]
            block.children.append(Block("rule", self.line(where["start"]), start=where["start"], end=where["end"]))
        elif self.link is not None:
            self.label.append(" ")
        elif event == "HardBreak":
            self.add(Span("\n", "break", "hard"))
        else:
            lazy = self.items > 0 and self.data[where["end"] : where["end"] + 1] not in {b" ", b"\t", b">"}
            self.glued = self.glued or lazy
            self.add(Span("\n", "break", "lazy" if lazy else "soft", 0, self.line(where["end"])))


_OUTER: Final = frozenset({"List", "BlockQuote", "Table", "TableHead", "TableRow", "CodeBlock", "FootnoteDefinition"})
"""Blocks that are long for the blocks in them, or whose text is not parsed."""
_KINDS: Final = {
    "Paragraph": "paragraph",
    "Item": "item",
    "BlockQuote": "quote",
    "Table": "table",
    "TableHead": "row",
    "TableRow": "row",
    "TableCell": "cell",
    "HtmlBlock": "html",
}


def _spans(block: Block) -> list[Span]:
    """The spans that the next piece of inline text will follow."""
    if block.kind == "item":
        last = block.children[-1] if block.children else None
        return last.spans if last is not None and last.info == "tight" else []
    return block.spans


def _newlines(data: bytes) -> list[int]:
    places, at = [], data.find(b"\n")
    while at != -1:
        places.append(at)
        at = data.find(b"\n", at + 1)
    return places
