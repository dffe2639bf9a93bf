"""Every field is classified, and every table about people stands behind both walls."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connection, connections, models, transaction
from django.test.utils import isolate_apps

from paivand.access.models.policies import LIBRARY_POLICIES, Guarded, Policy, SignedIn
from paivand.access.models.walls import OPEN_TABLES, guarded_tables
from paivand.core.rules.privacy import DataClass, Privacy
from tests.guards import privacy
from tests.guards.test_architecture import none

OURS = [model for model in apps.get_models(include_auto_created=True) if model.__module__.startswith("paivand.")]
ANYONE = Policy(view=SignedIn(), add=SignedIn(), data_class=DataClass.CONTACT)
DEFINER_FUNCTIONS = {
    "paivand_user", "paivand_link", "paivand_purpose", "paivand_signed_in", "paivand_roles",
    "paivand_everywhere", "paivand_holds",
    "paivand_districts", "paivand_agencies", "paivand_teams", "paivand_owner", "paivand_glass",
    "paivand_likely_elsewhere",
    "paivand_case_workers", "paivand_caseloads", "paivand_trainers", "paivand_hand_over", "paivand_end_offer",
    "paivand_end_former_reading", "paivand_referred_first",
}  # fmt: skip


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_a_table_classifies_each_field_once(model):
    none(privacy.classification_defects(model))


def test_no_table_of_paivand_is_made_behind_its_back():
    none(privacy.hidden_tables(OURS))


def test_every_table_about_people_has_a_policy():
    none(privacy.unguarded(privacy.tables_about_people(apps.get_models(include_auto_created=True)), guarded_tables()))


@pytest.mark.parametrize("app", ["account", "mfa", "usersessions", "socialaccount"])
def test_the_tables_of_the_sign_in_library_have_policies(app):
    about = privacy.tables_about_people(apps.get_models()) & {
        m._meta.db_table for m in apps.get_app_config(app).get_models()
    }
    assert about, f"{app}: none of its tables points to users any more. Take it off this test."
    none(privacy.unguarded(about, LIBRARY_POLICIES))


def test_policies_for_library_tables_name_tables_that_exist():
    tables = {model._meta.db_table for model in apps.get_models()}
    none(
        [f"{name}: no such table. Take it out of LIBRARY_POLICIES." for name in sorted(set(LIBRARY_POLICIES) - tables)]
    )


@pytest.mark.django_db
def test_every_table_about_people_is_under_row_security():
    with connection.cursor() as cursor:
        none(privacy.unsecured(cursor))


@pytest.mark.django_db
def test_the_application_reaches_only_what_is_declared():
    declared = {name: {right.strip() for right in rights.split(",")} for name, rights in OPEN_TABLES.items()}
    for name, policy in guarded_tables().items():
        rules = {"select": policy.view, "insert": policy.add, "update": policy.change, "delete": policy.remove}
        declared[name] = {right for right, rule in rules.items() if rule}
    with connection.cursor() as cursor:
        standing = privacy.reachable(cursor, connection.settings_dict["USER"])
    assert standing == declared


@pytest.mark.django_db
def test_the_application_borrows_the_rights_of_the_owner_only_through_the_wall():
    with connection.cursor() as cursor:
        found = privacy.borrowed_rights(cursor, connection.settings_dict["USER"])
    assert found == DEFINER_FUNCTIONS, "A new SECURITY DEFINER function looks past the wall: review it, then list it."


@pytest.mark.django_db(databases=["default", "owner"])
def test_a_table_that_points_to_people_without_row_security_is_named():
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("create table diary (id int primary key, about uuid references registry_person)")
        cursor.execute("create table page (diary int references diary)")
        found = privacy.unsecured(cursor)
        transaction.set_rollback(True, using="owner")
    assert [said.split(":")[0] for said in found] == ["diary", "page"]


@isolate_apps("paivand.registry")
@pytest.mark.parametrize(("declared", "policy", "said"), [
    (None, ANYONE, "declare privacy in the class itself"),
    (Privacy.of(DataClass.CONTACT, personal="phone", technical="id"), ANYONE, "Phone.note: say in privacy"),
    (Privacy.of(DataClass.CONTACT, personal="phone note", technical="id note"), ANYONE, "both personal and technical"),
    (Privacy.of(DataClass.CONTACT, personal="phone note fax", technical="id"), ANYONE, "is no field"),
    (Privacy(None, frozenset({"phone", "note"}), frozenset({"id"})), ANYONE, "personal data of no class"),
    (Privacy(DataClass.CONTACT, frozenset(), frozenset({"id", "phone", "note"})), ANYONE, "no personal field"),
    (Privacy.of(DataClass.CONTACT, personal="phone note", technical="id"), None, "no policy guards it"),
    (Privacy.of(DataClass.HEALTH, personal="phone note", technical="id"), ANYONE, "the policy asks for contact"),
])  # fmt: skip
def test_a_table_with_a_gap_in_its_declaration_is_named(declared, policy, said):
    attributes = {
        "__module__": "paivand.registry.models",
        "Meta": type("Meta", (), {"app_label": "registry"}),
        "phone": models.CharField(max_length=20),
        "note": models.CharField(max_length=20),
        **({"privacy": declared} if declared else {}),
        **({"policy": policy} if policy else {}),
    }
    model = type("Phone", (Guarded, models.Model), attributes)
    assert [one for one in privacy.classification_defects(model) if said in one]


@isolate_apps("paivand.registry")
def test_a_table_with_a_whole_declaration_has_no_defect():
    class Phone(Guarded, models.Model):
        privacy = Privacy.of(DataClass.CONTACT, personal="number", technical="id")
        policy = ANYONE
        number = models.CharField(max_length=20)

        class Meta:
            app_label = "registry"

    assert privacy.classification_defects(Phone) == []
