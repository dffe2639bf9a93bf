"""Who may open what: one row for each address, one word for each member of the cast.

``get`` and ``post`` say which status each person is answered with; a post fills in none of the fields, so 422 means
"may do it, but must fill in the form". ``*`` stands for everybody else who is signed in. Who is not signed in is led to
the sign-in page (302) unless ``anonymous`` is named. An address without ``get`` or ``post`` refuses that method (405).

The family lies in Kulob. Farrukh works in Dusti: 404 for him is the wall. The user, the role, the agency and the
break-glass (Zarina's, into Dusti) are the examples of ``conftest.py``.
"""

from __future__ import annotations

from tests.guards.answers import (
    ADMINS,
    ALL,
    ELSEWHERE,
    NAMERS,
    OPEN,
    READERS,
    REVIEWERS,
    SEE_USERS,
    WORKERS,
    Row,
)
from tests.guards.rooms import ROOMS

READ = Row(get={200: ALL})
CLOSED = Row(get={404: ALL}, post={404: ALL})
"""A page of the sign-in library that does not exist here, but must have an address."""
CLOSED_UNTIL_MADE = CLOSED
"""Recovery codes: nobody of the cast has made any."""
PROVES_ANEW = Row(get={302: ALL}, post={302: ALL})
"""A page that first asks for the password or a code again."""
WRITTEN = Row(get={200: WORKERS, 404: ELSEWHERE, 403: ALL}, post={422: WORKERS, 404: ELSEWHERE, 403: ALL})
"""A form in a family's file."""
MANAGED = Row(get={200: ADMINS, 403: ALL}, post={422: ADMINS, 403: ALL})
MANAGED_BY_BUTTON = Row(post={302: ADMINS, 403: ALL})

ROWS: dict[str, Row] = {
    # the desk
    "desk:home": READ,
    "desk:search": Row(get={200: f"{READERS} {ELSEWHERE}", 403: ALL}),
    "desk:components": READ,
    "desk:healthz": Row(get={200: OPEN}, post={405: OPEN}),
    # families
    "registry:family-list": Row(get={200: f"{READERS} {ELSEWHERE}", 403: ALL}),
    "registry:family-export": Row(get={200: "nasiba manija", 403: ALL}, post={422: "nasiba manija", 403: ALL}),
    "registry:view-save": Row(post={302: f"{READERS} {ELSEWHERE}", 403: ALL}),
    "registry:view-rename": Row(post={302: "zarina", 404: f"nasiba gulnoz rustam behruz manija {ELSEWHERE}", 403: ALL}),
    "registry:view-delete": Row(post={302: "zarina", 404: f"nasiba gulnoz rustam behruz manija {ELSEWHERE}", 403: ALL}),
    "registry:view-first": Row(post={302: "zarina", 404: f"nasiba gulnoz rustam behruz manija {ELSEWHERE}", 403: ALL}),
    "registry:family-register": Row(
        get={200: f"{WORKERS} {ELSEWHERE}", 403: ALL}, post={422: f"{WORKERS} {ELSEWHERE}", 403: ALL}
    ),
    "registry:family-open": Row(get={200: READERS, 404: ELSEWHERE, 403: ALL}),
    "registry:family-edit": Row(
        get={200: WORKERS, 404: ELSEWHERE, 403: ALL}, post={422: WORKERS, 404: ELSEWHERE, 403: ALL}
    ),
    "registry:consent-record": Row(
        get={200: WORKERS, 404: ELSEWHERE, 403: ALL}, post={422: WORKERS, 404: ELSEWHERE, 403: ALL}
    ),
    "registry:consent-withdraw": Row(
        get={200: WORKERS, 404: ELSEWHERE, 403: ALL}, post={422: WORKERS, 404: ELSEWHERE, 403: ALL}
    ),
    "registry:consent-withdrawn": Row(get={302: WORKERS, 404: ELSEWHERE, 403: ALL}),
    "registry:step-record": Row(
        get={200: WORKERS, 404: ELSEWHERE, 403: ALL}, post={422: WORKERS, 404: ELSEWHERE, 403: ALL}
    ),
    "registry:step-reverse": Row(
        get={200: WORKERS, 404: ELSEWHERE, 403: ALL}, post={422: WORKERS, 404: ELSEWHERE, 403: ALL}
    ),
    "registry:member-add": Row(
        get={200: WORKERS, 404: ELSEWHERE, 403: ALL}, post={422: WORKERS, 404: ELSEWHERE, 403: ALL}
    ),
    "registry:member-edit": Row(
        get={200: WORKERS, 404: ELSEWHERE, 403: ALL}, post={422: WORKERS, 404: ELSEWHERE, 403: ALL}
    ),
    "registry:member-leave": Row(
        get={200: WORKERS, 404: ELSEWHERE, 403: ALL}, post={422: WORKERS, 404: ELSEWHERE, 403: ALL}
    ),
    # places
    "registry:place-list": READ,
    "registry:place-open": READ,
    "registry:village-list": READ,
    "registry:village-add": MANAGED,
    "registry:village-edit": MANAGED,
    # one person, the head, the state of the file
    "registry:person-open": Row(get={200: NAMERS, 404: f"{ELSEWHERE} manija", 403: ALL}),
    "registry:head-set": WRITTEN,
    "registry:state-change": WRITTEN,
    "registry:particulars-edit": WRITTEN,
    "registry:document-add": WRITTEN,
    "registry:document-edit": WRITTEN,
    "registry:document-remove": Row(post={302: WORKERS, 404: ELSEWHERE, 403: ALL}),
    "registry:phone-add": WRITTEN,
    "registry:phone-edit": WRITTEN,
    "registry:phone-end": WRITTEN,
    # who is abroad, what became of him, and the money sent home
    "registry:departure-record": WRITTEN,
    "registry:stay-edit": WRITTEN,
    "registry:stay-return": WRITTEN,
    "registry:stay-remove": WRITTEN,
    "registry:absence-record": WRITTEN,
    "registry:absence-edit": WRITTEN,
    "registry:ban-record": WRITTEN,
    "registry:ban-edit": WRITTEN,
    "registry:ban-lift": WRITTEN,
    "registry:remittance-grid": WRITTEN,
    # possible duplicates
    "registry:likely-matches": Row(post={200: f"{WORKERS} {ELSEWHERE}", 403: ALL}),
    "registry:pair-list": Row(get={200: f"{WORKERS} {ELSEWHERE}", 403: ALL}),
    "registry:pairs-look": Row(post={302: "nasiba", 403: ALL}),
    "registry:pair-open": Row(
        get={200: WORKERS, 404: ELSEWHERE, 403: ALL}, post={422: WORKERS, 404: ELSEWHERE, 403: ALL}
    ),
    "registry:pair-merge": Row(post={422: "nasiba", 403: ALL}),
    "registry:merge-list": Row(get={200: "nasiba", 403: ALL}),
    "registry:merge-undo": Row(get={200: "nasiba", 403: ALL}, post={422: "nasiba", 403: ALL}),
    # lists from spreadsheets
    "collect:list-list": Row(get={200: f"{WORKERS} {ELSEWHERE}", 403: ALL}),
    "collect:list-upload": Row(
        get={200: f"{WORKERS} {ELSEWHERE}", 403: ALL}, post={422: f"{WORKERS} {ELSEWHERE}", 403: ALL}
    ),
    "collect:list-template": Row(get={200: f"{WORKERS} {ELSEWHERE}", 403: ALL}),
    "collect:list-open": Row(get={200: WORKERS, 404: ELSEWHERE, 403: ALL}),
    "collect:list-progress": Row(get={302: WORKERS, 404: ELSEWHERE, 403: ALL}),
    "collect:list-columns": Row(
        get={200: WORKERS, 404: ELSEWHERE, 403: ALL}, post={422: WORKERS, 404: ELSEWHERE, 403: ALL}
    ),
    "collect:list-sheet": Row(post={302: WORKERS, 404: ELSEWHERE, 403: ALL}),
    "collect:list-review": Row(
        get={302: WORKERS, 404: ELSEWHERE, 403: ALL}, post={302: WORKERS, 404: ELSEWHERE, 403: ALL}
    ),
    "collect:list-take-in": Row(post={302: WORKERS, 404: ELSEWHERE, 403: ALL}),
    "collect:list-refuse": Row(post={302: WORKERS, 404: ELSEWHERE, 403: ALL}),
    "collect:list-again": Row(post={302: WORKERS, 404: ELSEWHERE, 403: ALL}),
    "collect:list-workbook": Row(get={200: WORKERS, 404: ELSEWHERE, 403: ALL}),
    # signing in and the own account
    "account_login": Row(get={200: "anonymous", 302: ALL}, post={200: "anonymous", 302: ALL}),
    "account_logout": Row(get={200: ALL}, post={302: ALL}),
    "account_inactive": Row(get={200: OPEN}, post={405: OPEN}),
    "account_reauthenticate": Row(get={200: "admin", 302: ALL}, post={200: "admin", 302: ALL}),
    "account_change_password": Row(get={200: "admin", 302: ALL}, post={200: "admin", 302: ALL}),
    "account_set_password": CLOSED,
    "account_reset_password": CLOSED,
    "account_reset_password_done": CLOSED,
    "account_reset_password_from_key": Row(get={302: ALL}, post={302: ALL}),
    "account_reset_password_from_key_done": Row(get={200: OPEN}, post={405: OPEN}),
    "account_signup": CLOSED,
    "account_email": CLOSED,
    "mfa_index": READ,
    "mfa_authenticate": Row(get={302: ALL}, post={302: ALL}),
    "mfa_reauthenticate": Row(get={200: ALL}, post={200: ALL}),
    "mfa_activate_totp": PROVES_ANEW,
    "mfa_deactivate_totp": PROVES_ANEW,
    "mfa_view_recovery_codes": Row(get={404: ALL}),
    "mfa_generate_recovery_codes": PROVES_ANEW,
    "mfa_download_recovery_codes": CLOSED_UNTIL_MADE,
    "mfa_list_webauthn": READ,
    "mfa_add_webauthn": PROVES_ANEW,
    "mfa_reauthenticate_webauthn": PROVES_ANEW,
    "mfa_remove_webauthn": PROVES_ANEW,
    "mfa_edit_webauthn": PROVES_ANEW,
    "mfa_login_webauthn": Row(get={302: ALL}, post={302: ALL}),
    "usersessions_list": Row(get={200: ALL}, post={302: ALL}),
    "socialaccount_login_cancelled": Row(get={200: OPEN}, post={405: OPEN}),
    "socialaccount_login_error": Row(get={401: OPEN}, post={405: OPEN}),
    "socialaccount_signup": CLOSED,
    "socialaccount_connections": CLOSED,
    "openid_connect_login": Row(get={404: OPEN}, post={404: OPEN}),
    "openid_connect_callback": Row(get={404: OPEN}, post={404: OPEN}),
    "access:demo-sign-in": Row(get={405: OPEN}, post={404: OPEN}),
    "access:language-choose": Row(get={405: OPEN}, post={400: OPEN}),
    "access:profile": READ,
    # users, roles, agencies
    "access:role-list": READ,
    "access:user-list": Row(get={200: SEE_USERS, 403: ALL}),
    "access:user-create": MANAGED,
    "access:user-open": Row(get={200: SEE_USERS, 403: ALL}),
    "access:user-edit": MANAGED,
    "access:user-link": Row(get={200: ADMINS, 403: ALL}, post={200: ADMINS, 403: ALL}),
    "access:user-suspend": MANAGED_BY_BUTTON,
    "access:user-restore": MANAGED_BY_BUTTON,
    "access:user-end-sessions": MANAGED_BY_BUTTON,
    "access:user-reset-factor": MANAGED_BY_BUTTON,
    "access:role-assign": MANAGED,
    "access:role-end": MANAGED_BY_BUTTON,
    "access:agency-list": Row(get={200: SEE_USERS, 403: ALL}),
    "access:agency-add": MANAGED,
    "access:agency-edit": MANAGED,
    "access:team-add": MANAGED,
    # those who watch
    "access:audit-list": Row(get={200: REVIEWERS, 403: ALL}),
    "access:glass-list": Row(
        get={200: f"{WORKERS} {ELSEWHERE}", 403: ALL}, post={422: f"{WORKERS} {ELSEWHERE}", 403: ALL}
    ),
    "access:glass-review-list": Row(get={200: REVIEWERS, 403: ALL}),
    "access:glass-review": Row(post={302: REVIEWERS, 403: ALL}),
}

for room in ROOMS:
    ROWS.update(room.ROWS)
