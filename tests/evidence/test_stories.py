"""Stories: told by consent alone, without a name, and gone when the consent is withdrawn."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from paivand.access.models.identity import acting_as
from paivand.core.models.files import path_of
from paivand.core.rules.errors import Refused, WithoutRightError
from paivand.evidence.actions import stories
from paivand.evidence.models import Story, StorySource
from paivand.evidence.queries import reports as queries
from paivand.evidence.queries.report_contents import content_of, locked_content, photos_of
from paivand.registry.actions.consents import withdraw_consent
from paivand.registry.models import Consent
from paivand.registry.queries.consents import consequences_of_withdrawal
from paivand.registry.rules import ConsentPurpose
from paivand.registry.rules.consents import Consequence
from tests.cases.files import PLACE, photograph
from tests.cast import fresh
from tests.evidence.reports import agrees_to_photos, lock, now_of, ready, tell

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home(tmp_path, settings):
    settings.HOME = str(tmp_path)


@pytest.fixture
def consent(zarina, family):
    return agrees_to_photos(zarina, family)


def withdraw(by, consent):
    with acting_as(by):
        row = Consent.objects.select_related("person").get(pk=consent.pk)
        return withdraw_consent(consent=row, on=timezone.localdate(), reason="she wishes so", by=fresh(by))


def told_in(by, report):
    with acting_as(by):
        content = content_of(fresh(by), now_of(by, report), "en", timezone.localdate())
        return [story.title for story in content.stories], photos_of(fresh(by), content)


def refused(run):
    with pytest.raises(Refused) as error:
        run()
    return error.value.code


def test_a_story_stands_in_the_report_and_its_photograph_says_not_where(manija, report, consent):
    story = tell(manija, report, consent, photo=photograph(), caption="Hands at a sewing machine")
    titles, photos = told_in(manija, report)
    assert titles == ["Оғози нав"]
    assert PLACE not in photos[str(story.pk)]
    assert PLACE not in path_of(story.pk).read_bytes()


def test_without_consent_there_is_no_story(manija, zarina, report, family):
    with acting_as(zarina):
        other = Consent.objects.filter(person=family.head, purpose=ConsentPurpose.REGISTRATION).get()
    assert refused(lambda: tell(manija, report, other)) == "consent"


def test_a_consent_that_has_ended_carries_no_story(manija, zarina, report, consent):
    withdraw(zarina, consent)
    assert refused(lambda: tell(manija, report, consent)) == "consent"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"title": " "}, "bare"),
        ({"text": ""}, "bare"),
        ({"language": "ru"}, "language"),
        ({"photo": b"no picture", "caption": "x"}, "kind"),
        ({"photo": photograph(), "caption": ""}, "caption"),
    ],
)
def test_a_story_that_cannot_be_printed_is_refused(manija, report, consent, changes, code):
    assert refused(lambda: tell(manija, report, consent, **changes)) == code


def test_who_sees_no_family_writes_no_story_and_knows_not_whose_it_is(manija, manager, report, consent):
    with pytest.raises(WithoutRightError):
        tell(manager, report, consent)
    story = tell(manija, report, consent)
    with acting_as(manager):
        assert Story.objects.filter(pk=story.pk).exists()
        assert not StorySource.objects.exists()


def test_a_withdrawal_says_before_how_many_stories_go_and_takes_them_out(manija, zarina, report, consent):
    story = tell(manija, report, consent, photo=photograph(), caption="Hands")
    with acting_as(zarina):
        row = Consent.objects.select_related("person").get(pk=consent.pk)
        touched = {one.consequence: one.n for one in consequences_of_withdrawal(fresh(zarina), row)}
    assert touched[Consequence.PHOTOS_REMOVED] == 1
    withdraw(zarina, consent)
    assert told_in(manija, report) == ([], {})
    with acting_as(manija):
        gone = Story.objects.get(pk=story.pk)
    assert (gone.title, gone.text, gone.sha256, gone.by_withdrawal) == ("", "", "", True)


def test_withdrawing_the_registration_takes_the_story_out_too(manija, zarina, report, family, consent):
    story = tell(manija, report, consent)
    with acting_as(zarina):
        registration = Consent.objects.get(person=family.head, purpose=ConsentPurpose.REGISTRATION)
    withdraw(zarina, registration)
    with acting_as(manija):
        assert Story.objects.get(pk=story.pk).by_withdrawal


def test_a_locked_report_prints_no_story_whose_consent_is_withdrawn_and_keeps_its_hash(
    counted, manija, manager, ministry, zarina, report, consent
):
    tell(manija, report, consent)
    row = lock(manager, ready(manager, manija, report), now=timezone.now())
    with acting_as(ministry):
        edition = queries.edition_of(fresh(ministry), row, "en")
        before = locked_content(fresh(ministry), edition, timezone.localdate())
        assert [story.title for story in before.stories] == ["Оғози нав"]
        assert "Ӯ барои" not in str(edition.content)
    withdraw(zarina, consent)
    with acting_as(ministry):
        same = queries.edition_of(fresh(ministry), row, "en")
        after = locked_content(fresh(ministry), same, timezone.localdate())
    assert after.stories == ()
    assert after.left_out.startswith("1 ")
    assert same.sha256 == edition.sha256


def test_a_story_is_printed_until_the_last_day_of_its_consent(manija, zarina, report, family):
    last = timezone.localdate() + timedelta(days=3)
    story = tell(manija, report, agrees_to_photos(zarina, family, valid_until=last))
    assert story.until_on == last
    assert story.may_be_printed(last)
    assert not story.may_be_printed(last + timedelta(days=1))


def test_a_story_is_taken_out_by_hand_until_the_report_is_locked(counted, manija, manager, report, consent):
    story = tell(manija, report, consent)
    ready(manager, manija, report)
    lock(manager, report, now=timezone.now())
    with acting_as(manija):
        row = Story.objects.select_related("report").get(pk=story.pk)
        assert refused(lambda: stories.remove_story(story=row, by=fresh(manija))) == "locked"


def test_tellers_are_named_by_nothing_but_their_consent(manija, zarina, family, consent):
    with acting_as(manija):
        found = queries.tellers(fresh(manija), family.code, timezone.localdate())
    assert [one.consent.pk for one in found] == [consent.pk]
    with acting_as(manija):
        assert queries.tellers(fresh(manija), "F-999-9999", timezone.localdate()) is None
