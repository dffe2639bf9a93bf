"""``python -m bench.field``: phones at the door, all of them on this machine, with one server process and one database.

Submissions of a form of 18 questions with 8 and 16 clients; 50 a second of a form of 250 questions; the list of 2,000
families first and unchanged; the list of forms; and a phone that comes back with 500 waiting submissions. Every answer
counts: one that is not 201 or 202 is told.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent
AIM_PER_SECOND, AIM_P95 = 400.0, 40.0
SMALL, LARGE = 18, 250
FAMILIES = 2_000
BOUNDARY = "field-bench"


@dataclass
class Door:
    """One phone's connection: a socket that stays open. Requests are made beforehand, to cost little."""

    port: int
    token: str
    link: socket.socket | None = None
    answers: dict[int, int] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)

    def ask(self, request: bytes) -> tuple[int, bytes, bytes]:
        """Send one request; status, head and body of the answer."""
        began = time.perf_counter()
        try:
            answer = self._asked(request)
        except (ConnectionError, EOFError):
            self.close()
            answer = self._asked(request)
        self.seconds.append(time.perf_counter() - began)
        self.answers[answer[0]] = self.answers.get(answer[0], 0) + 1
        return answer

    def _asked(self, request: bytes) -> tuple[int, bytes, bytes]:
        if self.link is None:
            self.link = socket.create_connection(("127.0.0.1", self.port), timeout=60)
            self.link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.link.sendall(request)
        got = b""
        while b"\r\n\r\n" not in got:
            got += self._more()
        head, _, rest = got.partition(b"\r\n\r\n")
        length = next((int(line[15:]) for line in head.split(b"\r\n") if line[:15].lower() == b"content-length:"), 0)
        parts = [rest]
        missing = length - len(rest)
        while missing > 0:
            block = self._more()
            parts.append(block)
            missing -= len(block)
        if b"connection: close" in head.lower():
            self.close()
        return int(head[9:12]), head, b"".join(parts)

    def _more(self) -> bytes:
        assert self.link is not None
        block = self.link.recv(262_144)
        if not block:
            raise EOFError
        return block

    def close(self) -> None:
        """Let the connection go."""
        if self.link is not None:
            self.link.close()
            self.link = None

    def get(self, path: str, *headers: str) -> tuple[int, bytes, bytes]:
        """GET a path below the server's address."""
        more = "".join(f"{one}\r\n" for one in ("X-OpenRosa-Version: 1.0", *headers))
        return self.ask(f"GET /key/{self.token}{path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n{more}\r\n".encode())

    def submission(self, code: str, questions: int) -> bytes:
        """The request that hands in a form filled in anew."""
        body = multipart(filled(code, questions))
        return (
            f"POST /key/{self.token}/submission?deviceID=bench HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n"
            f"X-OpenRosa-Version: 1.0\r\nUser-Agent: bench\r\n"
            f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\nContent-Length: {len(body)}\r\n\r\n"
        ).encode() + body


def filled(code: str, questions: int) -> bytes:
    """A form of so many questions, filled in."""
    answers = "".join(f"<q{at}>ҷавоби {at} аз Даҳана</q{at}>" for at in range(questions))
    return (
        f'<?xml version=\'1.0\' ?><data id="{code}" version="1" xmlns:orx="http://openrosa.org/xforms">{answers}'
        f"<orx:meta><orx:instanceID>uuid:{uuid.uuid4()}</orx:instanceID></orx:meta></data>"
    ).encode()


def multipart(xml: bytes) -> bytes:
    """A body with one part."""
    head = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="xml_submission_file"; filename="f.xml"\r\n'
        "Content-Type: text/xml\r\nContent-Transfer-Encoding: binary\r\n\r\n"
    )
    return head.encode() + xml + f"\r\n--{BOUNDARY}--\r\n".encode()


# --- what is there to be asked ---------------------------------------------------------------------------------------


def prepare(n_devices: int) -> None:
    """Publish two surveys, give devices to a worker of the demonstration, and print their tokens; run in its shell."""
    import hashlib

    from django.utils import timezone

    from paivand.access.models import User
    from paivand.access.models.identity import acting_as, for_purpose
    from paivand.collect.actions.devices import issue_device
    from paivand.collect.models import Form, FormVersion
    from paivand.collect.rules.submissions import DeviceKind, FormKind
    from paivand.core.rules.writing import writing

    with for_purpose("sign-in"):
        worker = User.objects.get(username="social.kulob")
    with for_purpose("upkeep"), writing("bench"):
        for questions in (SMALL, LARGE):
            code = f"bench_{questions}"
            fields = "".join(f"<q{at}/>" for at in range(questions))
            xform = (
                f'<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"><h:head><model>'
                f'<instance><data id="{code}" version="1">{fields}<meta><instanceID/></meta></data></instance></model>'
                "</h:head><h:body/></h:html>"
            )
            form, made = Form.objects.get_or_create(
                code=code, defaults={"kind": FormKind.SURVEY, "titles": {"en": code}, "author": worker}
            )
            if made:
                FormVersion.objects.create(
                    form=form, name="1", xml=xform, published_at=timezone.now(), lists=["families"],
                    md5=hashlib.md5(xform.encode(), usedforsecurity=False).hexdigest(),
                )  # fmt: skip
    with acting_as(worker):
        tokens = [
            issue_device(user=worker, kind=DeviceKind.COLLECT, label=f"bench {at}", by=worker)[1]
            for at in range(n_devices)
        ]
    sys.stdout.write(json.dumps(tokens) + "\n")


def tokens_of(home: Path, n_devices: int) -> list[str]:
    """The tokens of new devices in the installation under ``home``."""
    environ = {**os.environ, "PAIVAND_HOME": str(home)}
    script = f"from bench.field import prepare; prepare({n_devices})"
    done = subprocess.run([sys.executable, "-m", "paivand", "shell", "-v", "0", "-c", script], cwd=ROOT, env=environ,
                          check=True, capture_output=True, text=True)  # fmt: skip
    return list(json.loads(done.stdout.strip().splitlines()[-1]))


# --- measuring -------------------------------------------------------------------------------------------------------


def at_once(doors: Sequence[Door], work: Callable[[Door, int], None], each: int) -> float:
    """Have every phone do its work so many times, all at the same time; the seconds it took."""
    ready = threading.Barrier(len(doors) + 1)

    def run(door: Door) -> None:
        ready.wait()
        for at in range(each):
            work(door, at)

    threads = [threading.Thread(target=run, args=(door,)) for door in doors]
    for thread in threads:
        thread.start()
    ready.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    return time.perf_counter() - began


def told(name: str, doors: Sequence[Door], took: float, *, aims: bool = False) -> None:
    """Print what a measurement found, and begin anew."""
    times = sorted(second * 1000 for door in doors for second in door.seconds)
    p50, p95, p99 = (times[min(len(times) - 1, int(len(times) * part))] for part in (0.5, 0.95, 0.99))
    answers: dict[int, int] = {}
    for door in doors:
        for status, count in door.answers.items():
            answers[status] = answers.get(status, 0) + count
        door.seconds.clear()
        door.answers.clear()
    rate = len(times) / took
    refused = sum(count for status, count in answers.items() if status >= 400)
    verdict = f"   {refused} REFUSED" if refused else ""
    part = (
        f"   {rate / AIM_PER_SECOND:4.2f} of {AIM_PER_SECOND:g}/s, p95 {p95 / AIM_P95:4.2f} of {AIM_P95:g} ms"
        if aims
        else ""
    )
    print(f"{name:44} {p50:7.1f} {p95:7.1f} {p99:7.1f} {rate:8.1f}   {answers}{verdict}{part}", flush=True)


def cpu(process: psutil.Process, home: Path) -> dict[str, float]:
    """Seconds of a core that the program and the database have used: they do not grow when others work here too."""
    used = {"program": 0.0, "database": 0.0}
    for one in psutil.process_iter(["name"]):
        with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            ours = one.pid == process.pid or process.pid in {parent.pid for parent in one.parents()}
            if one.name() == "postgres" and (ours or str(home) in str(one.cwd())):
                kind = "database"
            elif ours:
                kind = "program"
            else:
                continue
            times = one.cpu_times()
            # Connections that were closed meanwhile count with the server that opened them.
            used[kind] += times.user + times.system + times.children_user + times.children_system
    return used


def show(port: int, home: Path, process: psutil.Process, *, seconds: float) -> None:
    """Measure and print."""
    doors = [Door(port, token) for token in tokens_of(home, 16)]
    print(f"\n{'at the door, one server process':44} {'p50 ms':>7} {'p95 ms':>7} {'p99 ms':>7} {'per s':>8}   answers")
    for n in (8, 16):
        some = doors[:n]
        for each in (20, max(50, int(seconds * AIM_PER_SECOND / n))):
            requests = [[door.submission(f"bench_{SMALL}", SMALL) for _ in range(each)] for door in some]
            told_of = dict(zip((id(one) for one in some), requests, strict=True))
            before = cpu(process, home)
            took = at_once(some, lambda door, at, told_of=told_of: door.ask(told_of[id(door)][at]) and None, each)
            if each > 20:
                told(f"form of {SMALL} questions, {n} phones", some, took, aims=True)
                used = {kind: (value - before[kind]) * 1000 / n / each for kind, value in cpu(process, home).items()}
                print(f"{'  milliseconds of a core for each':44} " + ", ".join(f"{k} {v:.2f}" for k, v in used.items()))
            else:
                told(f"  beforehand, {n} phones", some, took)
    _steady(doors, 50, seconds)
    _fetched(doors[0])
    waiting = [doors[0].submission(f"bench_{SMALL}", SMALL) for _ in range(500)]
    took = at_once(doors[:1], lambda door, at: door.ask(waiting[at]) and None, 500)
    told(f"500 waiting submissions of one phone: {took:.1f} s", doors[:1], took)
    for door in doors:
        door.close()


def _steady(doors: Sequence[Door], rate: int, seconds: float) -> None:
    """So many submissions each second of the large form, whatever the answers take."""
    n = int(rate * seconds)
    requests = [doors[at % len(doors)].submission(f"bench_{LARGE}", LARGE) for at in range(n)]
    began = time.perf_counter() + 0.2

    def run(door: Door, first: int) -> None:
        for at in range(first, n, len(doors)):
            planned = began + at / rate
            time.sleep(max(0.0, planned - time.perf_counter()))
            door.ask(requests[at])
            # From when it was due: a phone that had to wait for its turn waited, too.
            door.seconds[-1] = time.perf_counter() - planned

    threads = [threading.Thread(target=run, args=(door, first)) for first, door in enumerate(doors)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told(f"form of {LARGE} questions, {rate} a second, {seconds:g} s", doors, time.perf_counter() - began)


def _fetched(door: Door) -> None:
    """Lists, first and unchanged."""
    door.get("/formList")
    told("list of forms, first", [door], sum(door.seconds))
    for _ in range(30):
        door.get("/formList")
    told("list of forms", [door], sum(door.seconds))
    _status, head, content = door.get("/lists/families.csv")
    told(f"list of {content.count(bytes([10])) - 1:,} families, first", [door], sum(door.seconds))
    mark = next(line for line in head.decode().split("\r\n") if line.lower().startswith("etag:"))
    for _ in range(10):
        door.get("/lists/families.csv")
    told("list of families", [door], sum(door.seconds))
    for _ in range(10):
        door.get("/lists/families.csv", f"If-None-Match: {mark[5:].strip()}")
    told("list of families, unchanged", [door], sum(door.seconds))


@contextmanager
def one_process(home: Path, port: int, *, workers: int = 1, background: int = 0) -> Iterator[psutil.Process]:
    """The demonstration under ``home`` with so many server processes, and so many workers in the background."""
    from bench.__main__ import running

    before = {name: os.environ.get(name) for name in ("PAIVAND_WORKERS", "PAIVAND_THREADS", "PAIVAND_WORKER_PROCESSES")}
    os.environ |= {
        "PAIVAND_WORKERS": str(workers), "PAIVAND_THREADS": str(16 // workers),
        "PAIVAND_WORKER_PROCESSES": str(background),
    }  # fmt: skip
    try:
        with running(home, port, 60) as (_seconds, process):
            yield process
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


def main(arguments: Sequence[str] | None = None) -> None:
    """Begin a demonstration with 2,000 families in a folder of its own, and measure."""
    import argparse

    from bench import population
    from bench.__main__ import TAKING, free_port, owner_url, show_inside

    parser = argparse.ArgumentParser(prog="bench.field", description=__doc__)
    parser.add_argument("--seconds", type=float, default=30, help="how long each rate is held")
    parser.add_argument("--families", type=int, default=FAMILIES)
    parser.add_argument("--workers", type=int, default=1, help="server processes")
    parser.add_argument("--background", type=int, default=0, help="workers that take in what arrives meanwhile")
    parser.add_argument("--keep", action="store_true", help="go on with the data of the last time")
    options = parser.parse_args(arguments)
    home = Path(os.environ.get("PAIVAND_HOME") or ROOT / "var").resolve() / "bench-field"
    if not options.keep:
        shutil.rmtree(home, ignore_errors=True)
    port = free_port()
    with one_process(home, port, workers=options.workers, background=options.background) as process:
        if not options.keep:
            # Half of what is filled lies with the worker whose devices these are.
            population.fill(owner_url(home), round(options.families * 2 * statistics.mean(population.SIZES)))
        show(port, home, process, seconds=options.seconds)
        show_inside(home, TAKING)


if __name__ == "__main__":
    main()
