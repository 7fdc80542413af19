"""Count what is kept of every learner and roadmap again from the state rows."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from tracker import summaries


class Command(BaseCommand):
    help = "Count the summary rows of every learner and roadmap again. Safe while people check off."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--stale", action="store_true", help="only rows that are missing, or counted before the curriculum changed"
        )

    def handle(self, *_args: Any, stale: bool, **_options: Any) -> None:
        counted = summaries.rebuild(stale_only=stale)
        self.stdout.write(f"{counted} summary row{'' if counted == 1 else 's'} counted.")
