"""allauth's forms for passkeys, which take whatever a browser, or somebody else, sends for an answer of a device.

A bent answer is a wrong one: the libraries behind it raise errors of many kinds where allauth expects two.
"""

from __future__ import annotations

import struct
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from django import forms

MOST = 50_000
"""Letters of an answer; devices send two or three thousand."""
BENT = (
    LookupError, TypeError, ValueError, AttributeError, AssertionError, struct.error, InvalidSignature,
    UnsupportedAlgorithm,
)  # fmt: skip


class AnswerField(forms.JSONField):
    """What the device answered, as JSON."""

    widget = forms.HiddenInput

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and len(value) > MOST:
            raise get_adapter().validation_error("incorrect_code")
        try:
            return super().to_python(value)
        except RecursionError as error:
            raise get_adapter().validation_error("incorrect_code") from error


class AddForm(AddWebAuthnForm):  # type: ignore[misc]
    name = forms.CharField(required=False, max_length=80)
    credential = AnswerField()

    def clean(self) -> dict[str, Any]:
        try:
            found: dict[str, Any] = super().clean()
        except BENT as error:
            raise get_adapter().validation_error("incorrect_code") from error
        return found


class _Shown:
    """For the forms in which a passkey is shown."""

    def clean_credential(self) -> Any:
        try:
            return super().clean_credential()  # type: ignore[misc]
        except BENT as error:
            raise get_adapter().validation_error("incorrect_code") from error


class AuthenticateForm(_Shown, AuthenticateWebAuthnForm):  # type: ignore[misc]
    credential = AnswerField()


class LoginForm(_Shown, LoginWebAuthnForm):  # type: ignore[misc]
    credential = AnswerField()


class ReauthenticateForm(_Shown, ReauthenticateWebAuthnForm):  # type: ignore[misc]
    credential = AnswerField()
