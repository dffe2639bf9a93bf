"""``make bench N=100000``: starts, fills, asks and prints.

Cold start, memory of all processes, bytes of a first load, and how long the daily pages take with row security on and
four people at work. Nothing is asserted: figures depend on the machine, so only their printing is the product.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from bench import population, users
from paivand.operate import embedded

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
PEOPLE = ("social.kulob", "supervisor", "gbv", "grants")
NAMES = ("Карим", "каримова", "Jamila", "Ҷам", "Рахим", "Шариф", "Zarina", "Назар")


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(home: Path, port: int) -> Iterator[tuple[float, psutil.Process]]:
    """A demonstration server; gives the seconds until it answered, and its process."""
    environ = {**os.environ, "PAIVAND_HOME": str(home), "PAIVAND_PORT": str(port)}
    began = time.perf_counter()
    server = subprocess.Popen(
        [sys.executable, "-m", "paivand", "demo"], cwd=ROOT, env=environ, stdout=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    try:
        while True:
            if server.poll() is not None:
                raise RuntimeError(f"The server ended with {server.returncode} before it answered.")
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as answer:
                    if answer.status == 200:
                        break
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
        yield time.perf_counter() - began, psutil.Process(server.pid)
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(60)


def memory(home: Path, process: psutil.Process) -> dict[str, float]:
    """Proportional memory in MB of the program's processes and of the database's."""
    family = [process, *process.children(recursive=True)]
    database = [
        other for other in psutil.process_iter(["name"])
        if other.info["name"] == "postgres" and _belongs(other, home) and other not in family
    ]  # fmt: skip
    sizes = {"program": 0.0, "database": 0.0}
    for one in {*family, *database}:
        try:
            kind = "database" if one.name() == "postgres" else "program"
            sizes[kind] += one.memory_full_info().pss / 1e6
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return sizes


def _belongs(process: psutil.Process, home: Path) -> bool:
    try:
        return str(home) in " ".join(process.cmdline()) or str(home) in str(process.cwd())
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False


def owner_url(home: Path) -> str:
    """The owner's address of the running server under ``home``."""
    key = embedded.secret_key(home)
    with embedded.running(home, key) as server:
        return server.owner_url


def pages(url: str) -> dict[str, list[list[str]]]:
    """What each of the four people asks for."""
    kulob = population.codes(url, "TJ-KT-02", 40)
    return {
        "desk": [["/"]] * 4,
        "list by name": [["/families/"]] * 4,
        "list, newest": [["/families/?order=new"]] * 4,
        "list, one jamoat": [["/families/?jamoat=TJ-KT-02-02"]] * 4,
        "search": [[f"/search/?q={urllib.request.quote(name)}" for name in NAMES]] * 4,
        "family page": [[f"/families/{code}/" for code in kulob]] * 4,
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--people", type=int, default=int(os.environ.get("N") or 100_000))
    parser.add_argument("--rounds", type=int, default=150, help="requests of each of the four people, for each page")
    parser.add_argument("--keep", action="store_true", help="go on with the data of the last time")
    asked = parser.parse_args()
    home = Path(os.environ.get("PAIVAND_HOME") or ROOT / "var").resolve() / "bench"
    if not asked.keep:
        shutil.rmtree(home, ignore_errors=True)
    with running(home, free_port()) as (cold, _process):
        print(f"{'start, data kept' if asked.keep else 'first start, empty folder':32} {cold:8.1f} s")
    with running(home, free_port()) as (warm, _process):
        print(f"{'second start':32} {warm:8.1f} s")
    port = free_port()
    with running(home, port) as (_seconds, process):
        url = owner_url(home)
        began = time.perf_counter()
        population.fill(url, asked.people)
        print(f"{'filling to ' + format(asked.people, ',') + ' people':32} {time.perf_counter() - began:8.1f} s")
        print(f"\n{'page, 4 people at once':24} {'p50 ms':>8} {'p95 ms':>8} {'max ms':>8} {'per s':>8}")
        for name, paths in pages(url).items():
            users.measure(port, PEOPLE, paths, 10)
            got = users.measure(port, PEOPLE, paths, asked.rounds)
            print(f"{name:24} {got['p50']:8.1f} {got['p95']:8.1f} {got['max']:8.1f} {got['per_second']:8.1f}")
        used = memory(home, process)
        print(f"\nmemory (PSS): program {used['program']:.0f} MB, database {used['database']:.0f} MB, "
              f"together {sum(used.values()):.0f} MB")  # fmt: skip
        for label, path in (("desk", "/"), ("families", "/families/"), ("registration", "/families/register/")):
            sizes = users.first_load(port, "social.kulob", path)
            parts = ", ".join(f"{kind} {size / 1000:.1f}" for kind, size in sorted(sizes.items()))
            print(f"first load of {label:13} {sum(sizes.values()) / 1000:6.1f} KB ({parts})")


if __name__ == "__main__":
    main()
