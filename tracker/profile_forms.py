"""What a person says of their public profile, and of the end of their account. A form that is not valid answers 422."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from roadmap.models import Roadmap
from tracker.models import User
from tracker.models.own import HANDLE


class ProfileForm(forms.Form):
    public = forms.BooleanField(
        required=False,
        label=_("Show my profile to everybody"),
        help_text=_("Off, nobody finds anything at the address, and badges say nothing."),
    )
    handle = forms.CharField(
        label=_("Address"),
        min_length=3,
        max_length=30,
        help_text=_("3 to 30 small letters, digits and hyphens."),
        validators=[
            RegexValidator(HANDLE, _("Small letters from a to z, digits, and single hyphens between them, please."))
        ],
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}),
    )
    name = forms.CharField(label=_("Name that it shows"), max_length=100, widget=forms.TextInput(attrs={"dir": "auto"}))
    about = forms.CharField(
        required=False,
        label=_("A sentence about me"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
    )
    roadmaps = forms.TypedMultipleChoiceField(
        required=False, coerce=int, label=_("Roadmaps that it shows"), widget=forms.CheckboxSelectMultiple
    )
    activity = forms.BooleanField(required=False, label=_("Show on which days of the last year I moved"))
    indexed = forms.BooleanField(required=False, label=_("Search engines may list it"))

    def __init__(self, *args: Any, roadmaps: list[Roadmap], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["roadmaps"].choices = [(each.pk, each.title) for each in roadmaps]  # type: ignore[attr-defined]
        if not roadmaps:
            del self.fields["roadmaps"]

    def clean_handle(self) -> str:
        handle: str = self.cleaned_data["handle"].lower()
        return handle


class EraseForm(forms.Form):
    """The word, and the password of those who have one."""

    word = forms.CharField(
        max_length=20,
        label=_("Type “delete” to say that you mean it"),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}),
    )
    password = forms.CharField(
        max_length=500,
        strip=False,
        label=_("Your password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        if not user.has_usable_password():
            del self.fields["password"]

    def clean_word(self) -> str:
        word: str = self.cleaned_data["word"].strip().strip("“”\"'").lower()
        if word != "delete":
            raise forms.ValidationError(_("The word is “delete”. Nothing was changed."))
        return word

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if not self.user.check_password(password):
            raise forms.ValidationError(_("This is not your password. Nothing was changed."))
        return password
