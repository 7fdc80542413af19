"""Addresses of the curriculum alone (the studio). The learner's pages are in `tracker.urls`."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
