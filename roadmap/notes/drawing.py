"""A folder of notes -> its roadmaps: which notes draw one, linked maps as modules, topic notes put in."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from roadmap.notes import curricula, requirements, roots, vocabulary
from roadmap.notes.bounds import shorten
from roadmap.notes.curricula import Curriculum
from roadmap.notes.files import natural_key
from roadmap.notes.hubs import Hubs
from roadmap.notes.items import Path, Problem
from roadmap.notes.navigation import Site, about_the_folder
from roadmap.notes.note import Note
from roadmap.notes.outline.draft import Draft
from roadmap.notes.traces import Key
from roadmap.notes.vault import MANY, Vault, listed
from roadmap.sentences import nsentence, sentence

MAX_EXPANDED: Final = 20_000
"""Items that linked maps may add to one roadmap."""
MAX_ABOVE: Final = 40
"""Maps within maps."""
TOLD: Final = 50
"""Links back to maps that are told of one by one, of each roadmap."""
ORPHANS: Final = 40
"""Notes in no roadmap that are named."""


def paths_of(
    vault: Vault, given: Mapping[str, Any], graphs: Sequence[Curriculum] = (), names: Sequence[str] = ()
) -> list[Path]:
    """The roadmaps of a folder. `given`: what its settings files hold, by path; `graphs`: its curricula in JSON;
    `names`: the notes that are to be the roots, where somebody chose them. Problems are added to the vault's."""
    site = Site(vault, given)
    drawn = _drawn(vault, site, graphs, names)
    for told in site.guides.told:
        vault.problems += told.problems
    everything = requirements.Titles.of(item for each in drawn for item in each.root.walk())
    paths: list[Path] = []
    slugs: set[str] = set()
    for each in drawn:
        root, source, note = each.root, each.source, each.note
        own = requirements.Titles.of(root.walk())
        for item in root.walk() if not each.stated else ():
            vault.problems += requirements.resolve(item, own, everything, item.source or source)
        _report_planned(vault, root, source)
        _check(vault, root, source)
        _trace(vault, each)
        slug = _unique(slug_of(root.title) or "roadmap", slugs)
        meta = tuple(note.meta.items()) if note is not None else ()
        items = tuple(item.freeze(source) for item in root.items)
        vault.traces.roots.append((root, source))
        paths.append(Path(root.title, slug, source, root.summary, items, root.id, meta))
    return paths


@dataclass(slots=True)
class Drawn:
    """One roadmap before it is frozen."""

    root: Draft
    source: str
    note: Note | None = None
    """Whose outline it is."""
    bound: dict[int, Note] = field(default_factory=dict)
    """id() of a topic -> its note, where no link says so."""
    used: set[str] = field(default_factory=set)
    """Sources of the notes it holds."""
    stated: bool = False
    """What its topics require was looked up already."""
    spoken: list[tuple[Draft, Note]] = field(default_factory=list)
    """Modules, each with the note that speaks of it."""
    entries: list[tuple[str, int, Draft]] = field(default_factory=list)
    """(navigation file, line, topic) of what entries name."""


def _drawn(vault: Vault, site: Site, graphs: Sequence[Curriculum], names: Sequence[str]) -> list[Drawn]:
    others = {each.source: each for each in _others(vault, site, graphs)}
    hubs = Hubs(vault, [note for note in vault.notes if not site.covers(note)], alone=not others)
    if names:
        titles = {source: each.root.title for source, each in others.items()}
        chosen, problems = roots.named(names, vault, titles)
        vault.problems += problems
        if problems:
            return []
        notes = {note.source: note for note in vault.notes}
        drawn = [others[source] if source in others else _outline(vault, notes[source]) for source in chosen]
    else:
        drawn = [*others.values(), *(_outline(vault, note) for note in hubs.roots)]
        drawn.sort(key=lambda each: natural_key(each.source))
    for each in drawn:
        _Drawing(vault, hubs, each).fill()
    used = {source for each in drawn for source in each.used}
    files = {note.source for note in site.files}
    vault.traces.exact |= files
    left = [n for n in vault.notes if n.source not in used | files]
    if left and not drawn:
        drawn = [_folders(vault, site)]
        left = [note for note in left if note.source not in drawn[0].used]
    if orphans := [note for note in left if not about_the_folder(note)]:
        _report_unused(vault, orphans)
    return drawn


def _others(vault: Vault, site: Site, graphs: Sequence[Curriculum]) -> Iterator[Drawn]:
    """Roadmaps that navigation files and JSON lay out."""
    taken: set[str] = set()
    for navigation in site.found:
        drawer = site.drawer()
        root = drawer.of_navigation(navigation)
        if root.items:
            source = navigation.source
            if source in taken:  # the second sidebar of one file
                source = f"{source}#{slug_of(root.title)}"
            taken.add(source)
            yield Drawn(
                root, source, bound=drawer.notes, used=drawer.used, spoken=drawer.spoken, entries=drawer.entries
            )
    for graph in graphs:
        root = graph.root
        root.title = root.title or vault.folder_name
        vault.problems += graph.problems
        yield Drawn(root, graph.source, bound=curricula.bind(graph, vault), stated=True)


def _outline(vault: Vault, note: Note) -> Drawn:
    root = _copy(note.outline.root, "")
    root.title = note.shown_title(vault.folder_name)
    root.summary = note.summary
    root.id = note.id or root.id
    return Drawn(root, note.source, note, used={note.source})


def _folders(vault: Vault, site: Site) -> Drawn:
    """Where nothing draws an outline: every file is a topic and every folder a module."""
    drawer = site.drawer()
    root = drawer.of_folders(vault.folder_name)
    for item in root.walk():
        if (note := drawer.notes.get(id(item))) is not None:
            note.describe(item)
    return Drawn(root, "", bound=drawer.notes, used=drawer.used, spoken=drawer.spoken, entries=drawer.entries)


class _Drawing:
    """One roadmap in the making: the notes that its topics name are put in, the maps among them as modules.

    Each map is drawn once, where it stands nearest to the root: other links to it are left out.
    """

    def __init__(self, vault: Vault, hubs: Hubs, drawn: Drawn) -> None:
        self.vault, self.hubs, self.drawn = vault, hubs, drawn
        self.added = 0
        self.modules: list[tuple[Draft, Note, str]] = []
        self.placed: set[str] = set()
        self.told: set[tuple[str, str]] = set()

    def fill(self) -> None:
        above = [self.drawn.note] if self.drawn.note is not None else []
        wave = [(self.drawn.root, above)]
        while wave:  # all maps of one distance from the root, then those that they link
            wave = [deeper for parent, notes in wave for deeper in self._fill(parent, notes)]
        for item, note, rule in reversed(self.modules):
            if not item.topics():  # a map of nothing but links back is what its text says
                item.kind, item.items, item.rule = "topic", [], rule
                note.describe(item)
        if (more := len(self.told) - TOLD) > 0:
            message = sentence(
                "%(more)s more links lead back to maps that this roadmap holds already; they are left out.", more=more
            )
            self.vault.problems.append(Problem(self.drawn.source, 0, "info", "map-twice", message))

    def _fill(self, parent: Draft, above: list[Note]) -> list[tuple[Draft, list[Note]]]:
        """Put the linked notes into the topics below `parent`, which stand in the last note of `above`. Returns the
        modules that became of maps, to be filled in their turn."""
        deeper: list[tuple[Draft, list[Note]]] = []
        kept: list[Draft] = []
        for item in parent.items:
            if item.holds:
                deeper += self._fill(item, above)
            elif item.kind == "topic":
                note = self.drawn.bound.get(id(item))
                stated = note is None
                note = self.vault.note_of(item, above[-1]) if stated and above else note
                if note is not None and not self._linked(item, note, above, deeper, bound=not stated):
                    continue
                if note is None and (item.planned or (item.link and above)):
                    item.planned = True
                    self.vault.planned.add(vocabulary.fold(item.link or item.title))
            kept.append(item)
        parent.items = kept
        return deeper

    def _linked(
        self, item: Draft, note: Note, above: list[Note], deeper: list[tuple[Draft, list[Note]]], *, bound: bool
    ) -> bool:
        """Whether the topic stays: as it is, with what its note says, or as the module that its map is."""
        if item.link and item.title == item.link and "/" in item.title:  # [[folder/note]] without a name of its own
            item.title = item.title.rpartition("/")[2] or item.title
        if above and note is above[-1]:
            return True
        if note in above or note.source in self.placed:
            self._drawn_already(item, note, above)
            return False
        module = self.hubs.expands(note) if not bound else self.hubs.is_list_of_others(note, self.drawn.used)
        self.drawn.used.add(note.source)
        if not module or self.added >= MAX_EXPANDED or len(above) >= MAX_ABOVE:
            note.describe(item)
            return True
        self.placed.add(note.source)
        self.modules.append((item, note, item.rule))
        item.kind, item.rule = "module", "linked-map"
        item.source = item.source or (above[-1].source if above else self.drawn.source)
        item.summary = item.summary or note.summary
        item.id = item.id or note.id
        item.items = [_copy(child, note.source) for child in note.outline.items]
        self.added += sum(1 for _ in item.walk())
        deeper.append((item, [*above, note]))
        return True

    def _drawn_already(self, item: Draft, note: Note, above: list[Note]) -> None:
        holder = above[-1].source if above else self.drawn.source
        if (holder, note.source) in self.told:
            return
        self.told.add((holder, note.source))
        if len(self.told) > TOLD:
            return
        circle = [n.source for n in above[above.index(note) :]] if note in above else []
        circle = circle or roots.way(note.source, holder, self.hubs.inside)
        if circle:
            titles = {n.source: n.title or n.stem for n in self.vault.notes}
            names = [shorten(titles[source], 60) for source in [*circle, note.source]]
            named = " → ".join(names if len(names) <= MANY else [*names[: MANY - 1], "…", names[-1]])
            message = sentence(
                "These maps link in a circle: %(named)s. It is cut here: this link is left out.", named=named
            )
            self.vault.problems.append(Problem(holder, item.line, "warning", "map-cycle", message))
        else:
            shown = shorten(item.title, 80)
            message = sentence(
                "“%(shown)s” is a module of this roadmap already; it is drawn once, where it stands highest.",
                shown=shown,
            )
            self.vault.problems.append(Problem(holder, item.line, "info", "map-twice", message))


def _trace(vault: Vault, each: Drawn) -> None:
    """Keep for the vault which notes a roadmap is made of, as it is about to be frozen."""
    traces = vault.traces
    traces.used |= each.used
    places = {id(item): Key(item.source or each.source, item.line, item.title) for item in each.root.walk()}
    notes = {**each.bound, **{id(module): note for module, note in each.spoken}}
    traces.own.update({places[key]: note for key, note in notes.items() if key in places})
    for source, line, topic in each.entries:
        if id(topic) in places:
            traces.named.setdefault(source, {}).setdefault(line, []).append(places[id(topic)])


def _copy(item: Draft, source: str) -> Draft:
    """A draft of its own: one map may be linked from several places."""
    return replace(
        item,
        source=item.source or source,
        items=[_copy(child, source) for child in item.items],
        details=list(item.details),
        resources=list(item.resources),
        requires=list(item.requires),
        aliases=list(item.aliases),
        related=list(item.related),
        meta=list(item.meta),
    )


def _report_unused(vault: Vault, notes: list[Note]) -> None:
    names = listed((note.source for note in notes), ORPHANS)
    message = nsentence(
        "%(n)s note is in no roadmap: %(names)s. Link it from an outline or a map, or name it in the navigation, to "
        "use it.",
        "%(n)s notes are in no roadmap: %(names)s. Link them from an outline or a map, or name them in the navigation, "
        "to use them.",
        len(notes),
        names=names,
    )
    vault.problems.append(Problem(notes[0].source, 0, "info", "notes-unused", message))


def _report_planned(vault: Vault, root: Draft, source: str) -> None:
    named = [item.link or item.title for item in root.walk() if item.planned]
    missing = {vocabulary.fold(name): name for name in named}
    if missing:
        message = nsentence(
            "%(n)s topic has no note yet: %(names)s.",
            "%(n)s topics have no note yet: %(names)s.",
            len(missing),
            names=listed(missing.values()),
        )
        vault.problems.append(Problem(source, 0, "info", "topics-planned", message))


def _check(vault: Vault, root: Draft, source: str) -> None:
    """Ids that two topics of different names share."""
    named: dict[str, Draft] = {}
    for item in root.walk():
        place = item.source or source
        if not item.id or item is root:
            continue
        other = named.setdefault(item.id, item)
        if vocabulary.fold(other.title) != vocabulary.fold(item.title):
            message = sentence(
                "The id %(id)s is that of both %(title)s and %(other)s. Give one of them another.",
                id=repr(item.id),
                title=repr(item.title),
                other=repr(other.title),
            )
            vault.problems.append(Problem(place, item.line, "error", "id-duplicate", message))


def slug_of(title: str) -> str:
    """A title as it may stand in an address: words of any script, joined by hyphens."""
    return "-".join(unicodedata.normalize("NFC", vocabulary.fold(title)).split())[:80].strip("-")


def _unique(slug: str, taken: set[str]) -> str:
    candidate, n = slug, 1
    while candidate in taken:
        n += 1
        candidate = f"{slug}-{n}"
    taken.add(candidate)
    return candidate
