"""The catalogues of translations: brought in line with the texts of the program, checked and compiled."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import polib

from paivand.operate.extraction import Message

PLURALS = {
    "tg": "nplurals=2; plural=(n != 1);",
    "ru": "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);",
    "en": "nplurals=2; plural=(n != 1);",
    "fa": "nplurals=2; plural=(n > 1);",
}
SOURCE_LANGUAGE = "en"
"""The language of the texts in the program: its catalogue needs no translations."""
_PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%[sd]")


def catalogue_path(locale: Path, language: str) -> Path:
    """Where the catalogue of a language lives."""
    return locale / language / "LC_MESSAGES" / "django.po"


def updated(path: Path, language: str, messages: Iterable[Message]) -> polib.POFile:
    """The catalogue with an entry for each message and no other; translations of texts that stayed are kept."""
    known: dict[tuple[str, str], polib.POEntry] = {}
    if path.exists():
        known = {(entry.msgctxt or "", entry.msgid): entry for entry in polib.pofile(str(path), wrapwidth=78)}
    catalogue = polib.POFile(wrapwidth=78)
    catalogue.metadata = {
        "Project-Id-Version": "paivand",
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": PLURALS[language],
    }
    for (context, singular), found in sorted(_grouped(messages).items(), key=lambda item: (item[0][1], item[0][0])):
        catalogue.append(_entry(context, singular, found, known.get((context, singular)), language))
    return catalogue


def written(catalogue: polib.POFile) -> str:
    """The catalogue as it stands in its file."""
    return str(catalogue).rstrip("\n") + "\n"


def _grouped(messages: Iterable[Message]) -> dict[tuple[str, str], list[Message]]:
    groups: dict[tuple[str, str], list[Message]] = {}
    for message in messages:
        if message.singular:
            groups.setdefault((message.context, message.singular), []).append(message)
    return groups


def _entry(
    context: str, singular: str, found: list[Message], before: polib.POEntry | None, language: str
) -> polib.POEntry:
    plural = next((message.plural for message in found if message.plural), "")
    entry = polib.POEntry(
        msgid=singular,
        msgctxt=context or None,
        occurrences=[(place, "") for place in sorted({message.place for message in found})],
        flags=["python-format"] if _PLACEHOLDER.search(singular + plural) else [],
    )
    if before is not None:
        entry.tcomment = before.tcomment
        entry.flags += [flag for flag in before.flags if flag == "fuzzy"]
    if plural:
        forms = int(PLURALS[language][len("nplurals=")])
        kept = before.msgstr_plural if before is not None and before.msgid_plural == plural else {}
        entry.msgid_plural = plural
        entry.msgstr_plural = {index: kept.get(index, "") for index in range(forms)}
    elif before is not None and not before.msgid_plural:
        entry.msgstr = before.msgstr
    return entry


def defects(catalogue: polib.POFile, language: str) -> Iterator[str]:
    """What keeps a catalogue from being complete: missing and doubtful translations, and lost placeholders."""
    for entry in catalogue:
        translations = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
        if language == SOURCE_LANGUAGE and not any(translations):
            continue
        if not all(translations):
            yield f"{language}: no translation of {entry.msgid!r}"
        elif "fuzzy" in entry.flags:
            yield f"{language}: the translation of {entry.msgid!r} is marked doubtful (fuzzy)"
        else:
            yield from _lost_placeholders(entry, translations, language)


def _lost_placeholders(entry: polib.POEntry, translations: list[str], language: str) -> Iterator[str]:
    given = _placeholders(entry.msgid) | _placeholders(entry.msgid_plural or "")
    for text in translations:
        used = _placeholders(text)
        # A form for one may leave its number out ("a family"), but none may ask for what is not given.
        if not used <= given or (not entry.msgid_plural and used != given):
            yield f"{language}: the placeholders of {entry.msgid!r} differ in {text!r}"


def _placeholders(text: str) -> set[str]:
    return {match.group() for match in _PLACEHOLDER.finditer(text)}


def compile_catalogue(path: Path) -> bool:
    """Write the machine form beside the catalogue if it is missing or older; returns whether there was work."""
    target = path.with_suffix(".mo")
    if target.exists() and target.stat().st_mtime_ns >= path.stat().st_mtime_ns:
        return False
    draft = target.with_suffix(".mo.new")
    polib.pofile(str(path)).save_as_mofile(str(draft))
    draft.replace(target)
    return True
