"""The names of audit events in words. Most events are verbs; signing in and out are events only."""

from __future__ import annotations

from paivand.access.rules.verbs import Verb
from paivand.core.rules.texts import text

EVENT_NAMES: dict[str, str] = {
    Verb.FAMILY_OPEN: text("opened a family's file"),
    Verb.FAMILY_REGISTER: text("registered a family"),
    Verb.FAMILY_EDIT: text("changed a family"),
    Verb.FAMILY_EXPORT: text("took a list of families out"),
    Verb.FAMILY_IMPORT: text("worked on a list of families"),
    Verb.CONSENT_RECORD: text("wrote down a consent"),
    Verb.CONSENT_WITHDRAW: text("wrote down that a consent is withdrawn"),
    Verb.DUPLICATE_REVIEW: text("decided about a possible duplicate"),
    Verb.PERSON_MERGE: text("merged two records, or undid it"),
    Verb.PLACE_EDIT: text("changed a place"),
    Verb.JOURNEY_RECORD: text("wrote down a service"),
    Verb.JOURNEY_REVERSE: text("corrected a step"),
    Verb.GLASS_BREAK: text("broke the glass"),
    Verb.GLASS_REVIEW: text("reviewed a break-glass"),
    Verb.AUDIT_VIEW: text("looked at the audit"),
    Verb.USER_VIEW: text("looked at the users"),
    Verb.USER_CREATE: text("created a user or a sign-in link"),
    Verb.USER_EDIT: text("changed a user"),
    Verb.USER_SUSPEND: text("suspended or restored a user"),
    Verb.SESSION_END: text("ended a user's sessions"),
    Verb.FACTOR_RESET: text("removed a user's second factor"),
    Verb.ROLE_ASSIGN: text("gave a role"),
    Verb.ROLE_END: text("ended a role"),
    Verb.AGENCY_EDIT: text("added or changed an agency"),
    Verb.TEAM_EDIT: text("added or changed a team"),
    Verb.PROFILE_EDIT: text("changed their own account"),
    "duplicate.look": text("was told that a likely match lies elsewhere"),
    "session.start": text("signed in"),
    "session.leave": text("signed out"),
    "directory.connect": text("was recognised by the directory"),
    "password.change": text("chose a password"),
}
