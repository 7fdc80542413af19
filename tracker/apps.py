from django.apps import AppConfig


class TrackerConfig(AppConfig):
    name = "tracker"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from allauth.account.signals import email_added, email_removed
        from allauth.mfa import signals
        from django.contrib.auth.signals import user_logged_in

        from roadmap.redraw import curriculum_changed
        from tracker import catching_up, notices, second_factor, security_mail

        curriculum_changed.connect(catching_up.after_commit, dispatch_uid="summaries")
        signals.authenticator_added.connect(second_factor.record_added, dispatch_uid="added")
        signals.authenticator_removed.connect(second_factor.record_removed, dispatch_uid="removed")
        signals.authenticator_reset.connect(second_factor.record_reset, dispatch_uid="reset")
        user_logged_in.connect(notices.after_sign_in, dispatch_uid="erasure")
        email_added.connect(security_mail.after_address_added, dispatch_uid="address added")
        email_removed.connect(security_mail.after_address_removed, dispatch_uid="address removed")
