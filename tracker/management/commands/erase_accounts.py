"""`erase_accounts`: delete the accounts whose owners asked for it a week ago. For servers without housekeeping."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from tracker.acts.noting import forget_removed
from tracker.erasing import erase_due


class Command(BaseCommand):
    help = "Delete the accounts whose owners asked for it a week ago, and notes that were removed a month ago."

    def handle(self, **options: Any) -> None:
        now = timezone.now()
        erased = erase_due(now=now)
        forget_removed(now=now)
        self.stdout.write(f"{erased} account{'s' * (erased != 1)} deleted.")
