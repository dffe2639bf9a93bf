"""Who lives together: wives left behind and their children, elders with sons abroad, grandparents alone."""

from __future__ import annotations

from datetime import date, timedelta

from paivand.core.rules.dates import Birth
from paivand.operate.population.naming import Name, drawn
from paivand.operate.population.people import Being, Household
from paivand.operate.population.profile import Chance, declared
from paivand.registry.rules import Relation, Sex
from paivand.registry.rules.families import Housing, LandTenure

NEW_SURNAMES_FROM = 2016
"""Newborn children bear surnames without -ов from this year on."""
_CHANGED_BY_LAW_OF_2020 = 2020
_MOST_CHILDREN = 9
_LARGEST = 16


class Builder:
    """Builds one family by the declared shares. ``today`` only turns ages into births: it steers no choice."""

    def __init__(self, chance: Chance, house: Household, today: date) -> None:
        self.chance, self.house, self.today = chance, house, today
        self.dari = house.script == "dari"
        self.stem = self._name("surnames")
        self.ending = chance.of("adult_surnames")
        self.size = self._size()

    def build(self) -> Household:
        """Fill the family with people, down to its size."""
        if self.size == 1 and self.house.shape in ("elder", "grandparent", "no_migrant"):
            self.house.shape = "alone"
        getattr(self, f"_{self.house.shape}")()
        self._settle()
        return self.house

    def _size(self) -> int:
        if self.chance.happens("singles"):
            self.house.shape = "elder"
            return 1
        size = self.chance.negative_binomial(declared("household_size_mean"), declared("household_size_spread"))
        return min(max(2, size), _LARGEST)

    def _alone(self) -> None:
        """An old person whose children are all away, and who told of one of them."""
        self._add(self._one_of_two(0.7), self.chance.between(60, 78), Relation.HEAD)

    def _left_wife(self) -> None:
        age = self.chance.between(21, 47)
        head = self._wife(age, Relation.HEAD)
        husband = self._husband(age, Relation.SPOUSE)
        self._children(head, husband, Relation.CHILD)
        while self._room():
            self._add(Sex.FEMALE, age + self.chance.between(20, 27), Relation.PARENT_IN_LAW)
            self._kin_of(husband)

    def _with_in_laws(self) -> None:
        age = self.chance.between(20, 38)
        head = self._wife(age, Relation.HEAD)
        husband = self._husband(age, Relation.SPOUSE)
        years = husband.age + self.chance.between(20, 28)
        self._add(Sex.FEMALE, years, Relation.PARENT_IN_LAW, stem=self._name("surnames"))
        if self.chance.happens(0.55):
            father = self._add(Sex.MALE, years + self.chance.between(0, 6), Relation.PARENT_IN_LAW)
            father.given = husband.father
        self._children(head, husband, Relation.CHILD)
        while self._room():
            self._kin_of(husband)

    def _elder(self) -> None:
        age = self.chance.between(48, 72)
        sex = self._one_of_two(0.55)
        head = self._add(sex, age, Relation.HEAD)
        if sex is Sex.MALE and self.chance.happens(0.85):
            self._add(Sex.FEMALE, age - self.chance.between(0, 7), Relation.SPOUSE, stem=self._name("surnames"))
        father = head.given if sex is Sex.MALE else self._name("men")
        self._son_with_family(age, father, leaves=True)
        while self._room():
            if self.chance.happens(0.5):
                self._add(self._one_of_two(0.5), self.chance.between(14, min(25, age - 22)), Relation.CHILD, father)
            else:
                self._son_with_family(age, father, leaves=False)

    def _returned(self) -> None:
        age = self.chance.between(26, 54)
        head = self._add(Sex.MALE, age, Relation.HEAD)
        head.is_migrant = True
        wife = self._wife(max(20, age - self.chance.between(0, 6)), Relation.SPOUSE)
        self._children(wife, head, Relation.CHILD)
        while self._room():
            parent = self._add(Sex.FEMALE, age + self.chance.between(20, 27), Relation.PARENT)
            parent.stem = self._name("surnames")
            self._kin_of(head)

    def _grandparent(self) -> None:
        age = self.chance.between(50, 68)
        self._add(Sex.FEMALE, age, Relation.HEAD, stem=self._name("surnames"))
        son = self._add(Sex.MALE, age - self.chance.between(20, 24), Relation.CHILD, self._name("men"))
        wife = self._wife(max(22, son.age - self.chance.between(1, 5)), Relation.CHILD_IN_LAW)
        son.is_migrant = wife.is_migrant = True
        self._children(wife, son, Relation.GRANDCHILD)
        while self._room():
            self._kin_of(son)

    def _mother_abroad(self) -> None:
        age = self.chance.between(48, 66)
        self._add(Sex.FEMALE, age, Relation.HEAD, stem=self._name("surnames"))
        daughter = self._add(Sex.FEMALE, age - self.chance.between(20, 26), Relation.CHILD, self._name("men"))
        daughter.is_migrant = True
        gone = daughter.copy(sex=Sex.MALE, given=self._name("men"), stem=self._name("surnames"), is_migrant=False)
        self._children(daughter, gone, Relation.GRANDCHILD)
        while self._room():
            self._kin_of(daughter)

    def _no_migrant(self) -> None:
        age = self.chance.between(28, 52)
        head = self._wife(age, Relation.HEAD)
        gone = head.copy(sex=Sex.MALE, given=self._name("men"), stem=self.stem)
        self._children(head, gone, Relation.CHILD)

    def _son_with_family(self, age: int, father: Name, *, leaves: bool) -> None:
        son = self._add(Sex.MALE, max(21, age - self.chance.between(22, 27)), Relation.CHILD, father)
        son.is_migrant = leaves or self.chance.happens("second_migrant")
        if leaves or self._room():
            wife = self._wife(max(19, son.age - self.chance.between(1, 5)), Relation.CHILD_IN_LAW)
            self._children(wife, son, Relation.GRANDCHILD, most=None if leaves else 2)

    def _kin_of(self, husband: Being) -> None:
        """A brother or sister of the husband, sometimes a migrant too, or a child of theirs."""
        if not self._room():
            return
        sex = self._one_of_two(0.5)
        kin = self._add(sex, max(6, husband.age - self.chance.between(-4, 18)), Relation.OTHER_RELATIVE, husband.father)
        kin.is_migrant = sex is Sex.MALE and 19 <= kin.age <= 50 and self.chance.happens("second_migrant")

    def _wife(self, age: int, relation: Relation) -> Being:
        maiden = self._name("surnames")
        keeps = self.chance.happens("keeps_maiden_name")
        wife = self._add(Sex.FEMALE, age, relation, stem=maiden if keeps else self.stem)
        wife.maiden = maiden
        return wife

    def _husband(self, wife_age: int, relation: Relation) -> Being:
        husband = self._add(Sex.MALE, wife_age + self.chance.between(0, 7), relation)
        husband.is_migrant = True
        return husband

    def _children(self, mother: Being, father: Being, relation: Relation, most: int | None = None) -> None:
        """Children down to the size of the family, the eldest first, born from the mother's nineteenth year on."""
        oldest = max(0, min(19, mother.age - 19))
        wanted = min(self.size - len(self.house.members), most or _MOST_CHILDREN, oldest // 2 + 1, oldest + 1)
        ages = sorted(self.chance.random.sample(range(oldest + 1), max(0, wanted)), reverse=True)
        for age in ages:
            child = self._child(age, father, relation)
            if self.chance.happens("twins"):
                self._twin(child, relation)

    def _child(self, age: int, father: Being, relation: Relation) -> Being:
        sex = self._one_of_two(0.49)
        child = self._add(sex, age, relation, father.given, stem=father.stem)
        # Drawn in any case: a choice that hung on the day would change all that are made after it.
        new_ending, bare = self.chance.of("child_surnames"), self.chance.happens(0.6)
        born = self.today.year - age
        child.ending = new_ending if born >= NEW_SURNAMES_FROM else father.ending
        child.father_form = "bare" if bare or born >= _CHANGED_BY_LAW_OF_2020 else "patronymic"
        return child

    def _twin(self, child: Being, relation: Relation) -> None:
        """A brother or sister of the same day, with another given name."""
        twin = self._add(child.sex, child.age, relation, child.father, stem=child.stem)
        twin.ending, twin.father_form, twin.birth = child.ending, child.father_form, child.birth
        twin.is_twin = True

    def _add(
        self, sex: Sex, age: int, relation: Relation, father: Name | None = None, *, stem: Name | None = None
    ) -> Being:
        chance = self.chance
        being = Being(
            sex=sex, age=age, given=self._free_name(sex), stem=stem or self.stem,
            ending=self.ending if chance.happens(0.7) else chance.of("adult_surnames"),
            father=father or self._name("men"), father_form=chance.of("father_name_written"),
            script=self.house.script, relation=relation,
        )  # fmt: skip
        being.birth = self._birth(age)
        if chance.happens("known_as") and not self.dari:
            called = self._name("women" if sex is Sex.FEMALE else "men").written(self.house.script)
            being.known_as = called if called != being.given.written(self.house.script) else ""
        self.house.members.append(being)
        return being

    def _free_name(self, sex: Sex) -> Name:
        """A given name that nobody in the family bears yet."""
        taken = {being.given for being in self.house.members}
        while True:
            name = self._name("women" if sex is Sex.FEMALE else "men")
            if name not in taken:
                return name

    def _birth(self, age: int) -> Birth | None:
        chance = self.chance
        days, precision = (
            chance.between(1, 360),
            chance.of("child_birth_precisions" if age < 18 else "birth_precisions"),
        )
        unknown, new_year = age > 60 and chance.happens(0.08), age > 40 and chance.happens("first_of_january")
        if unknown:
            return None
        day = self.today - timedelta(days=age * 365 + age // 4 + days)
        if precision == "day":
            return Birth.on_day(day.replace(month=1, day=1) if new_year else day)
        if precision == "month":
            return Birth.in_month(day.year, day.month)
        if precision == "year":
            return Birth.in_year(day.year)
        return Birth.from_age(age, asked_on=self.house.registered_on)

    def _settle(self) -> None:
        """House and land: elders live in their own, wives often in that of the in-laws."""
        of_elders = self.house.head.age >= 48 or self.house.shape in ("elder", "returned", "alone")
        own = of_elders and self.chance.happens(0.85)
        housing, land = self.chance.of("housing"), self.chance.of("land")
        if self.house.shape == "with_in_laws" and self.chance.happens(0.85):
            housing = Housing.IN_LAWS
        known = self.chance.happens(0.9)
        self.house.housing = (Housing.OWN if own else Housing(housing)) if known else None
        self.house.land = LandTenure(land) if known else None
        self.house.speaks_uzbek = not self.dari and self.chance.happens("speaks_uzbek")

    def _room(self) -> bool:
        return len(self.house.members) < self.size

    def _one_of_two(self, share_of_women: float) -> Sex:
        return Sex.FEMALE if self.chance.happens(share_of_women) else Sex.MALE

    def _name(self, kind: str) -> Name:
        return drawn(self.chance, kind, dari=self.dari)
