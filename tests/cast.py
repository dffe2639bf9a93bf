"""The cast: who does what in the tests, created through the actions."""

from __future__ import annotations

from datetime import date
from typing import Any

from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.utils import timezone

from paivand.access.actions.agencies import add_agency, add_team
from paivand.access.actions.roles import assign_role
from paivand.access.actions.users import create_first_administrator, create_user
from paivand.access.models import User
from paivand.access.models.identity import acting_as, for_purpose
from paivand.access.queries.users import placement
from paivand.access.rules.roles import RoleKey
from paivand.access.rules.scopes import ScopeKind
from paivand.core.models import Place, new_id
from paivand.core.rules.dates import Birth
from paivand.registry.actions.registration import register_family
from paivand.registry.models import Family
from paivand.registry.rules import ConsentMethod, GivenBy, Relation, Sex
from paivand.registry.rules.drafts import ConsentDraft, FamilyDraft, MemberDraft, PersonDraft

KULOB, DUSTI = "TJ-KT-02", "TJ-KT-20"
PASSWORD = "a-long-password-of-the-tests"
DISTRICTS, PROGRAMME, OWN = ScopeKind.DISTRICTS, ScopeKind.PROGRAMME, ScopeKind.OWN

CAST: dict[str, tuple[str, RoleKey | None, ScopeKind, tuple[str, ...]]] = {
    "zarina": ("Зарина Шарифова", RoleKey.SOCIAL_WORKER, DISTRICTS, (KULOB,)),
    "farrukh": ("Фаррух Назаров", RoleKey.SOCIAL_WORKER, DISTRICTS, (DUSTI,)),
    "nasiba": ("Насиба Ҳакимова", RoleKey.SUPERVISOR, DISTRICTS, (KULOB,)),
    "gulnoz": ("Гулноз Ятимова", RoleKey.GBV_SPECIALIST, DISTRICTS, (KULOB, DUSTI)),
    "anvar": ("Анвар Сафаров", RoleKey.SERVICE_PROVIDER, OWN, ()),
    "tahmina": ("Таҳмина Қодирова", RoleKey.TRAINER, DISTRICTS, (KULOB,)),
    "rustam": ("Рустам Давлатов", RoleKey.GRANT_OFFICER, DISTRICTS, (KULOB, DUSTI)),
    "behruz": ("Беҳрӯз Ғафуров", RoleKey.JOBS_ADVISER, DISTRICTS, (KULOB, DUSTI)),
    "manija": ("Манижа Раҳимова", RoleKey.MONITORING_OFFICER, DISTRICTS, (KULOB, DUSTI)),
    "manager": ("Сино Юсуфӣ", RoleKey.PROGRAMME_MANAGER, PROGRAMME, ()),
    "ministry": ("Лола Восиева", RoleKey.MINISTRY_VIEWER, PROGRAMME, ()),
    "dpo": ("Парвиз Ҷумъаев", RoleKey.DATA_PROTECTION_OFFICER, PROGRAMME, ()),
    "second.admin": ("Мунира Азизова", RoleKey.ADMINISTRATOR, PROGRAMME, ()),
    "outsider": ("Комрон Бобоев", None, PROGRAMME, ()),
}


def create_cast() -> None:
    """The agencies, the teams and the people; committed once for all tests of a worker."""
    admin = create_first_administrator(username="admin", full_name="Шоира Мирзоева", password=PASSWORD)
    _second_factor(admin)
    with acting_as(admin):
        agency = add_agency(name="Ҳамроҳ", kind="ngo", by=admin)
        other = add_agency(name="Умед", kind="ngo", by=admin)
        places = {place.code: place for place in Place.objects.districts()}
        teams = {
            KULOB: add_team(name="Кӯлоб 1", agency=agency, district=places[KULOB], by=admin),
            DUSTI: add_team(name="Дӯстӣ 1", agency=other, district=places[DUSTI], by=admin),
        }
        for username, (name, role, scope, codes) in CAST.items():
            team = teams.get(codes[0]) if len(codes) == 1 else None
            user = create_user(
                username=username, full_name=name, email="", language="en", agency=team.agency if team else agency,
                team=team, by=admin,
            )  # fmt: skip
            _second_factor(user)
            if role:
                assign_role(
                    user=user, role=role, scope=scope, reason="the cast of the tests", by=admin,
                    districts=[places[code] for code in codes],
                )  # fmt: skip


def _second_factor(user: User) -> None:
    """A second factor for a member of the cast, as the sign-in library stores it."""
    with for_purpose("sign-in"):
        TOTP.activate(user, generate_totp_secret())


def fresh(user: Any) -> User:
    """The same user read anew, without remembered rights."""
    with for_purpose("sign-in"):
        return User.objects.get(pk=user.pk)


def person(
    given: str, surname: str = "", father: str = "", sex: Sex = Sex.FEMALE, born: int | None = None
) -> PersonDraft:
    """A draft of a person."""
    return PersonDraft(given, sex, surname, father, Birth.in_year(born) if born else None)


def agreed(**changes: Any) -> ConsentDraft:
    """A consent given today by the head herself."""
    given = {
        "given_by": GivenBy.SELF,
        "method": ConsentMethod.SIGNATURE,
        "language": "tg",
        "given_on": timezone.localdate(),
    }
    return ConsentDraft(**{**given, **changes})


def register(
    by: Any,
    *,
    jamoat: str = "TJ-KT-02-02",
    given: str = "Ҷамила",
    surname: str = "Каримова",
    members: int | list[MemberDraft] = 3,
    on: date | None = None,
    born: int | None = 1988,
    **changes: Any,
) -> Family:
    """A family registered by ``by``, in a transaction with her identity."""
    place = Place.objects.select_related("parent").get(pk=jamoat)
    family_of_four = [
        MemberDraft(person("Фарҳод", "Каримзода", "Ҷамшед", Sex.MALE, 2012), Relation.CHILD),
        MemberDraft(person("Нигина", "Каримзода", "Ҷамшед", Sex.FEMALE, 2015), Relation.CHILD),
        MemberDraft(person("Хадиҷа", "Каримова", "", Sex.FEMALE, 1958), Relation.PARENT_IN_LAW),
    ]
    others = family_of_four[:members] if isinstance(members, int) else members
    values: dict[str, Any] = {
        "family_id": new_id(),
        "jamoat": place.pk,
        "registered_on": on or timezone.localdate(),
        "head": person(given, surname, "Раҳимовна", born=born),
        "members": tuple(others),
        "consent": agreed(),
    }
    scope = changes.pop("scope", None) or placement(by, str(place.parent_id))
    with acting_as(by):
        return register_family(scope=scope, draft=FamilyDraft(**{**values, **changes}), by=by)
