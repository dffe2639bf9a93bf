"""Giving and ending roles."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import Agency, RoleAssignment, Team, User
from paivand.access.rules.roles import ROLES, RoleKey, clash
from paivand.access.rules.scopes import ScopeKind
from paivand.access.rules.verbs import Verb
from paivand.core.models import Place
from paivand.core.rules.errors import Refused


@action(Verb.ROLE_ASSIGN)
def assign_role(
    *, user: User, role: RoleKey, scope: ScopeKind, reason: str, by: User, agency: Agency | None = None,
    team: Team | None = None, districts: Iterable[Place] = (), expires_at: datetime | None = None,
) -> RoleAssignment:  # fmt: skip
    """Give ``user`` a role within a scope, until a time if one is given.

    Raises:
        Refused: for oneself, an incompatible pair, a scope the role cannot have, a scope without its place, or a
            past end.
    """
    if user.pk == by.pk:
        raise Refused(_("You cannot give yourself a role. Ask another administrator."), "self")
    if scope not in ROLES[role].scopes:
        raise Refused(_("This role cannot have this scope. Choose another scope."), "scope", field="scope")
    codes = sorted({place.code for place in districts})
    _demand_place(scope, agency, team, codes)
    if expires_at and expires_at <= timezone.now():
        raise Refused(_("The end lies in the past. Choose a later day."), "past", field="expires_at")
    user.forget_rights()
    _demand_no_clash(user, role)
    assignment = RoleAssignment(
        user=user, role=role, scope=scope, reason=reason, given_by=by, expires_at=expires_at,
        agency=agency if scope == ScopeKind.AGENCY else None, team=team if scope == ScopeKind.TEAM else None,
        districts=codes if scope == ScopeKind.DISTRICTS else [],
    )  # fmt: skip
    assignment.save()
    user.forget_rights()
    remark(user=str(user.pk), role=role, scope=scope, districts=assignment.districts)
    return assignment


@action(Verb.ROLE_END)
def end_role(*, assignment: RoleAssignment, reason: str, by: User) -> RoleAssignment:
    """End a role now. The row stays, for the history."""
    if assignment.user_id == by.pk:
        raise Refused(_("You cannot end your own role. Ask another administrator."), "self")
    if not assignment.is_live:
        raise Refused(_("This role has ended already."), "already")
    assignment.ended_at = timezone.now()
    assignment.version += 1
    assignment.save()
    assignment.user.forget_rights()
    remark(user=str(assignment.user_id), role=assignment.role)
    return assignment


def _demand_place(scope: ScopeKind, agency: Agency | None, team: Team | None, codes: list[str]) -> None:
    if scope == ScopeKind.DISTRICTS and not codes:
        raise Refused(_("Choose at least one district for this scope."), "place", field="districts")
    if scope == ScopeKind.AGENCY and agency is None:
        raise Refused(_("Choose the agency for this scope."), "place", field="agency")
    if scope == ScopeKind.TEAM and team is None:
        raise Refused(_("Choose the team for this scope."), "place", field="team")


def _demand_no_clash(user: User, role: RoleKey) -> None:
    held = [RoleKey(assignment.role) for assignment in user.live_assignments]
    pair = clash([*held, role])
    if pair:
        names = " + ".join(sorted(_(ROLES[key].name) for key in pair))
        raise Refused(
            _("One person may not hold both roles: %(pair)s. End the other role first.") % {"pair": names},
            "incompatible",
            field="role",
        )
