"""What a person is told when they have signed in."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _

from tracker.models import User


def after_sign_in(sender: object, request: HttpRequest | None, user: User, **more: Any) -> None:
    """That their account will be deleted, and where they keep it. Signed in by a test client, there is no page."""
    if user.erase_after is None or request is None or not hasattr(request, "_messages"):
        return
    day = date_format(timezone.localtime(user.erase_after), "DATE_FORMAT")
    said = format_html(
        '{} <a class="text" href="{}">{}</a>',
        _("Your account will be deleted on %(day)s.") % {"day": day},
        reverse("erase_account"),
        _("Keep it?"),
    )
    messages.warning(request, said)
