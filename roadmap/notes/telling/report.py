"""What a reading is told by, after its tree: what became topics, what was left out, what could not be resolved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Final

from roadmap.notes import vocabulary
from roadmap.notes.bounds import shorten
from roadmap.notes.items import Item, Problem
from roadmap.notes.rules import LEFT, MADE
from roadmap.notes.telling.standing import Standing, number, place

PLACES: Final = 3
"""Places that one reason names."""
UNRESOLVED: Final = 12
ALIKE: Final = 5
"""Remarks of one kind that are shown."""
COMPARED: Final = 5_000
"""Titles among which a likely one is looked for."""
TOLD: Final = frozenset({"requirement-unknown", "requirement-guessed", "requirement-self", "link-ambiguous",
                         "topics-planned", "notes-unused"})  # fmt: skip
"""Codes of problems that these parts of the report say in their own words."""
_KEPT: Final = frozenset({"related", "requires", "resources", "note-header"})


def became(standing: Standing) -> Iterator[str]:
    """How many items each rule made, with the rule in words and the first place."""
    found: dict[str, list[Item]] = {}
    for seat in standing.seats:
        found.setdefault(seat.item.rule, []).append(seat.item)
    known = {rule: items for rule, items in found.items() if rule in MADE}
    if not known:
        return
    yield "What became topics"
    for rule, items in sorted(known.items(), key=lambda entry: -len(entry[1])):
        what, why = MADE[rule]
        first = items[0]
        line = 0 if rule in {"lesson-file", "lesson-folder", "navigation-page"} else first.line
        yield f"  {len(items):,} × {what}, first {place(first.source, line)} “{shorten(first.title, 50)}”. {why}"


def left_out(standing: Standing) -> Iterator[str]:
    """What became no topic, by reason: why, where, and what to do if that is not wanted."""
    found: dict[str, list[str]] = {}
    for source, left in standing.every_left():
        text = f" “{left.text}”" if left.text else ""
        found.setdefault(left.rule, []).append(f"{place(source, left.line, left.last)}{text}")
    if not found:
        return
    yield "Left out"
    for rule, places in sorted(found.items(), key=lambda entry: (entry[0] in _KEPT, -len(entry[1]))):
        what, why, mend = LEFT[rule]
        more = f" and {len(places) - PLACES:,} more" if len(places) > PLACES else ""
        yield f"  {what[:1].upper()}{what[1:]}: {', '.join(places[:PLACES])}{more}."
        yield f"    {why}" + ("" if mend.startswith("Nothing") else f" {mend}")


def unresolved(standing: Standing) -> Iterator[str]:
    """Prerequisites and links that are unknown, guessed, ambiguous or lead nowhere, each with what to write instead."""
    told = list(_unresolved(standing))
    if not told:
        return
    yield "Could not be resolved"
    yield from (f"  {line}" for line in told[:UNRESOLVED])
    if len(told) > UNRESOLVED:
        yield f"  … and {len(told) - UNRESOLVED:,} more; --format json lists them all."


def _unresolved(standing: Standing) -> Iterator[str]:
    titles: dict[str, str] = {}
    for seat in standing.seats:
        if seat.item.kind != "step":
            for name in (seat.item.title, *seat.item.aliases):
                titles.setdefault(vocabulary.fold(name), seat.item.title)
    near = list(titles)[:COMPARED]
    unknown = guessed = 0
    planned: dict[str, str] = {}
    for seat in standing.seats:
        item = seat.item
        here = place(item.source, item.line)
        for requirement in item.requires:
            name = requirement.title
            if requirement.source == "guess":
                guessed += 1
                yield f"{here}: “{item.title}” probably requires “{name}”. Write exactly that title to be sure."
            elif vocabulary.fold(name) not in titles and requirement.source == "notes":
                unknown += 1
                likely = get_close_matches(vocabulary.fold(name), near, 1, 0.75) if unknown <= UNRESOLVED else []
                fix = f"Did you mean “{titles[likely[0]]}”? Write that." if likely else _fix_unknown(name)
                yield f"{here}: “{item.title}” requires “{shorten(name, 80)}”, which is no topic of these notes. {fix}"
        if item.planned and item.link:
            planned.setdefault(item.link, here)
    for problem in standing.reading.problems:
        if problem.code in {"link-ambiguous", "requirement-self"}:
            fix = " Write it with its folder, [[folder/note]], to choose." if problem.code == "link-ambiguous" else ""
            yield f"{place(problem.source, problem.line)}: {problem.message}{fix}"
    yield from _planned(standing, planned)


def _fix_unknown(name: str) -> str:
    return (
        "Break it up, one topic each, or leave it: it is shown as text."
        if len(name.split()) > 6
        else "Add a topic of this name, or name one that is there."
    )


def _planned(standing: Standing, planned: dict[str, str]) -> Iterator[str]:
    """Links to notes that do not exist: one by one where they look like slips, else together."""
    names = {vocabulary.fold(note.stem): note.source for note in standing.vault.notes}
    plain: list[str] = []
    for link, here in planned.items():
        likely = get_close_matches(vocabulary.fold(link), list(names)[:COMPARED], 1, 0.85) if len(plain) < 200 else []
        if likely:
            yield f"{here}: no note is called “{link}”. Did you mean {names[likely[0]]}? Write [[{link}]] as that name."
        else:
            plain.append(f"{here} [[{link}]]")
    if plain:
        more = f" and {len(plain) - PLACES:,} more" if len(plain) > PLACES else ""
        have = "has" if len(plain) == 1 else "have"
        yield (
            f"{number(len(plain), 'topic')} {have} no note yet: {', '.join(plain[:PLACES])}{more}. "
            "They are planned; write the notes when there is something to say."
        )


def problems(standing: Standing) -> tuple[list[Problem], Counter[str]]:
    """(the problems that no other part of the report tells, code -> how many more there are of many small ones)."""
    shown: list[Problem] = []
    seen: Counter[str] = Counter()
    more: Counter[str] = Counter()
    for problem in standing.reading.problems:
        if problem.code in TOLD:
            continue
        seen[problem.code] += 1
        if problem.severity == "info" and seen[problem.code] > ALIKE:
            more[problem.code] += 1
        else:
            shown.append(problem)
    return shown, more


def told(standing: Standing) -> Iterator[str]:
    """The whole report after the tree, parted by blank lines."""
    for part in (became, left_out, unresolved):
        lines = list(part(standing))
        if lines:
            yield from lines
            yield ""
