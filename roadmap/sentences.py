"""Sentences of the pure core: English text that still knows what it was made of, so that a page can say it in the
reader's language (`roadmap.in_words`). Commands and logs take them for the text they are. Pure.

`sentence` and `nsentence` mark words as `_` and `ngettext` do elsewhere: the first argument is a plain text with named
places. A whole number is put in with separators, a tuple as `A, B and C`, another sentence in its words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, NamedTuple


class Sentence(str):  # noqa: SLOT000  (it carries what it was made of, and goes through pickle as it is)
    """The English text. `str()` of it, and of an error that was made with it, is the sentence still."""

    message: str = ""
    plural: str = ""
    number: int | None = None
    """What decides between `message` and `plural`; None where there is one form."""
    values: Mapping[str, Any] = {}

    def __str__(self) -> str:
        return self


def sentence(message: str, /, **values: Any) -> Sentence:
    """`sentence("needs “%(name)s”", name=…)`. Without values the message is taken as it is, `%` and all."""
    return _made(message, values) if values else _plain(message)


def _counted(singular: str, plural: str, number: int, values: Mapping[str, Any]) -> Sentence:
    said = Sentence(_filled(singular if number == 1 else plural, values))
    said.message, said.plural, said.number, said.values = singular, plural, number, values
    return said


def _made(message: str, values: Mapping[str, Any]) -> Sentence:
    said = Sentence(_filled(message, values))
    said.message, said.values = message, values
    return said


@cache
def _plain(message: str) -> Sentence:
    return _made(message, {})


def nsentence(singular: str, plural: str, number: int, /, **values: Any) -> Sentence:
    """As `sentence`, in the form for `number`, which is `%(n)s` in it."""
    return _counted(singular, plural, number, {"n": number, **values})


class Wording(NamedTuple):
    """A message without its values, for tables of what a code stands for; called with them, it is the sentence."""

    message: str
    plural: str = ""

    def __call__(self, **values: Any) -> Sentence:
        """Where there is a plural, `n` decides."""
        if self.plural:
            return _counted(self.message, self.plural, values["n"], values)
        return _made(self.message, values)


def wording(message: str) -> Wording:
    return Wording(message)


def nwording(singular: str, plural: str) -> Wording:
    return Wording(singular, plural)


def recognised(text: str, among: Iterable[Wording]) -> Sentence | None:
    """The sentence behind a text that was stored as English words; None for what none of these says."""
    for each in among:
        for message in filter(None, each):
            if found := _pattern(message).fullmatch(text):
                values: dict[str, Any] = found.groupdict()
                return each(**values | ({"n": int(values["n"].replace(",", ""))} if "n" in values else {}))
    return None


@cache
def _pattern(message: str) -> re.Pattern[str]:
    parts = re.split(r"%\((\w+)\)s", message)
    places = (f"(?P<{part}>{r'[0-9,]+' if part == 'n' else '.*'})" for part in parts[1::2])
    texts = [re.escape(part.replace("%%", "%")) for part in parts[::2]]
    return re.compile("".join(text + place for text, place in zip(texts, [*places, ""], strict=True)), re.DOTALL)


def as_row(said: str) -> list[Any] | None:
    """What JSON keeps of a sentence beside its text; None for other text."""
    if not isinstance(said, Sentence) or not said.message:
        return None
    values = {name: as_row(value) or _bare(value) for name, value in said.values.items()}
    return [said.message, said.plural, said.number, values]


def of_row(row: list[Any]) -> Sentence:
    """The other way of `as_row`. Raise ValueError, TypeError or KeyError for what that did not make."""
    message, plural, number, kept = row
    values = {
        name: (of_row(value) if len(value) == 4 else tuple(value[0])) if isinstance(value, list) else value
        for name, value in kept.items()
    }
    return _made(message, values) if number is None else _counted(message, plural, number, values)


def _bare(value: Any) -> Any:
    return [["".join(each) for each in value]] if isinstance(value, tuple) else value


def _filled(message: str, values: Mapping[str, Any]) -> str:
    return message % {name: _said(value) for name, value in values.items()} if values else message


def _said(value: Any) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, tuple):
        said = [_said(each) for each in value]
        return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} and {said[-1]}"
    return "".join(value) if isinstance(value, str) else str(value)
