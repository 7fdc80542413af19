from importlib import import_module

from django.apps import AppConfig


class RoadmapConfig(AppConfig):
    name = "roadmap"
    default_auto_field = "django.db.models.BigAutoField"

    def import_models(self) -> None:
        """With the tables of the history, which are made from those of the curriculum."""
        super().import_models()
        import_module("roadmap.recorded")
