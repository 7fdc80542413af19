"""What a text is parsed into: blocks that hold blocks, and at the leaves flat runs of styled text."""

from __future__ import annotations

from typing import Final, NamedTuple

MAX_DEPTH: Final = 60
"""Deeper blocks stay in the tree, attached at this depth, so that nothing is lost and no recursion overflows."""

STRONG, EMPHASIS, STRUCK = 1, 2, 4
STYLES: Final = {"Strong": STRONG, "Emphasis": EMPHASIS, "Strikethrough": STRUCK}


class Span(NamedTuple):
    """A run of inline text."""

    text: str
    kind: str = "text"
    """text, code, math, link, wiki, embed, image, comment, break."""
    target: str = ""
    """A link's address, a wiki link's `note#heading`, a comment's text; of a break: soft, hard or lazy."""
    style: int = 0
    line: int = 0


class Block:
    """A node of the tree. `spans` of a heading, paragraph, summary or cell; `children` of the others."""

    __slots__ = ("checked", "children", "end", "info", "kind", "level", "line", "spans", "start", "text")

    def __init__(self, kind: str, line: int, *, level: int = 0, info: str = "", start: int = 0, end: int = 0) -> None:
        self.kind = kind
        """heading, paragraph, summary, list, item, quote, code, table, row, cell, rule."""
        self.line = line
        self.level = level
        """Of a heading 1 to 6; of a list its first number, -1 for bullets."""
        self.info = info
        """Of code its language, of a quote its callout."""
        self.start = start
        """Byte offset of the block in the parsed text; `end` likewise."""
        self.end = end
        self.text = ""
        self.spans: list[Span] = []
        self.children: list[Block] = []
        self.checked: bool | None = None


class Document(NamedTuple):
    """What one text holds."""

    blocks: list[Block]
    data: bytes
    """The parsed text in UTF-8; `start` and `end` of the blocks are offsets into it."""
    too_deep: int
    """Line of the first block below MAX_DEPTH, 0 if there is none."""
    items: int
    """List items."""
    cells: int
    """Table cells."""
    headings: int
    depth: int
    """Blocks within blocks, at the deepest."""
    longest: tuple[int, int]
    """(length in bytes, line) of the longest paragraph, heading, cell or raw block."""
