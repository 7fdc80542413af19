"""Sessions in the database with their user beside them."""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore

from tracker.models import Session


class SessionStore(DatabaseSessionStore):
    """Django's database store over `tracker.Session`, whose rows name their user."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row: Session = super().create_model_instance(data)  # type: ignore[assignment]
        user_id = data.get("_auth_user_id")
        row.user_id = int(user_id) if user_id else None
        return row
