"""The long jobs, once each: taking a list out, taking a list in, finding duplicates."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import psycopg

from bench.pages import hidden
from bench.users import Browser

EXPORTED = 30_000
_COLUMN = re.compile(r'<input[^>]*name="columns"[^>]*>')
_VALUE = re.compile(r'value="([^"]*)"')


def show(port: int, url: str, home: Path, root: Path) -> None:
    """Measure and print the jobs, each by itself."""
    print()
    show_export(port, url)
    asked(root, home, "from bench.lists import show_import; show_import()")
    asked(root, home, "from bench.duplicates import show_district; show_district()")


def show_export(port: int, url: str) -> None:
    """Take out a list of about 30,000 people with all columns, as XLSX and as CSV."""
    since = _since(url, EXPORTED)
    browser = Browser(port)
    browser.sign_in("supervisor")
    path = f"/families/export/?since={since}"
    form = browser.ask("GET", path)
    columns = [value for tag in _COLUMN.findall(form.body) for value in _VALUE.findall(tag)]
    for kind in ("xlsx", "csv"):
        answer = browser.ask("POST", path, {
            "csrfmiddlewaretoken": hidden(form.body)["csrfmiddlewaretoken"], "per": "person", "columns": columns,
            "kind": kind, "reason": "a measurement of the time that it takes",
        })  # fmt: skip
        if answer.status != 200:
            print(f"export of {EXPORTED:,} people, {kind}: answered {answer.status}")
            continue
        print(f"{f'export of {EXPORTED:,} people, {kind}':40} {answer.seconds:8.1f} s, {answer.wire / 1e6:.1f} MB")


def _since(url: str, n_people: int) -> str:
    """The day from which on about ``n_people`` people were registered."""
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "select min(registered_on) from (select registered_on, sum(n_members) over "
            "(order by registered_on desc, id) as n from registry_family where state = 'active') as families "
            "where n <= %s",
            [n_people],
        ).fetchone()
    return str(row[0]) if row else ""


def show_duplicates_of_the_demo(root: Path, home: Path) -> None:
    """Print precision and recall of the finding of duplicates against what was planted."""
    asked(root, home, "from bench.duplicates import show_truth; show_truth()")


def asked(root: Path, home: Path, script: str) -> float:
    """Run a script of the program's own, connected as the application; the seconds it took."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-m", "paivand", "shell", "-v", "0", "-c", script], cwd=root,
                   env={**os.environ, "PAIVAND_HOME": str(home)}, check=False)  # fmt: skip
    return time.perf_counter() - began
