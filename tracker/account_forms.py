"""What people send about their own account, checked. A form that is not valid answers 422."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language_info, gettext
from django.utils.translation import gettext_lazy as _

from tracker import time_zones

LANGUAGE_OF_BROWSER = ("", _("As my browser asks"))
THEMES = [("", _("As my system")), ("light", _("Light")), ("dark", _("Dark"))]


class NameForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=100,
        required=False,
        widget=forms.TextInput({"autocomplete": "name", "dir": "auto"}),
        help_text=_(
            "What mentors and other people in your cohorts know you by. Left empty, it is the part of your address "
            "before the @."
        ),
    )


class Languages(forms.Select):
    """Each language is written in itself, and says which it is."""

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        if value:
            option["attrs"]["lang"] = value
            option["label"] = get_language_info(value)["name_local"]
        return option


class LanguageForm(forms.Form):
    language = forms.ChoiceField(
        label=_("Language"),
        required=False,
        widget=Languages,
        help_text=_("Of the pages. Roadmaps stay in the language they are written in."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["language"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  (for the type checker)
        field.choices = [LANGUAGE_OF_BROWSER, *settings.LANGUAGES]


class ThemeForm(forms.Form):
    theme = forms.ChoiceField(
        label=_("Theme"), choices=THEMES, required=False, help_text=_("The button in the bar changes it, too.")
    )


class TimeZoneForm(forms.Form):
    time_zone = forms.CharField(
        label=_("Time zone"),
        max_length=64,
        required=False,
        widget=forms.TextInput({"list": "time-zones", "autocomplete": "off", "spellcheck": "false"}),
        help_text=_("Type a part of its name, such as “Berlin”, and choose. Left empty, pages tell the server’s time."),
    )

    def clean_time_zone(self) -> str:
        asked: str = self.cleaned_data["time_zone"]
        found = time_zones.known(asked)
        if asked and not found:
            raise forms.ValidationError(
                gettext("There is no time zone called “%(zone)s”. Choose one of the list, such as Europe/Berlin.")
                % {"zone": asked}
            )
        return found


class WeekHoursForm(forms.Form):
    week_hours = forms.IntegerField(
        label=_("Hours a week"),
        min_value=1,
        max_value=100,
        required=False,
        widget=forms.NumberInput({"inputmode": "numeric"}),
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), _("Give a whole number from 1 to 100, or leave it empty.")
        ),
        help_text=_("How long you mean to learn each week, from 1 to 100. Nobody else sees it; it may stay empty."),
    )


class DeviceForm(forms.Form):
    device = forms.RegexField(r"^[0-9a-f]{20}$")
    """`account_page.name_of` of its session."""


class EndFeedForm(forms.Form):
    number = forms.IntegerField(min_value=0, max_value=2**31 - 2)
    """Of the address that is to end: a second click ends no other."""
    back = forms.ChoiceField(choices=[("", ""), ("targets", "targets")], required=False)
