"""Which notes draw a roadmap of their own: the hubs that no other hub links, or those that somebody named."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Final

from roadmap.notes import vocabulary
from roadmap.notes.items import Problem
from roadmap.notes.note import Note
from roadmap.notes.vault import Vault, listed
from roadmap.sentences import sentence

Links = Mapping[str, Mapping[str, None]]
"""Source of a hub -> sources of the notes that its topics link, in the order of the hub."""
NEAR: Final = 5
"""Names that are suggested for one that nothing has."""
COMPARED: Final = 5_000
"""Names that are looked through for near ones."""
LONG: Final = 80


def choose(hubs: Sequence[Note], inside: Links, expands: Callable[[Note], bool]) -> list[Note]:
    """Hubs that together hold all of them: what no other hub links, and of hubs that link each other in a circle one.

    That is the one that calls itself the index, else links most of the circle, else lies highest, else comes first.
    """
    by_source = {note.source: note for note in hubs}
    order = {note.source: at for at, note in enumerate(hubs)}
    reached: set[str] = set()
    roots: list[Note] = []

    def rank(source: str, circle: set[str]) -> tuple[bool, int, int, int]:
        within = sum(1 for target in inside.get(source, ()) if target in circle)
        return (not by_source[source].is_index, -within, source.count("/"), order[source])

    for circle in _circles(list(by_source), inside):
        among = set(circle)
        for source in sorted(circle, key=lambda source: rank(source, among)):
            if source not in reached:
                roots.append(by_source[source])
                _reach(source, by_source, inside, expands, reached)
    return sorted(roots, key=lambda note: order[note.source])


def _reach(
    root: str, hubs: Mapping[str, Note], inside: Links, expands: Callable[[Note], bool], reached: set[str]
) -> None:
    """Add what a root holds: the notes it links, and what those of them hold that become modules."""
    todo = [root]
    reached.add(root)
    while todo:
        for target in inside.get(todo.pop(), ()):
            if target not in reached:
                reached.add(target)
                if target in hubs and expands(hubs[target]):
                    todo.append(target)


def _circles(nodes: list[str], inside: Links) -> list[list[str]]:
    """The nodes in groups that reach each other (most are alone), what links before what is linked. Tarjan's way,
    without recursion."""
    known = set(nodes)
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    groups: list[list[str]] = []
    for start in reversed(nodes):  # the groups are turned round at the end
        if start in number:
            continue
        work = [(start, iter(inside.get(start, ())))]
        while work:
            node, targets = work[-1]
            if node not in number:
                number[node] = low[node] = len(number)
                stack.append(node)
                on_stack.add(node)
            for target in targets:
                if target not in known or target == node:
                    continue
                if target not in number:
                    work.append((target, iter(inside.get(target, ()))))
                    break
                if target in on_stack:
                    low[node] = min(low[node], number[target])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == number[node]:
                    group: list[str] = []
                    while not group or group[-1] != node:
                        group.append(stack.pop())
                    on_stack.difference_update(group)
                    groups.append(group)
    return groups[::-1]


def way(start: str, end: str, inside: Links) -> list[str]:
    """The shortest way from one hub to another, both included; empty where there is none."""
    before: dict[str, str] = {start: ""}
    todo = [start]
    for node in todo:
        if node == end:
            steps = [node]
            while before[steps[-1]]:
                steps.append(before[steps[-1]])
            return steps[::-1]
        for target in inside.get(node, ()):
            if target not in before:
                before[target] = node
                todo.append(target)
    return []


def named(names: Sequence[str], vault: Vault, others: Mapping[str, str]) -> tuple[list[str], list[Problem]]:
    """The sources of what `--root` names, and an error for each name that means nothing or several notes.

    `others` are the titles of roadmaps that are no note's, by source: of navigation files and JSON curricula.
    """
    found: list[str] = []
    problems: list[Problem] = []
    for name in names:
        sources = _meant(name, vault, others)
        if len(sources) == 1:
            found += [source for source in sources if source not in found]
        elif sources:
            message = sentence(
                "“%(name)s” may mean %(sources)s. Say which one with its path.",
                name=_short(name),
                sources=listed(sources),
            )
            problems.append(Problem("", 0, "error", "root-ambiguous", message))
        else:
            problems.append(Problem("", 0, "error", "root-unknown", _unknown(name, vault, others)))
    return found, problems


def _meant(name: str, vault: Vault, others: Mapping[str, str]) -> list[str]:
    path = name.strip().strip("/").removeprefix("./")
    if path in others:
        return [path]
    if notes := vault.named(name):
        return [note.source for note in notes]
    folded = vocabulary.fold(name)
    last = [source for source in others if vocabulary.fold(source.rpartition("/")[2]) == folded]
    return last or [source for source, title in others.items() if folded and vocabulary.fold(title) == folded]


def _unknown(name: str, vault: Vault, others: Mapping[str, str]) -> str:
    names: dict[str, str] = {}
    for note in vault.notes[:COMPARED]:
        for known in (note.stem, note.title):
            if known:
                names.setdefault(vocabulary.fold(known), known)
    for source, title in others.items():
        names.setdefault(vocabulary.fold(title), title)
        names.setdefault(vocabulary.fold(source), source)
    wanted = vocabulary.fold(name.rpartition("/")[2].removesuffix(".md"))[:LONG]
    names = {folded[:LONG]: shown for folded, shown in names.items()}
    near = [names[found] for found in get_close_matches(wanted, names, n=NEAR, cutoff=0.5)]
    near += [shown for folded, shown in names.items() if wanted and wanted in folded and shown not in near]
    if near:
        return sentence(
            "No note here is called “%(name)s”, by path, file name or title. Near it: %(names)s.",
            name=_short(name),
            names=listed(near[:NEAR]),
        )
    return sentence(
        "No note here is called “%(name)s”, by path, file name or title. There are %(names)s.",
        name=_short(name),
        names=listed(_first(names.values())),
    )


def _first(names: Iterable[str]) -> list[str]:
    return [name for name in names if name]


def _short(name: str) -> str:
    return name if len(name) <= LONG else name[: LONG - 1] + "…"
