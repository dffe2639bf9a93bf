"""Forms filled by the engine of ODK Collect itself, with the lists of the worker, and taken in by the house.

JavaRosa comes inside the jar of ODK Validate, which comes with pyxform; ``javarosa/Filler.java`` is the hand that
types. One machine fills all forms, because starting it takes longest.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from paivand.access.models.identity import acting_as
from paivand.collect.queries.field_lists import field_lists
from paivand.collect.queries.forms import form_for
from paivand.collect.rules.filled import read_filled
from paivand.collect.rules.shipped import SHIPPED
from paivand.collect.rules.tables import LANGUAGES
from paivand.collect.rules.xforms import said
from tests.cast import fresh
from tests.collect.on_phone import current, taken_in
from tests.collect.test_instrument_forms import _phq4, _profile
from tests.collect.test_takers import REGISTRATION
from tests.collect.test_takers_of_courses import _asked, _first, _seen, _session, plot, task
from tests.collect.test_takers_of_help import _came, _told, spoken
from tests.learning.schooling import running
from tests.outreach.reaching import planned

pytestmark = pytest.mark.skipif(
    not (shutil.which("java") and shutil.which("javac")), reason="JavaRosa needs Java with its compiler"
)

__all__ = ["plot", "spoken", "task"]
TODAY = timezone.localdate()


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


def _plain(told: Mapping[str, Any]) -> dict[str, str]:
    """Answers by path with positions; what is empty is not typed."""
    found: dict[str, str] = {}
    for path, value in told.items():
        if isinstance(value, list):
            for n, one in enumerate(value, 1):
                found |= {f"{path}[{n}]/{inner}": str(answer) for inner, answer in one.items()}
        elif str(value):
            found[path] = str(value)
    return found


def _task(by: Any, code: str, told: Mapping[str, Any], folder: Path, *, today: date | None = None) -> dict[str, Any]:
    """What the driver is told: the form as ``by`` gets it, with her lists, and the answers."""
    worker = fresh(by)
    with acting_as(worker):
        version = form_for(worker, code)
        assert version is not None, code
        folder.mkdir(parents=True)
        (folder / "form.xml").write_text(version.xml, encoding="utf-8")
        for name, found in field_lists(worker, version.lists, today=today).items():
            (folder / f"{name}.csv").write_bytes(found.content())
    return {
        "form": str(folder / "form.xml"), "media": str(folder), "language": LANGUAGES["tg"], "answers": _plain(told),
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
def test_the_engine_of_collect_fills_every_form_and_the_house_takes_it(
    engine: tuple[str, Path], tmp_path: Path, zarina: Any, tahmina: Any, manija: Any, family: Any, spoken: Any,
    plot: Any, task: Any,
) -> None:  # fmt: skip
    group, rows = running(tahmina, zarina, n=3)
    session = _first(tahmina, group)
    campaign = planned(manija, topics=("safe_migration",))
    attendance = _session(group, session, rows, **{"marks/late": rows[1].pk})
    del attendance["learners"]  # the form finds them itself
    told: dict[str, tuple[Any, dict[str, Any]]] = {
        "family_registration": (zarina, REGISTRATION),
        "home_visit": (zarina, {
            "family": family.pk, "visit/happened_on": TODAY, "visit/people": family.head_id, "visit/outcome": "partly",
            "changed/changes": "village land", "changed/village": "Навобод", "changed/land": "rented",
        }),
        "remittances": (zarina, {
            "family": family.pk, "sender": family.head_id,
            "months": [{"month": "2026-10-01", "amount": "12500.5", "currency": "USD", "channel": "bank", "cost": "12"},
                       {"month": "2026-09-01", "amount": "0"}],
        }),
        "vulnerability_profile": (zarina, _profile(family, {"no_income"})),
        "phq4": (zarina, _phq4(family)),
        "referral_feedback": (zarina, _told(spoken)),
        "follow_up": (zarina, _asked(task)),
        "attendance": (tahmina, attendance),
        "aesa": (tahmina, _seen(plot, photo="", caption="")),
        "information_session": (zarina, _came(campaign=campaign.pk, photo="", has_names="", reference="Дафтар 3")),
    }  # fmt: skip
    assert set(told) == set(SHIPPED)
    then = {"attendance": session.on_day}  # a list offers only sessions of the last weeks
    tasks = [
        _task(by, code, answers, tmp_path / code, today=then.get(code)) for code, (by, answers) in told.items()
    ]  # fmt: skip
    results = dict(zip(told, _filled(engine, tasks, tmp_path), strict=True))

    for code, result in results.items():
        assert (code, result["refused"], result["left"]) == (code, [], [])
        filled = read_filled(result["xml"].encode())
        assert (filled.form, filled.version) == (code, current(code).name)
        read = {path.replace("[1]", ""): value for path, value in filled.paths()}
        for path, typed in _plain(told[code][1]).items():
            key = path.replace("[1]", "")
            assert _same(typed, read.get(key, "")), (code, path, typed, read.get(key))
        _in_tajik(code, result["asked"])
        taken = taken_in(told[code][0], result["xml"].encode())
        assert [made.kind for made in taken.what], code
    _stored(zarina, family)


def _in_tajik(code: str, asked: Mapping[str, str]) -> None:
    """Each question was put in the Tajik words of the form."""
    labels = {row["path"]: said(row["label"], "tg") for row in current(code).questions}
    for path, words in asked.items():
        label = labels["/".join(step.partition("[")[0] for step in path.split("/"))]
        if "${" not in label:
            assert words == label, (code, path)


def _stored(by: Any, family: Any) -> None:
    """What JavaRosa typed stands in the rows of the registry, field by field."""
    from paivand.registry.models import Consent, Family, FamilyMember, JourneyStep, MigrationEpisode, Phone, Remittance

    with acting_as(by):
        new = Family.objects.get(village=REGISTRATION["place/village"])
        assert (new.jamoat_id, new.housing, new.land, new.origin, new.n_members, new.registered_on) == (
            REGISTRATION["place/jamoat"], "in_laws", "rented", "field", 3, date(2026, 11, 20),
        )  # fmt: skip
        people = {m.relation: m.person for m in FamilyMember.objects.filter(family=new).select_related("person")}
        assert [people[one].given_name for one in ("head", "spouse", "child")] == ["Гулнора", "Карим", "Али"]
        assert (people["child"].birth_on, people["child"].birth_precision) == (date(2016, 5, 4), "day")
        assert Phone.objects.get(person=people["head"]).who_may_answer == "модараш"
        assert MigrationEpisode.objects.get(person=people["spouse"]).departed_on == date(2025, 3, 1)
        assert set(Consent.objects.filter(person=people["head"]).values_list("purpose", flat=True)) == {
            "registration", "services", "referral",
        }  # fmt: skip
        family.refresh_from_db()
        assert (family.village, family.land) == ("Навобод", "rented")  # what the visit found changed
        step = JourneyStep.objects.get(person_id=family.head_id, service="visit.made")
        assert (step.outcome, step.happened_on) == ("partly", TODAY)
        money = Remittance.objects.filter(family=family).order_by("-month")
        assert [(row.month, row.amount, row.currency, row.channel, row.cost_amount) for row in money] == [
            (date(2026, 10, 1), Decimal("12500.50"), "USD", "bank", Decimal(12)),
            (date(2026, 9, 1), Decimal(0), "RUB", "not_known", None),
        ]


@pytest.mark.django_db
def test_the_engine_of_collect_asks_for_what_is_missing_and_refuses_what_cannot_be(
    engine: tuple[str, Path], tmp_path: Path, zarina: Any, family: Any, dusti_family: Any
) -> None:
    tomorrow = str(TODAY + timedelta(days=1))
    wrong = REGISTRATION | {
        "start_here/agreed": "", "place/registered_on": tomorrow, "head/given_name": "Гул9",
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
