"""``python -m bench.surveys``: a survey of 30 questions with 100,000 answers, as its officer opens it.

Measured are the pages (table, filters, charts, map) and the files that are made of the answers. The answers are put
into the tables in bulk; how fast answers are taken in is told by ``bench.field``.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

import psycopg

from bench.users import Answer, Browser, measure

ROOT = Path(__file__).resolve().parent.parent
CODE = "bench_survey"
N_ANSWERS, AIM = 100_000, 300.0
OFFICER = "monitoring"
AT_ONCE = 2_000
REASON = "Measuring how long a file takes to be made"
CHOICES = {f"c{n}": {"en": f"Choice {n}", "tg": f"Ҷавоби {n}"} for n in range(8)}
KINDS = (
    ("select_one",) * 10 + ("select_multiple",) * 4 + ("integer",) * 6 + ("decimal",) + ("text",) * 3 + ("date",) * 2
)
WORDS = ("роҳ", "пул", "об", "барқ", "мактаб", "дармонгоҳ", "деҳа", "замин", "кор", "кӯдакон", "бозор", "муҳоҷир")


def questions() -> list[dict[str, Any]]:
    """Thirty questions: 26 of usual kinds, the day, a place, and a repeated part with two."""
    told = [("today", "today", None), ("place", "geopoint", None)]
    told += [(f"q{at}", kind, None) for at, kind in enumerate(KINDS)]
    told += [("child", "repeat", None), ("child/name", "text", "child"), ("child/age", "integer", "child")]
    return [
        {
            "path": path, "name": path.rpartition("/")[2], "type": kind, "label": {"en": f"Question {path}"},
            "choices": CHOICES if kind.startswith("select") else None, "order": list(CHOICES), "list": None,
            "repeat": repeat, "required": False, "relevant": False, "saveto": None,
        }
        for path, kind, repeat in told
    ]  # fmt: skip


def prepare(n: int) -> None:
    """Put a survey and its answers beside the demonstration's, and print the survey's key; run in its shell."""
    from datetime import timedelta

    from django.utils import timezone

    from paivand.access.models import User
    from paivand.access.models.identity import acting_as, for_purpose
    from paivand.access.queries.users import placement
    from paivand.collect.models import Form, FormVersion, Submission, SurveyAnswer
    from paivand.collect.rules.submissions import FormKind, SubmissionState
    from paivand.core.models import new_id
    from paivand.core.rules.writing import writing

    with for_purpose("sign-in"):
        people = {name: User.objects.get(username=name) for name in (OFFICER, "social.kulob", "social.dusti")}
    with for_purpose("upkeep"), writing("bench"):
        form, made = Form.objects.get_or_create(
            code=CODE,
            defaults={
                "kind": FormKind.SURVEY, "titles": {"en": "Measured"}, "author": people[OFFICER],
                "agency_id": people[OFFICER].agency_id,
            },
        )  # fmt: skip
        if made:
            FormVersion.objects.create(
                form=form, name="1", xml="<h/>", md5="0" * 32, questions=questions(), published_at=timezone.now(),
                is_current=True,
            )  # fmt: skip
        version = FormVersion.objects.get(form=form)
    chance, now = Random(7), timezone.now()
    for username, district in (("social.kulob", "TJ-KT-02"), ("social.dusti", "TJ-KT-20")):
        worker = people[username]
        with acting_as(worker), writing("bench"):
            place = placement(worker, district)
            lies = {
                "district_id": place.district_id, "agency_id": place.agency_id, "team_id": place.team_id,
                "owner_id": worker.pk,
            }  # fmt: skip
            for first in range(0, n // 2, AT_ONCE):
                sent, rows = [], []
                for at in range(first, min(first + AT_ONCE, n // 2)):
                    key, instance = new_id(), f"uuid:{new_id()}"
                    day = (now - timedelta(days=365 * (1 - at / (n // 2)))).date()
                    sent.append(Submission(
                        pk=key, form=form, form_version=version, instance_id=instance, root_id=instance,
                        xml_sha256="0" * 64, received_at=now, state_at=now, state=SubmissionState.TAKEN, is_survey=True,
                        **lies,
                    ))  # fmt: skip
                    values, parts = answers(chance, day.isoformat())
                    rows.append(SurveyAnswer(
                        pk=key, form=form, form_version=version, submission_id=key, root_id=instance, answered_on=day,
                        received_at=now, values=values, parts=parts, **lies,
                    ))  # fmt: skip
                Submission.objects.bulk_create(sent)
                SurveyAnswer.objects.bulk_create(rows)
    sys.stdout.write(json.dumps(str(form.pk)) + "\n")


def answers(chance: Random, day: str) -> tuple[dict[str, str], dict[str, list[dict[str, str]]]]:
    """What one household said: choices as unequal as choices are, numbers, words, a place, and up to three children."""
    said = {"today": day, "place": f"{37.5 + chance.randrange(900) / 1000:.3f} {69 + chance.randrange(900) / 1000:.3f}"}
    for at, kind in enumerate(KINDS):
        if kind == "select_one":
            said[f"q{at}"] = f"c{min(int(chance.expovariate(0.6)), 6)}"  # c7 is chosen by nobody
        elif kind == "select_multiple":
            said[f"q{at}"] = " ".join(f"c{n}" for n in sorted(chance.sample(range(7), chance.randrange(1, 4))))
        elif kind == "integer":
            said[f"q{at}"] = str(int(chance.gauss(20, 6)))
        elif kind == "decimal":
            said[f"q{at}"] = f"{chance.random() * 100:.1f}"
        elif kind == "date":
            said[f"q{at}"] = f"2026-{chance.randrange(1, 13):02d}-{chance.randrange(1, 29):02d}"
        else:
            said[f"q{at}"] = " ".join(chance.choices(WORDS, k=chance.randrange(2, 9)))
    children = [
        {"#": str(at + 1), "child/name": chance.choice(WORDS), "child/age": str(chance.randrange(18))}
        for at in range(chance.randrange(4))
    ]
    return said, {"child": children} if children else {}


def fill(home: Path, n: int) -> str:
    """Put the answers there; the key of the survey."""
    environ = {**os.environ, "PAIVAND_HOME": str(home)}
    script = f"from bench.surveys import prepare; prepare({n})"
    done = subprocess.run([sys.executable, "-m", "paivand", "shell", "-v", "0", "-c", script], cwd=ROOT, env=environ,
                          check=True, capture_output=True, text=True)  # fmt: skip
    return str(json.loads(done.stdout.strip().splitlines()[-1]))


def settle(url: str) -> None:
    """Let the database look at its new rows, as it does by itself within minutes."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("vacuum analyze collect_surveyanswer")
        connection.execute("vacuum analyze collect_submission")


def pages(survey: str) -> Iterator[tuple[str, list[str]]]:
    """What is opened, with its addresses, which take turns."""
    start = f"/surveys/{survey}/"
    yield "its own page", [start]
    yield "table", [f"{start}answers/"]
    yield "table, the children", [f"{start}answers/?part=child"]
    yield "table, one district", [f"{start}answers/?district=TJ-KT-02"]
    yield "table, one month", [f"{start}answers/?since=2026-03-01&until=2026-03-31"]
    yield "table, a frequent answer", [f"{start}answers/?choice=q0%3Dc0"]
    yield "table, an answer of nobody", [f"{start}answers/?choice=q0%3Dc7", f"{start}answers/?choice=q12%3Dc7"]
    yield "charts", [f"{start}charts/"]
    yield "charts, texts", [f"{start}charts/?from=q21"]
    yield "charts, the children", [f"{start}charts/?from=child/name"]
    yield "charts, one district", [f"{start}charts/?district=TJ-KT-20"]
    yield "map", [f"{start}map/"]
    yield "taking out, the page", [f"{start}export/"]


def show(port: int, survey: str, *, rounds: int) -> None:
    """Open each page once alone, then by two people at once, and print it."""
    print(f"\n{'a survey with its answers':32} {'first ms':>9} {'p50 ms':>8} {'p95 ms':>8}   of {AIM:g} ms")
    for name, paths in pages(survey):
        browser = Browser(port)
        browser.sign_in(OFFICER)
        first = max(browser.ask("GET", path).seconds * 1000 for path in paths)
        browser.close()
        found = measure(port, (OFFICER, OFFICER), _asking(paths), rounds)
        missed = "" if found["p95"] <= AIM else "   MISSED"
        print(f"{name:32} {first:9.0f} {found['p50']:8.0f} {found['p95']:8.0f}   {found['p95'] / AIM:4.2f}{missed}",
              flush=True)  # fmt: skip


def _asking(paths: Sequence[str]) -> Callable[[Browser, int], Answer]:
    return lambda browser, turn: browser.ask("GET", paths[turn % len(paths)])


def show_files(port: int, survey: str) -> None:
    """Ask for a file of all answers of each kind, and print how long it takes until it lies there."""
    for kind in ("csv", "xlsx", "geojson"):
        browser = Browser(port)
        browser.sign_in(OFFICER)
        page = browser.ask("GET", f"/surveys/{survey}/export/").body
        token = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[0]
        form: dict[str, str | list[str]] = {
            "csrfmiddlewaretoken": token, "kind": kind, "words": "labels", "language": "en", "reason": REASON,
            "form_id": (key := str(uuid.uuid4())),
        }  # fmt: skip
        began = time.perf_counter()
        answer = browser.ask("POST", f"/surveys/{survey}/export/", form)
        asked = time.perf_counter() - began
        while True:
            told = browser.ask("GET", answer.location).body
            ready = re.search(rf'href="([^"]+/files/{key})"', told)
            if ready:
                break
            time.sleep(0.5)
        took = time.perf_counter() - began
        file = browser.ask("GET", ready.group(1))
        print(f"file of all answers, {kind:8} {took:8.1f} s until it is there, {file.wire / 1e6:.1f} MB; "
              f"asking for it took {asked * 1000:.0f} ms", flush=True)  # fmt: skip
        browser.close()


def main(arguments: Sequence[str] | None = None) -> None:
    """Begin a demonstration of its own, fill it, and measure."""
    from bench.__main__ import free_port, owner_url
    from bench.field import one_process

    parser = argparse.ArgumentParser(prog="bench.surveys", description=__doc__)
    parser.add_argument("--answers", type=int, default=N_ANSWERS)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--keep", action="store_true", help="go on with the data of the last time")
    options = parser.parse_args(arguments)
    home = Path(os.environ.get("PAIVAND_HOME") or ROOT / "var").resolve() / "bench-surveys"
    if not options.keep:
        shutil.rmtree(home, ignore_errors=True)
    port = free_port()
    with one_process(home, port, workers=2, background=1):
        survey = fill(home, 0 if options.keep else options.answers)
        settle(owner_url(home))
        show(port, survey, rounds=options.rounds)
        show_files(port, survey)


if __name__ == "__main__":
    main()
