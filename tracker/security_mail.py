"""What is said by e-mail when the way into an account changes, so that whoever did not do it hears of it.

It names no password, code or link that lets somebody in, and it goes to the addresses of that moment: who changes the
address next does not take the message along. Nobody can switch it off.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import uuid4

from allauth.account.models import EmailAddress
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from tracker import languages, mail
from tracker.devices import device_of, parts_of
from tracker.models import Mail, User
from tracker.time_zones import zone_of

SAID = {
    "password_changed": _lazy("The password of your Pathnotes account was changed"),
    "password_set": _lazy("Your Pathnotes account was given a password"),
    "password_reset": _lazy("The password of your Pathnotes account was set anew by a link from an e-mail"),
    "email_added": _lazy("An address was added to your Pathnotes account"),
    "email_changed": _lazy("The address of your Pathnotes account was changed"),
    "email_removed": _lazy("An address was removed from your Pathnotes account"),
    "totp_activated": _lazy("An authenticator app was added to your Pathnotes account"),
    "totp_deactivated": _lazy("The authenticator app was removed from your Pathnotes account"),
    "webauthn_added": _lazy("A passkey was added to your Pathnotes account"),
    "webauthn_removed": _lazy("A passkey was removed from your Pathnotes account"),
    "recovery_codes_generated": _lazy("New recovery codes were made for your Pathnotes account"),
}
"""What happened, as allauth calls it -> the subject. No full stop: it is a line of its own in the text, too."""


def tell(*, user: User, what: str, agent: str = "", address: str = "", also: Iterable[str] = ()) -> None:
    """Write to the account's address, and to those of `also`, that `what` (of SAID) was done just now.

    `agent` is the User-Agent it was done with, `address` the e-mail address it is about. In the person's language and
    time zone. One query for each address it goes to. Raise KeyError for what is not of SAID.
    """
    with languages.writing_to(user):
        subject, text = str(SAID[what]), _text(user, what, agent, address)
    act = uuid4().hex
    for number, place in enumerate(dict.fromkeys(each.lower() for each in (user.email, *also))):
        mail.queue(
            key=f"security:{act}:{number}", kind=Mail.Kind.ACCOUNT, to=user, address=place, subject=subject, text=text
        )


def _text(user: User, what: str, agent: str, address: str) -> str:
    zone = zone_of(user)
    at = date_format(timezone.localtime(timezone.now(), zone), "SHORT_DATETIME_FORMAT")
    facts = [str(SAID[what]), _("When: %(at)s (%(zone)s)") % {"at": at, "zone": zone.key}]
    if address:
        facts.append(_("Address: %(address)s") % {"address": address})
    if device := _device(agent):
        facts.append(_("With: %(device)s") % {"device": device})
    parts = (
        mail.greeting(user.name),
        "\n".join(facts),
        _("If it was you, there is nothing to do."),
        f"{_('If it was not you, set a new password at once:')}\n{_link('account_reset_password')}",
        _("Then sign out the devices that are not yours, and remove what you did not add, on your account page:")
        + f"\n{_link('account')}",
        _("If you cannot get in any more, tell the people who run this Pathnotes."),
    )
    return "\n\n".join(parts)


def _device(agent: str) -> str:
    browser, system = parts_of(device_of(agent))
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system


def _link(name: str) -> str:
    return f"{settings.PUBLIC_URL}{reverse(name)}"


def agent_of(request: HttpRequest) -> str:
    agent: str = request.META.get("HTTP_USER_AGENT", "")
    return agent


def after_address_added(*, request: HttpRequest, user: User, email_address: EmailAddress, **_more: Any) -> None:
    """It may become the way back in: the account's own address hears of it, the new one is asked to confirm."""
    tell(user=user, what="email_added", agent=agent_of(request), address=email_address.email)


def after_address_removed(*, request: HttpRequest, user: User, email_address: EmailAddress, **_more: Any) -> None:
    """The removed address hears of it, too, where it was confirmed; else it may be that of a stranger."""
    also = [email_address.email] if email_address.verified else []
    tell(user=user, what="email_removed", agent=agent_of(request), address=email_address.email, also=also)
