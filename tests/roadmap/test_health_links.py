"""Asking what a link answers, and never reaching anything but the public internet."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from roadmap.health import links
from roadmap.health.links import BROKEN, FINE, REFUSED, UNSURE, Answer, check, check_all, is_public


class Server(BaseHTTPRequestHandler):
    asked: list[str] = []
    to = ""

    def do_HEAD(self) -> None:
        Server.asked.append(f"{self.command} {self.path} {self.headers['Host']}")
        word = self.path.strip("/").partition("?")[0]
        if word == "to":
            self.send_response(302)
            self.send_header("Location", Server.to)
        elif word == "no-head" and self.command == "GET":
            self.send_response(200)
        else:
            self.send_response(405 if word == "no-head" else int(word))
        self.end_headers()

    do_GET = do_HEAD  # noqa: N815 (the standard library calls it so)

    def log_message(self, *_: object) -> None:
        """Silent."""


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    thread = threading.Thread(target=server.serve_forever, args=[0.01], daemon=True)
    thread.start()
    monkeypatch.setattr(links, "PORTS", links.PORTS | {server.server_port})
    Server.asked = []
    yield f"http://web.example:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def names(host: str, port: int) -> list[str]:
    return {
        "web.example": ["127.0.0.1"],
        "inside.example": ["10.0.0.7"],
        "both.example": ["127.0.0.1", "10.0.0.7"],
    }.get(host, [host])


def ask(url: str) -> Answer:
    """As if 127.0.0.1 were public, and nothing else that is not."""
    return check(url, names=names, allowed=lambda address: address == "127.0.0.1" or is_public(address))


class TestIsPublic:
    @pytest.mark.parametrize("address", ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "::ffff:1.1.1.1"])
    def test_yes(self, address: str) -> None:
        assert is_public(address)

    @pytest.mark.parametrize(
        "address",
        [
            "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254",  # noqa: S104
            "169.254.170.2", "100.64.0.1", "100.100.100.200", "168.63.129.16", "192.0.0.192", "224.0.0.1",
            "255.255.255.255", "240.0.0.1", "198.18.0.1", "192.0.2.1", "::1", "::", "fe80::1", "fe80::1%eth0",
            "fc00::1", "fd00:ec2::254", "ff02::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254",
            "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2002:a9fe:a9fe::1",
            "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:db8::1", "localhost", "", "1.1.1", "0x7f000001",
        ],
    )  # fmt: skip
    def test_no(self, address: str) -> None:
        assert not is_public(address)


class TestRefused:
    """Nothing is connected to, whatever the address says."""

    @pytest.fixture(autouse=True)
    def no_connection(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def connect(*_: object, **__: object) -> socket.socket:
            raise AssertionError("connected")

        monkeypatch.setattr(socket, "create_connection", connect)

    @pytest.mark.parametrize(
        "url",
        [
            "http://127.0.0.1/", "http://localhost/", "https://[::1]/", "http://2130706433/", "http://0177.0.0.1/",
            "http://0x7f.1/", "http://169.254.169.254/latest/meta-data/", "http://inside.example/",
            "http://[::ffff:10.0.0.1]/", "http://web.example@127.0.0.1/", "http://user:word@web.example/",
            "http://web.example:22/", "http://web.example:5432/", "ftp://web.example/", "file:///etc/passwd",
            "gopher://web.example/", "http:///x", "//web.example/", "notes/b.md", "", "http://both.example/",
        ],
    )  # fmt: skip
    def test_refused(self, url: str) -> None:
        def resolve(host: str, port: int) -> list[str]:
            known = {"inside.example": ["10.0.0.7"], "both.example": ["1.1.1.1", "10.0.0.7"]}
            return known[host] if host in known else links.resolve(host, port)

        assert check(url, names=resolve).outcome == REFUSED

    @pytest.mark.parametrize("url", ["http://[::1", "http://web.example:99999/", "http://web.example:x/"])
    def test_no_address_at_all(self, url: str) -> None:
        assert check(url, names=names).outcome == BROKEN

    def test_no_such_name(self) -> None:
        def unknown(host: str, port: int) -> list[str]:
            raise socket.gaierror

        assert check("http://gone.example/", names=unknown) == Answer(BROKEN, "there is no such host")
        assert check(f"http://{'x' * 70}.example/", names=names).outcome == BROKEN


class TestAsked:
    @pytest.mark.parametrize(
        ("path", "outcome"),
        [("200", FINE), ("204", FINE), ("404", BROKEN), ("410", BROKEN), ("500", BROKEN), ("403", UNSURE),
         ("429", UNSURE), ("503", UNSURE), ("no-head", FINE)],
    )  # fmt: skip
    def test_status(self, web: str, path: str, outcome: str) -> None:
        assert ask(f"{web}/{path}").outcome == outcome

    def test_head_first_and_get_where_that_fails(self, web: str) -> None:
        ask(f"{web}/200?q=a b#part")
        assert Server.asked == [f"HEAD /200?q=a%20b {web[7:]}"]
        ask(f"{web}/404")
        assert [line.split()[0] for line in Server.asked[1:]] == ["HEAD", "GET"]

    def test_redirects_are_followed(self, web: str) -> None:
        Server.to = "/404"
        assert ask(f"{web}/to") == Answer(BROKEN, "answers 404")

    @pytest.mark.parametrize("to", ["http://inside.example/", "http://169.254.169.254/", "http://[::1]/", "file:///x"])
    def test_not_to_where_it_does_not_go(self, web: str, to: str) -> None:
        Server.to = to
        assert ask(f"{web}/to").outcome == REFUSED
        assert len(Server.asked) == 1

    def test_not_without_end(self, web: str) -> None:
        Server.to = "/to"
        assert ask(f"{web}/to") == Answer(BROKEN, "it redirects without end")
        assert len(Server.asked) == links.MOST_HOPS + 1

    def test_a_name_is_asked_once_a_hop_and_that_address_is_used(self, web: str) -> None:
        """A name server that answers otherwise the second time leads nowhere."""
        answers = iter([["127.0.0.1"], ["10.0.0.7"]])
        found = check(f"{web}/200", names=lambda *_: next(answers), allowed=lambda address: address == "127.0.0.1")
        assert found.outcome == FINE
        assert next(answers) == ["10.0.0.7"]

    def test_an_answer_that_drips_is_ended(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(links, "WHOLE_SECONDS", 0.5)
        listener = socket.create_server(("127.0.0.1", 0))
        monkeypatch.setattr(links, "PORTS", {listener.getsockname()[1]})

        def drip() -> None:
            peer, _ = listener.accept()
            with peer:
                peer.sendall(b"HTTP/1.1 200 OK\r\n")
                for _ in range(100):
                    time.sleep(0.1)
                    try:
                        peer.sendall(b"X-A: b\r\n")
                    except OSError:
                        return

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        start = time.monotonic()
        assert ask(f"http://web.example:{listener.getsockname()[1]}/") == Answer(UNSURE, "no answer in time")
        assert time.monotonic() - start < 3
        thread.join(15)
        listener.close()

    def test_what_is_no_web_server(self, monkeypatch: pytest.MonkeyPatch) -> None:
        listener = socket.create_server(("127.0.0.1", 0))
        monkeypatch.setattr(links, "PORTS", {listener.getsockname()[1]})

        def talk() -> None:
            peer, _ = listener.accept()
            with peer:
                peer.recv(1000)
                peer.sendall(b"220 mail.example ready\r\n")

        thread = threading.Thread(target=talk, daemon=True)
        thread.start()
        assert ask(f"http://web.example:{listener.getsockname()[1]}/").outcome == BROKEN
        listener.close()
        thread.join(5)

    def test_nobody_listens(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        monkeypatch.setattr(links, "PORTS", {port})
        assert ask(f"http://web.example:{port}/").outcome == BROKEN


class TestMany:
    def test_each_once_and_none_that_takes_too_long(self) -> None:
        stop = threading.Event()

        def slow(url: str) -> Answer:
            if url == "slow":
                stop.wait(5)
            return Answer(FINE, url)

        found = check_all(["a", "b", "a", "slow"], seconds=0.5, ask=slow)
        stop.set()
        assert found == {"a": Answer(FINE, "a"), "b": Answer(FINE, "b")}
