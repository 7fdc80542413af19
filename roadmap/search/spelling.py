"""The word that somebody meant: the known one nearest to what they typed. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Mapping

SHORTEST = 4
"""Letters of a word that may be mistyped; shorter ones are too near to too much."""
CANDIDATES = 40
"""Words that are measured: those that share most trigrams with what was typed."""


def trigrams(word: str) -> set[str]:
    """All runs of three characters, the word's begin and end among them."""
    padded = f"  {word} "
    return {padded[at : at + 3] for at in range(len(padded) - 2)}


def distance(one: str, other: str, most: int) -> int:
    """Letters added, dropped, changed or swapped with their neighbour (optimal string alignment); `most` + 1 where it
    is more."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    above = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        line = [row]
        for column, there in enumerate(other, 1):
            cost = min(above[column] + 1, line[-1] + 1, above[column - 1] + (letter != there))
            if before and column > 1 and letter == other[column - 2] and one[row - 2] == there:
                cost = min(cost, before[column - 2] + 1)
            line.append(cost)
        if min(line) > most:
            return most + 1
        before, above = above, line
    return above[-1]


class Spelling:
    """The words of a curriculum, found by what is nearly them."""

    def __init__(self, words: Mapping[str, int]) -> None:
        """`words`: how many topics have each; a word that more of them have is the likelier one."""
        self._counts = {word: count for word, count in words.items() if len(word) >= SHORTEST and word.isalpha()}
        self._sorted = sorted(words)
        self._having: defaultdict[str, list[str]] = defaultdict(list)
        for word in self._counts:
            for three in trigrams(word):
                self._having[three].append(word)

    def nearest(self, word: str) -> str:
        """The known word that was meant by one of at least four letters with which none begins; empty if none is near:
        one mistake in five letters or fewer, two in more."""
        at = bisect_left(self._sorted, word)
        if len(word) < SHORTEST or (at < len(self._sorted) and self._sorted[at].startswith(word)):
            return ""
        shared: Counter[str] = Counter()
        for three in trigrams(word):
            shared.update(self._having.get(three, ()))
        most = 1 if len(word) <= 5 else 2
        found = []
        for candidate, common in shared.most_common(CANDIDATES):
            away = distance(word, candidate, most)
            if away <= most:
                found.append((away, -common, -self._counts[candidate], candidate))
        return min(found)[-1] if found else ""
