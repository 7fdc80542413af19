"""A layered drawing of a graph whose nodes lie in groups: columns by depth, hulls around groups, routed edges. Pure.

`laid_out` is the whole of it. The same graph gives the same drawing; nothing depends on hashes or time.

1. `columns`: longest paths, then nodes with slack move towards their group and the shorter edges.
2. `lanes`: one order of the groups that holds in every column, so that no hull has to cross another one.
3. `sweeps`: items of each column (boxes, headings, bridges of hulls, points of long edges) are ordered by barycentres and
   placed by isotonic regression.
4. `routes`: lines through the points and hulls around the groups.
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
