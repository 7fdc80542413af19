"""Pathnotes' own settings with the baselines' addresses beside the product's."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.urls"
