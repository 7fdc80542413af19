"""Addresses of the pages people see. URL name = view function = template."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
