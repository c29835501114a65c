"""The newsletter: nothing goes to an address that did not say yes; an issue reaches each reader once."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone, translation

from alliance.content.actions import newsletter
from alliance.content.models import NewsletterIssue, Subscription
from alliance.content.refusals import PublishingRefused
from alliance.core.actions import stop_mail
from alliance.core.forms import shown_at_token
from alliance.core.journal import SYSTEM
from alliance.core.models import JournalEntry, MailStop, OutgoingMail
from alliance.core.states import NotAllowed
from tests.factories import make_issue, make_subscription

pytestmark = pytest.mark.django_db
Category = OutgoingMail.Category


@pytest.fixture(autouse=True)
def nobody_asked_yet():
    cache.clear()


def address(name, *args, language="en"):
    with translation.override(language):
        return reverse(f"content:{name}", args=args)


def ask(client, email="olha@example.org", language="uk"):
    return client.post(
        address("newsletter"), {"email": email, "language": language, "shown_at": shown_at_token(10)}
    )


def link_in(mail):
    return re.search(r"http\S+/newsletter/confirm/\S+", mail.text).group().split("/", 3)[3]


def test_an_address_is_asked_and_only_a_press_of_the_button_confirms(client):
    assert ask(client, "Olha@Example.org").headers["Location"] == address("newsletter_asked")
    mail = OutgoingMail.objects.get()
    assert (mail.to, mail.language, mail.category) == ("olha@example.org", "uk", Category.TRANSACTIONAL)
    assert not Subscription.objects.active().exists()
    link = f"/{link_in(mail)}"
    assert client.get(link).status_code == 200  # a scanner of mails
    assert not Subscription.objects.active().exists()
    assert client.post(link).status_code == 200
    row = Subscription.objects.active().get()
    assert (row.email, row.language) == ("olha@example.org", "uk")
    client.post(link)
    assert JournalEntry.objects.filter(verb="subscription.confirmed").count() == 1
    assert "olha" not in str(list(JournalEntry.objects.values_list("data", flat=True)))


def test_the_form_tells_nobody_who_reads_it(client):
    make_subscription(email="reader@example.org", language="pl")
    known, new = ask(client, "reader@example.org"), ask(client, "new@example.org")
    assert known.headers["Location"] == new.headers["Location"]
    mails = {mail.to: mail.name for mail in OutgoingMail.objects.all()}
    assert mails == {
        "reader@example.org": "content/subscription_known",
        "new@example.org": "content/subscription_asked",
    }


@pytest.mark.parametrize("sent", [{"email": "no address", "language": "pl"}, {"email": "", "language": "xx"}])
def test_what_is_wrong_is_told_at_the_field(client, sent):
    response = client.post(address("newsletter"), sent | {"shown_at": shown_at_token(10)})
    assert response.status_code == 422
    assert response.context["form"].errors
    assert not Subscription.objects.exists()


def test_nobodys_mailbox_is_bombed(client):
    answers = [ask(client).status_code for _n in range(4)]
    assert answers == [302, 302, 302, 429]
    assert OutgoingMail.objects.count() == 3


@pytest.mark.parametrize("token", ["nonsense", "WyIxIl0:x:y"])
def test_a_forged_link_does_nothing(client, token):
    assert client.get(address("newsletter_confirm", token)).status_code == 404


def test_who_never_confirmed_or_stopped_is_forgotten():
    old = make_subscription(is_active=False, created_at=timezone.now() - timedelta(days=31))
    young = make_subscription(is_active=False)
    stopped, active = make_subscription(), make_subscription()
    stop_mail(email=stopped.email, category=Category.NEWSLETTER)
    assert newsletter.forget_subscriptions() == 2
    assert set(Subscription.objects.all()) == {young, active}
    assert old.pk is not None


def test_who_stopped_and_asks_again_gets_it_again(client):
    row = make_subscription(email="olha@example.org")
    stop_mail(email=row.email, category=Category.NEWSLETTER)
    ask(client)
    mail = OutgoingMail.objects.get()
    assert mail.name == "content/subscription_asked"
    client.post(f"/{link_in(mail)}")
    assert Subscription.objects.active().get() == row
    assert not MailStop.objects.exists()


def test_an_issue_reaches_each_reader_once_in_their_language(monkeypatch):
    monkeypatch.setattr(newsletter, "LETTERS_AT_ONCE", 2)
    readers = [make_subscription(language=code) for code in ("en", "pl", "uk")]
    make_subscription(is_active=False)
    stopped = make_subscription()
    stop_mail(email=stopped.email, category=Category.NEWSLETTER)
    issue = make_issue(title_pl="Nowe partnerstwa", text_pl="Zobacz [potrzeby](/pl/needs/).")
    newsletter.send_issue(issue, by=SYSTEM)
    late = make_subscription(confirmed_at=timezone.now() + timedelta(seconds=1))
    assert [newsletter.write_letters() for _n in range(4)] == [2, 1, 0, 0]
    mails = {mail.to: mail for mail in OutgoingMail.objects.all()}
    assert set(mails) == {reader.email for reader in readers}
    assert late.email not in mails
    polish = mails[readers[1].email]
    assert "Nowe partnerstwa" in polish.subject
    assert re.search(r'href="https?://[^"]+/pl/needs/"', polish.html)
    assert "List-Unsubscribe" in polish.headers
    issue.refresh_from_db()
    assert issue.status == NewsletterIssue.Status.SENT


def test_a_sweep_that_died_goes_on_and_doubles_nothing(monkeypatch):
    monkeypatch.setattr(newsletter, "LETTERS_AT_ONCE", 1)
    for _n in range(3):
        make_subscription()
    newsletter.send_issue(make_issue(), by=SYSTEM)
    newsletter.write_letters()
    monkeypatch.setattr(newsletter, "LETTERS_AT_ONCE", 500)
    newsletter.write_letters()
    assert OutgoingMail.objects.count() == OutgoingMail.objects.values("to").distinct().count() == 3


def test_an_issue_without_a_language_is_not_sent_and_a_sent_one_does_not_change():
    issue = make_issue(text_uk="")
    with pytest.raises(PublishingRefused):
        newsletter.send_issue(issue, by=SYSTEM)
    issue.text_uk = "Текст"
    newsletter.save_issue(issue, by=SYSTEM)
    newsletter.send_issue(issue, by=SYSTEM)
    with pytest.raises(PublishingRefused):
        newsletter.save_issue(issue, by=SYSTEM)
    with pytest.raises(NotAllowed):
        newsletter.send_issue(NewsletterIssue.objects.get(), by=SYSTEM)


def test_the_archive_has_what_went_out(client):
    draft, issue = make_issue(), make_issue(title_en="New partners")
    newsletter.send_issue(issue, by=SYSTEM)
    page = client.get(address("newsletter")).text
    assert "New partners" in page
    assert str(draft.title_en) not in page
    assert "New partners" in client.get(address("newsletter_issue", issue.number)).text
    assert client.get(address("newsletter_issue", draft.number)).status_code == 404


def test_one_subscription_for_an_address():
    make_subscription(email="a@example.org")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_subscription(email="A@example.org")
