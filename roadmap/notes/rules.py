"""The rules by which a line of notes becomes an item, or is left out: a closed set, each with a sentence for people.

A draft names the rule that made it, and what is dropped is kept as a few numbers and the name of a rule; the sentences
are only needed where somebody asks.
"""

from __future__ import annotations

from typing import Final, NamedTuple

MADE: Final[dict[str, tuple[str, str]]] = {
    "level-heading": (
        "heading that names a level",
        "A heading that names a level, or numbers the modules below it, is a level.",
    ),
    "heading": ("heading over topics", "A heading with topics below it is a module."),
    "bold-heading": (
        "line in bold, or folded part, that serves as a heading",
        "A line in bold over a list, or a folded part, does the duty of a heading: it is a module.",
    ),
    "resource-heading": (
        "heading over links",
        "A heading over things to read or watch that belong to no topic stands for itself, with its links.",
    ),
    "prose-heading": ("heading over text", "In a document of headings over text, each such heading is a topic."),
    "list-item": ("list item", "A list item, or a term over its definition, directly under a heading is a topic."),
    "bold-lead": (
        "list item with a bold lead",
        "The bold words that lead a list item are a topic; what follows is its summary.",
    ),
    "link-lead": (
        "list item named by a link",
        "A list item named by a link is a topic; the address is a resource of it.",
    ),
    "checkbox": (
        "box to tick",
        "An item with a box, or with TODO or DONE in front of it, is something to tick off: a topic.",
    ),
    "step": ("box below a topic", "A box below a topic, or in the topic's own note, is a step of it."),
    "table-row": ("table row", "A row of a table is a topic, named by its title column."),
    "table-group": ("group in a table", "A row, or a column, that groups the rows of a table is a module."),
    "wiki-link": (
        "wiki link",
        "A wiki link that leads a list item, and in a map every wiki link, is a topic, whether or not its note exists.",
    ),
    "linked-map": ("link to a map", "A link to another map is a module that holds what that map holds."),
    "list-group": (
        "list item over a list",
        "A list item over a list of topics does the duty of a heading: it is a module.",
    ),
    "choice": (
        "choice",
        "What stands under “choose one of these” is a module of its own, of which so many are enough.",
    ),
    "chain": ("arrow chain", "In `A → B → C` each part is a topic that requires the one before."),
    "named-chain": ("named arrow chain", "An arrow chain with a name in front of it is a module."),
    "diagram-node": ("node of a flow chart", "A node of a Mermaid flow chart is a topic, an arrow a prerequisite."),
    "mind-map": ("end of a mind map", "What has nothing below it in a Mermaid mind map is a topic."),
    "time-line": (
        "entry of a time line",
        "An event of a Mermaid time line, or a task of a Gantt chart, is a topic.",
    ),
    "diagram-group": (
        "group in a diagram",
        "A subgraph of a Mermaid chart, a branch of a mind map, or a section of a time line is a module.",
    ),
    "lesson-file": (
        "file",
        "In a folder where no note draws an outline, or that a navigation file names, each file is a topic.",
    ),
    "lesson-folder": (
        "folder",
        "In a folder where no note draws an outline, or that a navigation file names, each folder is a module.",
    ),
    "navigation-page": (
        "page in the navigation",
        "A page that a navigation file names is a topic; its title there counts before the page's own.",
    ),
    "navigation-section": ("section of the navigation", "An entry of a navigation file over others is a module."),
    "navigation-planned": (
        "page that is not there yet",
        "An entry of a navigation file that leads to no page is a planned topic.",
    ),
    "json-entry": ("entry in a JSON curriculum", "An entry with a title or an id in a JSON curriculum is a topic."),
    "json-section": (
        "section of a JSON curriculum",
        "What holds topics in a JSON curriculum is a module, or a level where the file calls it one.",
    ),
    "export": ("line of an export", "An export says of each line what it is, and is read word for word."),
}  # fmt: skip
"""Rule -> (what it is about, in a few words; the rule itself, a sentence)."""

LEFT: Final[dict[str, tuple[str, str, str]]] = {
    "contents": (
        "table of contents",
        "A list of links into its own page is a table of contents, in every language.",
        "Nothing needs doing.",
    ),
    "housekeeping": (
        "about the document",
        "A section of this name (licence, contributing, community, FAQ …) is about the document, not its subject.",
        "If it is something to learn, give it a name that says so.",
    ),
    "out-of-scope": (
        "out of scope",
        "The notes say that this is excluded or out of scope.",
        "If it belongs to the roadmap after all, rename the section.",
    ),
    "label": (
        "under a label that is no topic",
        "The line above says that the list is a legend, a licence or the like.",
        "If these are topics, put them under a heading that names them.",
    ),
    "related": (
        "related notes",
        "Links under “related” lead to neighbours; they are kept as related notes and are nothing to tick off.",
        "To make them topics, list them under a heading of their own.",
    ),
    "requires": (
        "prerequisites of the section",
        "A section or list of this name says what is required first; it is kept as prerequisites.",
        "Nothing needs doing.",
    ),
    "resources": (
        "resources",
        "A section of this name lists things to read, watch or use; they are resources of what they stand under.",
        "If they are topics, put them under a heading that names what is learnt.",
    ),
    "struck-out": ("struck out", "What is struck out is left out.", "Take out the ~~ to have it back."),
    "no-words": (
        "without words",
        "It holds no words that could be a title: only pictures, tags or signs.",
        "Write a title in words.",
    ),
    "empty-section": (
        "heading without topics",
        "Nothing below this heading could be ticked off.",
        "Put a list of topics under it, or leave it as it is.",
    ),
    "beside-tables": (
        "list beside tables",
        "The topics of this document stand in tables; lists beside them describe.",
        "To make them topics, put each into a row, or begin it with words in bold.",
    ),
    "beside-prose": (
        "list in prose",
        "The topics of this document are its headings; the lists below them describe.",
        "To make them topics, give each a heading of its own.",
    ),
    "beside-boxes": (
        "item without a box",
        "This document is a checklist: only items with a box are topics.",
        "Put `[ ]` in front of what can be ticked off.",
    ),
    "beside-links": (
        "item without a wiki link",
        "This note is a map: only its wiki links are topics, other items describe.",
        "To make it a topic, make its name a [[wiki link]].",
    ),
    "opening-list": (
        "list above the first section",
        "The sections hold the topics; the list under the title introduces them.",
        "To make them topics, put them under a heading of their own.",
    ),
    "note-header": (
        "header of the note",
        "Fields, tags and links at the top of a note are about the note.",
        "Nothing needs doing.",
    ),
    "pause": (
        "row without a lesson",
        "A row of a timetable that says only that nothing is taught (holiday, reading week …) is nothing to learn.",
        "If it is something to learn, give it a title that says so.",
    ),
    "announces": (
        "announces a section",
        "It has the name of a section of the same notes, and is that section, not a topic beside it.",
        "Nothing needs doing.",
    ),
    "leftover": (
        "left behind by a chat",
        "A sentence with which a chat program ends its answer is no part of the notes.",
        "Take it out.",
    ),
    "footnote": ("footnote", "Footnotes explain; they are never topics.", "Nothing needs doing."),
    "code": ("code", "Code is shown, never read as topics.", "Nothing needs doing."),
    "housekeeping-file": (
        "file about the folder",
        "A file of this name (licence, changelog, contributing …) is about the folder, not a lesson.",
        "If it is a lesson, rename it.",
    ),
    "unused-note": (
        "note in no roadmap",
        "No roadmap that is drawn of these notes holds this note.",
        "Link it from an outline or a map, or name it in the navigation, to use it.",
    ),
}
"""Rule -> (what it is, in a few words; why it was left out, a sentence; what to do if that is not wanted)."""


class Left(NamedTuple):
    """Lines of one note that became no topic."""

    rule: str
    """One of LEFT."""
    line: int
    """The first line, 1-based in the file; 0 for the file as a whole."""
    last: int
    """The last line."""
    text: str
    """How it begins."""


SHOWN: Final = 60
"""Characters of its text that are kept of what was left out."""
MOST: Final = 200
"""Spans that one note keeps at the most: what is left out of a long one is told by its first lines."""
