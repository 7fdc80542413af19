"""The house dialect as an export writes it, read word for word: no rule for titles, no guess, no repair of characters.

A folder is an export when the front matter of its README begins with `pathnotes:`, a JSON
file alone when it begins with its format. All else is for the outline rules.
"""

from roadmap.notes.house.data import is_data, read_data
from roadmap.notes.house.reading import is_export, read_export

__all__ = ["is_data", "is_export", "read_data", "read_export"]
