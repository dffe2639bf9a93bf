"""The page of files that leave: formats, columns, and the codes of other systems."""

from __future__ import annotations

from datetime import UTC, datetime

from docs.pages.markdown import code, document, table
from paivand.evidence.rules.outward import dhis2
from paivand.evidence.rules.outward.five_w import COLUMNS
from paivand.evidence.rules.outward.open_data import Licence, OpenData, columns
from paivand.evidence.rules.outward.parameters import outward
from paivand.evidence.rules.outward.results import HIDDEN_NAMES
from paivand.evidence.rules.outward.wanted import ABOUT


def page() -> str:
    """The whole page."""
    return document(
        "Files that leave",
        "What results can be handed over as, and what stands in it. "
        "How to do it: [hand results over](../how-to/hand-results-over.md).",
        table(
            ["format", "file", "what for"],
            [[about.name, code(f".{about.ending}"), about.note] for about in ABOUT.values()],
        ),
        "## Why a figure is missing",
        "In every format a hidden figure is empty, and one of these words stands in the column `hidden` or `reason`.",
        table(["word", "meaning"], [[code(word), meaning] for word, meaning in HIDDEN_NAMES.items()]),
        "## Open data: `data.csv`",
        "Each dimension that was chosen is a column between `as_of` and `value`; `all` stands where the figure is not "
        f"parted by it. Licence: {outward().licence.title}, <{outward().licence.address}>.",
        table(["column", "type", "may be empty", "meaning"], _open_data()),
        "## 5W: columns and hashtags",
        table(["heading", "HXL hashtag"], [[head, code(tag)] for _key, tag, head in COLUMNS]),
        *_dhis2(),
    )


def _open_data() -> list[list[str]]:
    licence = Licence("", "", "")
    example = OpenData("", "", (), {}, licence, datetime(2020, 1, 1, tzinfo=UTC), dimensions={"sex": "Sex"})
    return [
        [code(one.name), code(one.kind), "" if one.required else "yes", one.meaning] for one in columns(example)
    ]  # fmt: skip


def _dhis2() -> list[str]:
    parts = [
        "## DHIS2: codes",
        "From `parameters/dhis2.yaml`. An indicator without a data element is listed as left out.",
    ]
    for codes in dhis2.declared():
        sets = ", ".join(f"{code(name)} for {months} months" for months, name in sorted(codes.data_sets.items()))
        parts += [
            f"From {codes.since}: data sets {sets}; {len(codes.org_units)} organisation units.",
            table(
                ["indicator", "data element", "categories"],
                [[code(one.indicator), code(one.code), ", ".join(one.by)] for one in codes.elements],
            ),
        ]
    return parts
