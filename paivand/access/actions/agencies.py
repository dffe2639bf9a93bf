"""Agencies and their teams."""

from __future__ import annotations

from paivand.access.actions.mechanism import action
from paivand.access.models import Agency, Team, User
from paivand.access.rules.verbs import Verb
from paivand.core.models import Place


@action(Verb.AGENCY_EDIT)
def add_agency(*, name: str, kind: str, by: User) -> Agency:
    """Add an agency."""
    agency = Agency(name=name, kind=kind)
    agency.save()
    return agency


@action(Verb.AGENCY_EDIT)
def rename_agency(*, agency: Agency, name: str, kind: str, by: User) -> Agency:
    """Change an agency's name or kind."""
    agency.name, agency.kind = name, kind
    agency.version += 1
    agency.save()
    return agency


@action(Verb.TEAM_EDIT)
def add_team(*, name: str, agency: Agency, district: Place, by: User) -> Team:
    """Add a team to an agency."""
    team = Team(name=name, agency=agency, district=district)
    team.save()
    return team
