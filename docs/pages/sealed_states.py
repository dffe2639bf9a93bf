"""The page of the sealed room: states of a file, the tree of questions, the checklist, the columns of the table."""

from __future__ import annotations

from docs.pages.markdown import code, document, table
from paivand.protection.rules.consents import KIND_NAMES
from paivand.protection.rules.recorder import ALWAYS_EMPTY, COLUMNS
from paivand.protection.rules.sectors import SECTOR_NAMES, SERVICE_TYPES
from paivand.protection.rules.states import CHECK_NAMES, CLOSING_NAMES, STATE_NAMES, TRANSITIONS, FileState
from paivand.protection.rules.violence import TREE, VIOLENCE_NAMES, Violence


def page() -> str:
    """The whole page."""
    return document(
        "The sealed room",
        "States, questions and columns of `paivand/protection`. Nobody without `survivor.work` sees any of it in the "
        "program; see [decision 23](../adr/0023-the-sealed-room.md).",
        "## States of a survivor's file",
        picture(),
        table(["state", "read as"], [[code(state), STATE_NAMES[state]] for state in FileState]),
        "## Closing",
        table(["reason", "read as"], [[code(reason), words] for reason, words in CLOSING_NAMES.items()]),
        "Done before, unless nothing can be gone through with the survivor any more:",
        table(["check", "read as"], [[code(check), words] for check, words in CHECK_NAMES.items()]),
        "## The tree of questions",
        "The first yes decides. After six times no it is asked whether it is gender-based violence: no means "
        f"*{VIOLENCE_NAMES[Violence.NOT_GBV]}*, yes that the questions are gone through once more.",
        table(
            ["", "question", "note", "type"],
            [[str(n), step.words, step.note, code(step.leads_to)] for n, step in enumerate(TREE, 1)],
        ),
        "## Consents",
        table(["consent", "read as"], [[code(kind), words] for kind, words in KIND_NAMES.items()]),
        "A consent to a referral names a sector and an organisation.",
        table(
            ["sector", "read as", "types of service"],
            [[code(sector), SECTOR_NAMES[sector], ", ".join(code(kind) for kind in sorted(SERVICE_TYPES[sector]))]
             for sector in SECTOR_NAMES],
        ),
        "## The incident table",
        table(
            ["", "column", "key", ""],
            [[str(n), column.heading, code(column.key), "always empty" if column.key in ALWAYS_EMPTY else ""]
             for n, column in enumerate(COLUMNS, 1)],
        ),
    )  # fmt: skip


def picture() -> str:
    """The states as a Mermaid diagram."""
    lines = [f"    {state or '[*]'} --> {reached}: {edge}" for (state, edge), reached in TRANSITIONS.items()]
    return "\n".join(["```mermaid", "stateDiagram-v2", *lines, "```"])
