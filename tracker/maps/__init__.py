"""The map of a roadmap: what of it is shown (`asked`), how it is drawn (`drawn`, by `roadmap.layered`), said (`listed`)
and put on a page (`page`)."""
