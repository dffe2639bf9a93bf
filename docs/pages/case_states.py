"""The page of case states: the machine as a picture, what each edge asks, and how soon a worker must act."""

from __future__ import annotations

from docs.pages.markdown import code, document, first_paragraph, table
from paivand.cases.rules import cases as rules
from paivand.cases.rules import kinds, sop
from paivand.cases.rules.cases import ACT_NAMES, EDGES, GOES_BACK, STATE_NAMES, WORKED_ON, Act, CaseState, Risk
from paivand.cases.rules.sop import DUE_NAMES, FROM_THE_TABLE, Span


def page() -> str:
    """The whole page."""
    return document(
        "States of a case",
        first_paragraph(rules.__doc__),
        picture(),
        "Closure may be asked for, and the case handed over, from "
        + _listed(WORKED_ON)
        + ". An act that goes back leads "
        "to the state in which the case stood before.",
        table(["state", "read as"], [[code(state), STATE_NAMES[state]] for state in CaseState]),
        "## Edges",
        "An act that is not here is refused, by the rules and by a constraint of the database. Each edge writes its "
        "transition and its audit event in the transaction of the change; if one of them fails, the state stays.",
        table(
            ["from", "act", "to", "right", "what must be true before", "read as"],
            [
                [code(edge.start), code(edge.act), code(edge.end), code(edge.verb), edge.demands, ACT_NAMES[edge.act]]
                for edge in EDGES
            ],
        ),
        "## How soon",
        "From `paivand/parameters/case_sop.yaml`, where its source stands. Hours run by the clock; days and months end "
        "in the evening. [How the days are computed](../methods/case-days.md).",
        *(_spans(one) for one in sop.tables()),
        "## Kinds",
        "From `paivand/parameters/case_kinds.yaml`. A new kind is a row there.",
        table(
            ["code", "English", "Tajik", "Russian", "Dari", "main person", "note on the best interest"],
            [
                [
                    code(kind.code),
                    *(kind.title(language) for language in ("en", "tg", "ru", "fa")),
                    kind.main_person,
                    "needed" if kind.best_interest else "",
                ]
                for kind in kinds.case_kinds().values()
            ],
        ),
    )


def picture() -> str:
    """The machine as a Mermaid diagram; the states in which somebody works stand in one box."""
    lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {CaseState.OPENED}: {Act.OPEN}", "    state worked_on {"]
    inside = [edge for edge in EDGES if edge.start in WORKED_ON and edge.end in WORKED_ON]
    lines += [f"        {edge.start} --> {edge.end}: {edge.act}" for edge in inside]
    lines.append("    }")
    seen: set[tuple[str, str, str]] = set()
    for edge in EDGES:
        if edge in inside:
            continue
        start = "worked_on" if edge.start in WORKED_ON else str(edge.start)
        end = "worked_on" if edge.end in WORKED_ON and edge.act in GOES_BACK else str(edge.end)
        if (start, edge.act, end) not in seen:
            seen.add((start, edge.act, end))
            lines.append(f"    {start} --> {end}: {edge.act}")
    return "\n".join([*lines, "```"])


def _listed(states: tuple[CaseState, ...]) -> str:
    return ", ".join(code(state) for state in states)


def _spans(one: sop.Table) -> str:
    head = f"Since {one.since.isoformat()}:\n\n"
    rows = [[DUE_NAMES[kind], *(_span(one.spans[risk][kind]) for risk in Risk)] for kind in FROM_THE_TABLE]
    return head + table(["due", *(code(risk) for risk in Risk)], rows)


def _span(span: Span) -> str:
    for n, word in ((span.hours, "hour"), (span.days, "day"), (span.months, "month")):
        if n:
            return f"{n} {word}{'s' if n > 1 else ''}"
    return ""
