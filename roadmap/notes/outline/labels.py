"""Labels: lines that announce what follows them, "Resources:", `**Prerequisites:** X`, "Pick one of these:"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from roadmap.notes import links, vocabulary
from roadmap.notes.blocks import EMPHASIS, STRONG, Block, Span
from roadmap.notes.outline.sections import names_resources
from roadmap.notes.words import NUMBERS

Meaning = Literal["resources", "prerequisites", "choose", "covers", "related", "never", "none"]
LABELS: Final = frozenset({"resources", "prerequisites", "related", "covers", "never"})
"""Meanings of labels whose list holds no topics."""
_FORMATS: Final = frozenset({"html", "pdf", "epub", "ppt"})
"""Behind a link they say what it leads to; at the start of a line they are subjects like any other."""
_READABLE: Final = frozenset({"book", "course", "video", "article", "paper"})
_ALL: Final = frozenset({"each", "every", "all", "any"})
_CHOSEN: Final = re.compile(r"[选選择擇]([一二两兩三四五])")
"""Of "three, choose one" the second number counts."""
_COMMAS: Final = re.compile(r"[,;，；、]")


@dataclass(frozen=True, slots=True)
class Label:
    """A line that ends with a colon, or starts with words and a colon, and what it announces."""

    meaning: Meaning
    text: str
    value: tuple[Span, ...] = ()
    """What follows the colon on the same line."""
    choose: int | None = None
    line: int = 0


def label_of(spans: list[Span]) -> Label | None:
    """The label that a line is or starts with; None for any other line."""
    text = links.plain(spans)
    if not text or len(text) > 2_000:
        return None
    bare = text.rstrip(" *:：")
    announcing = len(bare) < len(text.rstrip(" *"))
    if (count := choice_in(text)) is not None and (announcing or len(text.split()) <= 12):
        return Label("choose", bare, (), count)
    if announcing:
        return Label(meaning_of(bare.strip(" *_")), bare.strip(" *_"))
    head, colon, _ = text.replace("：", ":").partition(":")
    if not colon:
        return _unpunctuated(spans, text.strip(" *_"))
    meaning = meaning_of(head.strip(" *_")) if len(head.split()) <= 12 else "none"
    return None if meaning == "none" else Label(meaning, head.strip(" *_"), tuple(_after_colon(spans)))


def _unpunctuated(spans: list[Span], text: str) -> Label | None:
    """A line all in bold or italics without a colon, "**Resources**", if its words mean something."""
    worded = [s for s in spans if s.kind == "text" and any(c.isalnum() for c in s.text)]
    if not worded or len(text.split()) > 5 or not all(s.style & (STRONG | EMPHASIS) for s in worded):
        return None
    meaning = meaning_of(text)
    return None if meaning == "none" else Label(meaning, text)


def meaning_of(text: str) -> Meaning:
    if vocabulary.is_("prerequisites", text):
        return "prerequisites"
    of_a_kind = vocabulary.kind_of(text) and vocabulary.fold(text) not in _FORMATS
    if names_resources(text) or of_a_kind or _is_kind_phrase(text):
        return "resources"
    if vocabulary.is_("covers", text) or " " in vocabulary.starts("covers", text):
        return "covers"
    if vocabulary.is_("related", text):
        return "related"
    if vocabulary.is_apart(text) or vocabulary.has("excluded", text):
        return "never"
    return "none"


def _is_kind_phrase(text: str) -> bool:
    """Two or three words whose last names a kind: "Recommended books", "Free online courses"."""
    words = text.split()
    return 2 <= len(words) <= 3 and vocabulary.kind_of(words[-1]) in _READABLE and words[-1].lower().endswith("s")


def lists_things(spans: tuple[Span, ...]) -> bool:
    """Whether the value of a label is a list of names or links, not a sentence."""
    text = links.plain(spans)
    if not text:
        return False
    linked = sum(len(s.text) for s in spans if s.kind in links.LINKS)
    if linked * 2 >= len(text):
        return True
    return text[-1] not in ".!?。" and all(len(piece.split()) <= 7 for piece in _COMMAS.split(text))


def choice_in(text: str) -> int | None:
    """How many a sentence tells to choose; None if it tells no such thing."""
    folded = vocabulary.fold(text)
    words = folded.split()
    if not words or len(words) > 30:
        return None
    if vocabulary.unspaced(folded):
        if len(folded) > 30 or not vocabulary.has("choose", text):
            return None
        chosen = _CHOSEN.search(folded)
        found = [c for c in [chosen[1] if chosen else "", *folded] if c in NUMBERS]
        return NUMBERS[found[0]] if found else vocabulary.number_in(text)
    phrase = vocabulary.starts("choose", text)
    if not phrase:
        return _counted_choice(words)
    count = vocabulary.number_in(" ".join(words[len(phrase.split()) :][:4]))
    return count if count is not None else (vocabulary.number_in(phrase) if " " in phrase else None)


def _counted_choice(words: list[str]) -> int | None:
    """The number before or in "of the following" inside a sentence: "Complete two of the following projects"."""
    for at in range(len(words)):
        phrase = vocabulary.starts("choose", " ".join(words[at : at + 5]))
        if " " in phrase:
            if words[at - 1 : at] and words[at - 1] in _ALL:
                return None
            count = vocabulary.number_in(phrase)
            return count if count is not None else vocabulary.number_in(" ".join(words[max(0, at - 1) : at]))
    return None


def _after_colon(spans: list[Span]) -> list[Span]:
    for at, span in enumerate(spans):
        place = min((p for p in (span.text.find(":"), span.text.find("：")) if p != -1), default=-1)
        if place != -1 and span.kind == "text":
            rest = span.text[place + 1 :].lstrip(" *")
            return ([span._replace(text=rest)] if rest else []) + spans[at + 1 :]
    return []


def announces(label: Label, below: list[Block]) -> bool:
    """Whether a list item is a label for something, not a topic that happens to be called "Tools"."""
    return any(block.kind == "list" for block in below) or label.meaning == "prerequisites" or lists_things(label.value)
