"""What every page of the shell needs: navigation for this user, the languages, the demo flag."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.desk.rules import NAVIGATION, stands_under


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context for ``base.html``."""
    user = getattr(request, "user", None)
    verbs = user.verbs if isinstance(user, User) else frozenset()
    items = [item for item in NAVIGATION if item.shown_to(verbs)] if isinstance(user, User) else []
    return {
        "nav_main": [item for item in items if item.main],
        "nav_more": [item for item in items if not item.main],
        "nav_here": stands_under(request.resolver_match.view_name) if request.resolver_match else "",
        "may_search": Verb.FAMILY_OPEN in verbs,
        "verbs": {verb.replace(".", "_"): True for verb in verbs},
        "languages": settings.LANGUAGES,
        "demo": settings.DEMO,
    }
