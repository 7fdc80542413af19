"""`simulate`: a database full of learners who never were, to look at pages and to measure them."""

from __future__ import annotations

import time
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from roadmap.models import Roadmap
from tracker.simulating import WEEKS, CannotSimulate, make_roadmap, real_people, simulate

MOST_TOPICS = 2000


def positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"{text!r} is no whole number from 1 on")
    return int(text)


class Command(BaseCommand):
    help = "Fill the database with simulated learners: paces, dropouts, topics that stop many. Never on real people."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--learners", type=positive, default=25)
        parser.add_argument("--topics", type=positive, help="make a roadmap of so many topics for them to walk")
        parser.add_argument("--roadmap", help="slug of the roadmap they walk; without both, the first that is listed")
        parser.add_argument("--cohorts", type=positive, default=1, help="the learners are spread over so many")
        parser.add_argument("--weeks", type=float, default=WEEKS, help="how long ago the cohorts began")
        parser.add_argument("--seed", type=int, default=1, help="the same seed makes the same people")
        parser.add_argument("--dense", action="store_true", help="a state row for topics nobody touched, too")
        parser.add_argument("--force", action="store_true", help="even though there are real people here")

    def handle(self, *_args: Any, **options: Any) -> None:
        real = real_people()
        if real and not options["force"]:
            raise CommandError(
                f"There are {real} real people in this database. Nothing was made: use an empty one, or --force."
            )
        if options["cohorts"] > options["learners"]:
            raise CommandError("There are more cohorts than learners. Nothing was made.")
        start = time.monotonic()
        try:
            made = simulate(
                learners=options["learners"],
                cohorts=options["cohorts"],
                seed=options["seed"],
                roadmap=self.roadmap(options),
                weeks=options["weeks"],
                dense=options["dense"],
                report=self.stdout.write,
            )
        except CannotSimulate as error:
            raise CommandError(f"{error} Nothing was made.") from error
        self.stdout.write(
            f"{made.learners:,} learners in {len(made.cohorts):,} cohorts on “{made.roadmap}”: "
            f"{made.progress:,} states, {made.events:,} events, {time.monotonic() - start:.0f} s."
        )
        self.stdout.write(f"The first cohort is /cohorts/{made.cohorts[0].slug}/. To see it as its mentor:")
        self.stdout.write(f"  manage.py sign_in_link {made.mentors[0].email}")

    def roadmap(self, options: dict[str, Any]) -> Roadmap:
        if options["topics"]:
            if options["topics"] > MOST_TOPICS:
                raise CommandError(f"A roadmap has at most {MOST_TOPICS:,} topics here. Nothing was made.")
            return make_roadmap(topics=options["topics"], seed=options["seed"])
        live = Roadmap.objects.filter(retired_at=None)
        found = live.filter(slug=options["roadmap"]) if options["roadmap"] else live.filter(state=Roadmap.State.LISTED)
        roadmap = found.first()
        if roadmap is None:
            raise CommandError("There is no such roadmap. --topics N makes one. Nothing was made.")
        return roadmap
