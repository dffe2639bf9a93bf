"""What stands in the navigation, and for whom."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass

from paivand.access.rules.verbs import Verb
from paivand.core.rules.texts import text


@dataclass(frozen=True)
class NavItem:
    """One way through the program: shown to those who hold ``verb``, or to everyone signed in."""

    url: str
    label: str
    icon: str
    verb: Verb | None = None
    main: bool = True
    short: str = ""
    also: Verb | None = None
    """Another right with which it is shown."""

    def shown_to(self, verbs: Container[Verb]) -> bool:
        """Whether it stands in the navigation of somebody with these rights."""
        return self.verb is None or self.verb in verbs or (self.also is not None and self.also in verbs)

    @property
    def below(self) -> str:
        """The label in the narrow bar of a phone."""
        return self.short or self.label


NAVIGATION = (
    NavItem("desk:home", text("My desk"), "home", short=text("Desk")),
    NavItem("registry:family-list", text("Families"), "family", Verb.FAMILY_OPEN),
    NavItem("cases:case-list", text("Cases"), "case", Verb.CASE_VIEW),
    NavItem("referrals:referral-list", text("Referrals"), "send", Verb.REFERRAL_ANSWER),
    NavItem("cases:board", text("Board"), "board", Verb.CASE_ASSIGN),
    NavItem(
        "registry:family-register",
        text("Register a family"),
        "plus",
        Verb.FAMILY_REGISTER,
        short=text("Register"),
    ),
    NavItem("learning:teaching-open", text("My teaching"), "calendar", Verb.LEARNING_TEACH, short=text("Teaching")),
    NavItem("evidence:results-list", text("Results"), "chart", Verb.RESULTS_VIEW),
    NavItem("evidence:places-open", text("Results by place"), "pin", Verb.RESULTS_VIEW, main=False),
    NavItem("evidence:changes-open", text("What changed"), "clock", Verb.RESULTS_VIEW, main=False),
    NavItem("protection:room-open", text("Sealed room"), "lock", Verb.SURVIVOR_WORK, main=False),
    NavItem("cases:round-list", text("Selection"), "check", Verb.SELECTION_SIGN, main=False),
    NavItem("cases:group-list", text("Groups"), "people", Verb.CASE_VIEW, main=False),
    NavItem("learning:board", text("Courses and groups"), "book", Verb.LEARNING_VIEW, main=False),
    NavItem("learning:course-list", text("Catalogue of courses"), "list", Verb.LEARNING_VIEW, main=False),
    NavItem("learning:participant-list", text("Participants"), "people", Verb.LEARNING_ENROL, main=False),
    NavItem("learning:follow-up-list", text("Ask after learners"), "talk", Verb.LEARNING_ENROL, main=False),
    NavItem("outreach:reach-list", text("Reach"), "horn", Verb.RESULTS_VIEW, main=False),
    NavItem("cases:supervision-list", text("Supervision"), "user", Verb.CASE_WORK, main=False),
    NavItem("referrals:service-list", text("Directory"), "book", main=False),
    NavItem("learning:certificate-list", text("Certificates"), "check", Verb.LEARNING_VIEW, main=False),
    NavItem("evidence:report-list", text("Reports"), "book", Verb.RESULTS_VIEW, main=False),
    NavItem("evidence:results-export", text("Take results out"), "download", Verb.RESULTS_EXPORT, main=False),
    NavItem("programme:programme-list", text("Programme"), "board", Verb.RESULTS_VIEW, main=False),
    NavItem("collect:list-list", text("Lists"), "upload", Verb.FAMILY_IMPORT),
    NavItem("collect:fill-open", text("Forms without signal"), "phone", Verb.FORM_FILL, main=False),
    NavItem("collect:field-inbox", text("From the field"), "download", Verb.FORM_FILL, main=False),
    NavItem("collect:device-list", text("Devices"), "phone", Verb.FORM_FILL, main=False, also=Verb.DEVICE_MANAGE),
    NavItem("collect:survey-list", text("Surveys"), "list", Verb.SURVEY_MANAGE, main=False),
    NavItem("instruments:flag-list", text("Red flags"), "warn", Verb.CASE_APPROVE, main=False),
    NavItem("instruments:instrument-list", text("Questionnaires"), "list", Verb.ASSESSMENT_RECORD, main=False),
    NavItem("registry:pair-list", text("Duplicates"), "people", Verb.DUPLICATE_REVIEW, main=False),
    NavItem("registry:place-list", text("Places"), "pin", main=False),
    NavItem("access:glass-list", text("Break-glass"), "glass", Verb.GLASS_BREAK, main=False),
    NavItem("access:glass-review-list", text("Reviews"), "eye", Verb.GLASS_REVIEW),
    NavItem("access:audit-list", text("Audit"), "list", Verb.AUDIT_VIEW),
    NavItem("access:user-list", text("Users"), "people", Verb.USER_VIEW),
    NavItem("access:agency-list", text("Agencies and teams"), "building", Verb.USER_VIEW),
    NavItem("access:role-list", text("Roles"), "shield", None, main=False),
)

_UNDER = (
    ("programme:", "programme:programme-list"),
    ("learning:family-", "registry:family-list"),
    ("learning:put-forward", "registry:family-list"),
    ("learning:participants-enrol", "learning:teaching-open"),
    ("learning:participant", "learning:participant-list"),
    ("learning:follow-up", "learning:follow-up-list"),
    ("learning:board", "learning:board"),
    ("learning:teaching", "learning:teaching-open"),
    ("learning:quick", "learning:teaching-open"),
    ("learning:group", "learning:teaching-open"),
    ("learning:session", "learning:teaching-open"),
    ("learning:learner", "learning:teaching-open"),
    ("learning:course", "learning:course-list"),
    ("learning:test", "learning:teaching-open"),
    ("learning:exam", "learning:teaching-open"),
    ("learning:project", "learning:teaching-open"),
    ("cases:group", "cases:group-list"),
    ("cases:meeting", "cases:group-list"),
    ("cases:member", "cases:group-list"),
    ("cases:round", "cases:round-list"),
    ("cases:candidate", "cases:round-list"),
    ("cases:seat", "cases:round-list"),
    ("cases:appeal", "cases:round-list"),
    ("cases:revisit", "cases:round-list"),
    ("cases:supervision", "cases:supervision-list"),
    ("cases:file-review", "cases:supervision-list"),
    ("cases:reviewed-file", "cases:supervision-list"),
    ("cases:board", "cases:board"),
    ("cases:assign-many", "cases:board"),
    ("cases:due", "desk:home"),
    ("cases:family-cases", "registry:family-list"),
    ("cases:", "cases:case-list"),
    ("referrals:service", "referrals:service-list"),
    ("referrals:poster", "referrals:service-list"),
    ("referrals:family-referrals", "registry:family-list"),
    ("referrals:", "referrals:referral-list"),
    ("outreach:", "outreach:reach-list"),
    ("evidence:results-export", "evidence:results-export"),
    ("evidence:report", "evidence:report-list"),
    ("evidence:section", "evidence:report-list"),
    ("evidence:comment", "evidence:report-list"),
    ("evidence:story", "evidence:report-list"),
    ("evidence:mail", "evidence:report-list"),
    ("evidence:places", "evidence:places-open"),
    ("evidence:changes", "evidence:changes-open"),
    ("evidence:", "evidence:results-list"),
    ("protection:", "protection:room-open"),
    ("collect:field", "collect:field-inbox"),
    ("collect:submission", "collect:field-inbox"),
    ("collect:device-", "collect:device-list"),
    ("collect:survey", "collect:survey-list"),
    ("collect:", "collect:list-list"),
    ("instruments:flag", "instruments:flag-list"),
    ("instruments:instrument", "instruments:instrument-list"),
    ("instruments:", "registry:family-list"),
    ("registry:place", "registry:place-list"),
    ("registry:village", "registry:place-list"),
    ("registry:pair", "registry:pair-list"),
    ("registry:merge", "registry:pair-list"),
    ("registry:family-register", "registry:family-register"),
    ("registry:", "registry:family-list"),
)


def stands_under(page: str) -> str:
    """The item of the navigation that a page belongs to, by the names of their addresses; empty for none.

    >>> stands_under("registry:merge-undo"), stands_under("registry:member-add"), stands_under("desk:search")
    ('registry:pair-list', 'registry:family-list', '')
    """
    return next((item for beginning, item in _UNDER if page.startswith(beginning)), "")
