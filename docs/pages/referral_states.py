"""The page of referral states: the machine as a picture, and what each edge asks."""

from __future__ import annotations

from docs.pages.markdown import code, document, first_paragraph, table
from paivand.referrals.rules import clock
from paivand.referrals.rules import referrals as rules
from paivand.referrals.rules.referrals import EDGES, ENDS, REASONS_OF, SIDES, STATE_NAMES, Act, ReferralState, Side

_SIDE_WORDS = {
    Side.SENDER: "the sender",
    Side.RECEIVER: "the receiver: the named account, the agency served, or whoever holds the link",
    Side.CLOCK: "time alone",
}


def page() -> str:
    """The whole page."""
    return document(
        "States of a referral",
        first_paragraph(rules.__doc__),
        picture(),
        table(
            ["state", "read as", "what the sender does next"],
            [[code(state), STATE_NAMES[state], rules.NEXT_STEPS[state]] for state in ReferralState],
        ),
        "## Edges",
        "An act that is not here is refused. Each edge writes its step and its audit event in the transaction of the "
        "change. A sender writes down the answers of a receiver without account; nobody answers for an account.",
        table(
            ["from", "act", "to", "by", "with a reason"],
            [
                [code(source), code(act), code(target), _SIDE_WORDS[SIDES[act]], _reasons(act)]
                for (source, act), target in EDGES.items()
            ],
        ),
        "## Clock",
        "Hours from the moment at which the state was reached, from `paivand/parameters/referral_clock.yaml`.",
        table(["how soon", "answer", "begin", "end", "ends unanswered", "a link lives"], _clocks()),
    )


def picture() -> str:
    """The machine as a Mermaid diagram."""
    lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {ReferralState.DRAFTED}"]
    lines += [f"    {source} --> {target}: {act}" for (source, act), target in EDGES.items()]
    lines += [f"    {state} --> [*]" for state in ReferralState if state in ENDS]
    return "\n".join([*lines, "```"])


def _reasons(act: Act) -> str:
    return ", ".join(code(reason) for reason in REASONS_OF.get(act, ()))


def _clocks() -> list[list[str]]:
    return [
        [code(priority), *(f"{hours} h" for hours in clock.hours_of(priority)), f"{clock.link_days(priority)} days"]
        for priority in rules.Priority
    ]
