"""The page of places: the administrative division that Paivand carries."""

from __future__ import annotations

from collections import Counter
from typing import Any

from docs.pages.markdown import code, document, table
from paivand.methods.names import sort_key
from paivand.operate.places import declared_places

LANGUAGES = ("tg", "ru", "en", "fa")


def page() -> str:
    """The whole page."""
    rows = declared_places()
    levels = Counter(row["level"] for row in rows)
    jamoats = Counter(row["parent"] for row in rows if row["level"] == "jamoat")
    regions = _ordered([row for row in rows if row["level"] == "region"])
    districts = _ordered([row for row in rows if row["level"] == "district"])
    with_jamoats = [row for row in districts if jamoats[row["code"]]]
    return document(
        "Places",
        "Declared in `paivand/parameters/places.yaml` and `jamoats.yaml`, with the source of each row, and written "
        "into the tables `core_place`, `core_placename` and `core_placecode` by `paivand migrate`. The codes are "
        "Paivand's own and outlive renaming; official codes are an attribute with its validity. Data from before 2014 "
        "know four regions: `TJ-DU` may be missing there. Villages are added on the screen by administrators, and "
        "outlines are [imported where a site has them](../how-to/import-boundaries.md).",
        table(["level", "count"], [[level, str(levels[level])] for level in ("region", "district", "jamoat")]),
        "In the order of the Tajik alphabet. A family can be registered in a district whose jamoats are listed.",
        *(
            _districts(region, [row for row in districts if row["parent"] == region["code"]], jamoats)
            for region in regions
        ),
        *(_jamoats(district, [row for row in rows if row["parent"] == district["code"]]) for district in with_jamoats),
    )


def _ordered(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: sort_key(row["names"]["tg"]))


def _districts(region: dict[str, Any], rows: list[dict[str, Any]], jamoats: Counter[str]) -> str:
    return f"## {region['names']['en']}\n\n" + table(
        ["code", "Tajik", "Russian", "English", "Dari", "formerly", "official codes", "population", "jamoats"],
        [
            [
                code(row["code"]),
                *(row["names"][language] for language in LANGUAGES),
                _former(row),
                ", ".join(one["code"] for one in row["codes"]),
                f"{row['population']:,} ({row['year']})" if row["population"] else "",
                str(jamoats[row["code"]] or ""),
            ]
            for row in rows
        ],
    )


def _former(row: dict[str, Any]) -> str:
    return ", ".join(
        former.get("en", former.get("ru", "")) + (f" (until {former['until']})" if "until" in former else "")
        for former in row.get("former", [])
    )


def _jamoats(district: dict[str, Any], rows: list[dict[str, Any]]) -> str:
    return f"## Jamoats of {district['names']['en']}\n\n" + table(
        ["code", "Tajik", "Russian", "English", "Dari", "population"],
        [
            [
                code(row["code"]),
                *(row["names"][language] for language in LANGUAGES),
                f"{row['population']:,} ({row['year']})",
            ]
            for row in _ordered(rows)
        ],
    )
