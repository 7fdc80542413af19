"""Raw HTML folded into the same blocks as Markdown."""

from __future__ import annotations

from typing import Final

from roadmap.notes import markup
from roadmap.notes.blocks.tree import MAX_DEPTH, STYLES, Block, Span


def from_html(raw: str, line: int, start: int, end: int) -> list[Block]:
    """Blocks that stand in raw HTML: headings, paragraphs, lists, tables and the summaries of folded parts."""
    root = Block("root", line)
    stack = [root]
    style, link = 0, ""
    for token in markup.tokens(raw):
        at = line + token.line
        if token.text:
            if token.text.strip() and stack[-1].kind not in {"table", "row", "list"}:
                _add_html_text(stack[-1], Span(token.text, "link" if link else "text", link, style, at), at)
            continue
        name = token.name
        if name in markup.STYLES:
            bit = STYLES[markup.STYLES[name]]
            style = style & ~bit if token.closing else style | bit
        elif name == "a":
            link = "" if token.closing else token.attributes.get("href", "")
        elif name == "input" and token.attributes.get("type", "").lower() == "checkbox":
            _tick(stack, "checked" in token.attributes, at)
        elif name == "br":
            _add_html_text(stack[-1], Span("\n", "break", "hard"), at)
        elif kind := markup.BLOCKS.get(name):
            if token.closing:
                _end_html(stack, kind, name)
            else:
                _close_html(stack, kind)
            if not token.closing and len(stack) < MAX_DEPTH:
                level = int(name[1]) if kind == "heading" else -1
                block = Block(kind, at, level=level, start=start, end=end)
                stack[-1].children.append(block)
                stack.append(block)
    return root.children


_CLOSES: Final = {
    "paragraph": {"paragraph", "heading"},
    "heading": {"paragraph", "heading"},
    "summary": {"paragraph", "summary"},
    "item": {"paragraph", "item"},
    "list": {"paragraph"},
    "table": {"paragraph", "cell", "row", "table"},
    "row": {"paragraph", "cell", "row"},
    "cell": {"paragraph", "cell"},
}


def _close_html(stack: list[Block], kind: str) -> None:
    """End the open blocks that the opening tag of a block of this kind ends."""
    while len(stack) > 1 and stack[-1].kind in _CLOSES[kind]:
        done = stack.pop()
        if done.kind == kind:
            break


def _end_html(stack: list[Block], kind: str, name: str) -> None:
    """End the innermost open block of a kind and all in it, within its table. A term ends where its list goes on."""
    for at in range(len(stack) - 1 if name != "dt" else 0, 0, -1):
        if stack[at].kind == kind:
            del stack[at:]
            return
        if stack[at].kind == "table":
            return


def _tick(stack: list[Block], ticked: bool, line: int) -> None:
    """A check box belongs to the list item around it; in a cell or a paragraph it stands as Markdown writes it."""
    item = next((block for block in reversed(stack) if block.kind in {"item", "cell"}), None)
    if item is not None and item.kind == "item":
        item.checked = ticked
    elif stack[-1].kind not in {"table", "row", "list"}:
        _add_html_text(stack[-1], Span("[x]" if ticked else "[ ]", "text", "", 0, line), line)


def _add_html_text(block: Block, span: Span, line: int) -> None:
    if block.kind in {"root", "item"}:
        last = block.children[-1] if block.children else None
        if last is None or last.info != "tight":
            last = Block("paragraph", line, info="tight", start=block.start, end=block.end)
            block.children.append(last)
        block = last
    if span.kind == "text":
        folded = " ".join(span.text.split())
        lead = " " if span.text[:1].isspace() and block.spans else ""
        span = span._replace(text=lead + folded + (" " if span.text[-1:].isspace() else ""))
    block.spans.append(span)
