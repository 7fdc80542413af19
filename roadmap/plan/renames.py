"""Files that were renamed, as somebody who knows says (git): what stood in them is looked for under the new name. Pure.

Only the comparison sees the curriculum so: what is stored keeps its places until the notes are applied.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import PurePosixPath

from roadmap.notes.note import name_of
from roadmap.plan.curriculum import Curriculum, Origin, Place, Section
from roadmap.plan.incoming import clean
from roadmap.plan.keys import key, link_key

Renames = Mapping[str, str]
"""Path of a file as it was read last -> its path now."""


def as_renamed(now: Curriculum, renamed: Renames, files: Collection[str]) -> Curriculum:
    """`now` with places and links as if its notes had had their new names before.

    `files`: paths of the notes now. A file that is still there was not renamed, and one that was known before is not
    what another one became.
    """
    known = {place.document for topic in now.topics if not topic.retired for place in topic.origin.places}
    moved = {
        clean(old): clean(new)
        for old, new in renamed.items()
        if new in files and old not in files and clean(new) not in known
    }
    if not moved:
        return now
    renaming = _Renaming(moved, {link_key(PurePosixPath(path).stem) for path in files})
    topics = tuple(
        topic if (origin := renaming.origin(topic.origin)) is topic.origin else replace(topic, origin=origin)
        for topic in now.topics
    )
    roadmaps = tuple(
        replace(
            roadmap,
            origin=renaming.origin(roadmap.origin),
            sections=tuple(map(renaming.section, roadmap.sections)),
        )
        for roadmap in now.roadmaps
    )
    return replace(now, roadmaps=roadmaps, topics=topics)


class _Renaming:
    def __init__(self, moved: Renames, here: Collection[str]) -> None:
        self.moved, self.here = moved, here
        self.links = {link_key(_stem(old)): link_key(_stem(new)) for old, new in moved.items()}
        """Last part of a link to a renamed note -> of a link to it now."""

    def section(self, section: Section) -> Section:
        origin = self.origin(section.origin)
        return section if origin is section.origin else replace(section, origin=origin)

    def origin(self, origin: Origin) -> Origin:
        own = any(place.document in self.moved for place in origin.places)
        link = self.link(origin.link, own=own) if origin.link else ""
        if not own and link == origin.link:
            return origin
        places = tuple(dict.fromkeys(new for place in origin.places for new in self.places(place)))
        return replace(origin, link=link, places=places)

    def link(self, link: str, *, own: bool) -> str:
        """What a link is called now; one to a name that is still there stays, unless the renamed note is its own."""
        folder, slash, name = link.rpartition("/")
        new = self.links.get(name)
        if new is None or (name in self.here and not own):
            return link
        return f"{folder}{slash}{new}"

    def places(self, place: Place) -> tuple[Place, ...]:
        """The place in the renamed file; and, where headings are called like the file, under its new name."""
        new = self.moved.get(place.document)
        if new is None:
            return (place,)
        was, now = (clean(key(name_of(_stem(path)))) for path in (place.document, new))
        path = tuple(now if part == was else part for part in place.path)
        called = now if place.key == was else place.key
        return replace(place, document=new), replace(place, document=new, path=path, key=called)


def _stem(path: str) -> str:
    return PurePosixPath(path).stem
