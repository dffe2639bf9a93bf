"""The pages of casework and of the directory, by those who use them."""

from __future__ import annotations

from urllib.parse import quote

from bench import casework
from bench.pages import KULOB, Measured, asked

WORKERS = ("social.kulob", "social.kulob", "social.dusti", "social.dusti")
"""Two social workers, each at two devices."""
OF_KULOB = ("social.kulob", "social.kulob", "supervisor", "supervisor")
"""Those who open a case of the worker in Kulob: herself and her supervisor."""
SUPERVISORS = ("supervisor",) * 4
PROVIDERS = ("provider",) * 4
REFERRING = ("social.kulob", "social.dusti", "supervisor", "gbv")
SELDOM_AIM = 200.0
"""For what a supervisor opens a few times a day and what tells about all her workers at once: the board, and the choice
of a worker with what each carries. A page that people open all day long must answer in half of it."""
WORDS = ("Марказ", "Дармонгоҳ", "мактаб", "Maktab", "Идора 120", "ҳуҷҷат", "Кабинет 77", "алимент")
"""What is typed into the directory: names of services, in two scripts, and what people call a kind of service."""
TYPES = ("health", "legal", "education", "food")


def pages(url: str) -> list[Measured]:
    """What is measured, with codes that are in the database at ``url``."""
    cases = casework.codes(url, "social.kulob", 40)
    services = casework.services(url, 40)
    return [
        Measured("desk of a social worker", asked(["/"]), WORKERS),
        Measured("desk of a supervisor", asked(["/"]), SUPERVISORS),
        Measured("desk of a provider", asked(["/"]), PROVIDERS),
        Measured("cases, mine", asked(["/cases/"]), WORKERS),
        Measured("cases, all", asked(["/cases/?whose=all", "/cases/?whose=all&order=new"]), OF_KULOB),
        Measured("cases, all of high risk", asked(["/cases/?whose=all&risk=high&due=overdue"]), OF_KULOB),
        Measured("what is due", asked(["/due/", "/due/?when=week"]), WORKERS),
        Measured("case page", asked(f"/cases/{code}/" for code in cases), OF_KULOB),
        Measured("plan page", asked(f"/cases/{code}/plan/1/" for code in casework.planned(url, "social.kulob", 40)),
                 OF_KULOB),
        Measured("board", asked(["/board/"]), SUPERVISORS, SELDOM_AIM),
        Measured("board, one district", asked([f"/board/?district={KULOB}"]), SUPERVISORS, SELDOM_AIM),
        Measured("choice of a worker", asked(f"/cases/{code}/assign/" for code in cases), SUPERVISORS, SELDOM_AIM),
        Measured("directory", asked(["/directory/"]), REFERRING),
        Measured("directory, words", asked(f"/directory/?words={quote(word)}" for word in WORDS), REFERRING),
        Measured("directory, words, everywhere",
                 asked(f"/directory/?words={quote(word)}&district=all" for word in WORDS), REFERRING),
        Measured("directory, one kind", asked(f"/directory/?type={kind}" for kind in TYPES), REFERRING),
        Measured("directory, one district", asked([f"/directory/?district={KULOB}"]), REFERRING),
        Measured("service page", asked(f"/directory/{key}/" for key in services), REFERRING),
        Measured("referrals sent", asked(["/referrals/", "/referrals/?group=late"]), OF_KULOB),
        Measured("referrals received", asked(["/referrals/"]), PROVIDERS),
        Measured("referral page, sender",
                 asked(f"/referrals/{code}/" for code in casework.referrals(url, "social.kulob", 40)), OF_KULOB),
        Measured("referral page, receiver",
                 asked(f"/referrals/{code}/" for code in casework.referrals(url, "provider", 40, column="receiver_id")),
                 PROVIDERS),
    ]  # fmt: skip
