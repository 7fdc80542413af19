from importlib import import_module

from django.apps import AppConfig


class RoadmapConfig(AppConfig):
    name = "roadmap"
    default_auto_field = "django.db.models.BigAutoField"

    def import_models(self) -> None:
        """With the tables that have modules of their own; those of the history are made from all the others."""
        super().import_models()
        for name in ("publishing.models", "search_text", "source_files", "recorded"):
            import_module(f"roadmap.{name}")
