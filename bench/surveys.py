"""``python -m bench.surveys``: a survey of 31 questions with 100,000 answers, as its officer opens it.

Measured are the pages (table, filters, charts, map, one answer), the files of a few days that are made while she waits,
and the files of all answers of each kind. Beside the time stands what it cost: milliseconds of processor time in the
program and in the database, which other work on the machine changes least, and the most memory that a process used. The
answers are put into the tables in bulk; how fast answers are taken in is told by ``bench.field``.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import psutil
import psycopg

from bench.users import Answer, Browser, measure

ROOT = Path(__file__).resolve().parent.parent
CODE = "bench_survey"
N_ANSWERS, AIM, FILE_AIM = 100_000, 300.0, 1_000.0
"""Milliseconds for a page, and for a file that is made while she waits."""
OFFICER = "monitoring"
AT_ONCE = 2_000
PHOTOGRAPHS, PHOTOGRAPH_BYTES = 2_000, 150_000
"""So many answers have a photograph of this size: 300 MB of the 500 MB that an archive may hold."""
REASON = "Measuring how long a file takes to be made"
CHOICES = {f"c{n}": {"en": f"Choice {n}", "tg": f"Ҷавоби {n}"} for n in range(8)}
KINDS = (
    *("select_one",) * 10, *("select_multiple",) * 4, *("integer",) * 6, "decimal", "text", "text", "image", "date",
    "date",
)  # fmt: skip
WORDS = ("роҳ", "пул", "об", "барқ", "мактаб", "дармонгоҳ", "деҳа", "замин", "кор", "кӯдакон", "бозор", "муҳоҷир")
FILES = ("csv", "xlsx", "geojson", "zip")


def questions() -> list[dict[str, Any]]:
    """Thirty-one rows of a form: 26 questions of usual kinds, the day, a place, and a repeated part with two."""
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
    """Put a survey and its answers beside the demonstration's, and print the keys of both; run in its shell."""
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
    add_photographs(people["social.dusti"], form)
    sys.stdout.write(json.dumps(keys_of(people["social.dusti"], form)) + "\n")


def keys_of(worker: Any, form: Any) -> dict[str, str]:
    """The keys of the survey and of some answers, see ``Filled``."""
    from paivand.access.models.identity import acting_as
    from paivand.collect.models import SurveyAnswer

    with acting_as(worker):
        keys = [str(one) for one in SurveyAnswer.objects.filter(form=form).order_by("-id").values_list("pk", flat=True)]
    return {"survey": str(form.pk), "answer": keys[0], "middle": keys[len(keys) // 2], "last": keys[-60]}


def add_photographs(worker: Any, form: Any) -> None:
    """Give some of a worker's answers the photograph that came with them, unless they have it already."""
    import hashlib

    from paivand.access.models.identity import acting_as
    from paivand.collect.models import Submission, SubmissionFile
    from paivand.core.models.files import store
    from paivand.core.rules.writing import writing

    chance = Random(11)
    with acting_as(worker), writing("bench"):
        if SubmissionFile.objects.filter(submission__form=form).exists():
            return
        sent = list(Submission.objects.filter(form=form, owner=worker).order_by("-id"))
        every = max(1, len(sent) // PHOTOGRAPHS)
        for one in sent[::every][:PHOTOGRAPHS]:
            content = photograph(chance)
            file = SubmissionFile.objects.create(
                submission=one, name="roof.jpg", sha256=hashlib.sha256(content).hexdigest(), size=len(content),
                mime="image/jpeg", is_survey=True, district_id=one.district_id, agency_id=one.agency_id,
                team_id=one.team_id, owner_id=one.owner_id,
            )  # fmt: skip
            store(file.pk, content)


def photograph(chance: Random) -> bytes:
    """What is a JPEG as far as anybody looks who does not draw it, with a place beside the picture."""

    def segment(marker: int, body: bytes) -> bytes:
        return bytes([0xFF, marker]) + (len(body) + 2).to_bytes(2, "big") + body

    coded = chance.randbytes(PHOTOGRAPH_BYTES).replace(b"\xff", b"\x7f")
    told = segment(0xE1, b"Exif\x00\x00" + b"GPS 37.9 69.7" * 20)
    return b"\xff\xd8" + told + segment(0xDB, bytes(65)) + segment(0xDA, bytes(8)) + coded + b"\xff\xd9"


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
        elif kind == "text":
            said[f"q{at}"] = " ".join(chance.choices(WORDS, k=chance.randrange(2, 9)))
    children = [
        {"#": str(at + 1), "child/name": chance.choice(WORDS), "child/age": str(chance.randrange(18))}
        for at in range(chance.randrange(4))
    ]
    return said, {"child": children} if children else {}


@dataclass(frozen=True)
class Filled:
    """The keys of the survey, of its newest answer, and of answers in the middle and near the end of the table."""

    survey: str
    answer: str
    middle: str
    last: str


def fill(home: Path, n: int) -> Filled:
    """Put the answers there."""
    environ = {**os.environ, "PAIVAND_HOME": str(home)}
    script = f"from bench.surveys import prepare; prepare({n})"
    done = subprocess.run([sys.executable, "-m", "paivand", "shell", "-v", "0", "-c", script], cwd=ROOT, env=environ,
                          check=True, capture_output=True, text=True)  # fmt: skip
    return Filled(**json.loads(done.stdout.strip().splitlines()[-1]))


def settle(url: str) -> None:
    """Let the database look at its new rows, as it does by itself within minutes; forget what was counted before."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("vacuum analyze collect_surveyanswer")
        connection.execute("vacuum analyze collect_submission")
        connection.execute("vacuum analyze collect_submissionfile")
        connection.execute("delete from paivand_cache where cache_key like '%survey-%'")


@dataclass(frozen=True)
class Page:
    """What is opened: its name, its addresses, which take turns, and the file that is asked for there, if any."""

    name: str
    paths: Sequence[str]
    file: str = ""

    def visit(self, browser: Browser, turn: int) -> Answer:
        """Open it, or ask for the file with the form that stands on it."""
        path = self.paths[turn % len(self.paths)]
        answer = ask_file(browser, path, self.file, key()) if self.file else browser.ask("GET", path)
        if answer.status != 200:
            raise RuntimeError(f"{path} was answered {answer.status}.")
        return answer


def pages(at: Filled) -> Iterator[Page]:
    """All pages of a survey on which answers matter, and the files that are made while she waits."""
    start = f"/surveys/{at.survey}/"
    table, charts, few = f"{start}answers/", f"{start}charts/", "?since=2026-03-01&until=2026-03-05"
    yield Page("its own page", [start])
    yield Page("table", [table])
    yield Page("table, in the middle; at the end", [f"{table}?after={at.middle}", f"{table}?after={at.last}"])
    yield Page("table, the children", [f"{table}?part=child"])
    yield Page("table, one district", [f"{table}?district=TJ-KT-02"])
    yield Page("table, one month", [f"{table}?since=2026-03-01&until=2026-03-31"])
    yield Page("table, a frequent answer", [f"{table}?choice=q0%3Dc0"])
    yield Page("table, an answer of nobody", [f"{table}?choice=q0%3Dc7", f"{table}?choice=q12%3Dc7"])
    yield Page("one answer", [f"{table}{at.answer}/"])
    yield Page("charts", [charts])
    yield Page("charts, texts", [f"{charts}?from=q21"])
    yield Page("charts, the children", [f"{charts}?from=child/name"])
    yield Page("charts, one district", [f"{charts}?district=TJ-KT-20"])
    yield Page("map", [f"{start}map/"])
    yield Page("map, one month", [f"{start}map/?since=2026-03-01&until=2026-03-31"])
    yield Page("taking out, the page", [f"{start}export/"])
    yield Page("how far the files are", [f"{start}export/files/"])
    for kind in FILES[:3]:
        yield Page(f"a file of five days, {kind}", [f"{start}export/{few}"], kind)


def key() -> str:
    """The key of a file: like those that the form has, it says when it was made, so that the newest stands first."""
    return str(uuid.UUID(int=time.time_ns() // 1_000_000 << 80 | 7 << 76 | 2 << 62 | uuid.uuid4().int & (1 << 62) - 1))


def ask_file(browser: Browser, path: str, kind: str, form_id: str) -> Answer:
    """Send the form that asks for a file."""
    token = browser.cookies.get("csrftoken") or ""
    if not token:
        page = browser.ask("GET", path).body
        token = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[0]
    return browser.ask("POST", path, {
        "csrfmiddlewaretoken": token, "kind": kind, "words": "labels", "language": "en", "reason": REASON,
        "form_id": form_id,
    })  # fmt: skip


# --- what it costs ---------------------------------------------------------------------------------------------------


@dataclass
class Meter:
    """Processor time and memory of the server's processes and of its database, since the last look."""

    home: Path
    server: psutil.Process

    def __post_init__(self) -> None:
        self.processes: dict[psutil.Process, tuple[str, float, float]] = {}
        self.reset()

    def reset(self) -> None:
        """Begin anew: from here on time and the highest memory count."""
        from bench.__main__ import processes_of

        for kind, found in processes_of(self.home, self.server).items():
            for one in found:
                with suppress(psutil.Error, OSError):
                    if kind == "program":
                        Path(f"/proc/{one.pid}/clear_refs").write_text("5")
                    self.processes[one] = (kind, _seconds(one), one.memory_info().rss / 1e6)

    def seconds(self) -> Mapping[str, float]:
        """Processor time of the program and of the database."""
        spent = {"program": 0.0, "database": 0.0}
        for one, (kind, before, _rss) in self.processes.items():
            with suppress(psutil.Error):
                spent[kind] += _seconds(one) - before
        return spent

    def memory(self) -> tuple[float, float]:
        """The highest memory in MB of the process that worked most, and how much that is above before."""
        worked = {}
        for one, (kind, before, rss) in self.processes.items():
            with suppress(psutil.Error):
                if kind == "program":
                    worked[one] = (_seconds(one) - before, rss)
        busiest = max(worked, key=lambda one: worked[one][0])
        highest = _peak(busiest)
        return highest, highest - worked[busiest][1]


def _seconds(process: psutil.Process) -> float:
    spent = process.cpu_times()
    return float(spent.user + spent.system)


def _peak(process: psutil.Process) -> float:
    status = Path(f"/proc/{process.pid}/status").read_text()
    return int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) * 1024 / 1e6


# --- printing --------------------------------------------------------------------------------------------------------


def show(port: int, at: Filled, meter: Meter, *, rounds: int, only: str) -> None:
    """Open each page: the first time, then by one person again and again, then by two at once; and print it."""
    print(f"\n{'a survey with its answers':34} {'first':>6} {'p50':>6} {'p95':>6} {'of aim':>6}   "
          f"{'two: p50':>8} {'p95':>6}   {'program':>7} {'database':>8} {'MB':>4}   (ms)")  # fmt: skip
    for page in pages(at):
        if only not in page.name:
            continue
        browser = Browser(port)
        browser.sign_in(OFFICER)
        first = max(page.visit(browser, turn).seconds * 1000 for turn, _path in enumerate(page.paths))
        page.visit(browser, 0)
        meter.reset()
        cuts = statistics.quantiles([page.visit(browser, turn).seconds * 1000 for turn in range(rounds)], n=100)
        spent, (highest, _more) = meter.seconds(), meter.memory()
        browser.close()
        both = measure(port, (OFFICER, OFFICER), page.visit, max(5, rounds // 2))
        part = cuts[94] / (FILE_AIM if page.file else AIM)
        missed = "" if part <= 1 else "   MISSED"
        print(f"{page.name:34} {first:6.0f} {cuts[49]:6.0f} {cuts[94]:6.0f} {part:6.2f}   "
              f"{both['p50']:8.0f} {both['p95']:6.0f}   {spent['program'] / rounds * 1000:7.0f} "
              f"{spent['database'] / rounds * 1000:8.0f} {highest:4.0f}{missed}", flush=True)  # fmt: skip


def show_files(port: int, at: Filled, meter: Meter, *, times: int, only: str) -> None:
    """Ask for a file of all answers of each kind, and print how long it takes until it lies there, and its cost."""
    print(f"\n{'a file of all answers':22} {'MB':>6} {'ready s':>8} {'slowest':>8} {'asking ms':>9} {'fetch s':>8}   "
          f"{'program s':>9} {'database':>8}   {'most MB':>7} {'above':>6} {'giving out':>10}")  # fmt: skip
    for kind in FILES:
        if only and only not in f"file of all, {kind}":
            continue
        made = [_make(port, at, meter, kind) for _time in range(times)]
        middle = {name: statistics.median(one[name] for one in made) for name in made[0]}
        slowest = max(one["ready"] for one in made)
        print(f"{kind:22} {middle['size']:6.1f} {middle['ready']:8.1f} {slowest:8.1f} {middle['asking'] * 1000:9.0f} "
              f"{middle['fetch']:8.1f}   {middle['program']:9.1f} {middle['database']:8.1f}   "
              f"{max(one['most'] for one in made):7.0f} {max(one['above'] for one in made):6.0f} "
              f"{max(one['given'] for one in made):10.0f}", flush=True)  # fmt: skip


def _make(port: int, at: Filled, meter: Meter, kind: str) -> dict[str, float]:
    page = f"/surveys/{at.survey}/export/"
    browser = Browser(port)
    browser.sign_in(OFFICER)
    meter.reset()
    began = time.perf_counter()
    answer = ask_file(browser, page, kind, file := key())
    asking = time.perf_counter() - began
    if answer.status != 302:
        raise RuntimeError(f"Asking for {kind} was answered {answer.status}.")
    while f"/files/{file}" not in (told := browser.ask("GET", f"{page}files/").body):
        if 'class="alert' in told.partition("</li>")[0]:
            raise RuntimeError(f"The file {kind} was not made: {told[:2000]}")
        time.sleep(0.5)
    ready, spent, (most, above) = time.perf_counter() - began, meter.seconds(), meter.memory()
    meter.reset()
    began = time.perf_counter()
    size = browser.fetch(f"{page}files/{file}")
    found = {
        "size": size / 1e6, "ready": ready, "asking": asking, "fetch": time.perf_counter() - began, "most": most,
        "above": above, "given": meter.memory()[1],
    } | spent  # fmt: skip
    browser.close()
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """Begin a demonstration of its own, fill it, and measure."""
    from bench.__main__ import free_port, owner_url
    from bench.field import one_process

    parser = argparse.ArgumentParser(prog="bench.surveys", description=__doc__)
    parser.add_argument("--answers", type=int, default=N_ANSWERS)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--files", type=int, default=1, help="how often each file is made")
    parser.add_argument("--only", default="", help="measure nothing but what has this in its name, as charts or xlsx")
    parser.add_argument("--keep", action="store_true", help="go on with the data of the last time")
    options = parser.parse_args(arguments)
    home = Path(os.environ.get("PAIVAND_HOME") or ROOT / "var").resolve() / "bench-surveys"
    if not options.keep:
        shutil.rmtree(home, ignore_errors=True)
    port = free_port()
    with one_process(home, port, workers=2, background=1) as process:
        filled = fill(home, 0 if options.keep else options.answers)
        settle(owner_url(home))
        meter = Meter(home, process)
        show(port, filled, meter, rounds=options.rounds, only=options.only)
        show_files(port, filled, meter, times=options.files, only=options.only)


if __name__ == "__main__":
    main()
