"""What the pure core said, in the language that is being written now."""

from __future__ import annotations

from typing import Any

from django.utils import formats, translation
from django.utils.translation import gettext as _

from roadmap.sentences import Sentence


def in_words(said: object) -> str:
    """A sentence of the core, or an error that carries one; any other text is answered as it is."""
    text = said if isinstance(said, str) else str(said)
    if not isinstance(text, Sentence) or not text.message:
        return text
    if text.number is not None:
        message = translation.ngettext(text.message, text.plural, text.number)
    else:
        message = translation.gettext(text.message)
    return message % {name: _value(value) for name, value in text.values.items()} if text.values else message


def listed(names: list[str]) -> str:
    """`A, B and C`. What is in the names stays as it is; safe when they are."""
    if len(names) < 2:
        return "".join(names)
    return _("%(first)s and %(last)s") % {"first": _(", ").join(names[:-1]), "last": names[-1]}


def _value(value: Any) -> str:
    if isinstance(value, int):
        return formats.number_format(value, 0, use_l10n=True, force_grouping=True)
    return listed([_value(each) for each in value]) if isinstance(value, tuple) else in_words(value)
