from django.apps import AppConfig


class TrackerConfig(AppConfig):
    name = "tracker"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in

        from roadmap.redraw import curriculum_changed
        from tracker import catching_up, notices

        curriculum_changed.connect(catching_up.after_commit, dispatch_uid="summaries")
        user_logged_in.connect(notices.after_sign_in, dispatch_uid="erasure")
