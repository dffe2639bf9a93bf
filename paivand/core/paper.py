"""Documents on paper: typeset as PDF from a template and plain data, and locked with a password.

A template is a file of ``paivand/templates/print`` in the language of Typst. It begins with

    #import "paper.typ": *
    #show: paper.with(title: data.title)

and finds its data, which are plain JSON, in ``data``: texts are set as they are, whatever signs they hold; nothing in
them is read as markup, and no other file can be reached. Texts come translated; dates and numbers come formatted.

The typefaces are those of the screen (Source Sans 3 for Latin and Cyrillic with all Tajik letters, Vazirmatn for Dari,
shaped and from right to left). The build of the front end puts them into ``static/dist/print``; no typeface of the
machine is used, so a document looks the same everywhere. The same data give the same bytes.
"""

from __future__ import annotations

import io
import json
import re
import secrets
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import pikepdf
import typst

_HOME = Path(__file__).resolve().parent.parent
TEMPLATES = _HOME / "templates" / "print"
TYPEFACES = _HOME / "static" / "dist" / "print"
_NO_PACKAGES = TEMPLATES / "no-packages"
"""A folder that is not there: a template that asks for a package fails instead of fetching it from the network."""

SHORTEST_PASSWORD = 8


class PaperError(RuntimeError):
    """A template is wrong, or the typefaces are missing: a mistake of the program or its installation."""


@lru_cache(maxsize=1)
def _typefaces() -> typst.Fonts:
    if not list(TYPEFACES.glob("*.ttf")):
        raise PaperError(f"There are no typefaces in {TYPEFACES}. Build the front end: npm run build.")
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(TYPEFACES)])


def typeset(template: str, data: Mapping[str, Any], language: str) -> bytes:
    """A PDF of ``data`` in the form of ``template``, as PDF/UA-1 wants it for people who have it read aloud.

    A sign that no typeface has (an emoji, say) is drawn as an empty box. Such a document cannot be read aloud wholly
    and does not claim PDF/UA-1; but it is made.

    Args:
        template: the name of a file of ``TEMPLATES`` without its ending.
        data: what JSON can hold. ``title`` becomes the title of the document, which programs show beside it: give it
            no name of a person.
        language: tg, ru, en or fa; Dari runs from right to left.

    Raises:
        PaperError: for an unknown template, for data that it does not fit, and without typefaces.
    """
    made = _made(template, data, language, _compiled)
    if not isinstance(made, bytes):
        raise PaperError(f"The template {template} gave no document.")
    return made


def pictured(template: str, data: Mapping[str, Any], language: str, *, dots_per_inch: int = 200) -> bytes:
    """A PNG of a template whose one page is as large as what it draws; for documents that take pictures as points.

    Raises:
        PaperError: as ``typeset``, and for a template of more than one page.
    """
    made = _made(
        template, data, language, lambda compiler: compiler.compile(format="png", ppi=float(dots_per_inch))
    )  # fmt: skip
    if not isinstance(made, bytes):
        raise PaperError(f"The template {template} gave more than one page.")
    return made


def _made(
    template: str, data: Mapping[str, Any], language: str,
    compiled: Callable[[typst.Compiler], bytes | list[bytes] | None],
) -> bytes | list[bytes] | None:  # fmt: skip
    source = TEMPLATES / f"{template}.typ"
    if not re.fullmatch(r"[a-z_]+", template) or not source.is_file():
        raise PaperError(f"There is no template {template!r} in {TEMPLATES}.")
    inputs = {"data": json.dumps(dict(data), ensure_ascii=False), "language": language[:2]}
    try:
        compiler = typst.Compiler(
            source, root=TEMPLATES, font_paths=_typefaces(), ignore_system_fonts=True, sys_inputs=inputs,
            package_path=_NO_PACKAGES, package_cache_path=_NO_PACKAGES,
        )  # fmt: skip
        return compiled(compiler)
    except typst.TypstError as error:
        # The trace may quote the data: it stays out of logs.
        raise PaperError(f"The template {template} could not be set: {error.message}") from None


_FROM_THE_RIGHT = re.compile(r"(<text\b[^>]*>)([^<]*[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc][^<]*)")
"""Words of a drawing that run from the right. The painter orders them from the left, unless they are set apart."""


def _set_apart(svg: str) -> str:
    return _FROM_THE_RIGHT.sub("\\1\u2068\\2\u2069", svg)


def painted(svg: str) -> bytes:
    """A PNG of a drawing, at twice its size, with the typefaces of the screen.

    Raises:
        PaperError: for what is no SVG, and without typefaces.
    """
    try:
        made = typst.Compiler(
            TEMPLATES / "picture.typ", root=TEMPLATES, font_paths=_typefaces(), ignore_system_fonts=True,
            sys_inputs={"svg": _set_apart(svg)}, package_path=_NO_PACKAGES, package_cache_path=_NO_PACKAGES,
        ).compile(format="png", ppi=144.0)  # fmt: skip
    except typst.TypstError as error:
        raise PaperError(f"The picture could not be drawn: {error.message}") from None
    if not isinstance(made, bytes):
        raise PaperError("The picture is larger than a page.")
    return made


def _compiled(compiler: typst.Compiler) -> bytes | list[bytes] | None:
    try:
        return compiler.compile(format="pdf", pdf_standards="ua-1")
    except typst.TypstError as error:
        if not error.message.startswith("PDF/UA"):
            raise
        return compiler.compile(format="pdf")


def encrypted(pdf: bytes, password: str) -> bytes:
    """The document locked with ``password`` (AES-256): it cannot be opened, and tells nothing, without it.

    Screen readers may read it; nothing can be changed in it without a second password that nobody knows.

    Raises:
        ValueError: for a password of fewer than ``SHORTEST_PASSWORD`` characters.
    """
    if len(password) < SHORTEST_PASSWORD:
        raise ValueError(f"A password has at least {SHORTEST_PASSWORD} characters.")
    allowed = pikepdf.Permissions(
        accessibility=True, extract=False, modify_annotation=False, modify_assembly=False, modify_form=False,
        modify_other=False, print_lowres=True, print_highres=True,
    )  # fmt: skip
    lock = pikepdf.Encryption(
        owner=secrets.token_urlsafe(32), user=password, R=6, aes=True, metadata=True, allow=allowed
    )
    locked = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        document.save(locked, encryption=lock)
    return locked.getvalue()
