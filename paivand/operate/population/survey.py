"""Writes the survey of the demonstration: uploaded, changed once, and answered by workers on their telephones."""

from __future__ import annotations

import hashlib
import io
import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import yaml
from django.utils import timezone

from paivand.access.models import User
from paivand.access.models.identity import acting_as
from paivand.collect.actions.arrival import SentFile
from paivand.collect.actions.devices import issue_device
from paivand.collect.actions.surveys import upload_survey, upload_version, use_version
from paivand.collect.actions.taking import take_waiting
from paivand.collect.models import Device, Form, FormVersion
from paivand.collect.rules.submissions import DeviceKind, FormKind
from paivand.collect.rules.tables import LANGUAGES
from paivand.core.rules.spreadsheets import Workbook
from paivand.operate.population.field import Told, send
from paivand.operate.population.telling import spread
from paivand.registry.rules.keys import row_key

SOURCE = Path(__file__).parent.parent.parent / "parameters" / "demo_survey.yaml"
ROOT = UUID("019a0000-0000-7000-8000-00000005e4e1")
SEED = 20261
WORKERS = ("social.kulob", "colleague.kulob.2", "social.dusti", "colleague.dusti.2")
STARTED, CHANGED, LATEST = 40, 24, 2
"""How many days ago the survey began, its second version came, and the latest answer arrived."""
COLOURS = {
    "tin": ((176, 188, 198), (162, 174, 184)),
    "slate": ((122, 128, 134), (108, 114, 120)),
    "clay": ((176, 132, 88), (162, 118, 74)),
}
"""Two shades of each roof."""
WIDE, HIGH = 240, 160
"""The size of a drawing in pixels."""


@lru_cache(maxsize=1)
def told() -> dict[str, Any]:
    """What is declared."""
    declared: dict[str, Any] = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))
    return declared


def survey_written(officer: User) -> bool:
    """Whether the survey is there already."""
    with acting_as(officer):
        return Form.objects.filter(kind=FormKind.SURVEY).exists()


def write_survey(users: Mapping[str, User], today: date) -> None:
    """Upload the survey, answer it, change it, and answer it again."""
    officer = users["monitoring"]
    workers = [(users[name], _telephone(users[name], today)) for name in WORKERS]
    answers = list(_answers(today))
    with acting_as(officer):
        version = upload_survey(
            survey_id=row_key(ROOT, "survey"), file_name="survey.xlsx", content=_workbook("1", told()["later"]),
            files={}, by=officer, now=_moment(today, STARTED),
        )  # fmt: skip
    survey: Form = version.form
    _put_to_use(survey, version, officer)
    n_first: int = told()["answers"]["first"]
    _send_all(workers, answers[:n_first], told()["later"])
    with acting_as(officer):
        second = upload_version(
            survey=survey, file_name="survey.xlsx", content=_workbook("2"), files={}, by=officer,
            now=_moment(today, CHANGED),
        )  # fmt: skip
    _put_to_use(survey, second, officer)
    _send_all(workers, answers[n_first:])


@dataclass(frozen=True)
class _Given:
    """What one worker sends: from which district and when, what was answered, and the photograph."""

    district: str
    at: datetime
    told: Told
    drawing: bytes = b""


def _moment(today: date, days: int) -> datetime:
    return timezone.make_aware(datetime.combine(today - timedelta(days=days), time(9)))


def _telephone(worker: User, today: date) -> Device:
    with acting_as(worker):
        return issue_device(
            user=worker, kind=DeviceKind.COLLECT, label="Телефон барои пурсиш", by=worker,
            expires_on=today + timedelta(days=365), now=_moment(today, STARTED),
            device_id=row_key(ROOT, worker.username),
        )[0]  # fmt: skip


def _put_to_use(survey: Form, version: FormVersion, officer: User) -> None:
    officer.forget_rights()
    with acting_as(officer):
        use_version(survey=survey, form_version=version, by=officer)


def _workbook(version: str, left_out: Sequence[str] = ()) -> bytes:
    """The survey as the officer uploads it, without the questions that come later."""
    spoken = [f"label::{heading}" for heading in LANGUAGES.values()]
    titles = {f"form_title::{LANGUAGES[key]}": words for key, words in told()["titles"].items()}
    settings = {"form_id": told()["code"], "version": version, "default_language": LANGUAGES["tg"]} | titles
    asked = [
        [*row, told()["parameters"].get(row[1], "")] for row in told()["survey"] if row[1] not in left_out
    ]  # fmt: skip
    sheets: dict[str, list[Sequence[str]]] = {
        "survey": [("type", "name", "required", "relevant", *spoken, "parameters"), *asked],
        "choices": [("list_name", "name", *spoken), *told()["choices"]],
        "settings": [tuple(settings), tuple(settings.values())],
    }
    stream = io.BytesIO()
    with Workbook(stream, {"in_memory": True}) as book:
        for name, rows in sheets.items():
            page = book.add_worksheet(name)
            for at, row in enumerate(rows):
                for column, words in enumerate(row):
                    page.write_string(at, column, words)
    return stream.getvalue()


def _answers(today: date) -> Iterator[_Given]:
    """The answers, the oldest first; each choice as often as it is declared."""
    chance = Random(SEED)  # noqa: S311  # invention, not secrecy
    n_first, n_second = told()["answers"]["first"], told()["answers"]["second"]
    n = n_first + n_second
    roofs, stoves = (_shuffled(chance, told()["shares"][what], n) for what in ("roof", "stove"))
    districts = list(told()["places"])
    photographed = set(chance.sample(range(n), told()["photographs"]))
    for number in range(n):
        is_first = number < n_first
        begins, ends = (STARTED - 1, CHANGED + 1) if is_first else (CHANGED - 1, LATEST)
        at, of = (number, n_first) if is_first else (number - n_first, n_second)
        moment = _moment(today, begins - (begins - ends) * at // (of - 1)) + timedelta(minutes=chance.randint(0, 420))
        district = districts[number % len(districts)]
        roof = roofs[number]
        house = {"house/roof": roof, "house/stove": stoves[number]}
        if number in photographed:
            house["house/photo"] = f"{roof}.png"
        answer = {**house, **_answer(chance, district, moment)}
        yield _Given(district, moment, answer, _drawing(roof) if number in photographed else b"")


def _shuffled(chance: Random, shares: Mapping[str, int], n: int) -> list[str]:
    found = spread(shares, n)
    chance.shuffle(found)
    return found


def _answer(chance: Random, district: str, moment: datetime) -> Told:
    middle, width = told()["places"][district], told()["spread"]
    lies = [round(one + chance.uniform(-width, width), 6) for one in middle]
    shares = told()["shares"]
    lacking = [need for need, part in shares["needs"].items() if chance.random() * 100 < part]
    children = [
        {"age": chance.randint(1, 15), "boots": "yes" if chance.random() * 100 < shares["boots"]["yes"] else "no"}
        for _child in range(chance.randint(0, 4))
    ]
    told_of = {
        "today": moment.date().isoformat(),
        "place": f"{lies[0]} {lies[1]} {chance.randint(430, 620)} {chance.randint(3, 12)}",
        "house/rooms": chance.choice((1, 1, 1, 2, 2, 3)), "house/weeks": chance.randint(1, 16),
        "needs": " ".join(lacking), "children": children,
        "wish": chance.choice(told()["wishes"]) if chance.random() < 0.3 else "",
    }  # fmt: skip
    return {path: value for path, value in told_of.items() if value not in ("", [])}


def _send_all(
    workers: Sequence[tuple[User, Device]], answers: Sequence[_Given], left_out: Sequence[str] = ()
) -> None:  # fmt: skip
    """Send each answer from a telephone of its district, in turns, and take all in."""
    for number, given in enumerate(answers):
        theirs = [one for one in workers if one[1].district_id == given.district]
        worker, device = theirs[number // len(told()["places"]) % len(theirs)]
        known = {path: value for path, value in given.told.items() if path.split("/")[-1] not in left_out}
        files = _files(given.told["house/photo"], given.drawing) if given.drawing else ()
        key = row_key(ROOT, worker.username, f"{given.at:%Y%m%d%H%M}", number)
        send(worker, device, key, told()["code"], known, files=files, now=given.at + timedelta(hours=2))
    for worker, _device in workers:
        worker.forget_rights()
        take_waiting(worker.pk)


def _files(name: str, drawing: bytes) -> tuple[SentFile, ...]:
    digest = hashlib.sha256(drawing).hexdigest()
    return (SentFile(name, "image/png", len(drawing), digest, io.BytesIO(drawing)),)


def _drawing(roof: str) -> bytes:
    """A house under a roof of this kind, drawn in place of a photograph: PNG, without any other program."""
    rows = b"".join(b"\x00" + b"".join(bytes(_colour(x, y, roof)) for x in range(WIDE)) for y in range(HIGH))
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", WIDE, HIGH, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in parts
    )


def _colour(x: int, y: int, roof: str) -> tuple[int, int, int]:
    """What lies at a pixel: roof with its seams, wall with door and window, ground, or sky."""
    aside = abs(x - WIDE // 2)
    if 30 <= y < 75 and aside < 30 + (y - 30) * 5 // 3:
        return COLOURS[roof][(x // 8 + y // 15) % 2]
    if 75 <= y < 130 and aside < 85:
        if 108 <= x < 132 and y >= 90:
            return (110, 74, 48)
        if 88 <= y < 108 and 30 < aside < 60:
            return (150, 190, 214)
        return (226, 212, 188)
    return (148, 160, 116) if y >= 125 else (206, 224, 236)
