"""What each column of Paivand's own tables means. A column that is missing here stops the generator."""

from __future__ import annotations

COMMON = {
    "id": "key: a UUID of version 7, made without asking the database, in the order of birth",
    "version": "counts the changes; a form that holds an older one is refused",
    "created_at": "when the row was made",
    "changed_at": "when the row was changed last",
    "district_id": "where the row lies: district",
    "agency_id": "where the row lies: agency",
    "team_id": "where the row lies: team",
    "owner_id": "where the row lies: who is responsible",
    "recorded_by_id": "who wrote it down",
    "person_id": "the person it concerns",
}

COLUMNS: dict[str, dict[str, str]] = {
    "core_place": {
        "code": "key: Paivand's own code, which outlives renaming",
        "level": "region, district or jamoat",
        "parent_id": "the place it is part of",
        "name_tg": "name in Tajik",
        "name_ru": "name in Russian",
        "name_en": "name in English",
        "name_fa": "name in Dari",
        "former_names": "names it bore before",
        "p_codes": "official place codes; one unit has carried several",
        "population": "inhabitants",
        "population_year": "the year of that count",
        "source": "where the row comes from",
        "sort_key": "makes plain byte order the Tajik alphabetical order",
    },
    "access_agency": {
        "name": "name",
        "kind": "United Nations agency, state body, non-governmental organisation or business association",
        "sort_key": "makes plain byte order the Tajik alphabetical order",
    },
    "access_team": {"name": "name", "agency_id": "the agency it belongs to", "district_id": "the district it works in"},
    "access_user": {
        "username": "the name under which somebody signs in",
        "full_name": "full name",
        "email": "e-mail; finds the user at sign-in through a directory",
        "sort_key": "makes plain byte order the Tajik alphabetical order of full names",
        "password": "hash of the password (Argon2)",
        "last_login": "the last sign-in",
        "language": "language of the screens",
        "agency_id": "the agency she or he works for",
        "team_id": "the team she or he works in",
        "is_active": "whether she or he may sign in",
        "sessions_ended_at": "when all sessions were last ended; older ones are void",
    },
    "access_roleassignment": {
        "user_id": "who holds the role",
        "role": "the role's key",
        "scope": "how far it reaches",
        "agency_id": "the agency, for the scope `agency`",
        "team_id": "the team, for the scope `team`",
        "districts": "the districts, for the scope `districts`",
        "starts_at": "from when it counts",
        "expires_at": "until when it counts; empty for no end",
        "ended_at": "when it was ended",
        "reason": "why this person needs this role",
        "given_by_id": "who gave it",
    },
    "access_breakglass": {
        "user_id": "who reads outside the scope",
        "district_id": "the district that is opened",
        "reader_district_id": "the district where the reader works, if it is one",
        "agency_id": "the reader's agency",
        "team_id": "the reader's team",
        "owner_id": "the reader",
        "reason": "the written reason",
        "expires_at": "when the district closes again",
        "reviewed_by_id": "who reviewed it",
        "reviewed_at": "when it was reviewed",
        "review_note": "what the reviewer found",
    },
    "access_auditevent": {
        "at": "when",
        "event": "the event's name: see [events](events.md)",
        "outcome": "done or refused",
        "actor_id": "who acted",
        "actor_name": "the name of who acted, as it was then",
        "roles": "the roles that the actor held then",
        "subject_type": "the kind of record it concerns",
        "subject_id": "the key of that record",
        "subject_label": "a family's code or a user's name",
        "reason": "the written reason",
        "detail": "names of changed fields, counts and codes",
        "address": "the network address",
    },
    "registry_person": {
        "given_name": "given name, as written, in any script",
        "family_name": "surname, as written",
        "father_name": "patronymic or the father's name, as written",
        "sex": "female or male, as the person says",
        "birth_on": "date of birth: the first day of the period that is known",
        "birth_precision": "whether the day, the month, the year or an estimate is known",
        "is_head": "whether she or he is the head of a family, copied here for the list of families",
        "sort_key": "makes plain byte order the Tajik alphabetical order of the name",
    },
    "registry_namekey": {
        "part": "which part of the name: given, family or father",
        "kind": "k1 spelling, k2 likely the same, k3 block: see [names](../methods/names.md)",
        "key": "the key under which the name is found",
    },
    "registry_family": {
        "number": "running number, from which the code with its check digit is made",
        "head_id": "the head of the family",
        "jamoat_id": "the jamoat where it lives",
        "village": "village or street",
        "registered_on": "the day of registration",
    },
    "registry_familymember": {
        "family_id": "the family",
        "relation": "what the person is to the head",
        "from_on": "belongs since",
        "until_on": "belonged until; empty for present members",
    },
    "registry_consent": {
        "purpose": "what was agreed to, one purpose in each row",
        "given_by": "the person herself or a guardian",
        "method": "signature, thumbprint, or spoken before a witness",
        "language": "the language in which it was explained",
        "given_on": "the day it was given",
        "valid_until": "the day it ends by itself",
        "withdrawn_on": "the day it was withdrawn",
    },
    "registry_journeystep": {
        "service": "the service's code, noun.verb",
        "outcome": "how it came out: a short code",
        "quantity": "how much, in the service's own unit; negative for a correction",
        "happened_on": "the day",
        "place_id": "the place",
        "reverses_id": "the step that this one corrects",
    },
}

LIBRARY = {
    "account_emailaddress": "Addresses of the sign-in library; Paivand writes none itself.",
    "account_emailconfirmation": "Confirmations of addresses; not used.",
    "auth_group": "Groups of the web framework; not used, always empty.",
    "auth_group_permissions": "Rights of those groups; not used.",
    "auth_permission": "Rights of the web framework; not used: rights are verbs.",
    "django_content_type": "The web framework's list of tables.",
    "django_session": "Sessions. A row holds the user's key, signed, and the time of the last click.",
    "mfa_authenticator": "Second factors; their secrets are encrypted with a key outside the database.",
    "socialaccount_socialaccount": "Which account of the directory belongs to which user.",
    "socialaccount_socialapp": "Directories set up in the database; not used: they are set up in the environment.",
    "socialaccount_socialtoken": "Tokens of the directory; not kept.",
    "usersessions_usersession": "Each user's sessions: address, browser, first and last use.",
}
"""What the tables of libraries are for."""


def meaning(table: str, column: str) -> str:
    """What a column means.

    Raises:
        LookupError: when nobody has written it down yet.
    """
    found = COLUMNS.get(table, {}).get(column) or COMMON.get(column)
    if not found:
        raise LookupError(f"Say in docs/pages/columns.py what {table}.{column} means.")
    return found
