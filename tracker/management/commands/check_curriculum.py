"""`check_curriculum`: what is wrong with the curriculum, for people and for scripts."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from itertools import groupby
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from roadmap.health.facts import facts
from roadmap.health.findings import ABOUT, Finding, Weight, examine, on
from roadmap.models import Roadmap
from tracker.link_checks import broken


class Command(BaseCommand):
    help = (
        "Name what is wrong with the curriculum. Exit status 1 when something is an error. Changes nothing and asks no "
        "links: what they answered when somebody checked them last counts."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--roadmap", default="", help="slug of one roadmap; all of them without it")
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *_args: Any, **options: Any) -> None:
        found = examine(facts(broken()))
        if options["roadmap"]:
            roadmap = Roadmap.objects.filter(slug=options["roadmap"], retired_at=None).first()
            if roadmap is None:
                raise CommandError(f"There is no roadmap {options['roadmap']}.")
            found = on(found, roadmap.pk)
        if options["format"] == "json":
            self.stdout.write(json.dumps([_plain(finding) for finding in found], ensure_ascii=False, indent=2))
        else:
            self._print(found)
        errors = sum(finding.weight == Weight.ERROR for finding in found)
        if errors:
            raise CommandError(f"{errors} error{'s' * (errors != 1)} in the curriculum.")

    def _print(self, found: list[Finding]) -> None:
        for kind, group in groupby(found, key=lambda finding: finding.kind):
            weight, heading, _ = ABOUT[kind]
            self.stdout.write(f"{heading} ({weight}):")
            for finding in group:
                self.stdout.write(f"  {_line(finding)}")
        if not found:
            self.stdout.write("Nothing is wrong with the curriculum.")


def _line(finding: Finding) -> str:
    titles = [topic.title for topic in finding.topics] or [finding.section.title if finding.section else ""]
    where = ", ".join(roadmap.slug for roadmap in finding.roadmaps) or "nowhere"
    url = f" {finding.url}" if finding.url else ""
    return f"{' → '.join(titles)}: {finding.said}{url} [{where}]"


def _plain(finding: Finding) -> dict[str, Any]:
    return {
        "kind": finding.kind.value,
        "weight": finding.weight.value,
        "said": finding.said,
        "topics": [{"uid": str(topic.uid), "slug": topic.slug, "title": topic.title} for topic in finding.topics],
        "section": {"slug": finding.section.slug, "title": finding.section.title} if finding.section else None,
        "roadmaps": [roadmap.slug for roadmap in finding.roadmaps],
        "url": finding.url,
    }
