"""`send_mail`: what the server does every minute by itself, done once, for whoever runs it from a timer instead."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tracker import mail


class Command(BaseCommand):
    help = "Send the messages that are due, and name those of which nobody knows whether they were sent."

    def handle(self, *_args: Any, **_options: Any) -> None:
        run = mail.send_due()
        self.stdout.write(
            f"{run.sent} sent, {run.not_wanted} not wanted any more, {run.later} to be tried again, "
            f"{len(run.refused)} refused."
        )
        for key in run.refused:
            self.stdout.write(f"Refused by the server: {key}")
        for lost in mail.unknown():
            why = f" ({lost.error})" if lost.error else ""
            self.stdout.write(f"Claimed, not known to be sent: {lost.key}, {lost.claimed_at:%Y-%m-%d %H:%M} UTC{why}")
        if run.unreachable:
            raise CommandError(f"The mail server cannot be used: {run.unreachable}. The messages wait.")
