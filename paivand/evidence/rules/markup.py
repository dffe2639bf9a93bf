"""The few signs with which a section of a report is formed, read into plain blocks.

Lines that begin with ``#`` or ``##`` are headings, with ``-`` or ``*`` items of a list, with ``1.`` numbered ones;
``**so**`` is bold; an empty line ends a paragraph. Nothing else is markup: whatever else is typed is printed as it
stands. The blocks are values, so no sign in them can become code of the typesetter or of the word processor.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

_HEADING = re.compile(r"(#{1,2})[ \t]+(.+)")
_ITEM = re.compile(r"[-*•][ \t]+(.+)")
_NUMBERED = re.compile(r"[0-9]{1,3}[.)][ \t]+(.+)")
_BOLD = re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*")


class BlockKind(StrEnum):
    """What a block is."""

    HEADING = "heading"
    SMALL_HEADING = "small_heading"
    PARAGRAPH = "paragraph"
    LIST = "list"
    NUMBERED = "numbered"


@dataclass(frozen=True)
class Run:
    """Words of one weight."""

    words: str
    bold: bool = False


@dataclass(frozen=True)
class Block:
    """A heading or a paragraph of one line of runs, or a list of several."""

    kind: BlockKind
    lines: tuple[tuple[Run, ...], ...]

    def plain(self) -> dict[str, Any]:
        """As JSON holds it, for the typesetter."""
        return {
            "kind": self.kind.value,
            "lines": [[{"words": run.words, "bold": run.bold} for run in line] for line in self.lines],
        }


def blocks(typed: str) -> list[Block]:
    """What was typed, as blocks in its order.

    >>> [block.kind.value for block in blocks("# Kulob" + chr(10) + "- one" + chr(10) + "- two" + chr(10) + "End")]
    ['heading', 'list', 'paragraph']
    """
    found: list[Block] = []
    for kind, words in _lines(clean(typed)):
        line = runs(words)
        last = found[-1] if found else None
        if last and last.kind is kind and kind in {BlockKind.LIST, BlockKind.NUMBERED}:
            found[-1] = Block(kind, (*last.lines, line))
        else:
            found.append(Block(kind, (line,)))
    return found


def _lines(typed: str) -> Iterator[tuple[BlockKind, str]]:
    """Each heading, item and paragraph; neighbouring lines of a paragraph are one."""
    open_lines: list[str] = []
    for raw in [*typed.split("\n"), ""]:
        line = raw.strip()
        formed = _formed(line)
        if open_lines and (formed or not line):
            yield BlockKind.PARAGRAPH, " ".join(open_lines)
            open_lines = []
        if formed:
            yield formed
        elif line:
            open_lines.append(line)


def _formed(line: str) -> tuple[BlockKind, str] | None:
    if match := _HEADING.fullmatch(line):
        return (BlockKind.HEADING if len(match[1]) == 1 else BlockKind.SMALL_HEADING), match[2].strip()
    if match := _ITEM.fullmatch(line):
        return BlockKind.LIST, match[1].strip()
    if match := _NUMBERED.fullmatch(line):
        return BlockKind.NUMBERED, match[1].strip()
    return None


def runs(words: str) -> tuple[Run, ...]:
    """A line as runs of words; a ``**`` without its fellow stays as it was typed.

    >>> [(run.words, run.bold) for run in runs("of **45** offices")]
    [('of ', False), ('45', True), (' offices', False)]
    """
    found, at = [], 0
    for match in _BOLD.finditer(words):
        if match.start() > at:
            found.append(Run(words[at : match.start()]))
        found.append(Run(match[1], bold=True))
        at = match.end()
    if at < len(words):
        found.append(Run(words[at:]))
    return tuple(found)


def clean(typed: str) -> str:
    """What was typed, without signs that no paper can hold: controls, lone halves, what has no meaning."""
    kept = (
        sign if sign in "\n\t" or unicodedata.category(sign) not in {"Cc", "Cs", "Co", "Cn"} else " "
        for sign in unicodedata.normalize("NFC", typed.replace("\r\n", "\n").replace("\r", "\n"))
    )
    return "".join(kept).strip()


def words_of(found: list[Block]) -> str:
    """Every word of the blocks, as somebody reads them aloud."""
    return "\n".join("".join(run.words for run in line) for block in found for line in block.lines)
