"""Count everybody's progress again from the events, and the summary rows from the states, and name what disagrees."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tracker import summaries
from tracker.recount import disagreements


class Command(BaseCommand):
    help = (
        "Compare the stored states of topics and steps with the events behind them, and the summary rows with the "
        "states. Changes nothing; made for a nightly run."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        found = disagreements()
        for one in found:
            what = f"step {one.step} of topic {one.topic}" if one.step else f"topic {one.topic}"
            self.stdout.write(f"learner {one.learner}, {what}: stored {one.stored}, events say {one.recorded}")
        counted = list(summaries.disagreements())
        for learner, roadmap, column in counted:
            self.stdout.write(f"learner {learner}, roadmap {roadmap}: the summary row is wrong: {column}")
        if found:
            raise CommandError(f"{len(found)} stored states disagree with their events.")
        if counted:
            raise CommandError(f"{len(counted)} summary rows disagree with the states: manage.py rebuild_summaries")
        self.stdout.write("Every stored state agrees with its events, and every summary with the states.")
