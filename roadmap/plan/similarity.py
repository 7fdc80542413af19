"""How alike two topics are, for the question "is this one renamed?". Pure, and cheap enough for thousands of pairs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from roadmap.plan.keys import loose
from roadmap.sentences import Wording, nwording, sentence, wording

TELLING = 40
"""Characters from which on an equal summary or body is no coincidence."""
COMPARED = 2000
"""Characters of a body that are compared."""
ASK = 0.5
"""Score from which on a person is asked."""

_NUMBER = re.compile(r"\d+(\.\d+)*|[ivx]+|[a-z]|one|two|three|four|five|six|seven|eight|nine|ten")


@dataclass(slots=True, eq=False)
class Traits:
    """What is compared of a topic, worked out once."""

    title: str
    summary: str
    body: str
    addresses: frozenset[str]
    id: str = ""
    links: frozenset[str] = frozenset()
    """Keys of the notes it names: its own, and those it calls related."""
    words: tuple[str, ...] = field(init=False)
    pairs: frozenset[str] = field(init=False)
    text: str = field(init=False)
    _shingles: frozenset[str] | None = None

    def __post_init__(self) -> None:
        self.words = tuple(loose(self.title).split())
        squeezed = f" {' '.join(self.words)} "
        self.pairs = frozenset(squeezed[i : i + 2] for i in range(len(squeezed) - 1))
        self.text = " ".join(f"{self.summary} {self.body[:COMPARED]}".split())

    @property
    def shingles(self) -> frozenset[str]:
        if self._shingles is None:
            self._shingles = _shingles(self.text)
        return self._shingles

    def text_keys(self) -> Iterable[str]:
        """Texts long enough to know the topic by."""
        for text in (self.summary, self.body):
            if len(text) >= TELLING:
                yield " ".join(text.split())


def _shingles(text: str) -> frozenset[str]:
    words = key_words(text)
    return frozenset(words) | frozenset(f"{a} {b}" for a, b in pairwise(words))


def key_words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def overlap(one: frozenset[str], other: frozenset[str]) -> float:
    """Dice's coefficient."""
    return 2 * len(one & other) / (len(one) + len(other)) if one and other else 0.0


def titles_alike(one: Traits, other: Traits) -> float:
    """0 to 1. Titles that differ only in numbers or single letters ("Week 3", "Week 4") name different things."""
    if one.words == other.words:
        return 1.0
    differing = set(one.words) ^ set(other.words)
    if differing and all(_NUMBER.fullmatch(word) for word in differing):
        return 0.2
    if initials(one) == "".join(other.words) or initials(other) == "".join(one.words):
        return 0.9
    return overlap(one.pairs, other.pairs)


def initials(traits: Traits) -> str:
    """ "Convolutional neural networks" -> "cnns" is found as "cnn" too."""
    if len(traits.words) < 2:
        return "\0"
    letters = "".join(word[0] for word in traits.words)
    return f"{letters}s" if traits.words[-1].endswith("s") else letters


def same_but_for_typing(one: Traits, other: Traits) -> bool:
    """A typing mistake put right: as many words, each equal or one slip apart, with the same beginning."""
    if len(one.words) != len(other.words):
        return False
    return all(a == b or _one_slip(a, b) for a, b in zip(one.words, other.words, strict=True))


def _one_slip(one: str, other: str) -> bool:
    """One letter more, less, other, or two swapped, in words of five letters or more that begin alike."""
    if min(len(one), len(other)) < 5 or one[:2] != other[:2] or abs(len(one) - len(other)) > 1:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    one, other = one[start:], other[start:]
    return (
        one[1:] == other[1:]
        or one[1:] == other
        or one == other[1:]
        or (one[:2] == other[1::-1] and one[2:] == other[2:])
    )


def contains(one: Traits, other: Traits) -> bool:
    """One title is the other with words added: "Linear algebra", "Linear algebra basics"."""
    small, large = sorted((set(one.words), set(other.words)), key=len)
    added = large - small
    return bool(small) and small <= large and not all(_NUMBER.fullmatch(word) for word in added)


def texts_alike(one: Traits, other: Traits) -> float | None:
    """0 to 1, or None where one of them says nothing."""
    if not one.text or not other.text:
        return None
    if one.text == other.text:
        return 1.0
    return overlap(one.shingles, other.shingles)


def addresses_alike(one: Traits, other: Traits) -> float | None:
    if not one.addresses or not other.addresses:
        return None
    return overlap(one.addresses, other.addresses)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that was weighed."""

    kind: str
    """id, place, title, text, body, links or resources."""
    value: float
    """0 (speaks against it) to 1 (the same)."""
    said: str
    """In words for people: "title 60 % alike", "same 2 resources"."""

    def as_json(self) -> dict[str, object]:
        return {"kind": self.kind, "value": round(self.value, 2), "said": self.said}


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike, whether beyond doubt, and what was weighed."""

    score: float
    certain: bool
    evidence: tuple[Evidence, ...]


def likeness(one: Traits, other: Traits, *, same_section: bool, same_roadmap: bool, same_neighbours: bool) -> Likeness:
    """Compare a topic of the notes, `one`, with a stored one that lost its place.

    Certain are: a title that differs in punctuation or by a slip of typing, or that gained or lost words, where the
    text does not speak against it; and a text or links that are the same, in the same section. Where both have an id,
    and another one, nothing is certain: the notes call them two.
    """
    title, text, addresses = titles_alike(one, other), texts_alike(one, other), addresses_alike(one, other)
    against = text is not None and text < 0.3 and (addresses is None or addresses < 0.3)
    two_ids = bool(one.id and other.id and one.id != other.id)
    links = overlap(one.links, other.links) if one.links and other.links else None
    weighed = [
        (0.5, title),
        (0.2, 1.0 if same_section else 0.5 if same_roadmap else 0.0),
        (0.3, text),
        (0.2, addresses),
        (0.1, links),
        (0.2, 1.0 if same_neighbours else None),
        (0.3, 0.0 if two_ids else None),
    ]
    found = [(weight, value) for weight, value in weighed if value is not None]
    score = sum(weight * value for weight, value in found) / sum(weight for weight, _ in found)
    if same_neighbours and not against and not two_ids:
        score = max(score, ASK)
    same_text = text is not None and text >= 0.9 and len(one.text) >= TELLING
    beyond_doubt = (
        (title == 1.0 and same_roadmap and not against)
        or (same_but_for_typing(one, other) and same_section and not against)
        or (contains(one, other) and same_section and (text or 0.0) >= 0.6)
        or (same_text and (same_section or title >= 0.5))
        or (addresses == 1.0 and same_section and title >= 0.3 and (text is None or text >= 0.3))
    )
    place = _place(same_section=same_section, same_roadmap=same_roadmap, same_neighbours=same_neighbours)
    evidence = (
        [Evidence("id", 0.0, sentence("another id (%(id)s, it was %(was)s)", id=one.id, was=other.id))]
        if two_ids
        else []
    )
    evidence += [place, _title(one, other, title), *_texts(one, other)]
    evidence += _shared("links", one.links, other.links)
    evidence += _shared("resources", one.addresses, other.addresses)
    return Likeness(round(score, 2), beyond_doubt and not two_ids, tuple(evidence))


def _place(*, same_section: bool, same_roadmap: bool, same_neighbours: bool) -> Evidence:
    if same_neighbours:
        return Evidence("place", 1.0, sentence("same place, between the same neighbours"))
    if same_section:
        return Evidence("place", 1.0, sentence("same section"))
    return (
        Evidence("place", 0.5, sentence("same roadmap"))
        if same_roadmap
        else Evidence("place", 0.0, sentence("another roadmap"))
    )


def _title(one: Traits, other: Traits, alike: float) -> Evidence:
    if alike == 1.0:
        said = sentence("same words in the title")
    elif same_but_for_typing(one, other):
        said = sentence("titles one slip of typing apart")
    elif contains(one, other):
        said = sentence("title %(percent)s %% alike, words added or taken away", percent=f"{alike * 100:.0f}")
    else:
        said = sentence("title %(percent)s %% alike", percent=f"{alike * 100:.0f}")
    return Evidence("title", alike, said)


def _texts(one: Traits, other: Traits) -> Iterable[Evidence]:
    """Summary and body, each where both sides have one; the one against the other where they have not."""
    pairs = [("text", one.summary, other.summary), ("body", one.body[:COMPARED], other.body[:COMPARED])]
    both = [(kind, mine, theirs) for kind, mine, theirs in pairs if mine.strip() and theirs.strip()]
    if not both and one.text and other.text:
        both = [("text", one.text, other.text)]
    for kind, mine, theirs in both:
        same = mine.split() == theirs.split()
        alike = 1.0 if same else overlap(_shingles(mine), _shingles(theirs))
        yield Evidence(kind, alike, _same(kind) if same else _alike(kind, f"{alike * 100:.0f}"))


def _same(kind: str) -> str:
    return sentence("same text") if kind == "text" else sentence("same body")


def _alike(kind: str, percent: str) -> str:
    if kind == "text":
        return sentence("text %(percent)s %% alike", percent=percent)
    return sentence("body %(percent)s %% alike", percent=percent)


_SHARED: Final[dict[str, tuple[Wording, Wording, Wording]]] = {
    "links": (
        nwording("same link", "same %(n)s links"),
        nwording("%(common)s of %(n)s link the same", "%(common)s of %(n)s links the same"),
        wording("other links"),
    ),
    "resources": (
        nwording("same resource", "same %(n)s resources"),
        nwording("%(common)s of %(n)s resource the same", "%(common)s of %(n)s resources the same"),
        wording("other resources"),
    ),
}
"""What is said where all, some or none of them are shared."""


def _shared(kind: str, one: frozenset[str], other: frozenset[str]) -> Iterable[Evidence]:
    """ "same 2 links", "1 of 3 links the same"."""
    if not one or not other:
        return
    every, some, none = _SHARED[kind]
    common, most = len(one & other), max(len(one), len(other))
    said = every(n=common) if one == other else some(n=most, common=common) if common else none()
    yield Evidence(kind, overlap(one, other), said)
