"""`send_digests`: what the server does by itself on Mondays, for whoever runs it from a timer or wants to look."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from tracker import digest, mail
from tracker.models import Cohort, User


class Command(BaseCommand):
    help = "Write this week's digests for the mentors who want them, and send what is due. Nobody gets one twice."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--show", nargs=2, metavar=("ADDRESS", "COHORT"), help="print one, and send nothing")

    def handle(self, *, show: list[str] | None, **_options: Any) -> None:
        now = timezone.now()
        if show is not None:
            self.show(*show)
            return
        written = digest.queue_digests(now=now, week=digest.week_of(now))
        run = mail.send_due()
        self.stdout.write(f"{written} written, {run.sent} messages sent.")
        if run.unreachable:
            raise CommandError(f"The mail server cannot be used: {run.unreachable}. The messages wait.")

    def show(self, address: str, slug: str) -> None:
        mentor = User.objects.filter(email=address.strip().lower()).first()
        cohort = Cohort.objects.filter(slug=slug, memberships__user=mentor, memberships__role="mentor").first()
        if mentor is None or cohort is None:
            raise CommandError("There is no such mentor of such a cohort.")
        found = digest.write(mentor, cohort, timezone.now())
        self.stdout.write(f"{found.subject}\n\n{found.text}" if found else "There is nothing to say.")
