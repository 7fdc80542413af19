"""What editors send about forks, checked."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from tracker.studio_forms import TITLE

KEY = re.compile(r"[a-z_]{1,20}-[0-9a-f]{32}")
LONGEST = 7000
"""Characters of an address that remembers what was chosen."""


class ForkForm(forms.Form):
    title = forms.CharField(
        label=_lazy("Title"), max_length=TITLE, help_text=_lazy("It begins as a draft that only editors see.")
    )
    slug = forms.CharField(
        label=_lazy("Address"), max_length=120, required=False,
        help_text=_lazy("The end of the roadmap’s web address. Made from the title if you leave it empty."),
    )  # fmt: skip
    operation = forms.UUIDField(widget=forms.HiddenInput)

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"].strip()
        return slug


@dataclass(frozen=True, slots=True)
class Chosen:
    """What somebody decided about a plan: the conflicts in which the other side is right, what is left for later."""

    theirs: tuple[str, ...] = ()
    held: tuple[str, ...] = ()

    @property
    def query(self) -> str:
        """As it stands in an address."""
        parts = {name: ",".join(keys) for name, keys in (("theirs", self.theirs), ("held", self.held)) if keys}
        return f"?{urlencode(parts, safe=',')}" if parts else ""


def keys_in(keys: Iterable[str]) -> tuple[str, ...]:
    """Those that may be keys of a plan, each once."""
    return tuple(sorted({key for key in keys if KEY.fullmatch(key)}))


class ChosenForm(forms.Form):
    """From the address: forgiving."""

    theirs = forms.CharField(required=False, max_length=LONGEST)
    held = forms.CharField(required=False, max_length=LONGEST)
    page = forms.CharField(required=False, max_length=10)

    def chosen(self) -> Chosen:
        if not self.is_valid():
            return Chosen()
        return Chosen(*(keys_in(self.cleaned_data[name].split(",")) for name in ("theirs", "held")))


class ApplyUpstreamForm(forms.Form):
    """Beside it, a field per conflict and a box per change: see `chosen`."""

    token = forms.CharField(max_length=64)
    do = forms.ChoiceField(choices=[("look", "look"), ("apply", "apply")])
    shown = forms.CharField(required=False, max_length=2 * LONGEST)
    """What was chosen when the page was made, as its address says it."""
    yes = forms.BooleanField(required=False)

    def chosen(self) -> Chosen:
        data = self.data
        theirs = [name[2:] for name, value in data.items() if name.startswith("c-") and value == "theirs"]
        held = data.getlist("held") if hasattr(data, "getlist") else []
        return Chosen(keys_in(theirs), keys_in(held))

    def clean(self) -> None:
        super().clean()
        if len(self.chosen().query) > LONGEST:
            raise forms.ValidationError(_("That is more than can be left out at once."))


class UndoUpstreamForm(forms.Form):
    asked = forms.UUIDField()


class FollowForm(forms.Form):
    on = forms.TypedChoiceField(choices=[("yes", "yes"), ("no", "no")], coerce=lambda value: value == "yes")
    operation = forms.UUIDField()
