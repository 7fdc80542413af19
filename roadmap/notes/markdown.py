"""The Markdown that Pathnotes reads and shows: CommonMark and these extensions, one parser for both (ADR 3)."""

from __future__ import annotations

from typing import Final

from pyromark import Markdown, Options

PARSER: Final = Markdown(
    options=Options.ENABLE_TABLES
    | Options.ENABLE_TASKLISTS
    | Options.ENABLE_STRIKETHROUGH
    | Options.ENABLE_FOOTNOTES
    | Options.ENABLE_MATH
    | Options.ENABLE_WIKILINKS
)
