"""Users, roles, agencies and break-glass, as the asking user may see them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from paivand.access.models import Agency, BreakGlass, RoleAssignment, Team, User
from paivand.access.rules.roles import INCOMPATIBLE, ROLES, Role, RoleKey
from paivand.access.rules.scopes import Scope
from paivand.access.rules.verbs import VERB_MEANING, Verb
from paivand.core.models import Place
from paivand.core.rules.pages import Page
from paivand.methods.names import sort_key

PAGE = 50


def users(by: User, *, text: str = "", role: str = "", after: str = "") -> Page[User]:
    """A page of users in Tajik order, whose name or user name begins with ``text``, holding ``role`` now."""
    found = User.objects.filter(User.policy.visible(by)).select_related("agency", "team")
    found = found.prefetch_related(Prefetch("assignments", RoleAssignment.objects.live(), to_attr="held"))
    if text:
        key = sort_key(text)
        by_name = found.filter(sort_key__gte=key, sort_key__lt=key + "\U0010ffff")
        found = by_name | found.filter(username__startswith=text.lower())
    if role in ROLES:
        now = RoleAssignment.objects.live().filter(role=role).values("user_id")
        found = found.filter(pk__in=now)
    key, _, last = after.rpartition("~")
    if last:
        try:
            pk = uuid.UUID(last)
        except ValueError:
            return Page([], None, more=False)
        found = found.filter(sort_key__gt=key) | found.filter(sort_key=key, pk__gt=pk)
    return Page.cut(list(found.order_by("sort_key", "id")[: PAGE + 1]), PAGE, lambda row: f"{row.sort_key}~{row.pk}")


def user_seen_by(by: User, user_id: uuid.UUID) -> User | None:
    """One user, if ``by`` may see the list of users."""
    return User.objects.filter(User.policy.visible(by)).select_related("agency", "team").filter(pk=user_id).first()


def user_named(username: str) -> User | None:
    """The user of this name, in small or capital letters; for sign-in, when nobody asks yet."""
    return User.objects.filter(username__iexact=username).first()


def user_with_email(addresses: Sequence[str]) -> User | None:
    """The user who may sign in and has one of these addresses; for sign-in through the organisation's directory."""
    return User.objects.filter(email__in=addresses, is_active=True).first()


def is_username_taken(username: str) -> bool:
    """Whether a user of this name exists, suspended ones included."""
    return User.objects.filter(username=username).exists()


def assignments_of(by: User, user: User) -> list[RoleAssignment]:
    """All roles that ``user`` holds or held, the live ones first, with the names of their districts."""
    found = RoleAssignment.objects.filter(RoleAssignment.policy.visible(by), user=user)
    rows = list(found.select_related("agency", "team", "given_by"))
    names = {place.code: place.name for place in Place.objects.districts()}
    for row in rows:
        row.district_names = [names.get(code, code) for code in row.districts]  # type: ignore[attr-defined]
    return sorted(rows, key=lambda row: not row.is_live)


def assignment_seen_by(by: User, assignment_id: uuid.UUID) -> RoleAssignment | None:
    """One role assignment."""
    found = RoleAssignment.objects.filter(RoleAssignment.policy.visible(by), pk=assignment_id)
    return found.select_related("user").first()


def sessions_of(by: User, user: User) -> list[UserSession]:
    """The sessions of ``user`` that ``by`` may see: one's own, or everyone's for who may end them."""
    if user.pk != by.pk and Verb.SESSION_END not in by.verbs:
        return []
    return list(UserSession.objects.filter(user_id=user.pk).order_by("-last_seen_at"))


def has_second_factor(user: User) -> bool:
    """Whether ``user``, who is the one asking, has set up codes or a passkey."""
    return bool(Authenticator.objects.filter(user_id=user.pk).exclude(type=Authenticator.Type.RECOVERY_CODES).exists())


def agencies(by: User) -> QuerySet[Agency]:
    """All agencies with their teams."""
    teams = Prefetch("teams", Team.objects.select_related("district"))
    return Agency.objects.filter(Agency.policy.visible(by)).prefetch_related(teams)


def agency_seen_by(by: User, agency_id: uuid.UUID) -> Agency | None:
    """One agency."""
    return Agency.objects.filter(Agency.policy.visible(by), pk=agency_id).first()


def is_email_taken(address: str, *, apart_from: User | None = None) -> bool:
    """Whether another user has this e-mail address; an empty one is nobody's."""
    others = User.objects.exclude(pk=apart_from.pk) if apart_from else User.objects.all()
    return bool(address) and others.filter(email__iexact=address).exists()


def is_agency_name_taken(name: str, *, apart_from: Agency | None = None) -> bool:
    """Whether another agency has this name already."""
    found = Agency.objects.filter(name=name)
    return (found.exclude(pk=apart_from.pk) if apart_from else found).exists()


def is_team_name_taken(agency: Agency, name: str) -> bool:
    """Whether the agency has a team of this name already."""
    return Team.objects.filter(agency=agency, name=name).exists()


def teams(by: User) -> QuerySet[Team]:
    """All teams."""
    return Team.objects.filter(Team.policy.visible(by)).select_related("agency", "district")


def districts() -> QuerySet[Place]:
    """All districts in Tajik order."""
    return Place.objects.districts()


def own_glass(by: User) -> list[BreakGlass]:
    """One's own break-glass, the latest first."""
    return list(BreakGlass.objects.filter(user=by).select_related("district", "reviewed_by")[:50])


def glass_to_review(by: User, *, open_only: bool = False) -> list[BreakGlass]:
    """Break-glass of others within the reach of ``by``'s right to review, those not yet reviewed first."""
    found = BreakGlass.objects.filter(BreakGlass.policy.visible(by)).exclude(user=by)
    if open_only:
        found = found.filter(reviewed_at=None)
    found = found.select_related("district", "user", "reviewed_by")
    return sorted(found.order_by("-id")[:200], key=lambda row: row.reviewed_at is not None)


def glass_seen_by(by: User, glass_id: uuid.UUID) -> BreakGlass | None:
    """One break-glass of somebody else."""
    return (
        BreakGlass.objects.filter(BreakGlass.policy.visible(by), pk=glass_id).select_related("district", "user").first()
    )


def expiring_roles(by: User, *, days: int = 14) -> list[RoleAssignment]:
    """Live roles that end within ``days``, the soonest first."""
    until = timezone.now() + timedelta(days=days)
    found = RoleAssignment.objects.live().filter(RoleAssignment.policy.visible(by), expires_at__lte=until)
    return list(found.select_related("user").order_by("expires_at")[:20])


@dataclass(frozen=True)
class RoleRow:
    """A role with what it may do, for the page of roles."""

    role: Role
    verbs: list[tuple[Verb, str]]
    not_with: list[str]


def role_rows() -> list[RoleRow]:
    """All roles with their verbs and the roles they may not be joined with."""
    return [
        RoleRow(
            role,
            [(verb, VERB_MEANING[verb]) for verb in Verb if verb in role.verbs],
            [ROLES[other].name for other in RoleKey if frozenset({role.key, other}) in INCOMPATIBLE],
        )
        for role in ROLES.values()
    ]


def placement(by: User, district_id: str) -> Scope:
    """Where a record lies that ``by`` makes in this district: with her agency, her team and herself."""
    return Scope(district_id=district_id, agency_id=by.agency_id, team_id=by.team_id, owner_id=by.pk)
