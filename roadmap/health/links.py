"""What an address answers, asked in a way that never reaches anything but the public internet. Pure of Django.

A name is resolved once for each hop and every address it has must be public; the connection goes to the very address
that was looked at, so no second answer of the name server can lead elsewhere. Redirects are followed by the same rules.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from typing import NamedTuple
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from roadmap.sentences import wording

FINE, BROKEN, UNSURE, REFUSED = "fine", "broken", "unsure", "refused"
STEP_SECONDS = 5.0
"""For each look-up, connection and read."""
WHOLE_SECONDS = 12.0
"""For one address with all its redirects, however slowly it drips."""
MOST_HOPS = 5
AT_ONCE = 8
PORTS = frozenset({80, 443, 8080, 8443})
AGENT = "Pathnotes link check"
NOT_FOR_PROGRAMS = frozenset({401, 402, 403, 407, 408, 425, 429, 451, 503, 999})
"""Answers that say more of who asks than of the address."""
_PLATFORM = (ipaddress.ip_network("168.63.129.16/32"), ipaddress.ip_network("192.0.0.0/24"))
"""Public by their numbers, yet a cloud's own services."""
_EMBEDS_IPV4 = ipaddress.ip_network("64:ff9b::/96")

LATE = wording("no answer in time")
CERTIFICATE = wording("its certificate is not valid")
NO_HOST = wording("there is no such host")
NO_SERVER = wording("it does not answer as a web server does")
ENDLESS = wording("it redirects without end")
PRIVATE = wording("it leads to an address that is not public")
NO_ADDRESS = wording("it is no web address")
SECRETS = wording("it carries a name or a password")
ANSWERS = wording("answers %(status)s")
FOR_PEOPLE = wording("answers %(status)s: it may be fine for a person")
PORT = wording("it asks for port %(port)s")
SAID = (
    LATE, CERTIFICATE, NO_HOST, NO_SERVER, ENDLESS, PRIVATE, NO_ADDRESS, SECRETS, FOR_PEOPLE, ANSWERS, PORT,
)  # fmt: skip
"""All that an answer can say: it is stored as text."""

Resolve = Callable[[str, int], Sequence[str]]
Allowed = Callable[[str], bool]


class Answer(NamedTuple):
    outcome: str
    """FINE, BROKEN, UNSURE (it turned a program away, or gave no answer in time) or REFUSED (it was not asked)."""
    said: str
    """A few words for people."""


class _NotAsked(Exception):
    """The address leads where the checker does not go."""


def is_public(address: str) -> bool:
    """Whether this numeric address is on the public internet: not loopback, private, link-local, shared, multicast,
    reserved or a cloud's own service, not even wrapped into an IPv6 address."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.teredo is not None:
            return False
        inner = ip.ipv4_mapped or ip.sixtofour
        if inner is None and ip in _EMBEDS_IPV4:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast and not ip.is_reserved and not any(ip in own for own in _PLATFORM)


def resolve(host: str, port: int) -> list[str]:
    """All addresses of a name. Raise OSError for one that has none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def check(url: str, *, names: Resolve | None = None, allowed: Allowed = is_public) -> Answer:
    """Ask one address, by HEAD, and by GET where HEAD is answered with an error. Nothing of a body is read.

    `names` looks a name up, `resolve` when left out; `allowed` says which numeric addresses may be reached.
    """
    watch = _Watch()
    timer = threading.Timer(WHOLE_SECONDS, watch.end)
    timer.daemon = True
    timer.start()
    try:
        found = _walked(url, names or resolve, allowed, watch)
    except (_NotAsked, http.client.HTTPException, ValueError, OSError) as error:
        if watch.over:
            return Answer(UNSURE, LATE())
        return _told(error)
    else:
        # Headers that were cut off read as if they were whole.
        return Answer(UNSURE, LATE()) if watch.over else found
    finally:
        timer.cancel()
        watch.end()


def check_all(urls: Iterable[str], *, seconds: float, ask: Callable[[str], Answer] = check) -> dict[str, Answer]:
    """Several at once, for so long at most; what was not answered by then is left out."""
    pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="links")
    try:
        asked = {pool.submit(ask, url): url for url in dict.fromkeys(urls)}
        done, _ = wait(asked, timeout=seconds)
        return {asked[future]: future.result() for future in done if future.exception() is None}
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _told(error: Exception) -> Answer:
    if isinstance(error, _NotAsked):
        return Answer(REFUSED, str(error.args[0]))
    if isinstance(error, TimeoutError):
        return Answer(UNSURE, LATE())
    if isinstance(error, ssl.SSLError):
        return Answer(BROKEN, CERTIFICATE())
    if isinstance(error, socket.gaierror):
        return Answer(BROKEN, NO_HOST())
    return Answer(BROKEN, NO_SERVER())


class _Watch:
    """Ends the connection in use when the time is over, whatever it is waiting for."""

    def __init__(self) -> None:
        self.over = False
        self._socket: socket.socket | None = None
        self._lock = threading.Lock()

    def take(self, taken: socket.socket) -> None:
        with self._lock:
            self._socket = taken
            if self.over:
                raise TimeoutError

    def end(self) -> None:
        with self._lock:
            self.over = True
            if self._socket is not None:
                with suppress(OSError):
                    self._socket.shutdown(socket.SHUT_RDWR)


def _walked(url: str, names: Resolve, allowed: Allowed, watch: _Watch) -> Answer:
    for _ in range(MOST_HOPS + 1):
        status, to = _asked(url, names, allowed, watch)
        if status in {301, 302, 303, 307, 308} and to:
            url = urljoin(url, to)
            continue
        if status < 400:
            return Answer(FINE, ANSWERS(status=str(status)))
        if status in NOT_FOR_PROGRAMS:
            return Answer(UNSURE, FOR_PEOPLE(status=str(status)))
        return Answer(BROKEN, ANSWERS(status=str(status)))
    return Answer(BROKEN, ENDLESS())


def _asked(url: str, names: Resolve, allowed: Allowed, watch: _Watch) -> tuple[int, str]:
    """Status and where it leads. A server that answers HEAD with an error is asked by GET."""
    parts, host, port = _target(url)
    addresses = names(host, port)
    if not addresses or not all(map(allowed, addresses)):
        raise _NotAsked(PRIVATE())
    status, to = 0, ""
    for method in ("HEAD", "GET"):
        status, to = _answer(method, parts, host, port, addresses[0], watch)
        if status < 400:
            break
    return status, to


def _target(url: str) -> tuple[SplitResult, str, int]:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise _NotAsked(NO_ADDRESS())
    if parts.username is not None or parts.password is not None:
        raise _NotAsked(SECRETS())
    port = parts.port or (443 if parts.scheme == "https" else 80)
    if port not in PORTS:
        raise _NotAsked(PORT(port=str(port)))
    try:
        host = parts.hostname if ":" in parts.hostname else parts.hostname.encode("idna").decode()
    except UnicodeError:
        raise socket.gaierror from None
    return parts, host, port


def _answer(  # noqa: PLR0917 (one request)
    method: str, parts: SplitResult, host: str, port: int, address: str, watch: _Watch
) -> tuple[int, str]:
    plain = socket.create_connection((address, port), timeout=STEP_SECONDS)
    try:
        watch.take(plain)
        if parts.scheme == "https":
            context = ssl.create_default_context()
            plain = context.wrap_socket(plain, server_hostname=host, do_handshake_on_connect=False)
            watch.take(plain)
            plain.do_handshake()
        connection = http.client.HTTPConnection(host, port)
        connection.sock = plain
        path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
        query = quote(parts.query, safe="/%:@!$&'()*+,;=~-._?")
        named = f"[{host}]" if ":" in host else host
        headers = {"Host": named if parts.port is None else f"{named}:{port}", "User-Agent": AGENT, "Accept": "*/*"}
        connection.request(method, f"{path}?{query}" if query else path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.getheader("Location", "") or ""
    finally:
        plain.close()
