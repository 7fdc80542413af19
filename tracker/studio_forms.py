"""What editors send from the tree, checked. A form that is not valid answers 422.

`operation` is the id of the intent, `seen` what the page showed of the thing acted on, `open` and `at` the state of the
page that comes back.
"""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _lazy

TITLE = 200
LINES = 60_000
MOST_OPEN = 500


class ViewForm(forms.Form):
    """The state of the page: forgiving, as addresses are."""

    open = forms.CharField(required=False, max_length=8000)
    at = forms.UUIDField(required=False)
    find = forms.CharField(required=False, max_length=TITLE)

    def clean_open(self) -> tuple[int, ...]:
        text: str = self.cleaned_data["open"]
        keys = [int(key) for key in text.split(",") if re.fullmatch(r"[0-9]{1,18}", key)]
        return tuple(dict.fromkeys(keys))[-MOST_OPEN:]


class NewRoadmapForm(forms.Form):
    title = forms.CharField(
        label=_lazy("Title"), max_length=TITLE, help_text=_lazy("It begins as a draft that only editors see.")
    )
    operation = forms.UUIDField(widget=forms.HiddenInput)


class IntentForm(ViewForm):
    operation = forms.UUIDField()


class ActForm(IntentForm):
    """Of all acts; each adds what it needs."""

    uid = forms.UUIDField()
    seen = forms.CharField(required=False, max_length=16)


class RenameForm(ActForm):
    title = forms.CharField(max_length=TITLE)


class MoveForm(ActForm):
    parent = forms.UUIDField(required=False)
    """Nothing: the top."""
    after = forms.CharField(required=False, max_length=36)
    """Uid of what it stands behind; nothing: the first place; `last`: the last one."""


class StepForm(ActForm):
    way = forms.ChoiceField(choices=[(way, way) for way in ("up", "down", "in", "out")])


class OnForm(ActForm):
    on = forms.TypedChoiceField(choices=[("yes", "yes"), ("no", "no")], coerce=lambda value: value == "yes")


class ChoiceForm(ActForm):
    choose = forms.IntegerField(required=False, min_value=1, max_value=2**15 - 1)


class LinesForm(ActForm):
    titles = forms.CharField(max_length=LINES, strip=False)

    def clean_titles(self) -> list[str]:
        text: str = self.cleaned_data["titles"]
        return [line for line in text.splitlines() if line.strip()]


class MergeForm(ActForm):
    keep = forms.UUIDField()


class NewSectionForm(RenameForm):
    kind = forms.ChoiceField(choices=[("level", "level"), ("module", "module")])


class PutInForm(ActForm):
    topic = forms.UUIDField()


FORMS: dict[str, type[ActForm]] = {
    "rename": RenameForm,
    "move": MoveForm,
    "step": StepForm,
    "optional": OnForm,
    "choice": ChoiceForm,
    "chain": OnForm,
    "duplicate": ActForm,
    "retire": ActForm,
    "restore": ActForm,
    "remove": ActForm,
    "steps": LinesForm,
    "topics": LinesForm,
    "merge": MergeForm,
    "new_section": NewSectionForm,
    "new_topic": RenameForm,
    "take_out": ActForm,
    "put_in": PutInForm,
    "own_copy": ActForm,
}
"""Act -> its form. For `new_section`, `new_topic` and `put_in`, `uid` is where it is to stand: a section, or the
roadmap."""


def form_of(data: Any) -> ActForm | None:
    """The form of the act that was sent; None for an act that there is not."""
    kind = FORMS.get(str(data.get("act", "")))
    return kind(data) if kind else None
