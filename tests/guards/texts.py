"""Texts in four languages: what a catalogue must hold, and how a text may be asked for."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import polib

from tests.guards.house import ROOT, sources, tree_of, where

LANGUAGES = ("tg", "ru", "fa")
"""The languages that texts are translated into; English is the source."""

SAME_EVERYWHERE = {
    "PIN",
    "Paivand", "OpenID Connect", "PDF", "CSV", "XLSX", "p-code", "—", "…", "·",
}  # fmt: skip
"""Texts that are names or signs, and stay as they are in every language."""

PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd%]|\{\w*\}")
TAG = re.compile(r"</?[a-z][^>]*>")
_CYRILLIC, _ARABIC, _LATIN = "[\u0400-\u04ff]", "[\u0600-\u06ff]", "[A-Za-z]"
OWN_SCRIPT = {"tg": _CYRILLIC, "ru": _CYRILLIC, "fa": _ARABIC}
FOREIGN = {
    "tg": (f"{_ARABIC}|[цщыьЦЩЫЬ]", "a letter that Tajik does not have"),
    "ru": (f"{_ARABIC}|[ғӣқӯҳҷҒӢҚӮҲҶ]", "a letter that Russian does not have"),
    "fa": (f"{_CYRILLIC}|[يكىة]", "a letter that Dari does not have (perhaps an Arabic yeh or kaf)"),
}
CALLS = {
    "_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy",
    "npgettext", "npgettext_lazy", "text",
}  # fmt: skip


def catalogue(root: Path, language: str) -> Path:
    """Where the catalogue of a language lies."""
    return root / "paivand/locale" / language / "LC_MESSAGES/django.po"


def incomplete(language: str, root: Path = ROOT) -> list[str]:
    """Missing, doubtful and abandoned entries."""
    path = catalogue(root, language)
    if not path.exists():
        return [f"{language}: there is no catalogue. Run `python -m paivand messages`."]
    entries = polib.pofile(str(path))
    found = []
    for entry in entries:
        forms = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
        if entry.obsolete:
            found.append(f"{language}: {entry.msgid!r} is in no page any more. Take it out.")
        elif "fuzzy" in entry.flags:
            found.append(f"{language}: {entry.msgid!r} is marked fuzzy. Check it and take the mark off.")
        elif not forms or not all(form.strip() for form in forms):
            found.append(f"{language}: {entry.msgid!r} is not translated ({_first_place(entry)}).")
    return found


def _first_place(entry: polib.POEntry) -> str:
    return entry.occurrences[0][0] if entry.occurrences else "place unknown"


def broken(language: str, root: Path = ROOT) -> list[str]:
    """Translations that lost a placeholder, a tag or a line's end, or are written in another script."""
    path = catalogue(root, language)
    entries = polib.pofile(str(path)) if path.exists() else []
    return [said for entry in entries if not entry.obsolete for said in _broken(entry, language)]


def _broken(entry: polib.POEntry, language: str) -> Iterator[str]:
    forms = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
    for index, form in enumerate(forms):
        # Only Tajik's first form stands for exactly one, and may say "a family" without the number.
        source = entry.msgid if language == "tg" and index == 0 else entry.msgid_plural or entry.msgid
        if not form:
            continue
        place = f"{language}: {entry.msgid!r} → {form!r}"
        if sorted(PLACEHOLDER.findall(form)) != sorted(PLACEHOLDER.findall(source)):
            yield f"{place}: the placeholders differ. Keep each {PLACEHOLDER.findall(source)} once."
        if sorted(TAG.findall(form)) != sorted(TAG.findall(source)):
            yield f"{place}: the tags differ. Keep {TAG.findall(source)}."
        if (form[:1] == "\n", form[-1:] == "\n") != (source[:1] == "\n", source[-1:] == "\n"):
            yield f"{place}: begins or ends with a line's end where the source does not, or the other way round."
        yield from _in_another_script(form, source, language, place)


def _in_another_script(form: str, source: str, language: str, place: str) -> Iterator[str]:
    words = PLACEHOLDER.sub("", TAG.sub("", source))
    if source not in SAME_EVERYWHERE and re.search(_LATIN, words) and not re.search(OWN_SCRIPT[language], form):
        yield f"{place}: is not written in the script of the language. Translate it, or add it to SAME_EVERYWHERE."
    letters, said = FOREIGN[language]
    if re.search(letters, form) and not re.search(letters, source):
        yield f"{place}: holds {said}: {re.findall(letters, form)}."


def composed(root: Path = ROOT) -> list[str]:
    """Texts put together before they are looked up: no catalogue can hold them."""
    found = []
    for path in sources(root):
        for node in ast.walk(tree_of(path)):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in CALLS and any(_is_composed(argument) for argument in node.args):
                found.append(
                    f"{where(root, path, node.lineno)}: {name}() of a text that is put together first. "
                    "Write %(name)s in the text and fill it in afterwards."
                )
    return found


def _is_composed(argument: ast.expr) -> bool:
    if isinstance(argument, ast.JoinedStr):
        return True
    if isinstance(argument, ast.BinOp) and isinstance(argument.op, ast.Mod | ast.Add):
        return any(isinstance(part, ast.Constant) and isinstance(part.value, str) for part in ast.walk(argument))
    return (
        isinstance(argument, ast.Call) and isinstance(argument.func, ast.Attribute) and argument.func.attr == "format"
    )
