"""The page of places: the administrative division that Paivand carries."""

from __future__ import annotations

from collections import Counter

from docs.pages.markdown import code, document, table
from paivand.methods.names import sort_key
from paivand.operate.places import declared_places


def page() -> str:
    """The whole page."""
    rows = declared_places()
    levels = Counter(row["level"] for row in rows)
    jamoats = Counter(row["parent"] for row in rows if row["level"] == "jamoat")
    districts = sorted((row for row in rows if row["level"] == "district"), key=lambda row: sort_key(row["tg"]))
    with_jamoats = [row for row in districts if jamoats[row["code"]]]
    return document(
        "Places",
        "Declared in `paivand/parameters/places.yaml`, with the source of each row, and written into the table "
        "`core_place` by `paivand migrate`. The codes are Paivand's own and outlive renaming; official codes are an "
        "attribute.",
        table(["level", "count"], [[level, str(levels[level])] for level in ("region", "district", "jamoat")]),
        "## Districts",
        "In the order of the Tajik alphabet. A family can be registered in a district whose jamoats are listed.",
        table(
            ["code", "Tajik", "Russian", "English", "Dari", "official codes", "population", "jamoats"],
            [
                [
                    code(row["code"]),
                    row["tg"],
                    row["ru"],
                    row["en"],
                    row["fa"],
                    ", ".join(row["p_codes"]),
                    f"{row['population']:,} ({row['year']})" if row["population"] else "",
                    str(jamoats[row["code"]] or ""),
                ]
                for row in districts
            ],
        ),
        *(_jamoats(district, [row for row in rows if row["parent"] == district["code"]]) for district in with_jamoats),
    )


def _jamoats(district: dict[str, object], rows: list[dict[str, str]]) -> str:
    ordered = sorted(rows, key=lambda row: sort_key(row["tg"]))
    return f"## Jamoats of {district['en']}\n\n" + table(
        ["code", "Tajik", "Russian", "English", "Dari"],
        [[code(row["code"]), row["tg"], row["ru"], row["en"], row["fa"]] for row in ordered],
    )
