"""Mails of the ledger: who is told what, in which language, once; people's words cannot be clicked."""

from decimal import Decimal

import pytest
from django.utils import timezone

from alliance.core.models import OutgoingMail
from partnerships.actions import deliveries, pledges
from partnerships.actions.pledge_events import Submission
from partnerships.emails.pledges import stem_of
from partnerships.models import PledgeEvent
from partnerships.pledge_drafts import Confirmation, Quantity, TransportContent
from partnerships.settlement import Agreed
from tests.factories import make_member, make_pledge, make_representative, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def sides():
    giver, receiver = make_member(official_name="Gdynia"), make_member(country="UA", official_name="Sumy")
    make_representative(giver, make_user(email="giver@example.org", language="pl"))
    make_representative(receiver, make_user(email="receiver@example.org", language="uk"))
    gone = make_representative(receiver, make_user(email="gone@example.org"))
    gone.until = gone.since
    gone.save()
    make_representative(receiver, make_user(email="closed@example.org", is_active=False))
    return {"giver": giver, "receiver": receiver}


def told():
    return {(m.name.removeprefix("partnerships/"), m.to, m.language) for m in OutgoingMail.objects.all()}


GIVER, RECEIVER = ("giver@example.org", "pl"), ("receiver@example.org", "uk")
DESK = ("supportukraine@alliance.example", "en")


def quantity(pledge, amount, reason="because"):
    return [Quantity(pledge.lines.get().slug, Decimal(amount), reason)]


def simple(action):
    return lambda pledge, by: action(pledge, quantities=quantity(pledge, 3), by=by)


# history | deed | who is told what
CASES = [
    ("promised 3", simple(pledges.commit_pledge), {("pledge_committed", *RECEIVER)}),
    ("committed 3", simple(pledges.cancel_pledge), {("pledge_changed", *RECEIVER)}),
    ("promised 3", simple(pledges.withdraw_pledge), {("pledge_changed", *RECEIVER)}),
    ("committed 3", simple(pledges.over_deliver_pledge), {("pledge_changed", *RECEIVER)}),
    (
        "committed 3",
        lambda p, by: deliveries.dispatch_pledge(p, quantities=quantity(p, 3), by=by, transport=TransportContent()),
        {("pledge_dispatched", *RECEIVER)},
    ),
    (
        "committed 3 · dispatched 3",
        simple(deliveries.receive_pledge),
        {("pledge_confirmed", *GIVER)},
    ),
    (
        "committed 3 · dispatched 3 · received 3",
        simple(deliveries.accept_pledge),
        {("pledge_confirmed", *GIVER)},
    ),
    (
        "committed 3 · dispatched 3",
        lambda p, by: deliveries.lose_pledge(p, quantities=quantity(p, 3), by=by, side="receiver"),
        {("pledge_confirmed", *GIVER)},
    ),
    (
        "committed 3 · dispatched 3",
        lambda p, by: deliveries.lose_pledge(p, quantities=quantity(p, 3), by=by, side="giver"),
        {("pledge_changed", *RECEIVER)},
    ),
    (
        "committed 3 · dispatched 3",
        lambda p, by: deliveries.receive_pledge(p, quantities=quantity(p, 4), by=by),
        {("pledge_disputed", *GIVER), ("pledge_disputed", *RECEIVER), ("pledge_disputed_desk", *DESK)},
    ),
    (
        "committed 3 · dispatched 3 · received 4",
        lambda p, by: deliveries.reconcile_pledge(
            p, agreed={p.lines.get().slug: Agreed(*map(Decimal, [3, 3, 0, 0]))}, reason="asked", by=by
        ),
        {("pledge_reconciled", *GIVER), ("pledge_reconciled", *RECEIVER)},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("history", "deed", "expected"), CASES)
def test_the_other_side_is_told_in_its_language(sides, history, deed, expected):

    pledge = make_pledge(history, due_on=timezone.localdate(), **sides)
    deed(pledge, make_user())
    assert told() == expected


def test_what_is_told_again_is_sent_once(sides):
    pledge = make_pledge("committed 3 · dispatched 3", **sides)
    line = Confirmation(
        pledge.lines.get().slug, received=Decimal(2), accepted=Decimal(1), lost=Decimal(1), reason="One fell"
    )
    for _click in range(2):
        deliveries.confirm_delivery(pledge, lines=[line], by=make_user(), submission=Submission("k"))
    mail = OutgoingMail.objects.get()
    assert mail.subject.startswith("Co dotarło (Sumy)")
    for words in ("odebrano", "przyjęto", "utracono", "One fell"):
        assert words in mail.text
        assert words in mail.html
    assert mail.text.count("One fell") == 1


def test_peoples_words_carry_no_link(sides):
    pledge = make_pledge(
        "committed 3 · dispatched 3", title="See https://evil.example", line={"item": "evil.example", "unit": "piece"},
        **sides,
    )  # fmt: skip
    line = Confirmation(
        pledge.lines.get().slug, received=Decimal(2), lost=Decimal(1), reason="Write to x@evil.example"
    )
    deliveries.confirm_delivery(pledge, lines=[line], by=make_user())
    mail = OutgoingMail.objects.get()
    for part in (mail.subject, mail.text, mail.html):
        assert "evil.example" not in part
        assert "evil[.]example" in part


def test_mails_name_no_route_and_no_carrier(sides):
    pledge = make_pledge("committed 3", **sides)
    deliveries.dispatch_pledge(
        pledge, quantities=quantity(pledge, 3), by=make_user(),
        transport=TransportContent(carrier="Secret carrier", route="Secret route"),
    )  # fmt: skip
    mail = OutgoingMail.objects.get()
    assert "Secret" not in mail.text + mail.html + mail.subject


@pytest.mark.parametrize(
    ("kinds", "side", "stem"),
    [
        (["promised"], "giver", "pledge_promised"),
        (["committed", "committed"], "giver", "pledge_committed"),
        (["received", "accepted", "lost"], "receiver", "pledge_confirmed"),
        (["cancelled"], "giver", "pledge_changed"),
        (["dispatched", "lost"], "giver", "pledge_changed"),
        (["received"], "desk", "pledge_reconciled"),
    ],
)
def test_which_mail_tells_it(kinds, side, stem):
    assert stem_of([PledgeEvent(kind=kind, side=side) for kind in kinds], side, False) == stem
    if side != "desk":
        assert stem_of([PledgeEvent(kind=kind) for kind in kinds], side, True) == "pledge_disputed"
