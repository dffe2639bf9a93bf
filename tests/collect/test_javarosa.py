"""Forms filled by the engine of ODK Collect itself, with the lists of the worker, and taken in by the house.

JavaRosa comes inside the jar of ODK Validate, which comes with pyxform; ``javarosa/Filler.java`` is the hand that
types. One machine fills all forms, because starting it takes longest.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from paivand.access.models.identity import acting_as
from paivand.collect.queries.field_lists import field_lists
from paivand.collect.queries.forms import form_for
from paivand.collect.rules.filled import read_filled
from paivand.collect.rules.shipped import SHIPPED
from paivand.collect.rules.tables import LANGUAGES
from paivand.collect.rules.xforms import said
from tests.cast import fresh
from tests.collect.jobs import TODAY, Photo, World
from tests.collect.on_phone import current
from tests.collect.standing import send_and_compare
from tests.collect.test_takers import REGISTRATION

pytestmark = pytest.mark.skipif(
    not (shutil.which("java") and shutil.which("javac")), reason="JavaRosa needs Java with its compiler"
)


@pytest.fixture(autouse=True)
def home(settings: Any, tmp_path: Path) -> Path:
    """Files of the tests go where nobody keeps them."""
    settings.HOME = tmp_path
    return tmp_path


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """The class path of the compiled driver, and a folder to work in."""
    from pyxform.validators.odk_validate import ODK_VALIDATE_PATH

    folder = tmp_path_factory.mktemp("javarosa")
    source = Path(__file__).parent / "javarosa" / "Filler.java"
    subprocess.run(["javac", "-nowarn", "-cp", ODK_VALIDATE_PATH, "-d", folder, source], check=True, timeout=120)
    return f"{ODK_VALIDATE_PATH}:{folder}", folder


def _typed(value: Any) -> str:
    """An answer as the hand types it: choices with spaces between them, a photograph by the name of its file."""
    if isinstance(value, Photo):
        return value.name
    return " ".join(value) if isinstance(value, list) else str(value)


def _task(by: Any, code: str, told: Mapping[str, Any], folder: Path, *, language: str = "tg") -> dict[str, Any]:
    """What the driver is told: the form as ``by`` gets it, with her lists; an empty answer is not typed."""
    worker = fresh(by)
    with acting_as(worker):
        version = form_for(worker, code)
        assert version is not None, code
        folder.mkdir(parents=True)
        (folder / "form.xml").write_text(version.xml, encoding="utf-8")
        for name, found in field_lists(worker, version.lists).items():
            (folder / f"{name}.csv").write_bytes(found.content())
    answers = {path: typed for path, value in told.items() if (typed := _typed(value))}
    return {
        "form": str(folder / "form.xml"), "media": str(folder), "language": LANGUAGES[language], "answers": answers,
    }  # fmt: skip


def _filled(engine: tuple[str, Path], tasks: list[dict[str, Any]], folder: Path) -> list[dict[str, Any]]:
    classpath, _compiled = engine
    asked, answered = folder / "tasks.json", folder / "results.json"
    asked.write_text(json.dumps(tasks), encoding="utf-8")
    subprocess.run(
        ["java", "-XX:TieredStopAtLevel=1", "-Dfile.encoding=UTF-8", "-cp", classpath, "Filler", asked, answered],
        check=True, timeout=240, capture_output=True,
    )  # fmt: skip
    results: list[dict[str, Any]] = json.loads(answered.read_text(encoding="utf-8"))
    return results


def _same(typed: str, read: str) -> bool:
    """Whether the answer is what was typed: numbers may come back with another number of noughts."""
    if typed == read:
        return True
    try:
        return Decimal(typed) == Decimal(read)
    except ArithmeticError:
        return set(typed.split()) == set(read.split())


@pytest.mark.django_db
def test_every_form_filled_in_by_the_engine_of_collect_arrives_and_stands_as_it_was_filled_in(
    engine: tuple[str, Path], tmp_path: Path, family: Any, zarina: Any, tahmina: Any, nasiba: Any, manija: Any
) -> None:
    world = World(family, zarina, tahmina, nasiba, manija)
    jobs = world.jobs()
    assert {job.code for job in jobs} == set(SHIPPED)
    tasks = [
        _task(job.by, job.code, job.told() | job.unasked(), tmp_path / job.code, language=job.language) for job in jobs
    ]  # fmt: skip
    results = dict(zip([job.code for job in jobs], _filled(engine, tasks, tmp_path), strict=True))
    for job in jobs:
        result = results[job.code]
        assert (job.code, result["refused"], result["left"]) == (job.code, [], sorted(job.unasked()))
        filled = read_filled(result["xml"].encode())
        assert (filled.form, filled.version) == (job.code, current(job.code).name)
        read = {path.replace("[1]", ""): value for path, value in filled.paths()}
        for path, value in job.told().items():
            kept = read.get(path.replace("[1]", ""), "")
            assert _same(_typed(value), kept), (job.code, path, value, kept)
        _in_language(job.code, job.language, result["asked"])
    send_and_compare(world, jobs, {code: one["xml"].encode() for code, one in results.items()})


def _in_language(code: str, language: str, asked: Mapping[str, str]) -> None:
    """Each question was put in the words of the form in this language."""
    labels = {row["path"]: said(row["label"], language) for row in current(code).questions}
    for path, words in asked.items():
        label = labels["/".join(step.partition("[")[0] for step in path.split("/"))]
        if "${" not in label:
            assert words == label, (code, path)


@pytest.mark.django_db
def test_the_engine_of_collect_asks_for_what_is_missing_and_refuses_what_cannot_be(
    engine: tuple[str, Path], tmp_path: Path, zarina: Any, family: Any, dusti_family: Any
) -> None:
    ahead = str(TODAY + timedelta(days=2))
    wrong = REGISTRATION | {
        "start_here/agreed": "", "place/registered_on": ahead, "head/given_name": "Гул9",
        "head/birth_known": "estimate", "head/age": "15", "contact/who_may_answer": "", "members[1]/relation": "head",
    }  # fmt: skip
    small = {path: value for path, value in wrong.items() if not path.startswith("members[2]")} | {"n_others": "1"}
    tasks = [
        _task(zarina, "family_registration", small, tmp_path / "small"),
        _task(
            zarina, "family_registration", REGISTRATION | {"n_others": "21", "contact/phone": "12"}, tmp_path / "many"
        ),
        _task(zarina, "home_visit", {"family": dusti_family.pk}, tmp_path / "elsewhere"),
    ]
    first, many, elsewhere = _filled(engine, tasks, tmp_path)
    found = {one["path"]: one for one in first["refused"]}
    assert {path: one["code"] for path, one in found.items()} == {
        "start_here/agreed": "required", "place/registered_on": "constraint", "head/given_name": "constraint",
        "contact/who_may_answer": "required", "members/relation": "required", "consent/given_by": "constraint",
    }  # fmt: skip
    assert {"path": "members/relation", "code": "choice", "message": "head"} in first["refused"]
    questions = {row["path"]: row for row in current("family_registration").questions}
    assert questions["consent/given_by"]["label"]["tg"] == first["asked"]["consent/given_by"]
    assert found["consent/given_by"]["message"].startswith("Сарвари оила ба 18-солагӣ нарасидааст")
    assert {(one["path"], one["code"]) for one in many["refused"]} >= {
        ("n_others", "constraint"), ("contact/phone", "constraint"),
    }  # fmt: skip
    assert "choice" in {one["code"] for one in elsewhere["refused"] if one["path"] == "family"}
