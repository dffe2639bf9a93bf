"""The words in which pages tell what the tables hold in codes: events, and what they were about."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext, ngettext

from paivand.access.models import AuditEvent
from paivand.access.queries.users import districts
from paivand.access.rules.events import EVENT_NAMES
from paivand.access.rules.roles import ROLES, RoleKey
from paivand.core.rules.privacy import DataClass
from paivand.core.rules.texts import text
from paivand.core.templatetags.paivand import comma

FIELD_NAMES = {
    "given_name": text("given name"),
    "family_name": text("surname"),
    "father_name": text("father's name"),
    "sex": text("sex"),
    "birth_on": text("date of birth"),
    "birth_precision": text("how exactly the birth is known"),
    "relation": text("relation to the head"),
    "jamoat_id": text("jamoat"),
    "village": text("village or street"),
    "full_name": text("full name"),
    "email": text("e-mail"),
    "language": text("language"),
    "agency": text("agency"),
    "team": text("team"),
}
A_RULE_SAID_NO = text("a rule said no")
WHY_REFUSED = {
    "WithoutRightError": text("the role has no right to it"),
    "OutsideScopeError": text("outside the scope, or not there"),
    "password": text("wrong password"),
    "stale": text("somebody else had saved meanwhile"),
    "twice": text("it was saved already"),
    "already": text("it was done already"),
    "reason": text("the reason was too short"),
    "too_many": text("there were too many"),
    "self": text("nobody does this to their own account"),
    "incompatible": text("the roles may not be joined"),
}
SUBJECT_NAMES = {
    "family": text("family"),
    "familymember": text("member of a family"),
    "person": text("person"),
    "journeystep": text("step of the journey"),
    "consent": text("consent"),
    "user": text("user"),
    "agency": text("agency"),
    "team": text("team"),
    "roleassignment": text("role"),
    "breakglass": text("break-glass"),
    "assessment": text("questionnaire"),
    "redflag": text("red flag"),
}
DATA_CLASS_NAMES = {
    DataClass.IDENTITY: text("names and dates of birth"),
    DataClass.CONTACT: text("telephone numbers and addresses"),
    DataClass.FAMILY: text("families: who belongs together and what they agreed to"),
    DataClass.CASE: text("cases: help given and notes"),
    DataClass.HEALTH: text("health"),
    DataClass.VIOLENCE: text("what survivors of violence told"),
    DataClass.FINANCE: text("money"),
    DataClass.LEARNING: text("learning: who takes part, and how it went"),
    DataClass.FIELD: text("field: what was filled in on a form in the field"),
}


@dataclass(frozen=True)
class Told:
    """An audit event in words. ``about`` is a label that may be shown; ``family`` and ``user`` lead to their pages."""

    event: AuditEvent
    name: str
    roles: str
    kind: str
    about: str
    details: list[str] = field(default_factory=list)

    @property
    def refused(self) -> bool:
        """Whether it was refused."""
        return self.event.outcome == AuditEvent.Outcome.REFUSED

    @property
    def by_glass(self) -> bool:
        """Whether break-glass lent the right."""
        return bool(self.event.detail.get("glass"))


def told(events: Iterable[AuditEvent]) -> list[Told]:
    """The events in words, in their order."""
    rows = list(events)
    places: dict[str, str] = {}
    if any({"district", "districts"} & set(event.detail) for event in rows):
        places = {place.code: place.name for place in districts()}
    return [
        Told(
            event=event,
            name=gettext(EVENT_NAMES.get(event.event, event.event)),
            roles=role_names(event.roles),
            kind=_kind(event),
            about=_about(event),
            details=_details(event.detail, places),
        )
        for event in rows
    ]


def role_names(keys: str) -> str:
    """The names of roles whose keys are separated by spaces."""
    return joined(gettext(ROLES[RoleKey(key)].name) for key in keys.split() if key in ROLES)


def joined(parts: Iterable[str]) -> str:
    """The parts one after another, with the comma of the language."""
    return comma().join(part for part in parts if part)


def data_class_names(classes: Iterable[DataClass]) -> list[str]:
    """Classes of data in words, in the order of their declaration."""
    held = set(classes)
    return [gettext(name) for key, name in DATA_CLASS_NAMES.items() if key in held]


def _own(event: AuditEvent) -> bool:
    """Whether somebody acted on the own account, which needs no telling."""
    return event.subject_id is not None and event.subject_id == event.actor_id


def _kind(event: AuditEvent) -> str:
    """What the event was about, in a word."""
    name = SUBJECT_NAMES.get(event.subject_type)
    return gettext(name) if name and not _own(event) else ""


def _about(event: AuditEvent) -> str:
    """A label for what has a name of its own that every reader of the audit may see; people are not named."""
    if _own(event):
        return ""
    if event.subject_type in {"family", "user", "agency", "team"} or not event.subject_type:
        return event.subject_label
    return ""


def _details(detail: dict[str, Any], places: dict[str, str]) -> list[str]:
    tell: dict[str, Callable[[Any], str]] = {
        "changed": lambda names: (
            gettext("changed: %(fields)s") % {"fields": joined(gettext(FIELD_NAMES.get(n, n)) for n in names)}
            if names
            else gettext("nothing was different")
        ),
        "rows": lambda n: ngettext("%(count)d row", "%(count)d rows", n) % {"count": n},
        "classes": lambda keys: joined(data_class_names(DataClass(key) for key in keys)),
        "sha256": lambda text: gettext("fingerprint of the file: %(start)s…") % {"start": text[:12]},
        "members": lambda n: ngettext("%(count)d person", "%(count)d people", n) % {"count": n},
        "purposes": lambda names: joined(gettext(name) for name in names),
        "glass": lambda yes: gettext("by break-glass") if yes else "",
        "link": lambda yes: gettext("made a sign-in link") if yes else "",
        "sessions": lambda n: ngettext("%(count)d session ended", "%(count)d sessions ended", n) % {"count": n},
        "role": role_names,
        "district": lambda code: places.get(code, code),
        "districts": lambda codes: joined(places.get(code, code) for code in codes),
        "why": lambda code: gettext(WHY_REFUSED.get(code, A_RULE_SAID_NO)),
    }
    return [words for key, say in tell.items() if key in detail and (words := say(detail[key]))]
