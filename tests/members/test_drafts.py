"""What time does to an application: reminders, the announcement of a removal, and what is left after it."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from auditlog.models import LogEntry
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import override

from alliance.core.models import JournalEntry, MailStop
from alliance.core.uploads import CleanUpload
from members import tasks
from members.actions import drafts, joining
from members.models import Mandate, Member, Place
from tests.factories import make_member
from tests.members.test_joining import complete_draft, mails, start

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("field_history")]


def aged(member, days):
    moment = timezone.now() - timedelta(days=days, hours=1)
    Member.objects.filter(pk=member.pk).update(updated_at=moment)
    return member


def test_remind_drafts_reminds_confirmed_ones_once_per_moment():
    member = aged(complete_draft(email_confirmed_at=timezone.now()), 3)
    aged(complete_draft(), 3)
    assert tasks.remind_drafts() == 1
    assert tasks.remind_drafts() == 0
    assert mails("application_reminder").get().to == member.contact_email
    aged(member, 14)
    assert tasks.remind_drafts() == 1
    assert tasks.remind_drafts() == 0
    assert mails("application_reminder").count() == 2


def test_remind_drafts_leaves_young_and_sent_ones_alone():
    aged(complete_draft(email_confirmed_at=timezone.now()), 2)
    aged(make_member(status=Member.Status.PENDING), 3)
    assert tasks.remind_drafts() == 0


def test_remind_of_mandates_once_after_the_promised_day():
    member = complete_draft(email_confirmed_at=timezone.now())
    joining.submit_application(member)
    assert tasks.remind_of_mandates() == 0
    Mandate.objects.update(promised_by=timezone.localdate() - timedelta(days=1))
    assert tasks.remind_of_mandates() == 1
    assert tasks.remind_of_mandates() == 0
    assert mails("mandate_reminder").count() == 1


def test_reminders_can_be_stopped_with_one_click_and_letters_cannot(client):
    member = aged(complete_draft(email_confirmed_at=timezone.now()), 3)
    tasks.remind_drafts()
    reminder = mails("application_reminder").get()
    assert reminder.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = reminder.headers["List-Unsubscribe"].strip("<>")
    assert address in reminder.text
    assert client.post(urlsplit(address).path).status_code == 200
    aged(member, 14)
    tasks.remind_drafts()
    joining.submit_application(member)
    Mandate.objects.update(promised_by=timezone.localdate() - timedelta(days=1))
    tasks.remind_of_mandates()
    assert mails("application_reminder").count() == 1
    assert mails("mandate_reminder").count() == 0
    assert mails("application_received").get().headers == {}


def test_delete_drafts_takes_the_own_place_along():
    old = aged(start(official_name="Nowa Wieś", country="PL"), 30)
    kept = [aged(complete_draft(email_confirmed_at=timezone.now()), 30), aged(start(), 29)]
    assert tasks.delete_drafts() == 1
    assert tasks.delete_drafts() == 0
    assert set(Member.objects.all()) == set(kept)
    assert not Place.objects.filter(pk=old.place_id).exists()
    assert JournalEntry.objects.filter(verb="application.deleted", object_id=old.pk).count() == 1


# --- confirmed, and never finished -------------------------------------------------------------------------

ANNOUNCED_AFTER = tasks.REMOVE_UNFINISHED_AFTER_DAYS - tasks.ANNOUNCE_REMOVAL_DAYS
SECRETS = ("Canary Person", "canary@example.org", "Canary Signatory")


def unfinished(days, **changes):
    fields = {
        "email_confirmed_at": timezone.now(),
        "contact_name": SECRETS[0],
        "contact_email": SECRETS[1],
        "signatory_name": SECRETS[2],
    } | changes
    return aged(complete_draft(**fields), days)


def in_days(days):
    return time_machine.travel(timezone.now() + timedelta(days=days, hours=1))


@pytest.mark.parametrize("language", ["en", "pl", "uk"])
def test_a_removal_is_announced_once_in_the_readers_language(language):
    member = unfinished(ANNOUNCED_AFTER, contact_language=language)
    assert tasks.announce_removals() == 1
    assert tasks.announce_removals() == 0
    mail = mails("application_expiring").get()
    assert (mail.to, mail.language) == (member.contact_email, language)
    day = timezone.localdate() + timedelta(days=tasks.ANNOUNCE_REMOVAL_DAYS)
    with override(language):
        assert date_format(day) in mail.text
    assert f"/{language}/members/join/resume/" in mail.text
    entry = JournalEntry.objects.get(verb="application.removal_announced")
    assert (entry.object_id, entry.data) == (member.pk, {"day": f"{day}"})


def test_the_announcement_is_no_reminder_that_can_be_stopped():
    member = unfinished(ANNOUNCED_AFTER)
    MailStop.objects.create(email=member.contact_email, category="reminder")
    assert tasks.announce_removals() == 1
    assert mails("application_expiring").exists()


def test_younger_sent_and_unconfirmed_ones_are_not_announced():
    unfinished(ANNOUNCED_AFTER - 1)
    unfinished(ANNOUNCED_AFTER, email_confirmed_at=None)
    aged(make_member(status=Member.Status.RETURNED), ANNOUNCED_AFTER)
    assert tasks.announce_removals() == 0


def test_what_was_announced_is_removed_on_its_day_and_not_before():
    member = unfinished(ANNOUNCED_AFTER)
    tasks.announce_removals()
    with in_days(tasks.ANNOUNCE_REMOVAL_DAYS - 1):
        assert tasks.delete_drafts() == 0
    with in_days(tasks.ANNOUNCE_REMOVAL_DAYS):
        assert tasks.delete_drafts() == 1
        assert tasks.delete_drafts() == 0
    assert not Member.objects.filter(pk=member.pk).exists()


def test_nothing_is_removed_that_was_not_announced_in_time():
    """The portal was away for a year: first the announcement, then its two weeks."""
    member = unfinished(400)
    assert tasks.delete_drafts() == 0
    assert tasks.announce_removals() == 1
    assert tasks.delete_drafts() == 0
    with in_days(tasks.ANNOUNCE_REMOVAL_DAYS):
        assert tasks.delete_drafts() == 1
    assert not Member.objects.filter(pk=member.pk).exists()


@pytest.mark.parametrize(
    "come_back",
    [
        lambda member: joining.confirm_email(member),
        lambda member: joining.save_step(member, changes={"contact_role": "Mayor"}),
        lambda member: joining.submit_application(member),
    ],
    ids=["opens the link", "goes on", "sends it"],
)
def test_whoever_comes_back_keeps_the_draft(come_back):
    member = unfinished(ANNOUNCED_AFTER)
    tasks.announce_removals()
    with in_days(tasks.ANNOUNCE_REMOVAL_DAYS - 1):
        come_back(member)
    with in_days(tasks.ANNOUNCE_REMOVAL_DAYS):
        assert tasks.delete_drafts() == 0
        assert tasks.announce_removals() == 0
    assert Member.objects.filter(pk=member.pk).exists()


def test_the_removal_decides_by_what_is_stored():
    """Somebody went on between the question of the sweep and its answer."""
    member = unfinished(ANNOUNCED_AFTER)
    tasks.announce_removals()
    with in_days(tasks.ANNOUNCE_REMOVAL_DAYS):
        now = timezone.now()
        joining.confirm_email(member)
        limits = {
            "before": now - timedelta(days=tasks.REMOVE_UNFINISHED_AFTER_DAYS),
            "announced_before": now - timedelta(days=tasks.ANNOUNCE_REMOVAL_DAYS),
        }
        assert not drafts.remove_unfinished(member, **limits)
    assert Member.objects.filter(pk=member.pk).exists()


def test_a_removal_leaves_no_word_about_a_person(django_capture_on_commit_callbacks, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    member = unfinished(ANNOUNCED_AFTER)
    member.contact_phone = "+48225551101"
    member.save()  # a change, which the field history quotes
    upload = CleanUpload("decision.pdf", "Decision.pdf", "application/pdf", b"%PDF-")
    mandate = joining.save_mandate(member, upload=upload)
    aged(member, ANNOUNCED_AFTER)
    pk, path = mandate.pk, mandate.file.path
    tasks.announce_removals()
    with in_days(tasks.ANNOUNCE_REMOVAL_DAYS), django_capture_on_commit_callbacks(execute=True):
        assert tasks.delete_drafts() == 1
    assert not (tmp_path / path).exists()
    assert not Mandate.objects.filter(pk=pk).exists()
    assert not LogEntry.objects.filter(content_type__model="member", object_id=member.pk).exists()
    assert not LogEntry.objects.filter(content_type__model="mandate", object_id=pk).exists()
    told = [*JournalEntry.objects.all(), *LogEntry.objects.all()]
    assert not [one for one in told for word in SECRETS if word in f"{vars(one)}"]
    # What the journal keeps: that there was an application, and its number.
    entry = JournalEntry.objects.get(verb="application.deleted")
    assert (entry.object_id, entry.actor_kind, entry.data) == (
        member.pk,
        "system",
        {"reference": member.reference},
    )
