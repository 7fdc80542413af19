"""What a browser is given to go on without a connection."""

from __future__ import annotations

import json
import re
from pathlib import Path as FilePath

import pytest
from django.test import Client

from tests.tracker.conftest import Path, browser_of
from tracker.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("static_root")]


def ours(client: Client) -> dict[str, object]:
    """What stands before the script of the worker."""
    found = re.match(r"const OURS = (\{.*\});\n", client.get("/sw.js").content.decode())
    assert found
    value: dict[str, object] = json.loads(found[1])
    return value


class TestServiceWorker:
    def test_it_works(self, client: Client, static_root: FilePath) -> None:
        answer = client.get("/sw.js")
        assert answer["Content-Type"].startswith("text/javascript")
        assert "addEventListener" in answer.content.decode()
        frame = ours(client)["frame"]
        assert isinstance(frame, list)
        assert all(re.search(r"\.[0-9a-f]{12}\.\w+$", name) for name in frame)
        assert all((static_root / name.removeprefix("/static/")).is_file() for name in frame)

    def test_it_is_the_same_for_everybody(self, client: Client, ada: Client) -> None:
        assert client.get("/sw.js").content == ada.get("/sw.js").content

    def test_it_is_another_one_with_another_page(self, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        before = ours(client)["page"]
        monkeypatch.setattr("tracker.views.offline._page_digest", lambda request: "another")
        assert ours(client)["page"] != before


class TestOffline:
    def test_it_says_nothing_of_who_asks(self, client: Client, ada: Client) -> None:
        pages = [each.get("/offline/").content.decode() for each in (client, ada)]
        assert pages[0] == pages[1]
        assert "There is no connection" in pages[0]
        assert "<!-- pages -->" in pages[0], "where the worker puts what can be read"
        assert "csrf" not in pages[0]


class TestWebManifest:
    def test_it_works(self, client: Client, static_root: FilePath) -> None:
        answer = client.get("/manifest.webmanifest")
        assert answer["Content-Type"] == "application/manifest+json"
        manifest = json.loads(answer.content)
        assert (manifest["name"], manifest["start_url"], manifest["display"]) == ("Pathnotes", "/", "standalone")
        assert {icon["purpose"] for icon in manifest["icons"] if "purpose" in icon} == {"any", "maskable"}
        for icon in manifest["icons"]:
            data = (static_root / icon["src"].removeprefix("/static/")).read_bytes()
            if icon["type"] == "image/png":
                size = int.from_bytes(data[16:20]), int.from_bytes(data[20:24])
                assert icon["sizes"] == "{}x{}".format(*size)


class TestPages:
    def test_each_names_the_person_it_is_for(self, client: Client, learner: User, other: User, path: Path) -> None:
        """The worker keeps pages by it; most of a page is kept in the process and filled in for whoever asks."""
        for address in ("/roadmaps/", "/roadmaps/garden/", f"/topics/{path.soil.slug}/"):
            for person in (learner, other, None):
                page = (browser_of(person) if person else client).get(address).content.decode()
                assert re.findall(r'<meta name="person" content="(\d*)"', page) == [str(person.pk) if person else ""]
                assert 'rel="manifest" href="/manifest.webmanifest"' in page
