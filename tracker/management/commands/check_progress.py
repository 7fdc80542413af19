"""Count everybody's progress again from the events and name what disagrees."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tracker.recount import disagreements


class Command(BaseCommand):
    help = "Compare the stored states of topics and steps with the events behind them. Changes nothing."

    def handle(self, *_args: Any, **_options: Any) -> None:
        found = disagreements()
        for one in found:
            what = f"step {one.step} of topic {one.topic}" if one.step else f"topic {one.topic}"
            self.stdout.write(f"learner {one.learner}, {what}: stored {one.stored}, events say {one.recorded}")
        if found:
            raise CommandError(f"{len(found)} stored states disagree with their events.")
        self.stdout.write("Every stored state agrees with its events.")
