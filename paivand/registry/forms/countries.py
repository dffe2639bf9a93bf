"""Countries to choose from: first those where most people go, then all others by name."""

from __future__ import annotations

from django.utils.translation import gettext as _

from paivand.core.templatetags.paivand import locale

OFTEN = ("RU", "KZ", "TR", "UZ", "KG", "AE", "KR", "DE", "PL", "US")
"""Where most migrants from Tajikistan are."""

_HOME = "TJ"


def country_choices() -> list[tuple[str, object]]:
    """Nothing chosen yet, the frequent countries, then all others in alphabetical order."""
    names = locale().territories
    often = [(code, str(names[code])) for code in OFTEN]
    others = [
        (code, str(name))
        for code, name in names.items()
        if len(code) == 2 and code.isalpha() and code not in {*OFTEN, *_NO_COUNTRIES, _HOME}
    ]
    others.sort(key=lambda row: row[1].casefold())
    return [("", "—"), (_("Often"), often), (_("All others"), others)]


_NO_COUNTRIES = ("EU", "EZ", "UN", "QO", "XA", "XB", "ZZ", "AC", "CP", "DG", "EA", "IC", "TA", "CQ")
"""Codes that the names of countries hold beside those of ISO 3166-1."""
