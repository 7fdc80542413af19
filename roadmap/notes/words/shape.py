"""The common shape of a language: which meanings it must have words for, and how those are compared.

Phrases are separated by commas and compared folded (`vocabulary.fold`): no case, accents, emoji or punctuation, so
write them as people do. `phrase*`: a title may go on after it. `=phrase`: only as the whole title, never as a part.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

MEANINGS: Final[Mapping[str, str]] = {
    "level": "A heading that names a level: any of these as a word in it.",
    "optional": "Optional parts: at the start or end of a short title, or in a bracket behind it.",
    "required": "The opposite, in a bracket: whole.",
    "contents": "Headings over a table of contents: whole. It is the outline if nothing else is.",
    "never": "Headings of parts about the document, not its subject: whole title.",
    "excluded": "Out of scope, deliberately left out: a phrase in the heading.",
    "leftover": "Things left over from a chat: the start of a sentence.",
    "related": "Notes that are merely related: whole, or a word in a heading over wiki links.",
    "resources": "Over a list of things to read, watch or do: whole, or the end of a short title.",
    "prerequisites": "What must be known before: whole, or the start of a column's head.",
    "needs": "Words that in a bracket stand right before what is needed, '(depends on Algebra)': the start.",
    "covers": "What the details of a section are called: whole, or the start of a label. No topics stand under it.",
    "steps": "A heading over the steps of a topic: whole.",
    "choose": "A choice: the start of a label, or a phrase in it. The number is looked for beside it.",
    "generic": "Titles too general to be a roadmap's name, or to matter when they are the only section: whole.",
    "name": "Columns that hold a topic's name, and words that count: 'Lesson 3'. Whole.",
    "part": "Columns that name the module of a row when another column names the topic: whole.",
    "number": "Columns that number the rows, and words that count: 'Week 3'. Whole.",
    "code": "Columns of short names such as 'MA 101': whole.",
    "done": "Columns that say whether a topic is done: whole.",
    "undone": "Values of such columns that say it is not done yet: whole.",
    "pause": "Rows of a timetable without a lesson: whole.",
    "attribute": "Columns that describe a topic without naming it: a word of the head.",
    "here": "Link texts that name no topic: whole.",
    "empty": "Cells and values that say nothing: whole.",
    "yes": "Values that say yes: whole.",
    "hour": "Units of a duration in hours, behind its number.",
    "minute": "The same in minutes.",
    "and": "Words between two prerequisites that are both needed.",
    "or": "Words between two prerequisites one of which is enough.",
    "aside": "Words with which a bracket's remark begins that is no list of details.",
}
FIELDS: Final[Mapping[str, str]] = {
    "title": "What the note is called.",
    "summary": "What it is about, in a sentence.",
    "aliases": "Other names for it.",
    "tags": "Words that sort it; `map` among them makes a map of it.",
    "prerequisites": "What must be known before.",
    "hours": "How long it takes: a number is one of hours.",
    "duration": "The same, with a unit: a bare number says nothing.",
    "optional": "Whether it may be left out.",
    "done": "Whether it is done.",
    "order": "Its place among its neighbours.",
    "resources": "What to read, watch or do.",
}
"""Fields of front matter and `key:: value` lines: the whole key."""
KINDS: Final = ("course", "book", "video", "article", "paper", "project", "tool", "link")
"""Kinds of resources: words of labels, columns and brackets that name them, whole."""
COUNTED: Final = 5
"""How far each language counts in words, for "choose two of"."""


@dataclass(frozen=True, slots=True)
class Language:
    """The words of one language."""

    code: str
    """ISO 639-1."""
    name: str
    meanings: Mapping[str, str]
    """Of each of MEANINGS: its phrases, separated by commas."""
    kinds: Mapping[str, str]
    """Of each of KINDS: its phrases, separated by commas."""
    fields: Mapping[str, str]
    """Of each of FIELDS: its phrases, separated by commas."""
    numbers: str
    """The words for one to five, each with its forms: "one, a / two / three / four / five"."""

    def phrases(self, meaning: str) -> tuple[str, ...]:
        """The phrases of a meaning or a kind, as written; none if the language has none."""
        return split(self.meanings.get(meaning) or self.kinds.get(meaning, ""))

    def keys(self, field: str) -> tuple[str, ...]:
        """The keys of a field, as written."""
        return split(self.fields.get(field, ""))

    def counted(self) -> dict[str, int]:
        """Word -> number."""
        return {word: n for n, words in enumerate(self.numbers.split("/"), 1) for word in split(words)}


def split(text: str) -> tuple[str, ...]:
    return tuple(phrase.strip() for phrase in text.split(",") if phrase.strip())
