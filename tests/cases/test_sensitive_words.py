"""Words that stand on no paper and make a survey's rule be read: plain questions are known, everyday words are not."""

from __future__ import annotations

import doctest

import pytest

from paivand.cases.rules import sheet
from paivand.cases.rules.sheet import sensitive


def test_the_examples_of_the_documentation_hold():
    assert doctest.testmod(sheet).failed == 0


@pytest.mark.parametrize("words", [
    "Does he hit you?", "Has anybody forced you to have sex?", "Are you afraid of him?", "Did they throw you out?",
    "Кто вас бьёт?", "Вас насиловали?", "Вам угрожают?", "Он вас ударил?", "Вас выгнали из дома?", "Его боитесь?",
    "Оё шавҳаратон шуморо мезанад?", "Оё шуморо аз хона рондаанд?", "Касе шуморо маҷбур кардааст?", "Аз ӯ метарсед?",
    "Зӯроварӣ дар оила", "Таҷовуз", "Шуморо задааст?",
    "آیا شوهرتان شما را می‌زند؟", "آیا کسی شما را مجبور کرده است؟", "از او می‌ترسید؟", "شما را از خانه کشیدند؟",
])  # fmt: skip
def test_a_plain_question_about_violence_is_known(words):
    assert sensitive().betrays(words)


@pytest.mark.parametrize("words", [
    "Шавҳар ҳар ҳафта занг мезанад", "Ба мактаб занг задан", "Мошин рондан", "Хоҷагии муштарак", "Ҷои корро ёфтан",
    "Купить билет на автобус", "Битва за урожай", "Звонит каждую неделю", "Sex of the child", "A workshop on sewing",
    "هر هفته زنگ می‌زند", "زمین مشترک", "موتر راندن",
])  # fmt: skip
def test_everyday_words_are_none(words):
    assert not sensitive().betrays(words)
