"""Addresses of the pages people see. URL name = view function = template."""

from django.urls import URLPattern, URLResolver, path

from tracker.views.health import health
from tracker.views.mail import mail_choices, mail_off
from tracker.views.progress import set_step, set_topic_state, still_fine, undo
from tracker.views.roadmaps import roadmap, roadmaps, today
from tracker.views.sign_in import sign_in_link
from tracker.views.topics import topic

urlpatterns: list[URLPattern | URLResolver] = [
    path("", today, name="today"),
    path("roadmaps/", roadmaps, name="roadmaps"),
    path("roadmaps/<str:slug>/", roadmap, name="roadmap"),
    path("topics/<str:slug>/", topic, name="topic"),
    path("topics/<str:slug>/state/", set_topic_state, name="set_topic_state"),
    path("topics/<str:slug>/steps/<uuid:uid>/", set_step, name="set_step"),
    path("topics/<str:slug>/fine/", still_fine, name="still_fine"),
    path("progress/undo/", undo, name="undo"),
    path("sign-in/<str:token>/", sign_in_link, name="sign_in_link"),
    path("mail/", mail_choices, name="mail_choices"),
    path("mail/off/<str:token>/", mail_off, name="mail_off"),
    path("health/", health, name="health"),
]
