"""What can be done: one name is the permission, the action and the audit event. At most forty."""

from __future__ import annotations

from enum import StrEnum

from paivand.core.rules.texts import text


class Verb(StrEnum):
    """A right, written noun.verb. ``VERB_MEANING`` says each in a sentence."""

    FAMILY_OPEN = "family.open"
    FAMILY_REGISTER = "family.register"
    FAMILY_EDIT = "family.edit"
    FAMILY_EXPORT = "family.export"
    FAMILY_IMPORT = "family.import"
    CONSENT_RECORD = "consent.record"
    CONSENT_WITHDRAW = "consent.withdraw"
    DUPLICATE_REVIEW = "duplicate.review"
    PERSON_MERGE = "person.merge"
    PLACE_EDIT = "place.edit"
    JOURNEY_RECORD = "journey.record"
    JOURNEY_REVERSE = "journey.reverse"
    GLASS_BREAK = "glass.break"
    GLASS_REVIEW = "glass.review"
    AUDIT_VIEW = "audit.view"
    USER_VIEW = "user.view"
    USER_CREATE = "user.create"
    USER_EDIT = "user.edit"
    USER_SUSPEND = "user.suspend"
    SESSION_END = "session.end"
    FACTOR_RESET = "factor.reset"
    ROLE_ASSIGN = "role.assign"
    ROLE_END = "role.end"
    AGENCY_EDIT = "agency.edit"
    TEAM_EDIT = "team.edit"
    PROFILE_EDIT = "profile.edit"


VERB_MEANING: dict[Verb, str] = {
    Verb.FAMILY_OPEN: text("Find families, open a family's file and see who else opened it."),
    Verb.FAMILY_REGISTER: text("Register a family with its first consent."),
    Verb.FAMILY_EDIT: text("Change a family: members, particulars, papers, telephones, migration, remittances."),
    Verb.FAMILY_EXPORT: text("Take a list of families out as a file, with a written reason."),
    Verb.FAMILY_IMPORT: text("Check a list of families in a spreadsheet and take it in."),
    Verb.CONSENT_RECORD: text("Write down a consent that a person gave."),
    Verb.CONSENT_WITHDRAW: text("Write down that a consent is withdrawn, and carry out what follows."),
    Verb.DUPLICATE_REVIEW: text("Decide whether two records are one person."),
    Verb.PERSON_MERGE: text("Merge two records of one person, and undo it."),
    Verb.PLACE_EDIT: text("Add villages and load the boundaries of districts."),
    Verb.JOURNEY_RECORD: text("Write down that a service reached a person."),
    Verb.JOURNEY_REVERSE: text("Correct a step of the journey by a reversing step."),
    Verb.GLASS_BREAK: text("Read outside one's scope for three hours, with a written reason."),
    Verb.GLASS_REVIEW: text("See and review when somebody read outside their scope."),
    Verb.AUDIT_VIEW: text("Read the audit: who did what, when, and what was refused."),
    Verb.USER_VIEW: text("See the list of users and what they may do."),
    Verb.USER_CREATE: text("Create a user and hand over the first sign-in link."),
    Verb.USER_EDIT: text("Change a user's name, agency, team and language."),
    Verb.USER_SUSPEND: text("Suspend a user or let them in again."),
    Verb.SESSION_END: text("End another user's sessions."),
    Verb.FACTOR_RESET: text("Remove another user's second factor, for a lost phone or key."),
    Verb.ROLE_ASSIGN: text("Give a user a role within a scope, until a date."),
    Verb.ROLE_END: text("End a user's role."),
    Verb.AGENCY_EDIT: text("Add and change agencies."),
    Verb.TEAM_EDIT: text("Add and change teams."),
    Verb.PROFILE_EDIT: text("Change one's own language and name."),
}

READING_VERBS = frozenset({Verb.FAMILY_OPEN})
"""The verbs that break-glass lends outside the scope: reading only."""
