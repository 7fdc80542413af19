from django.apps import AppConfig


class TrackerConfig(AppConfig):
    name = "tracker"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from roadmap.redraw import curriculum_changed
        from tracker.summaries import count_after_commit

        curriculum_changed.connect(count_after_commit, dispatch_uid="summaries")
