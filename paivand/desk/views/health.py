"""Whether this installation is alive, for load balancers and monitors."""

from __future__ import annotations

from typing import Any

import psycopg
from django.contrib.auth.decorators import login_not_required
from django.db import DEFAULT_DB_ALIAS, connections
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from paivand import __version__

PATIENCE_SECONDS = 2
_PARAMETERS = (("host", "HOST"), ("port", "PORT"), ("dbname", "NAME"), ("user", "USER"), ("password", "PASSWORD"))


@never_cache
@login_not_required
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when the database answers, 503 when it is away. Says nothing else, so anyone may ask."""
    if _database_answers():
        return JsonResponse({"status": "ok", "version": __version__, "database": "ok"})
    return JsonResponse({"status": "degraded", "version": __version__, "database": "away"}, status=503)


def _database_answers() -> bool:
    """Ask over a connection of its own: the pool may be busy although all is well, and would make the answer wait."""
    known = connections[DEFAULT_DB_ALIAS].settings_dict
    given: dict[str, Any] = {name: known[key] for name, key in _PARAMETERS if known[key]}
    given |= {name: value for name, value in known["OPTIONS"].items() if name != "pool"}
    given |= {"connect_timeout": PATIENCE_SECONDS, "tcp_user_timeout": PATIENCE_SECONDS * 1000}
    try:
        with psycopg.connect(
            **given, options=f"-c statement_timeout={PATIENCE_SECONDS}s", autocommit=True
        ) as connection:
            return connection.execute("select 1").fetchone() == (1,)
    except psycopg.Error:
        return False
