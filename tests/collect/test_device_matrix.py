"""What every account's device gets over the door: each form, each manifest and each list, and nothing of others.

Who owns what is told by the tests themselves, by district and by role, and not asked of the program.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
from defusedxml.ElementTree import fromstring
from django.utils import timezone

from paivand.access.actions.roles import end_role
from paivand.access.actions.users import suspend_user
from paivand.access.models.identity import acting_as
from paivand.collect.actions.devices import revoke_device
from paivand.collect.queries.field_lists import NAMES
from paivand.collect.rules.shipped import SHIPPED
from paivand.core.models import new_id
from paivand.core.rules.errors import Refused, WithoutRightError
from paivand.core.rules.writing import writing
from paivand.learning.actions import seasons
from paivand.learning.actions.inside import about
from paivand.learning.models import FollowUp, Session
from paivand.learning.rules.fields import PlotDraft, SeasonDraft, Way
from paivand.referrals.rules.referrals import Way as Road
from paivand.registry.models import Family, FamilyMember
from tests.cast import CAST, DUSTI, KULOB, fresh
from tests.collect.field import Phone, device_of
from tests.collect.jobs import TODAY, World
from tests.collect.on_phone import current
from tests.learning.schooling import running
from tests.protection import stage
from tests.referrals.handshake import sent as referred
from tests.referrals.handshake import service

pytestmark = pytest.mark.django_db

NAMED, COURSES_OF, REFERRED, ASKED, REACH = "families", "courses", "referrals", "questions", "campaigns"
LIST = "{http://openrosa.org/xforms/xformsList}"
MANIFEST = "{http://openrosa.org/xforms/xformsManifest}"

VISITS = {
    "family_registration", "home_visit", "remittances", "vulnerability_profile", "phq4", "referral_feedback",
    "follow_up",
}  # fmt: skip
COURSES = {"attendance", "aesa", "follow_up", "information_session"}


def _family_keys(by: Any) -> set[str]:
    """The families that a worker registered herself, and their people."""
    with acting_as(by):
        families = set(Family.objects.filter(owner=by).values_list("pk", flat=True))
        people = FamilyMember.objects.filter(family__in=families).values_list("person_id", flat=True)
        return {str(one) for one in families | set(people)}


class Ground:
    """Two districts with the same kinds of things in each, and a survivor in one of them.

    ``lies`` tells which keys lie where: by district and kind.
    """

    def __init__(self, people: dict[str, Any], family: Any, dusti_family: Any) -> None:
        zarina, farrukh, nasiba, gulnoz = (people[name] for name in ("zarina", "farrukh", "nasiba", "gulnoz"))
        world = World(family, zarina, people["tahmina"], nasiba, people["manija"])
        self.trainer = people["behruz"]
        groups = [self._of_group(people["tahmina"], group) for group in (world.group, world.plot.group)]
        self.lies: dict[str, set[str]] = {
            f"{KULOB} {COURSES_OF}": {str(world.plot.pk)}.union(*groups),
            f"{KULOB} {REFERRED}": {str(world.referral.pk)},
            f"{KULOB} {ASKED}": {str(world.task.pk)},
            f"{KULOB} {REACH}": {str(world.campaign.pk)},
        }
        self._in_dusti(farrukh, gulnoz, dusti_family)
        self.lies |= {f"{KULOB} {NAMED}": _family_keys(zarina), f"{DUSTI} {NAMED}": _family_keys(farrukh)}
        clinic = stage.service(nasiba)
        survivor = stage.opened(gulnoz)
        sealed = stage.sent(survivor, stage.agreed(survivor, gulnoz), clinic, gulnoz)
        self.secrets = {
            survivor.code, str(survivor.pk), sealed.code, str(sealed.pk), str(clinic.pk), stage.NAME.given, stage.PHONE
        }  # fmt: skip

    def _in_dusti(self, farrukh: Any, gulnoz: Any, family: Any) -> None:
        by = fresh(self.trainer)
        school, pupils = running(
            self.trainer, farrukh, n=1, families=5, course="ffs_drip_vegetables", place="TJ-KT-20-04",
            district=DUSTI, jamoat="TJ-KT-20-04",
            starts_on=TODAY - timedelta(days=20), anyway=True,
        )  # fmt: skip
        with acting_as(self.trainer):
            seasons.write_season(
                group=school, version=0, by=by, draft=SeasonDraft("tomato", school.starts_on, host="Замини деҳа")
            )
            plot = seasons.add_plot(
                group=school, plot_id=new_id(), draft=PlotDraft("1", Way.IMPROVED, "drip"), by=by
            )  # fmt: skip
            with writing("a test"):
                task = about(pupils[0], FollowUp(
                    enrolment=pupils[0], kind="after", months=6, due_on=TODAY, for_user_id=farrukh.pk
                ))  # fmt: skip
                task.save()
        self.lies[f"{DUSTI} {COURSES_OF}"] = self._of_group(self.trainer, school) | {str(plot.pk)}
        self.lies[f"{DUSTI} {ASKED}"] = {str(task.pk)}
        there = service(gulnoz, district=DUSTI, name="Маркази ҳуқуқии Дӯстӣ")
        self.lies[f"{DUSTI} {REFERRED}"] = {str(referred(family, there, farrukh, way=Road.SPOKEN).pk)}

    @staticmethod
    def _of_group(by: Any, group: Any) -> set[str]:
        with acting_as(by):
            sessions = Session.objects.filter(group=group).values_list("pk", flat=True)
            learners = group.enrolments.values_list("pk", flat=True)
            return {str(group.pk), *map(str, sessions), *map(str, learners)}


_KEY = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def _lists(phone: Phone) -> dict[str, str]:
    """Each list, as the door gives it out."""
    found = {}
    for name in NAMES:
        answer = phone.get(f"/lists/{name}.csv")
        assert answer.status_code == 200, name
        found[name] = answer.content.decode()
    return found


def _keys(lists: Iterable[str]) -> set[str]:
    return {key for one in lists for key in _KEY.findall(one)}


def _forms(phone: Phone) -> dict[str, set[str]]:
    """The lists of each form that the door offers; each is fetched, and its manifest names what the form reads."""
    root = fromstring(phone.get("/formList").content)
    found = {}
    for item in root:
        told = {one.tag.removeprefix(LIST): one.text for one in item}
        xml = phone.get(told["downloadUrl"]).content.decode()
        reads = set(re.findall(r"jr://file-csv/([\w.-]+)\.csv", xml))
        named = set()
        if told.get("manifestUrl"):
            files = fromstring(phone.get(told["manifestUrl"]).content)
            for file in files.iter(f"{MANIFEST}mediaFile"):
                address = file.findtext(f"{MANIFEST}downloadUrl")
                assert phone.get(address).status_code == 200, address
                named.add(file.findtext(f"{MANIFEST}filename").removesuffix(".csv"))
        assert named == reads, told["formID"]
        found[told["formID"]] = named
    return found


VISITORS: dict[str, set[str]] = {
    "zarina": {f"{KULOB} {kind}" for kind in (NAMED, REFERRED, ASKED, REACH)},
    "farrukh": {f"{DUSTI} {kind}" for kind in (NAMED, REFERRED, ASKED)},
    "nasiba": {f"{KULOB} {kind}" for kind in (NAMED, REFERRED)},
    "gulnoz": {f"{district} {kind}" for kind in (NAMED, REFERRED) for district in (KULOB, DUSTI)},
}
HOLDS: dict[str, set[str]] = {
    **VISITORS,
    "tahmina": {f"{KULOB} {kind}" for kind in (COURSES_OF, REACH)},
    # He works in both districts, and his groups are in one of them.
    "behruz": {f"{DUSTI} {COURSES_OF}", f"{KULOB} {REACH}"},
    "manija": {f"{KULOB} {REACH}"},
}
"""Of which district an account holds what on its device: those who visit families hold families, trainers groups."""

FORMS: dict[str, set[str]] = {
    "zarina": VISITS | {"information_session"}, "farrukh": VISITS | {"information_session"}, "nasiba": VISITS,
    "gulnoz": VISITS, "tahmina": COURSES, "behruz": COURSES, "manija": {"information_session"},
}  # fmt: skip
WITHOUT = ["anvar", "rustam", "manager", "ministry", "dpo", "second.admin", "outsider", "admin"]
"""They fill in nothing, so nobody can give them a device."""


def test_every_account_has_its_line_here() -> None:
    assert {*HOLDS, *WITHOUT} == {*FORMS, *WITHOUT} == {*CAST, "admin"}


def test_no_device_gets_a_form_or_an_entry_that_is_not_its_workers(
    everyone: dict[str, Any], family: Any, dusti_family: Any
) -> None:
    ground = Ground(everyone, family, dusti_family)
    for username, holds in HOLDS.items():
        phone = Phone(device_of(everyone[username])[1])
        lists = _lists(phone)
        keys = _keys(lists.values())
        assert {place for place, ids in ground.lies.items() if ids & keys} == holds, username
        told = "".join(lists.values())
        assert not [secret for secret in ground.secrets if secret in told], username
        forms = _forms(phone)
        assert set(forms) == FORMS[username], username
        assert set().union(*forms.values()) <= set(NAMES), username
        for code in set(SHIPPED) - FORMS[username]:
            assert phone.get(f"/forms/{code}/{current(code).name}.xml").status_code == 404, (username, code)
            assert phone.get(f"/forms/{code}/{current(code).name}/manifest").status_code == 404, (username, code)


@pytest.mark.parametrize("username", WITHOUT)
def test_who_fills_in_nothing_has_no_device(everyone: dict[str, Any], username: str) -> None:
    with pytest.raises((Refused, WithoutRightError)):
        device_of(everyone[username])


@pytest.mark.parametrize("ending", ["role", "day", "account", "device"])
def test_a_device_whose_time_is_over_gets_nothing(everyone: dict[str, Any], family: Any, ending: str) -> None:
    zarina, admin = everyone["zarina"], everyone["admin"]
    device, token = device_of(zarina)
    phone = Phone(token)
    version = current("home_visit").name
    addresses = [
        "/formList", f"/forms/home_visit/{version}.xml", f"/forms/home_visit/{version}/manifest",
        *(f"/lists/{name}.csv" for name in NAMES), f"/lists/families/integrity?id={family.pk}",
    ]  # fmt: skip
    assert {phone.get(address).status_code for address in addresses} == {200}
    with acting_as(admin):
        if ending == "role":
            end_role(assignment=zarina.assignments.live().get(), reason="She left.", by=fresh(admin))
        elif ending == "day":
            with writing("a test"):
                now = timezone.now()
                zarina.assignments.update(starts_at=now - timedelta(days=9), expires_at=now - timedelta(days=1))
        elif ending == "account":
            suspend_user(user=fresh(zarina), reason="She left.", by=fresh(admin))
    if ending == "device":
        with acting_as(zarina):
            revoke_device(device=device, by=fresh(zarina))
    answers = [phone.get(address) for address in addresses]
    assert {answer.status_code for answer in answers} == {403}
    told = b"".join(answer.content for answer in answers).decode()
    assert family.code not in told
    assert str(family.pk) not in told
