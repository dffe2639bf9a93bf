"""The questionnaires that are asked, as ``parameters/instruments`` declares them, one file for each version."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from paivand.instruments.rules.declarations import read
from paivand.instruments.rules.instruments import Instrument, Use
from paivand.instruments.rules.parts import DeclarationError

SOURCE = Path(__file__).parent.parent.parent / "parameters" / "instruments"


def load(files: Iterable[Path]) -> dict[tuple[str, str], Instrument]:
    """Every version of every questionnaire in ``files``, by code and version.

    Raises:
        DeclarationError: for the first file that is wrong, or is not named after what it declares.
    """
    found: dict[tuple[str, str], Instrument] = {}
    for path in sorted(files):
        instrument = read(path.name, path.read_text(encoding="utf-8"))
        if path.stem != f"{instrument.code}-{instrument.version}":
            raise DeclarationError(
                path.name, 1, "", f"the file declares {instrument.code}-{instrument.version}: name it so"
            )
        if any(one.code == instrument.code and one.since == instrument.since for one in found.values()):
            raise DeclarationError(path.name, 1, "since", "another version began on the same day")
        found[instrument.code, instrument.version] = instrument
    return found


@lru_cache(maxsize=1)
def versions() -> Mapping[tuple[str, str], Instrument]:
    """Every version of every questionnaire: an answer is read by the one it was given to."""
    return load(SOURCE.glob("*.yaml"))


@lru_cache(maxsize=1)
def _newest() -> Mapping[str, Instrument]:
    newest: dict[str, Instrument] = {}
    for one in sorted(versions().values(), key=lambda one: one.since):
        newest[one.code] = one
    return {code: newest[code] for code in sorted(newest, key=_order)}


@lru_cache(maxsize=2)
def instruments(use: Use = Use.FAMILY) -> Mapping[str, Instrument]:
    """The newest version of each questionnaire of this use by its code, in the order in which they are offered."""
    return {code: one for code, one in _newest().items() if one.use is use}


def instrument(code: str, version: str = "") -> Instrument | None:
    """One questionnaire of any use, in this version or in the newest."""
    return versions().get((code, version)) if version else _newest().get(code)


_FIRST = ("vulnerability", "phq4", "who5", "wgss", "fcs", "rcsi", "hhs", "lcs", "rcs", "rss", "sdq")


def _order(code: str) -> tuple[int, str]:
    return (_FIRST.index(code) if code in _FIRST else len(_FIRST), code)
