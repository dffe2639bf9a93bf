"""The empty list that people download and fill in: which columns, in which words."""

from __future__ import annotations

from paivand.collect.rules.columns import Column
from paivand.core.rules.texts import text

C = Column
HEADINGS: dict[str, dict[Column, str]] = {
    "tg": {
        C.FAMILY_KEY: "Рақами оила", C.FAMILY_NAME: "Насаб", C.GIVEN_NAME: "Ном", C.FATHER_NAME: "Номи падар",
        C.SEX: "Ҷинс", C.BIRTH: "Санаи таваллуд", C.RELATION: "Нисбат ба сардори оила", C.JAMOAT: "Ҷамоат",
        C.VILLAGE: "Деҳа", C.PHONE: "Телефон", C.DOCUMENT: "Рақами шиноснома", C.COUNTRY: "Кишвари муҳоҷират",
        C.DEPARTED: "Санаи рафтан", C.CONSENT: "Розигӣ", C.CONSENT_ON: "Санаи розигӣ", C.GUARDIAN: "Парастор",
    },
    "ru": {
        C.FAMILY_KEY: "Номер семьи", C.FAMILY_NAME: "Фамилия", C.GIVEN_NAME: "Имя", C.FATHER_NAME: "Отчество",
        C.SEX: "Пол", C.BIRTH: "Дата рождения", C.RELATION: "Отношение к главе", C.JAMOAT: "Джамоат",
        C.VILLAGE: "Кишлак", C.PHONE: "Телефон", C.DOCUMENT: "Номер паспорта", C.COUNTRY: "Страна миграции",
        C.DEPARTED: "Дата выезда", C.CONSENT: "Согласие", C.CONSENT_ON: "Дата согласия", C.GUARDIAN: "Опекун",
    },
    "en": {
        C.FAMILY_KEY: "Family number", C.FAMILY_NAME: "Surname", C.GIVEN_NAME: "Given name",
        C.FATHER_NAME: "Father's name", C.SEX: "Sex", C.BIRTH: "Date of birth", C.RELATION: "Relation to head",
        C.JAMOAT: "Jamoat", C.VILLAGE: "Village", C.PHONE: "Phone number", C.DOCUMENT: "Passport number",
        C.COUNTRY: "Country of migration", C.DEPARTED: "Date of departure", C.CONSENT: "Consent",
        C.CONSENT_ON: "Date of consent", C.GUARDIAN: "Guardian",
    },
    "fa": {
        C.FAMILY_KEY: "شماره خانواده", C.FAMILY_NAME: "تخلص", C.GIVEN_NAME: "نام", C.FATHER_NAME: "نام پدر",
        C.SEX: "جنس", C.BIRTH: "تاریخ تولد", C.RELATION: "نسبت", C.JAMOAT: "جماعت", C.VILLAGE: "قریه",
        C.PHONE: "شماره تلفن", C.DOCUMENT: "پاسپورت", C.COUNTRY: "کشور", C.DEPARTED: "تاریخ رفتن",
        C.CONSENT: "رضایت", C.CONSENT_ON: "تاریخ رضایت", C.GUARDIAN: "سرپرست",
    },
}  # fmt: skip
"""The headings in each language; every one of them is among the words by which columns are known."""

WORDS: dict[str, dict[Column, tuple[str, ...]]] = {
    "tg": {
        C.SEX: ("зан", "мард"), C.CONSENT: ("ҳа", "не"),
        C.RELATION: ("сардор", "ҳамсар", "писар", "духтар", "модар", "падар", "келин", "набера", "хеш"),
    },
    "ru": {
        C.SEX: ("женский", "мужской"), C.CONSENT: ("да", "нет"),
        C.RELATION: ("глава", "супруг", "супруга", "сын", "дочь", "мать", "отец", "невестка", "внук", "родственник"),
    },
    "en": {
        C.SEX: ("female", "male"), C.CONSENT: ("yes", "no"),
        C.RELATION: ("head", "spouse", "son", "daughter", "mother", "father", "daughter in law", "grandchild"),
    },
    "fa": {
        C.SEX: ("زن", "مرد"), C.CONSENT: ("بلی", "نه"),
        C.RELATION: ("سرپرست خانواده", "همسر", "پسر", "دختر", "مادر", "پدر", "عروس", "نواسه"),
    },
}  # fmt: skip
"""The words offered in a cell."""

EXAMPLES: dict[Column, str] = {
    C.FAMILY_KEY: "1", C.BIRTH: "12.03.1984", C.PHONE: "93 500 00 00", C.DOCUMENT: "А 01234567", C.COUNTRY: "RU",
    C.DEPARTED: "03.2024", C.CONSENT_ON: "20.11.2026",
}  # fmt: skip

ADVICE: dict[Column, str] = {
    C.FAMILY_KEY: text("The same number in all rows of one family."),
    C.GIVEN_NAME: text("Must be filled in."),
    C.SEX: text("Must be filled in."),
    C.BIRTH: text("The day, the month (03.1984) or the year (1984). Leave it empty if nobody knows."),
    C.RELATION: text("One person of each family is its head."),
    C.JAMOAT: text("Must be filled in for the head of each family."),
    C.COUNTRY: text("Where the migrant works, in the migrant's own row."),
    C.DEPARTED: text("When the migrant left."),
    C.CONSENT: text("Whether the family agrees to be registered. Families that do not agree are left out."),
    C.GUARDIAN: text("Only where the head is under 18: who gives the consent."),
}
"""How a column is filled in, where that is not plain."""

SENTENCES = (
    text("One row for each person. All rows of one family bear the same number."),
    text("Write each family only once, and only those who agreed to be registered."),
    text("Upload the filled-in file under Lists. Nothing is taken in before you have seen the result of the check."),
)
"""What stands above the explanation of the columns."""

COLUMNS = tuple(HEADINGS["en"])
