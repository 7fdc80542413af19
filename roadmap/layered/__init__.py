"""A layered drawing of a graph whose nodes lie in groups: columns by depth, hulls around groups, routed edges. Pure.

`laid_out` is the whole of it. The same graph gives the same drawing; nothing depends on hashes or time.

1. `columns`: longest paths, then nodes with slack move towards their group and the shorter edges.
2. `sweeps`: the items of each column (boxes, headings, bridges of hulls, points of long edges) are ordered by
   barycentres and placed by isotonic regression; groups find one order for all columns, so that no hull has to cross
   another one.
3. `drawing`: lines through the points, which lie beside boxes and never under them, and hulls around the groups.
"""

from roadmap.layered.drawing import laid_out
from roadmap.layered.model import Arc, Box, Drawing, Group, Hull, Line, Measures, Node
from roadmap.layered.text import is_rtl, width, wrapped

__all__ = [
    "Arc",
    "Box",
    "Drawing",
    "Group",
    "Hull",
    "Line",
    "Measures",
    "Node",
    "is_rtl",
    "laid_out",
    "width",
    "wrapped",
]
