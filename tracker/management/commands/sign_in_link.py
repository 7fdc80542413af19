"""`sign_in_link ADDRESS`: a one-time link for an account, for whoever has the machine's command line."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from tracker.accounts import ensure_owner
from tracker.models import User
from tracker.sign_in import create_link


class Command(BaseCommand):
    help = "Print a link that signs an account in once, within an hour. --owner makes the account if it is missing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("address", help="e-mail address of the account")
        parser.add_argument("--owner", action="store_true", help="make it an owner's account, new if need be")

    def handle(self, *, address: str, owner: bool, **options: Any) -> None:
        user = ensure_owner(email=address) if owner else User.objects.filter(email=address.strip().lower()).first()
        if user is None:
            raise CommandError(f"There is no account of {address}. --owner makes one.")
        if not user.is_active:
            raise CommandError(f"The account of {address} is deactivated.")
        self.stdout.write(settings.PUBLIC_URL + reverse("sign_in_link", args=[create_link(user=user)]))
