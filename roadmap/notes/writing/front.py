"""Fields of a note's front matter changed, put in and taken out, line by line; the rest of the block stays as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any, Final

import yaml

from roadmap.notes.writing.escaping import scalar
from roadmap.notes.writing.page import Edit, Page

Edits = tuple[Edit, ...]
Entry = tuple[Any, str]
"""(what an entry of a list says, how a new one is written)."""
_FENCE: Final = "---\n"


def set_text(page: Page, names: Sequence[str], new: str, *, make: bool = True, meant: bool = False) -> Iterator[Edits]:
    """The first of these fields that is there becomes `new`, empty: its line goes; else the first one is put in.

    `meant`: see `scalar`.
    """
    fields = page.fields
    if fields is None:
        return
    for name in names:
        if name in fields:
            key, value = fields[name]
            if not isinstance(value, yaml.ScalarNode):
                return
            if not new:
                yield (_line_out(page, key, value),)
                return
            start, end = _at(page, value)
            for text in scalar(new, like=value.style or "", meant=meant):
                yield (Edit(start, end, text if end > start or page.text[start - 1] == " " else f" {text}"),)
            return
    if new and make:
        for text in scalar(new, meant=meant):
            yield from put_in(page, f"{names[0]}: {text}")


def put_in(page: Page, line: str) -> Iterator[Edits]:
    """A line of its own at the end of the fields; a note without fields gets the block."""
    start = page.front_start
    if start < 0:
        if not page.text.lstrip().startswith("---"):
            yield (Edit(0, 0, f"{_FENCE}{line}\n{_FENCE}"),)
        return
    end = start + len(page.parts.raw)
    yield (Edit(end, end, f"{line}\n"),)


def set_list(
    page: Page, names: Sequence[str], wanted: Sequence[Entry], told: Callable[[yaml.Node], Any], *, make: bool = True
) -> Iterator[Edits]:
    """The field's list becomes `wanted`. `told` is what a node of it says: those that stay are kept as written."""
    fields = page.fields
    if fields is None:
        return
    here = [name for name in names if name in fields]
    for name in here:
        key, value = fields[name]
        if not wanted:
            yield (_line_out(page, key, value),)
        elif isinstance(value, yaml.SequenceNode) and not value.flow_style:
            yield from _block(page, value, wanted, told)
        elif isinstance(value, yaml.SequenceNode):
            yield from _flow(page, value, wanted, told)
        else:
            start, end = _at(page, value)
            listed = "[" + ", ".join(text for _, text in wanted) + "]"
            yield (Edit(start, end, listed if end > start or page.text[start - 1] == " " else f" {listed}"),)
    if not here and wanted and make:
        yield from put_in(page, "\n".join([f"{names[0]}:", *(f"  - {text}" for _, text in wanted)]))


def _block(
    page: Page, value: yaml.SequenceNode, wanted: Sequence[Entry], told: Callable[[yaml.Node], Any]
) -> Iterator[Edits]:
    """`- entry` lines."""
    chunks: dict[Any, str] = {}
    spans = []
    for node in value.value:
        start, end = _at(page, node)
        first, last = page.line_start(start), page.line_end(max(end - 1, start))
        while last > end and not page.text[last - 1 : last].strip() and page.text[first:last].endswith("\n"):
            last -= 1
        chunks.setdefault(told(node), page.text[first : page.line_end(first + len(page.text[first:end].rstrip()))])
        spans.append((first, first + len(chunks[told(node)])))
    if not spans or any(a[1] > b[0] for a, b in pairwise(spans)):
        return
    line = page.text[spans[0][0] : spans[0][1]]
    indent = line[: len(line) - len(line.lstrip())] + "- "
    new = [chunks.get(says, indent + text) for says, text in wanted]
    yield (Edit(spans[0][0], spans[-1][1], "\n".join(new)),)


def _flow(
    page: Page, value: yaml.SequenceNode, wanted: Sequence[Entry], told: Callable[[yaml.Node], Any]
) -> Iterator[Edits]:
    """`[entry, entry]`."""
    known = {told(node): page.text[slice(*_at(page, node))] for node in value.value}
    start, end = _at(page, value)
    yield (Edit(start, end, "[" + ", ".join(known.get(says, text) for says, text in wanted) + "]"),)


def _at(page: Page, node: yaml.Node) -> tuple[int, int]:
    """(start, end) of a node in the page's text, without the blank lines that YAML counts to a list."""
    front = page.front_start
    start, end = front + node.start_mark.index, front + node.end_mark.index
    return start, max(start, start + len(page.text[start:end].rstrip()))


def _line_out(page: Page, key: yaml.Node, value: yaml.Node) -> Edit:
    """The lines of a field, with their line break."""
    start = page.line_start(_at(page, key)[0])
    return Edit(start, page.line_end(max(_at(page, value)[1], _at(page, key)[1])) + 1, "")
