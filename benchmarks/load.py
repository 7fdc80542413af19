"""A small closed-loop HTTP/1.1 client: a fixed number of connections, each sending its next request when answered."""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.cookies import SimpleCookie


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


class Client:
    """One keep-alive connection; cookies are kept. For set-up, not for measuring."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookies: dict[str, str] = {}

    def head(self, method: str, path: str, body: bytes = b"", **headers: str) -> bytes:
        cookie = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}", f"Cookie: {cookie}"]
        if body:
            lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        return "\r\n".join([*lines, "", ""]).encode() + body

    def send(self, method: str, path: str, body: bytes = b"", **headers: str) -> Answer:
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as connection:
            connection.sendall(self.head(method, path, body, **headers))
            data = b""
            while (end := whole(data)) is None:
                part = connection.recv(1 << 20)
                if not part:
                    break
                data += part
        head, _, content = data[:end].partition(b"\r\n\r\n")
        status, *fields = head.decode("latin-1").split("\r\n")
        pairs = [tuple(f.split(": ", 1)) for f in fields if ": " in f]
        for name, value in pairs:
            if name.lower() == "set-cookie":
                self.cookies |= {key: morsel.value for key, morsel in SimpleCookie(value).items()}
        return Answer(int(status.split()[1]), {k.lower(): v for k, v in pairs}, content)


def whole(data: bytes) -> int | None:
    """Length of the first complete answer in `data`, None while it is incomplete. Answers must state their length."""
    end = data.find(b"\r\n\r\n")
    if end < 0:
        return None
    head = data[:end].lower()
    at = head.find(b"content-length:")
    if b"transfer-encoding:" in head:
        raise ValueError("the answer is chunked: this client cannot tell where it ends")
    length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
    return end + 4 + length if len(data) >= end + 4 + length else None


@dataclass(frozen=True)
class Load:
    """What a run of load gave: answers a second, seconds at the median and the 99th percentile, bad statuses."""

    rate: float
    p50: float
    p99: float
    errors: int
    count: int


def drive(port: int, requests: Callable[[int], Iterator[bytes]], *, connections: int, seconds: float) -> Load:
    """`requests(n)` gives the endless requests of connection n. Anything but 200 is an error."""
    selector = selectors.DefaultSelector()
    times: list[float] = []
    errors = 0
    for number in range(connections):
        link = socket.create_connection(("127.0.0.1", port), timeout=30)
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        state = [requests(number), b"", time.perf_counter()]
        link.sendall(next(state[0]))  # type: ignore[call-overload]
        selector.register(link, selectors.EVENT_READ, state)
    start = time.perf_counter()
    while (now := time.perf_counter()) - start < seconds:
        for key, _ in selector.select(timeout=1):
            state, link = key.data, key.fileobj  # type: ignore[assignment]
            part = link.recv(1 << 20)
            if not part:
                raise ConnectionError("the server closed a connection under load")
            state[1] += part
            if whole(state[1]) is None:
                continue
            now = time.perf_counter()
            times.append(now - state[2])
            errors += state[1][9:12] != b"200"
            state[1], state[2] = b"", now
            link.sendall(next(state[0]))
    elapsed = time.perf_counter() - start
    for key in list(selector.get_map().values()):
        key.fileobj.close()  # type: ignore[union-attr]
    times.sort()
    return Load(len(times) / elapsed, times[len(times) // 2], times[int(len(times) * 0.99)], errors, len(times))
