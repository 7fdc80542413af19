"""`record_revisions`: keep what was edited, and has come to rest, as revisions, for who runs it by cron."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from roadmap.locks import BusyError
from roadmap.publishing.recording import seal_quiet


class Command(BaseCommand):
    help = "Record revisions of published roadmaps that were edited and have come to rest. Safe to repeat."

    def handle(self, **_options: Any) -> None:
        try:
            made = seal_quiet()
        except BusyError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{made} revision{'s' * (made != 1)} recorded.")
