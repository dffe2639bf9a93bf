"""The page of states of forms from the field: the machine as a picture, and who makes each move."""

from __future__ import annotations

from docs.pages.markdown import code, document, first_paragraph, table
from paivand.collect.rules import taking as rules
from paivand.collect.rules.submissions import STATE_NAMES, SubmissionState
from paivand.collect.rules.taking import ACT_NAMES, EDGES, PROBLEM_WORDS, SIDES, STATE_MEANING, Side

_SIDE_WORDS = {Side.PROGRAM: "the program", Side.PERSON: "the sender, or whoever mends in her district"}


def page() -> str:
    """The whole page."""
    return document(
        "States of a form from the field",
        first_paragraph(rules.__doc__),
        picture(),
        table(
            ["state", "read as", "meaning"],
            [[code(state), STATE_NAMES[state], STATE_MEANING[state]] for state in SubmissionState],
        ),
        "## Moves",
        "A move that is not here is refused. Each writes its step and its event in the transaction of the change.",
        table(
            ["from", "act", "to", "read as", "by"],
            [
                [code(source), code(act), code(target), ACT_NAMES[act], "; ".join(_SIDE_WORDS[s] for s in SIDES[act])]
                for (source, act), target in EDGES.items()
            ],
        ),
        "## Problems",
        "A rule of the registry brings its own word and its own sentence. The program knows these besides.",
        table(["problem", "what it means"], [[code(word), words] for word, words in PROBLEM_WORDS.items()]),
    )


def picture() -> str:
    """The machine as a Mermaid diagram."""
    lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {SubmissionState.WAITING}"]
    lines += [f"    {source} --> {target}: {act}" for (source, act), target in EDGES.items()]
    lines += [f"    {SubmissionState.TAKEN} --> [*]"]
    return "\n".join([*lines, "```"])
