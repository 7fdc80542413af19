"""The account pages: every one of allauth's pages in our frame."""

from __future__ import annotations

import pytest
from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("static_root")]


class TestSignIn:
    def test_the_page_is_ours(self, client: Client) -> None:
        page = client.get("/accounts/login/").content.decode()
        assert "Make an account" in page
