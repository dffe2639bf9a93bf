"""``make bench N=100000``: starts, fills, asks and prints.

Cold start, memory of all processes, bytes of a first load, how long the daily pages take with row security on and four
people at work, and how fast figures are counted. Nothing is asserted but that those who count agree: figures depend on
the machine, so only their printing is the product. Beside a figure stands its part of the aim; above 1 it is missed.
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

from bench import casework, courses, disclosure, engine, field, jobs, learning, population, rooms, surveys, users
from bench.pages import PEOPLE, Measured, asked, pages
from paivand.operate import embedded

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
MEMORY_AIM = 700.0
"""MB of all processes together."""
FIRST_LOAD_AIM = 150.0
"""KB over the wire of a daily page."""


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(home: Path, port: int, families: int | None = None) -> Iterator[tuple[float, psutil.Process]]:
    """A demonstration server, begun with so many families; gives the seconds until it answered, and its process."""
    asked_for = [f"--families={families}"] if families else []
    environ = {**os.environ, "PAIVAND_HOME": str(home), "PAIVAND_PORT": str(port)}
    began = time.perf_counter()
    server = subprocess.Popen(
        [sys.executable, "-m", "paivand", "demo", *asked_for], cwd=ROOT, env=environ, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, start_new_session=True,
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
    sizes = {"program": 0.0, "database": 0.0}
    for kind, found in processes_of(home, process).items():
        for one in found:
            try:
                sizes[kind] += one.memory_full_info().pss / 1e6
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                continue
    return sizes


def processes_of(home: Path, process: psutil.Process) -> dict[str, set[psutil.Process]]:
    """The processes of the running program, and those of its database."""
    family = {process, *process.children(recursive=True)}
    found: dict[str, set[psutil.Process]] = {"program": set(), "database": set()}
    for one in {*family, *psutil.process_iter()}:
        try:
            is_database = one.name() == "postgres"
            if one in family or (is_database and _belongs(one, home)):
                found["database" if is_database else "program"].add(one)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return found


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


def line(name: str, figure: float, unit: str, aim: float | None = None) -> None:
    """Print one figure, and its part of the aim."""
    part = f"   {figure / aim:5.2f} of the aim of {aim:g} {unit}" if aim else ""
    print(f"{name:40} {figure:8.1f} {unit}{part}", flush=True)


def show_pages(port: int, url: str, rounds: int, only: str = "") -> None:
    """Measure and print the pages, or those of them whose name holds ``only``."""
    print(f"\n{'page, 4 people at once':30} {'p50 ms':>8} {'p95 ms':>8} {'max ms':>8} {'per s':>8}   p95 of the aim")
    for one in (*pages(url), *rooms.pages(url), *courses.pages(url)):
        if only in one.name:
            show_page(port, one, rounds)


def show_page(port: int, one: Measured, rounds: int) -> None:
    """Measure and print one page; a page that fails says so and does not end the others."""
    try:
        users.measure(port, one.people, one.visit, 6)
        got = users.measure(port, one.people, one.visit, max(10, round(rounds * one.rounds)))
    except RuntimeError as error:
        print(f"{one.name:30} failed: {str(error)[:300]}", flush=True)
        return
    print(f"{one.name:30} {got['p50']:8.1f} {got['p95']:8.1f} {got['max']:8.1f} {got['per_second']:8.1f}   "
          f"{got['p95'] / one.aim:5.2f} of {one.aim:g} ms", flush=True)  # fmt: skip


def show_inside(home: Path, script: str) -> None:
    """Let a part of the bench print its figures in a process of its own, connected as the application."""
    environ = {**os.environ, "PAIVAND_HOME": str(home)}
    subprocess.run([sys.executable, "-m", "paivand", "shell", "-v", "0", "-c", script], cwd=ROOT, env=environ,
                   check=False)  # fmt: skip


STATEMENTS = "from bench.statements import show; show()"
"""The time in the database alone."""
TAKING = "from bench.field_taking import show_taking; show_taking()"
"""How many forms a second are taken in."""


def show_memory(home: Path, process: psutil.Process) -> None:
    """Print what all processes use after the work above."""
    used = memory(home, process)
    print()
    line("memory of the program (PSS)", used["program"], "MB")
    line("memory of the database (PSS)", used["database"], "MB")
    line("memory together", sum(used.values()), "MB", MEMORY_AIM)


def show_first_loads(port: int) -> None:
    """Print the bytes of first visits."""
    for label, path in (("desk", "/"), ("families", "/families/"), ("registration", "/families/register/")):
        sizes = users.first_load(port, "social.kulob", path)
        parts = ", ".join(f"{kind} {size / 1000:.1f}" for kind, size in sorted(sizes.items()))
        line(f"first load of {label}", sum(sizes.values()) / 1000, "KB", FIRST_LOAD_AIM)
        print(f"{'':40} {parts}")


def fill(url: str, n_people: int, n_cases: int, n_enrolments: int) -> None:
    """Fill the database and print how long each step took."""
    for what, filling in (
        (f"{n_people:,} people", lambda: population.fill(url, n_people)),
        (f"{n_cases:,} cases", lambda: casework.fill(url, n_cases)),
        (f"{n_enrolments:,} enrolments", lambda: courses.fill(url, n_enrolments)),
    ):
        began = time.perf_counter()
        took = filling()
        line(f"filling to {what}", time.perf_counter() - began, "s")
        for step, seconds in took.items():
            line(f"  {step}", seconds, "s")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--people", type=int, default=int(os.environ.get("N") or 100_000))
    parser.add_argument("--cases", type=int, help="a fifth of the people unless told")
    parser.add_argument("--enrolments", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=150, help="requests of each of the four people, for each page")
    parser.add_argument("--keep", action="store_true", help="go on with the data of the last time")
    parser.add_argument("--families", type=int, help="families of the demonstration to begin with")
    parser.add_argument("--steps", type=int, default=1_000_000, help="steps of the journey for the engine of results")
    parser.add_argument("--only", default="", help="measure nothing but the pages whose name holds this")
    options = parser.parse_args()
    home = Path(os.environ.get("PAIVAND_HOME") or ROOT / "var").resolve() / "bench"
    if not options.keep:
        shutil.rmtree(home, ignore_errors=True)
    with running(home, free_port(), options.families) as (cold, _process):
        line("start, data kept" if options.keep else "first start, empty folder", cold, "s")
    with running(home, free_port()) as (warm, _process):
        line("second start", warm, "s")
    port = free_port()
    with running(home, port) as (_seconds, process):
        url = owner_url(home)
        if not options.keep and not options.only:
            jobs.show_duplicates_of_the_demo(ROOT, home)
        fill(url, options.people, options.cases or options.people // 5, options.enrolments)
        line("size of the database", population.megabytes(url), "MB")
        users.measure(port, PEOPLE, asked(["/"]), 5)
        show_pages(port, url, options.rounds, options.only)
        courses.show_counts(ROOT, home)
        if options.only:
            return
        show_memory(home, process)
        show_inside(home, STATEMENTS)
        jobs.show(port, url, home, ROOT)
        learning.show(ROOT, home, line)
        print()
        engine.main([f"--steps={options.steps}"], url)
        show_memory(home, process)
        show_first_loads(port)
    disclosure.show()
    # The door has a server of its own: one process, and a worker whose lists hold two thousand families.
    field.main([])
    surveys.main([])


if __name__ == "__main__":
    main()
