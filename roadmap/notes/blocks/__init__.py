"""Markdown text -> a tree of blocks, each with the line it starts on.

The tree keeps what the outline rules need and nothing else:
headings, paragraphs, lists with their boxes, tables, quotes, code, rules; inside them flat runs of styled text.
Raw HTML is folded into the same blocks. Time and memory are linear in the text.
"""

from roadmap.notes.blocks.parser import parse
from roadmap.notes.blocks.tree import EMPHASIS, MAX_DEPTH, STRONG, STRUCK, Block, Document, Span

__all__ = ["EMPHASIS", "MAX_DEPTH", "STRONG", "STRUCK", "Block", "Document", "Span", "parse"]
