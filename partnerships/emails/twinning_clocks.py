"""Mails of a twinning's clocks: the yearly question with its link, the year of silence, a party without a contact."""

from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from alliance.core.mail import Category
from partnerships.emails.readers import writers_of
from partnerships.emails.twinning_readers import day, members_of, tell_keepers, tell_person
from partnerships.links import right_path
from partnerships.models import Twinning, TwinningParty
from partnerships.models.twinning_clocks import ASK_BEFORE_DORMANT_DAYS

ANSWER, NAME_SOMEBODY = _("Answer with one click"), _("Name a contact")


def twinning_question(twinning: Twinning, *, is_last: bool) -> None:
    """To both contacts of each party. The link answers without a login, one for each reader: a GET asks, a button
    answers."""
    sleeps_on = twinning.asked_if_right_at + timedelta(days=ASK_BEFORE_DORMANT_DAYS)

    def words() -> dict[str, Any]:
        return {"is_last": is_last, "since": day(twinning.lively_at), "sleeps_on": day(sleeps_on)}

    tell_keepers(
        "twinning_question",
        members_of(twinning),
        key=f"twinning_question:{twinning.pk}:{twinning.asked_if_right_at.isoformat()}",
        label=ANSWER,
        url=lambda person: right_path(twinning, person),
        words=words,
        category=Category.REMINDER,
    )


def twinning_dormant(twinning: Twinning, moment: datetime) -> None:
    """To the contacts of each party: it is shown as dormant now, and what wakes it up."""
    tell_keepers(
        "twinning_dormant",
        members_of(twinning),
        key=f"twinning_dormant:{twinning.pk}:{moment.isoformat()}",
        words=lambda: {"since": day(twinning.lively_at)},
    )


def twinning_contact_missing(party: TwinningParty) -> None:
    """To whoever writes for the member: the other parties have nobody to turn to."""
    for person in writers_of(party.member):
        tell_person(
            "twinning_contact_missing",
            party,
            person,
            key=f"twinning_contact_missing:{party.pk}:{party.unreachable_since.isoformat()}",
            label=NAME_SOMEBODY,
            url=lambda reader: reverse("partnerships:twinning_contacts", args=[party.twinning.slug]),
        )
