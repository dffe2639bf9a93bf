"""Papers, telephones, schooling, marriages and consents of invented people."""

from __future__ import annotations

from datetime import date, timedelta

from paivand.operate.population.naming import lists
from paivand.operate.population.people import Being, Household
from paivand.operate.population.profile import Chance, weights
from paivand.registry.rules import ADULT, ConsentMethod, ConsentPurpose, GivenBy, Relation, Sex
from paivand.registry.rules.consents import ASSENT_FROM
from paivand.registry.rules.drafts import ConsentDraft, DocumentDraft, ParticularsDraft, PhoneDraft
from paivand.registry.rules.migration import AbsenceStatus
from paivand.registry.rules.people import (
    DocumentKind,
    DocumentStatus,
    Education,
    Marital,
    Marriage,
    MayCall,
    OutOfSchoolReason,
    School,
    SpokenLanguage,
)

_A = AbsenceStatus
_LANGUAGE = {"ru": "ru", "dari": "fa"}
_DIVORCED = frozenset({_A.DIVORCED_COURT, _A.DIVORCED_RELIGIOUS})
_PARENTS = frozenset({Relation.PARENT, Relation.PARENT_IN_LAW})


class Facts:
    """Invents what is known of the people of one family beside their names."""

    def __init__(self, chance: Chance, house: Household, today: date) -> None:
        self.chance, self.house, self.today = chance, house, today
        self.language = _LANGUAGE.get(house.script, "tg")
        self.words = lists()["contact"][self.language]
        self.marriage = Marriage(chance.of("marriages"))

    def phone(self) -> PhoneDraft:
        """A number that no operator has, and what was agreed about calling it."""
        chance = self.chance
        may_call = MayCall(chance.of("may_call"))
        asked = may_call is not MayCall.NOT_ASKED
        careful = asked and may_call is not MayCall.NO
        # "yes" may go without conditions; the narrower answers rarely do.
        detailed = careful and chance.happens(0.5 if may_call is MayCall.YES else 0.9)
        hours, who, say = (chance.one(self.words[key]) for key in ("hours", "who", "say"))
        says, owned = chance.happens(0.6), chance.happens("phone_belongs_to_other")
        owner, through = chance.one(self.words["owner"]), may_call is MayCall.THROUGH_OTHER
        if through:
            who = owner
        return PhoneDraft(
            number=f"+99210{chance.between(0, 9_999_999):07d}", may_call=may_call,
            hours=hours if detailed else "", who_may_answer=who if detailed or through else "",
            say_what=say if detailed and says else "", belongs_to=owner if owned or through else "",
            agreed_on=self.house.registered_on if asked else None,
        )  # fmt: skip

    def particulars(self, being: Being) -> ParticularsDraft | None:
        """Schooling, marriage and languages, as far as they were asked."""
        asked = being is self.house.head or self.chance.happens(0.75)
        age = being.age
        marital, marriage = self._marriage(being)
        education, school, since, reason = self._schooling(age)
        languages = self._languages(being)
        if not asked:
            return None
        return ParticularsDraft(
            education=education, school=school, out_of_school_since=since, out_of_school_reason=reason,
            marital=marital, marriage=marriage, languages=languages,
        )  # fmt: skip

    def _schooling(self, age: int) -> tuple[str, str, date | None, str]:
        out, since = self.chance.happens("out_of_school"), self.chance.between(2, 30)
        reason = OutOfSchoolReason(self.chance.of("out_of_school_reasons"))
        schooling = Education(self.chance.of("schooling"))
        if age < 6:
            return "", School.NOT_YET, None, ""
        if age < 18:
            if out and age >= 8 and (age >= 14 or reason is not OutOfSchoolReason.MARRIAGE):
                return "", School.OUT, (self.today - timedelta(days=since * 30)).replace(day=1), reason
            return "", School.ATTENDING if age > 6 else School.NOT_YET, None, ""
        return schooling, "", None, ""

    def _marriage(self, being: Being) -> tuple[str, str]:
        house, how = self.house, Marriage(self.chance.of("marriages"))
        alone, single = self.chance.happens(0.4), self.chance.happens(0.3)
        if being.age < 18:
            return "", ""
        couple = self._is_of_the_couple(being)
        if couple:
            marital = Marital.MARRIED
            if house.shape == "no_migrant" or (house.status == _A.DECEASED and not being.is_migrant):
                marital = Marital.WIDOWED
            elif house.status in _DIVORCED or house.shape == "mother_abroad":
                marital = Marital.DIVORCED
            elif house.status == _A.SECOND_FAMILY:
                marital = Marital.SEPARATED
            return marital, Marriage.RELIGIOUS if house.status == _A.DIVORCED_RELIGIOUS else self.marriage
        if being.relation in _PARENTS or (being is house.head and being.age >= 48):
            return (Marital.WIDOWED if alone and being.age > 55 else Marital.MARRIED), how
        if being.age < 23 or (being.age < 30 and single):
            return Marital.SINGLE, ""
        return Marital.MARRIED, how

    def _is_of_the_couple(self, being: Being) -> bool:
        """Whether she is the wife, or he the husband, whom the migration parted."""
        shape, relation = self.house.shape, being.relation
        if shape in ("left_wife", "with_in_laws", "returned", "no_migrant"):
            return relation in (Relation.HEAD, Relation.SPOUSE)
        if shape == "mother_abroad":
            return being.is_migrant and relation is Relation.CHILD
        if not self.house.migrants:
            return False
        first = self.house.migrants[0]
        return any(being is one for one in self.house.members[first : first + 2])

    def _languages(self, being: Being) -> tuple[str, ...]:
        russian = self.chance.happens(0.9 if being.is_migrant else "knows_russian")
        own = SpokenLanguage.DARI if self.house.script == "dari" else SpokenLanguage.TAJIK
        found = [SpokenLanguage.UZBEK, own] if self.house.speaks_uzbek else [own]
        return tuple([*found, SpokenLanguage.RUSSIAN] if russian and being.age > 13 else found)

    def documents(self, being: Being) -> tuple[DocumentDraft, ...]:
        """The papers that were asked for."""
        asked, told = self.chance.happens("papers_asked"), self.chance.happens(0.45)
        if being.age < 16:
            return (self._paper(DocumentKind.BIRTH_CERTIFICATE, "birth_certificate_status", being.age),)
        found = []
        if being is self.house.head or asked:
            found.append(self._paper(DocumentKind.PASSPORT, "passport_status", 10))
        if being.is_migrant and told:
            found.append(self._paper(DocumentKind.FOREIGN_PASSPORT, "travel_passport_status", 7))
        if being is self.house.head and being.sex is Sex.FEMALE and self._is_of_the_couple(being):
            found.append(self._marriage_paper())
        return tuple(found)

    def _marriage_paper(self) -> DocumentDraft:
        registered = self.marriage in (Marriage.CIVIL, Marriage.CIVIL_AND_RELIGIOUS)
        if not registered or self.house.status == _A.DIVORCED_RELIGIOUS:
            return DocumentDraft(DocumentKind.MARRIAGE_CERTIFICATE, DocumentStatus.NEVER_HAD)
        lost = self.chance.happens(0.06)
        status = DocumentStatus.LOST if lost else DocumentStatus.VALID
        return DocumentDraft(DocumentKind.MARRIAGE_CERTIFICATE, status, number=f"I-НК {self._digits(6)}")

    def _paper(self, kind: DocumentKind, table: str, years: int) -> DocumentDraft:
        chance, status = self.chance, DocumentStatus(self.chance.of(table))
        series, digits, days = chance.one("АВС"), self._digits(7), chance.between(40, max(60, years * 365 - 200))
        numbered = chance.happens(0.8)
        if status in (DocumentStatus.NEVER_HAD, DocumentStatus.IN_PROCESS):
            return DocumentDraft(kind, status)
        issued = self.today - timedelta(days=days + (years * 365 if status is DocumentStatus.EXPIRED else 0))
        born = kind is DocumentKind.BIRTH_CERTIFICATE
        number = f"I-НД {digits}" if born else f"{series} {digits}"
        if kind is DocumentKind.FOREIGN_PASSPORT:
            number = f"40{digits}"
        until = None if born else issued + timedelta(days=years * 365 + 2)
        return DocumentDraft(
            kind, status, number=number if numbered else "", issued_on=issued if numbered and not born else None,
            valid_until=until if numbered else None,
        )  # fmt: skip

    def _digits(self, n_digits: int) -> str:
        return f"{self.chance.between(0, 10**n_digits - 1):0{n_digits}d}"

    def consent(self) -> ConsentDraft:
        """The head's consent on the day of registration, one purpose at a time."""
        chance = self.chance
        purposes = [ConsentPurpose.REGISTRATION]
        for name, share in weights("purposes").items():
            if chance.happens(share):
                purposes.append(ConsentPurpose(name))
        if self.house.status == _A.MISSING and ConsentPurpose.TRACING not in purposes:
            purposes.append(ConsentPurpose.TRACING)
        method, ends = ConsentMethod(chance.of("consent_methods")), chance.happens("consent_with_end")
        day = self.house.registered_on
        return ConsentDraft(
            GivenBy.SELF, method, self.language, day, tuple(purposes),
            valid_until=day + timedelta(days=730) if ends else None,
        )  # fmt: skip

    def children_consents(self) -> list[tuple[int, ConsentDraft]]:
        """What a guardian agreed to for the children, and whether they agreed too; by place among the members."""
        asked = self.chance.happens("children_consents")
        head = self.house.head.draft()
        guardian = " ".join(part for part in (head.family_name, head.given_name) if part)
        found = []
        for place, being in enumerate(self.house.members[1:], start=1):
            agrees, photo = self.chance.happens(0.94), self.chance.happens(0.4)
            # The age as the program derives it from what is known of the birth.
            years = being.birth.age(self.today).years if being.birth else None
            if not asked or years is None or not years < ADULT:
                continue
            assent = agrees if years >= ASSENT_FROM else None
            purposes = [ConsentPurpose.SERVICES]
            if photo and assent is not False:
                purposes.append(ConsentPurpose.PHOTO)
            found.append((place, ConsentDraft(
                GivenBy.GUARDIAN, ConsentMethod.SPOKEN if assent is None else ConsentMethod.SIGNATURE,
                self.language, self.house.registered_on, tuple(purposes), guardian_name=guardian, assent=assent,
            )))  # fmt: skip
        return found
