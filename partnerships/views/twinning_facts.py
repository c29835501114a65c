"""A twinning in words: its title, its parties, its stage, since when. Pages, lists, the map and files ask here."""

from datetime import date, datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from alliance.core.countries import country_name
from alliance.core.languages import Shown, reader_language
from partnerships.models import Twinning, TwinningParty
from partnerships.names_shown import party_named

Status = Twinning.Status
TONES = {
    Status.FIRST_CONTACT: "info",
    Status.SOLIDARITY: "info",
    Status.LETTER: "info",
    Status.DRAFTED: "wait",
    Status.IN_APPROVAL: "wait",
    Status.IN_FORCE: "ok",
    Status.DORMANT: "",
    Status.ENDED: "",
}
MEANINGS = {
    Status.FIRST_CONTACT: gettext_lazy("The parties know each other and talk about what they want to do."),
    Status.SOLIDARITY: gettext_lazy("They help each other without a formal agreement."),
    Status.LETTER: gettext_lazy("They have said in writing that they want to become partners."),
    Status.DRAFTED: gettext_lazy("The text of their agreement is ready and goes to their councils."),
    Status.IN_APPROVAL: gettext_lazy("The agreement is with the ministry in Ukraine that checks it."),
    Status.IN_FORCE: gettext_lazy("Their agreement is signed and holds."),
    Status.DORMANT: gettext_lazy("Nothing has been heard of it for a year. Any sign of life wakes it up."),
    Status.ENDED: gettext_lazy("It is over; this page stays as its record."),
}


def title_of(twinning: Twinning, parties: list[TwinningParty]) -> Shown:
    """In the words of its parties; their names where they gave it none."""
    if twinning.title:
        return Shown(twinning.title, twinning.language, twinning.language != reader_language())
    names = " – ".join(party_named(party).name.text for party in parties)
    return Shown(names or _("Partnership"), reader_language(), is_other=False)


def stage_pill(twinning: Twinning) -> dict[str, str]:
    return {"label": twinning.get_status_display(), "tone": TONES[Status(twinning.status)]}


def public_parties(twinning: Twinning) -> list[TwinningParty]:
    """Who stands by it now, from rows that are there already: `TwinningPartyQuerySet.agreed`."""
    return [party for party in twinning.parties.all() if stands_by(party) and party.left_at is None]


def former_parties(twinning: Twinning) -> list[TwinningParty]:
    return [party for party in twinning.parties.all() if stands_by(party) and party.left_at is not None]


def asked_parties(twinning: Twinning) -> list[TwinningParty]:
    """Members that were named as parties and have not said so themselves: nobody but the parties reads of them."""
    return [party for party in twinning.parties.all() if not stands_by(party) and party.left_at is None]


def stands_by(party: TwinningParty) -> bool:
    return party.agreed_at is not None or party.member_id is None


def party_row(party: TwinningParty) -> dict[str, Any]:
    """One party for `_twinning_parties.html`."""
    named = party_named(party)
    return {
        "name": named.name,
        "slug": named.slug,
        "place": named.place,
        "country": country_name(party.country),
        "code": party.country,
        "left": day(party.left_at),
    }


def since_text(twinning: Twinning) -> str:
    """The day of the agreement, or the year where no more is known; empty where neither is."""
    if twinning.signed_on:
        return day(twinning.signed_on)
    year = {"year": twinning.since_year}
    return pgettext("since (a year)", "%(year)s") % year if twinning.since_year else ""


def day(moment: date | datetime | None) -> str:
    if moment is None:
        return ""
    return date_format(localtime(moment) if isinstance(moment, datetime) else moment, "DATE_FORMAT")


def ended_text(twinning: Twinning) -> str:
    """“It ended on 3 May 2026: its term is over”; empty while it lives."""
    if twinning.is_alive:
        return ""
    return pgettext("end of a twinning", "It ended on %(day)s: %(reason)s.") % {
        "day": day(twinning.ended_on),
        "reason": twinning.get_end_reason_display(),
    }
