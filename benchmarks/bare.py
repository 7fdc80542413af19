"""The floor: Django and one view that answers a constant (`granian benchmarks.bare:application`).

With no middleware, or with `STOCK=yes` the seven that `startproject` writes into a new project.
"""

import os

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path


def bare(request: HttpRequest) -> HttpResponse:
    return HttpResponse(b"ok", headers={"Content-Length": "2"})


urlpatterns = [path("", bare)]

STOCK = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
APPS = ["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "django.contrib.messages"]

stock = os.environ.get("STOCK") == "yes"
settings.configure(
    ROOT_URLCONF=__name__,
    MIDDLEWARE=STOCK if stock else [],
    INSTALLED_APPS=APPS if stock else [],
    ALLOWED_HOSTS=["127.0.0.1"],
    SECRET_KEY="bare",  # noqa: S106
)
django.setup()
application = get_wsgi_application()
