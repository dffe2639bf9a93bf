"""People at work, as far as a server can tell: signed-in browsers that ask for pages one after another."""

from __future__ import annotations

import gzip
import http.client
import re
import statistics
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from urllib.parse import urlencode

import brotli


@dataclass
class Answer:
    """What came back: status, body and the bytes on the wire."""

    status: int
    body: str
    wire: int
    seconds: float
    location: str = ""


@dataclass
class Browser:
    """One person's browser: keeps its cookies and its connection."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    connection: http.client.HTTPConnection | None = None

    def ask(self, method: str, path: str, form: Mapping[str, str | list[str]] | None = None) -> Answer:
        """Send one request and read the whole answer."""
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"Accept-Encoding": "br, gzip", "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        body = None
        if form is not None:
            body = urlencode(form, doseq=True)
            headers |= {
                "Content-Type": "application/x-www-form-urlencoded",
                "Referer": f"http://127.0.0.1:{self.port}/",
            }
        began = time.perf_counter()
        try:
            self.connection.request(method, path, body, headers)
            response = self.connection.getresponse()
        except (http.client.RemoteDisconnected, ConnectionResetError):
            # The server closed an idle connection; a browser opens a new one.
            self.connection.close()
            self.connection.request(method, path, body, headers)
            response = self.connection.getresponse()
        raw = response.read()
        seconds = time.perf_counter() - began
        for cookie in response.headers.get_all("Set-Cookie", []):
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return Answer(
            response.status,
            _text(raw, response.headers.get("Content-Encoding", "")),
            len(raw) + len(str(response.headers)),
            seconds,
            response.headers.get("Location", ""),
        )

    def fetch(self, path: str) -> int:
        """Fetch a file without keeping it, however large it is; its bytes on the wire."""
        self.close()
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        self.connection.request("GET", path, headers={"Cookie": cookies})
        response = self.connection.getresponse()
        if response.status != 200:
            raise RuntimeError(f"{path} was answered {response.status}.")
        size = 0
        while piece := response.read(1 << 16):
            size += len(piece)
        return size

    def close(self) -> None:
        """Close the connection."""
        if self.connection is not None:
            self.connection.close()

    def sign_in(self, username: str) -> None:
        """Sign in as an account of the demonstration."""
        page = self.ask("GET", "/account/login/")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.body)
        if token is None:
            raise RuntimeError(f"The sign-in page answered {page.status} without a form.")
        answer = self.ask("POST", f"/account/demo/{username}/", {"csrfmiddlewaretoken": token.group(1)})
        if answer.status != 302:
            raise RuntimeError(f"Signing in as {username} answered {answer.status}.")


def _text(raw: bytes, encoding: str) -> str:
    if encoding == "br":
        raw = brotli.decompress(raw)
    elif encoding == "gzip":
        raw = gzip.decompress(raw)
    return raw.decode("utf-8", "replace")


def first_load(port: int, username: str, path: str) -> dict[str, int]:
    """Bytes over the wire of the first visit to ``path``: the page and everything it names."""
    browser = Browser(port)
    browser.sign_in(username)
    page = browser.ask("GET", path)
    sizes = {"page": page.wire}
    seen: set[str] = set()
    waiting = re.findall(r'(?:href|src)="(/static/[^"]+)"', page.body)
    while waiting:
        address = waiting.pop()
        if address in seen:
            continue
        seen.add(address)
        answer = browser.ask("GET", address)
        kind = address.rsplit(".", 1)[-1].split("?")[0]
        if kind == "css":
            # The browser fetches the fonts of the scripts that a page uses; the Arabic one is for Dari alone.
            fonts = re.findall(r"url\((?:\./)?([^)\"']*\.woff2)\)", answer.body)
            folder = address.rsplit("/", 1)[0]
            waiting += [name if name.startswith("/") else f"{folder}/{name}" for name in fonts if "arabic" not in name]
        sizes[kind] = sizes.get(kind, 0) + answer.wire
    return sizes


def measure(
    port: int, usernames: Iterable[str], visit: Callable[[Browser, int], Answer], rounds: int
) -> dict[str, float]:
    """Let several people do the same at once: p50, p95 and maximum in ms, and visits per second."""

    def day(place: int, username: str) -> list[float]:
        times = []
        with closing(Browser(port)) as browser:
            browser.sign_in(username)
            for turn in range(rounds):
                answer = visit(browser, place * 7 + turn)
                if answer.status not in (200, 302):
                    said = re.findall(r'<a href="#id_[^"]*">([^<]+)<|<title>([^<]+)<', answer.body)
                    told = "; ".join(" ".join("".join(words).split()) for words in said)
                    raise RuntimeError(f"{username} was answered {answer.status}: {told}")
                times.append(answer.seconds * 1000)
        return times

    names = list(usernames)
    began = time.perf_counter()
    with ThreadPoolExecutor(len(names)) as pool:
        times = sorted(t for one in pool.map(day, range(len(names)), names) for t in one)
    elapsed = time.perf_counter() - began
    cuts = statistics.quantiles(times, n=100)
    return {"p50": cuts[49], "p95": cuts[94], "max": times[-1], "per_second": len(times) / elapsed}
