"""Passkeys, authenticator apps and recovery codes: what Pathnotes adds to `allauth.mfa`."""

from __future__ import annotations

import base64
import ipaddress
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tracker import audit
from tracker.models import User

INFO = b"tracker.second_factor"


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets are not stored in the clear; passkeys are named as people call them."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "add_email_blocked": gettext_lazy(
            "An address cannot be added while a second step protects the account. Remove that first, then add it."
        ),
        "incorrect_code": gettext_lazy("That did not fit. Try again; a code is good for half a minute."),
        "unverified_email": gettext_lazy(
            "Confirm your e-mail address first: it is the way back in. Nothing was changed."
        ),
    }

    def encrypt(self, text: str) -> str:
        """With a key that follows from SECRET_KEY: a copy of the database alone signs in nobody."""
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """What was written under a key that is lost decrypts to a secret of chance, to which no code fits."""
        try:
            return _box().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            lost: str = generate_totp_secret()
            return lost

    def generate_authenticator_name(self, user: AbstractBaseUser, type: str) -> str:  # noqa: A002 (allauth's name)
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return _("Passkey") if number == 1 else _("Passkey %(number)d") % {"number": number}

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        found: dict[str, str] = super().get_public_key_credential_rp_entity()
        return found | {"name": "Pathnotes"}


def _box() -> MultiFernet:
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    derived = [HKDF(SHA256(), 32, salt=None, info=INFO).derive(str(key).encode()) for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in derived])


def why_no_passkeys(request: HttpRequest) -> str:
    """Why browsers refuse passkeys at the address this page was asked for; empty where they work."""
    host = request.get_host()
    name = host[1 : host.index("]")] if host.startswith("[") else host.partition(":")[0]
    try:
        number = ipaddress.ip_address(name)
    except ValueError:
        pass
    else:
        if number.is_loopback:
            return _(
                "Browsers keep passkeys for names, not for numbers: on this machine, open localhost, not %(name)s."
            ) % {"name": name}
        return _("Browsers keep passkeys for names, not for numbers such as %(name)s.") % {"name": name}
    if request.is_secure() or name == "localhost" or name.endswith(".localhost"):
        return ""
    return _("Browsers keep passkeys only for addresses that begin with https://.")


class Standing:
    """How somebody's account is protected. One query."""

    def __init__(self, person: User) -> None:
        rows = list(Authenticator.objects.filter(user=person).order_by("created_at", "pk"))
        self.passkeys = [row for row in rows if row.type == Authenticator.Type.WEBAUTHN]
        self.app = next((row for row in rows if row.type == Authenticator.Type.TOTP), None)
        codes = next((row for row in rows if row.type == Authenticator.Type.RECOVERY_CODES), None)
        self.codes_left = len(codes.wrap().get_unused_codes()) if codes else None
        """None when there are no recovery codes."""


KINDS = {"totp": "authenticator app", "webauthn": "passkey", "recovery_codes": "recovery codes"}


def record_added(*, request: HttpRequest, user: User, authenticator: Authenticator, **_kwargs: Any) -> None:
    """Whoever has just shown it is not asked again who they are, for the recovery codes that come next."""
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        more = {"id": authenticator.pk, "type": authenticator.type, "reauthenticated": True}
        record_authentication(request, user, "mfa", **more)
    _record("add_factor", user, authenticator)


def record_removed(*, user: User, authenticator: Authenticator, **_kwargs: Any) -> None:
    _record("remove_factor", user, authenticator)


def record_reset(*, user: User, authenticator: Authenticator, **_kwargs: Any) -> None:
    _record("reset_factor", user, authenticator)


def _record(verb: str, user: User, authenticator: Authenticator) -> None:
    detail = {"kind": KINDS[authenticator.type]}
    audit.record(by=user, verb=verb, of=user, kind="person", title=user.email, detail=detail)
