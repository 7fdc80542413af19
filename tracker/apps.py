from django.apps import AppConfig


class TrackerConfig(AppConfig):
    name = "tracker"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from roadmap.redraw import curriculum_changed
        from tracker import catching_up

        curriculum_changed.connect(catching_up.after_commit, dispatch_uid="summaries")
