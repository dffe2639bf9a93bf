"""The roles as code: what each is in a plain sentence, which verbs it holds and which classes of data it may see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

from paivand.access.rules.scopes import ScopeKind
from paivand.access.rules.verbs import Verb
from paivand.core.rules.privacy import DataClass
from paivand.core.rules.texts import text

_OWN_ACCOUNT = frozenset({Verb.PROFILE_EDIT, Verb.DIRECTORY_REPORT})
_READ_FAMILIES = frozenset({Verb.FAMILY_OPEN})
_WORK_WITH_FAMILIES = _READ_FAMILIES | {
    Verb.FAMILY_REGISTER,
    Verb.FAMILY_EDIT,
    Verb.FAMILY_IMPORT,
    Verb.CONSENT_RECORD,
    Verb.CONSENT_WITHDRAW,
    Verb.DUPLICATE_REVIEW,
    Verb.JOURNEY_RECORD,
    Verb.JOURNEY_REVERSE,
    Verb.FORM_FILL,
}
_WORK_WITH_CASES = frozenset(
    {
        Verb.ASSESSMENT_RECORD,
        Verb.SELECTION_SIGN,
        Verb.CASE_VIEW,
        Verb.CASE_WORK,
        Verb.REFERRAL_SEND,
        Verb.REFERRAL_ANSWER,
    }
)
_FOLLOWS_LEARNERS = frozenset({Verb.LEARNING_VIEW, Verb.LEARNING_ENROL})
_TEACHES = _FOLLOWS_LEARNERS | {
    Verb.LEARNING_PLAN, Verb.LEARNING_TEACH, Verb.CERTIFICATE_ISSUE, Verb.FORM_FILL,
}  # fmt: skip
_SEES_RESULTS = frozenset({Verb.RESULTS_VIEW})
_REPORTS = _SEES_RESULTS | {Verb.RESULTS_ENTER, Verb.RESULTS_EXPORT, Verb.REPORT_WRITE}
_D = DataClass
_S = ScopeKind


class RoleKey(StrEnum):
    """The short stable keys under which roles are stored."""

    SOCIAL_WORKER = "social_worker"
    SUPERVISOR = "supervisor"
    GBV_SPECIALIST = "gbv_specialist"
    SERVICE_PROVIDER = "service_provider"
    TRAINER = "trainer"
    GRANT_OFFICER = "grant_officer"
    JOBS_ADVISER = "jobs_adviser"
    MONITORING_OFFICER = "monitoring_officer"
    PROGRAMME_MANAGER = "programme_manager"
    MINISTRY_VIEWER = "ministry_viewer"
    DATA_PROTECTION_OFFICER = "data_protection_officer"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True)
class Role:
    """A role: ``sentence`` is the source text that people read, translated where it is shown."""

    key: RoleKey
    name: str
    sentence: str
    verbs: frozenset[Verb]
    sees: frozenset[DataClass]
    scopes: tuple[ScopeKind, ...]

    @property
    def sensitive(self) -> bool:
        """Whether the role sees data about people, and so needs a second factor outside the demo."""
        return bool(self.sees) or Verb.AUDIT_VIEW in self.verbs or Verb.ROLE_ASSIGN in self.verbs


_AREA = (_S.DISTRICTS, _S.AGENCY, _S.TEAM, _S.OWN)

ROLES: dict[RoleKey, Role] = {
    role.key: role
    for role in (
        Role(
            RoleKey.SOCIAL_WORKER,
            text("Social worker"),
            text("Registers families, visits them, plans help with them and follows up, in her own districts or team."),
            _OWN_ACCOUNT
            | _WORK_WITH_FAMILIES
            | _WORK_WITH_CASES
            | _FOLLOWS_LEARNERS
            | _SEES_RESULTS
            | {Verb.GLASS_BREAK, Verb.OUTREACH_RECORD},
            frozenset({_D.IDENTITY, _D.CONTACT, _D.FAMILY, _D.CASE, _D.HEALTH, _D.FINANCE, _D.LEARNING, _D.FIELD}),
            _AREA,
        ),
        Role(
            RoleKey.SUPERVISOR,
            text("Supervisor"),
            text("Guides social workers, approves plans and closures, and reviews reading outside the scope."),
            _OWN_ACCOUNT
            | _WORK_WITH_FAMILIES
            | _WORK_WITH_CASES
            | {Verb.PERSON_MERGE, Verb.FAMILY_EXPORT, Verb.GLASS_BREAK, Verb.GLASS_REVIEW, Verb.AUDIT_VIEW}
            | {Verb.FORM_MEND, Verb.DEVICE_MANAGE}
            | {Verb.CASE_ASSIGN, Verb.CASE_APPROVE, Verb.REFERRAL_OVERRIDE, Verb.DIRECTORY_EDIT}
            | _FOLLOWS_LEARNERS
            | _SEES_RESULTS
            | {Verb.CERTIFICATE_ISSUE},
            frozenset({_D.IDENTITY, _D.CONTACT, _D.FAMILY, _D.CASE, _D.HEALTH, _D.FINANCE, _D.LEARNING, _D.FIELD}),
            (_S.DISTRICTS, _S.AGENCY, _S.TEAM, _S.PROGRAMME),
        ),
        Role(
            RoleKey.GBV_SPECIALIST,
            text("GBV specialist"),
            text("Helps survivors of violence in a sealed room that no other role can enter."),
            _OWN_ACCOUNT
            | _WORK_WITH_FAMILIES
            | _WORK_WITH_CASES
            | {Verb.GLASS_BREAK, Verb.SURVIVOR_WORK, Verb.SURVIVOR_REPORT, Verb.REFERRAL_OVERRIDE, Verb.DIRECTORY_EDIT}
            | _FOLLOWS_LEARNERS
            | _SEES_RESULTS,
            frozenset(
                {
                    _D.IDENTITY,
                    _D.CONTACT,
                    _D.FAMILY,
                    _D.CASE,
                    _D.HEALTH,
                    _D.VIOLENCE,
                    _D.FINANCE,
                    _D.LEARNING,
                    _D.FIELD,
                }
            ),
            (_S.DISTRICTS, _S.AGENCY, _S.OWN, _S.PROGRAMME),
        ),
        Role(
            RoleKey.SERVICE_PROVIDER,
            text("Service provider"),
            text("Answers the referrals sent to its service and sees only what was disclosed with them."),
            _OWN_ACCOUNT | {Verb.REFERRAL_ANSWER},
            frozenset({_D.CASE}),
            (_S.AGENCY, _S.OWN),
        ),
        Role(
            RoleKey.TRAINER,
            text("Trainer"),
            text("Runs courses and field schools: sessions, attendance, tests and certificates of the own groups."),
            _OWN_ACCOUNT | _TEACHES | _SEES_RESULTS | {Verb.OUTREACH_RECORD},
            # Household budgets are made together with the learner: a trainer sees those of her own groups.
            frozenset({_D.LEARNING, _D.FINANCE, _D.FIELD}),
            (_S.DISTRICTS, _S.AGENCY, _S.OWN, _S.PROGRAMME),
        ),
        Role(
            RoleKey.GRANT_OFFICER,
            text("Grant officer"),
            text("Checks applications for matching grants, their agreements and payments."),
            _OWN_ACCOUNT | _READ_FAMILIES | _SEES_RESULTS,
            frozenset({_D.IDENTITY, _D.CONTACT, _D.FAMILY, _D.FINANCE}),
            (_S.DISTRICTS, _S.AGENCY, _S.PROGRAMME),
        ),
        Role(
            RoleKey.JOBS_ADVISER,
            text("Jobs adviser"),
            text("Matches people's skills with occupations, vacancies and pre-departure orientation."),
            _OWN_ACCOUNT | _READ_FAMILIES | _TEACHES | _SEES_RESULTS | {Verb.OUTREACH_RECORD},
            frozenset({_D.IDENTITY, _D.CONTACT, _D.FAMILY, _D.LEARNING, _D.FIELD}),
            (_S.DISTRICTS, _S.AGENCY, _S.PROGRAMME),
        ),
        Role(
            RoleKey.MONITORING_OFFICER,
            text("Monitoring officer"),
            text("Checks the figures against single records; sees families by code, without names."),
            _OWN_ACCOUNT
            | _READ_FAMILIES
            | _REPORTS
            | {Verb.FAMILY_EXPORT, Verb.LEARNING_VIEW, Verb.OUTREACH_RECORD, Verb.RESULTS_OPEN}
            | {Verb.FORM_FILL, Verb.SURVEY_MANAGE},
            # Of what is filled in the field she reads the answers of surveys, and nothing else.
            frozenset({_D.FAMILY, _D.FIELD}),
            (_S.DISTRICTS, _S.AGENCY, _S.PROGRAMME),
        ),
        Role(
            RoleKey.PROGRAMME_MANAGER,
            text("Programme manager"),
            text("Steers the programme by its plan, budget and results; sees who works in it, but no family's file."),
            _OWN_ACCOUNT
            | _REPORTS
            | {Verb.USER_VIEW, Verb.DIRECTORY_EDIT, Verb.LEARNING_VIEW}
            | {Verb.PROGRAMME_PLAN, Verb.SPENDING_ENTER, Verb.OUTREACH_RECORD, Verb.REPORT_LOCK, Verb.SURVEY_MANAGE},
            frozenset(),
            (_S.PROGRAMME, _S.AGENCY),
        ),
        Role(
            RoleKey.MINISTRY_VIEWER,
            text("Ministry viewer"),
            text("Sees aggregates only: results by district and month, never a person."),
            _OWN_ACCOUNT | _SEES_RESULTS,
            frozenset(),
            (_S.PROGRAMME, _S.DISTRICTS),
        ),
        Role(
            RoleKey.DATA_PROTECTION_OFFICER,
            text("Data protection officer"),
            text("Watches over who reads what: audit, break-glass, roles and refusals; opens no file."),
            _OWN_ACCOUNT | {Verb.AUDIT_VIEW, Verb.AUDIT_SEALED, Verb.GLASS_REVIEW, Verb.USER_VIEW},
            frozenset(),
            (_S.PROGRAMME,),
        ),
        Role(
            RoleKey.ADMINISTRATOR,
            text("Administrator"),
            text("Manages users, roles, agencies and teams; sees no family and no case."),
            _OWN_ACCOUNT
            | {
                Verb.USER_VIEW,
                Verb.USER_CREATE,
                Verb.USER_EDIT,
                Verb.USER_SUSPEND,
                Verb.SESSION_END,
                Verb.FACTOR_RESET,
                Verb.ROLE_ASSIGN,
                Verb.ROLE_END,
                Verb.AGENCY_EDIT,
                Verb.TEAM_EDIT,
                Verb.PLACE_EDIT,
                Verb.DEVICE_MANAGE,
            },
            frozenset(),
            (_S.PROGRAMME,),
        ),
    )
}

_KEEPS_APART = (
    # Who gives out rights uses none of them; who watches over reading does not read; who pays does not select.
    (RoleKey.ADMINISTRATOR, frozenset(RoleKey) - {RoleKey.ADMINISTRATOR}),
    (RoleKey.DATA_PROTECTION_OFFICER, frozenset(RoleKey) - {RoleKey.DATA_PROTECTION_OFFICER}),
    (RoleKey.MINISTRY_VIEWER, frozenset(RoleKey) - {RoleKey.MINISTRY_VIEWER}),
    (
        RoleKey.MONITORING_OFFICER,
        frozenset(key for key, role in ROLES.items() if {_D.IDENTITY, _D.LEARNING} & role.sees),
    ),
    (RoleKey.GRANT_OFFICER, frozenset({RoleKey.SOCIAL_WORKER, RoleKey.SUPERVISOR})),
)
INCOMPATIBLE: frozenset[frozenset[RoleKey]] = frozenset(
    frozenset({one, other}) for one, others in _KEEPS_APART for other in others if one is not other
)
"""Pairs of roles that one person may not hold at the same time."""


def roles_with(verb: Verb, data_class: DataClass | None = None) -> frozenset[RoleKey]:
    """The roles that hold ``verb`` and, if a class of data is named, may see it.

    >>> sorted(roles_with(Verb.ROLE_ASSIGN))
    [<RoleKey.ADMINISTRATOR: 'administrator'>]
    """
    return frozenset(
        key for key, role in ROLES.items() if verb in role.verbs and (data_class is None or data_class in role.sees)
    )


def clash(keys: Iterable[RoleKey]) -> frozenset[RoleKey] | None:
    """An incompatible pair among ``keys``, or None.

    >>> clash([RoleKey.SOCIAL_WORKER, RoleKey.TRAINER]) is None
    True
    """
    for pair in combinations(sorted(set(keys)), 2):
        if frozenset(pair) in INCOMPATIBLE:
            return frozenset(pair)
    return None
