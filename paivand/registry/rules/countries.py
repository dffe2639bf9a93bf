"""Countries by ISO 3166, with their names in the reader's language."""

from __future__ import annotations

from functools import lru_cache

from babel import Locale

FIRST = ("RU", "KZ")
"""Where nearly all go: they stand at the head of every list."""

OFTEN = ("TR", "UZ", "KG", "DE", "PL", "KR", "AE", "QA", "SA", "US", "BY", "UA")
NOT_COUNTRIES = frozenset({
    "EU", "EZ", "UN", "ZZ", "QO", "XA", "XB", "AC", "CP", "CQ", "DG", "EA", "IC", "TA", "TJ", "XK",
})  # fmt: skip
"""Codes of the locale data that are not in ISO 3166, and Tajikistan itself."""

_LOCALES = {"tg": "tg", "ru": "ru", "en": "en_GB", "fa": "fa_AF"}
_OWN_NAMES = {
    "tg": {
        "US": "Иёлоти Муттаҳидаи Амрико", "PL": "Полша", "GB": "Британияи Кабир", "AE": "Аморати Муттаҳидаи Араб",
        "PS": "Фаластин",
    },
    "ru": {"US": "США", "KG": "Кыргызстан", "KR": "Южная Корея"},
}  # fmt: skip
"""Names as people say them, where the locale data has none, or only a long or unusual one."""

CITIES = {
    "RU": (
        "Москва", "Санкт-Петербург", "Новосибирск", "Екатеринбург", "Казань", "Нижний Новгород", "Самара", "Тюмень",
        "Сургут", "Краснодар", "Ростов-на-Дону", "Красноярск", "Иркутск", "Владивосток", "Хабаровск", "Якутск",
        "Волгоград", "Саратов", "Уфа", "Омск", "Челябинск", "Пермь", "Воронеж", "Калининград", "Мурманск",
    ),
    "KZ": ("Алматы", "Астана", "Шымкент", "Атырау", "Актау"),
    "TR": ("İstanbul", "Ankara", "Antalya", "İzmir"),
    "UZ": ("Тошкент", "Самарқанд"),
    "KG": ("Бишкек", "Ош"),
}  # fmt: skip
"""Cities to choose from while typing; any other may be written."""


def is_country(code: str) -> bool:
    """Whether somebody can migrate to this code.

    >>> is_country("RU"), is_country("TJ"), is_country("ZZ"), is_country("ru")
    (True, False, False, False)
    """
    return code in _names("en")


def country_name(code: str, language: str) -> str:
    """The name of a country; the code itself for one that is not known.

    >>> country_name("KZ", "en"), country_name("XX", "en")
    ('Kazakhstan', 'XX')
    """
    return _names(language).get(code, code)


def country_choices(language: str) -> list[tuple[str, str]]:
    """Code and name: Russia and Kazakhstan, the others that migrants name, then all by the alphabet."""
    names = _names(language)
    head = (*FIRST, *OFTEN)
    rest = sorted((code for code in names if code not in head), key=lambda code: names[code].casefold())
    return [(code, names[code]) for code in (*head, *rest)]


def cities() -> list[str]:
    """All cities that are suggested, Russia's first."""
    return [city for cities in CITIES.values() for city in cities]


@lru_cache(maxsize=8)
def _names(language: str) -> dict[str, str]:
    own = _OWN_NAMES.get(language, {})
    local = Locale.parse(_LOCALES.get(language, "en_GB")).territories
    english = Locale.parse("en_GB").territories
    return {
        code: own.get(code) or local.get(code) or name
        for code, name in english.items()
        if len(code) == 2 and code.isalpha() and code not in NOT_COUNTRIES
    }
