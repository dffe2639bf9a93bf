"""Certificates and diplomas on paper: every letter drawn, one page each, readable aloud, quickly made."""

from __future__ import annotations

import io
import time
from typing import Any

import pikepdf
import pytest

from paivand.core import paper
from paivand.core.paper import typeset
from tests.core.test_paper import claims_to_be_read_aloud, letters_of, opened, typefaces_in

TAJIK = "ғӣқӯҳҷёъэ ҒӢҚӮҲҶЁЪЭ №«»—"
LINK = "https://paivand.example/verify/K7MQ-2XWD-9ATC-H5RB-0VZE/"
SQUARE = '<svg xmlns="http://www.w3.org/2000/svg" width="2" height="2"><path stroke="#000" d="M0 0.5h1"/></svg>'


def sheet(design: str, name: str = "Нигора Қурбонова", **changes: Any) -> dict[str, Any]:
    sides = [
        {
            "language": "tg", "issuer": "Муассисаи таълимӣ", "title": "Сертификат", "lead": "Шаҳодат медиҳад, ки",
            "did": "курсро пурра хонд", "course": "Дӯзандагӣ", "lines": ["160 соат", "Кӯлоб"],
            "facts": [["Касб", "Дӯзанда"], ["Рамз", "ISCO-08 7531"]],
        },
        {
            "language": "ru", "issuer": "Учебное заведение", "title": "Запись о дипломе", "lead": "Подтверждает, что",
            "did": "прошла весь курс", "course": "Швея", "lines": ["160 часов", "Куляб"],
            "facts": [["Профессия", "Швея"], ["Код", "ISCO-08 7531"]],
        },
    ]  # fmt: skip
    return {
        "name": name, "sides": sides, "diploma": "ДТ № 0045127", "qr": SQUARE, "link": LINK,
        "address": "paivand.example/verify/", "code": ["K7MQ", "2XWD", "9ATC", "H5RB", "0VZE"],
        "check": [["tg", "Санҷиш:"], ["ru", "Проверка:"]],
        "marks": [{"labels": ["Рақам", "Номер"], "value": "VTS-000-1376"},
                  {"labels": ["Сана", "Дата"], "value": "30.05.2026"}],
        "signatories": [{"name": "Гулбаҳор Ғаниева", "posts": ["Директор"]}, {"name": "", "posts": ["Раис"]}],
        **changes,
    }  # fmt: skip


def printed(design: str, pages: list[dict[str, Any]]) -> bytes:
    return typeset(design, {"title": "Certificates", "pages": pages}, "tg")


def pictures_told(pdf: bytes) -> list[str]:
    """What people who cannot see them are told about the pictures of a document."""
    found = []

    def walk(node: Any) -> None:
        if isinstance(node, pikepdf.Array):
            for one in node:
                walk(one)
        elif isinstance(node, pikepdf.Dictionary):
            if "/Alt" in node:
                found.append(str(node.Alt))
            if "/K" in node:
                walk(node.K)

    document = opened(pdf)
    walk(document.Root.StructTreeRoot.K)
    return found


def test_the_letters_of_tajik_are_in_both_weights():
    for weight in ("400Regular", "700Bold"):
        drawn = letters_of(paper.TYPEFACES / f"SourceSans3_{weight}.ttf")
        assert {letter for letter in TAJIK.replace(" ", "") if ord(letter) not in drawn} == set()


@pytest.mark.parametrize("design", ["certificate", "diploma"])
def test_every_letter_is_drawn_on_every_place_of_the_page(design):
    page = sheet(design, name=TAJIK)
    for side in page["sides"]:
        side.update(dict.fromkeys(("issuer", "title", "lead", "did", "course"), TAJIK))
        side.update(lines=[TAJIK], facts=[[TAJIK, TAJIK]])
    page |= {"diploma": TAJIK, "signatories": [{"name": TAJIK, "posts": [TAJIK]}]}
    # A sign without a typeface is an empty box, and such a document does not claim to be read aloud.
    whole = printed(design, [page])
    assert claims_to_be_read_aloud(whole)
    assert typefaces_in(whole) == {"SourceSans3"}
    assert not claims_to_be_read_aloud(printed(design, [page | {"name": "中"}]))


@pytest.mark.parametrize("design", ["certificate", "diploma"])
def test_a_batch_is_one_document_with_a_page_for_each(design):
    pdf = printed(design, [sheet(design, f"Нигора {n}", link=f"{LINK}{n}") for n in range(7)])
    document = opened(pdf)
    assert len(document.pages) == 7
    width, height = (float(side) for side in document.pages[0].mediabox[2:])
    assert (round(width / 72 * 25.4), round(height / 72 * 25.4)) == (297, 210)
    assert pictures_told(pdf) == [f"{LINK}{n}" for n in range(7)]
    assert "Нигора" not in str(document.docinfo.Title)


@pytest.mark.parametrize("design", ["certificate", "diploma"])
def test_long_names_titles_and_commissions_stay_on_one_page(design):
    page = sheet(design, name="Абдураҳмонова-Ҷалолиддинова Муҳаббатхон " * 3)
    for side in page["sides"]:
        side |= {
            "course": "Дӯзандагии либоси занона ва бачагона " * 2,
            "title": "Шаҳодатномаи хатми курси касбӣ " * 2,
            "issuer": "Муассисаи таҳсилоти ибтидоии касбии шаҳри Кӯлоб " * 2,
            "lines": ["160 соат · " * 5] * 3,
        }
        side["facts"] = [["Баҳои имтиҳони тахассусӣ", "Раис: Р. Ҳакимова; аъзо: Ш. Ғафуров, М. Ӯрунова"]] * 8
    page["signatories"] = [{"name": "Гулбаҳор Ҳоҷиқурбоновна Ғаниева", "posts": ["Раиси комиссияи имтиҳонӣ"] * 2}] * 3
    assert len(opened(printed(design, [page])).pages) == 1


@pytest.mark.parametrize("languages", [["tg"], ["tg", "en"], ["tg", "fa"]])
def test_a_certificate_is_in_one_language_or_in_two(languages):
    page = sheet("certificate")
    page["sides"] = [{**page["sides"][0], "language": language} for language in languages]
    pdf = printed("certificate", [page])
    assert len(opened(pdf).pages) == 1
    assert claims_to_be_read_aloud(pdf)


def test_three_hundred_are_made_within_seconds():
    started = time.monotonic()
    pdf = printed("certificate", [sheet("certificate", f"Нигора {n}") for n in range(300)])
    assert len(pikepdf.open(io.BytesIO(pdf)).pages) == 300
    assert time.monotonic() - started < 60
