"""The house dialect as an export writes it, read word for word: no rule for titles, no guess, no repair of characters.

A folder is an export when the front matter of its README begins with `pathnotes:`. All else is for the outline rules.
"""

from roadmap.notes.house.reading import is_export, read_export

__all__ = ["is_export", "read_export"]
