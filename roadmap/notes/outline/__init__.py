"""One note's blocks -> its outline, the way a person would draw it by hand.

`read_outline` is the whole of it: header metadata, sections with roles, the document's shape, items, and the last pass
that tells levels from modules and takes out what was said twice.
"""

from roadmap.notes.outline.document import Outline, read_outline

__all__ = ["Outline", "read_outline"]
