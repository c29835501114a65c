"""Mails of a twinning: each party is told by itself, each reader in their own language. What a party wrote is quoted,
its links inert."""

from collections.abc import Callable, Iterable
from typing import Any

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from alliance.core.inboxes import inbox, inbox_language
from alliance.core.languages import as_ours
from alliance.core.links import absolute
from alliance.core.mail import send
from members.models import Member
from partnerships.emails.readers import Reader, people_of, quote_of
from partnerships.links import twinning_path
from partnerships.models import StageProposal, Twinning, TwinningParty

Words = Callable[[], dict[str, Any]]
OPEN = gettext_lazy("Open the partnership")
ANSWER = pgettext_lazy("button of a mail about a partnership", "Read and answer")


def twinning_invited(twinning: Twinning, host: Member, asked: Iterable[TwinningParty] | None = None) -> None:
    """To whoever was asked to be a party: who asks, and who else is asked."""
    parties = _present(twinning)
    for party in asked or [row for row in parties if row.agreed_at is None and row.member_id]:
        _tell(
            "twinning_invited",
            twinning,
            party,
            key=f"twinning_invited:{party.pk}",
            label=ANSWER,
            words=lambda party=party: {
                "host": host.shown_name,
                "others": [row.shown_name for row in parties if row.member_id != party.member_id],
            },
        )


def twinning_uninvited(twinning: Twinning, party: TwinningParty, host: Member) -> None:
    """To a member that was asked and has nothing to answer any more. It reads no further, so there is no link."""
    _tell(
        "twinning_uninvited",
        twinning,
        party,
        key=f"twinning_uninvited:{party.pk}",
        words=lambda: {"host": host.shown_name, "action_url": "", "action_label": ""},
    )


def twinning_confirmed(twinning: Twinning, joined: TwinningParty) -> None:
    """To the other parties: somebody joined, or confirmed a partnership that was declared."""
    is_declared = twinning.origin != Twinning.Origin.MATCH and joined.invited_by_id is None
    for party in _others(twinning, joined):
        _tell(
            "twinning_confirmed",
            twinning,
            party,
            key=f"twinning_confirmed:{joined.pk}",
            words=lambda: {
                "teller": joined.shown_name,
                "is_declared": is_declared,
                "is_public": twinning.public_since is not None,
            },
        )


def twinning_declared(twinning: Twinning, teller: Member) -> None:
    """To the member that another one named as the other side of an existing partnership: please confirm."""
    for party in _present(twinning):
        if party.agreed_at is None and party.member_id:
            _tell(
                "twinning_declared",
                twinning,
                party,
                key=f"twinning_declared:{party.pk}",
                label=ANSWER,
                words=lambda: {
                    "teller": teller.shown_name,
                    "since": str(
                        twinning.since_year or (twinning.signed_on and twinning.signed_on.year) or ""
                    ),
                    "stage": twinning.get_status_display(),
                },
            )


def twinning_proposed(twinning: Twinning, proposal: StageProposal) -> None:
    """To the other parties: what is proposed, and that each says yes or no for itself."""
    for party in _others(twinning, proposal.party):
        _tell(
            "twinning_proposed",
            twinning,
            party,
            key=f"twinning_proposed:{proposal.pk}",
            label=ANSWER,
            words=lambda: (
                _of_proposal(proposal) | {"is_binding": proposal.stage != Twinning.Status.SOLIDARITY}
            ),
        )


def twinning_reached(twinning: Twinning, proposal: StageProposal) -> None:
    """To all parties at once: everybody agreed."""
    for party in _present(twinning):
        _tell(
            "twinning_reached",
            twinning,
            party,
            key=f"twinning_reached:{proposal.pk}",
            words=lambda: (
                _of_proposal(proposal)
                | {"is_in_force": proposal.stage == Twinning.Status.IN_FORCE, "parties": names_of(twinning)}
            ),
        )


def twinning_declined(twinning: Twinning, proposal: StageProposal) -> None:
    """To the other parties: one said no to a stage, with its reason, or took its proposal back."""
    for party in _others(twinning, proposal.closed_by):
        _tell(
            "twinning_declined",
            twinning,
            party,
            key=f"twinning_declined:{proposal.pk}",
            words=lambda: (
                _of_proposal(proposal)
                | {
                    "teller": proposal.closed_by.shown_name,
                    "is_withdrawn": proposal.status == StageProposal.Status.WITHDRAWN,
                    "quote": quote_of(proposal.closing_text),
                }
            ),
            is_secret=bool(proposal.closing_text),
        )


def twinning_left(twinning: Twinning, gone: TwinningParty, *, has_ended: bool) -> None:
    """To the parties that stay: who left, or declined, and whether the partnership goes on."""
    for party in _others(twinning, gone):
        _tell(
            "twinning_left",
            twinning,
            party,
            key=f"twinning_left:{gone.pk}",
            words=lambda: {
                "title": title_of(twinning, gone),
                "teller": gone.shown_name,
                "was_party": gone.agreed_at is not None,
                "has_ended": has_ended,
                "parties": names_of(twinning),
                "quote": quote_of(gone.left_text),
            },
            is_secret=bool(gone.left_text),
        )


def twinning_ended(twinning: Twinning) -> None:
    """To all parties: it has ended, and why."""
    for party in _present(twinning):
        _tell(
            "twinning_ended",
            twinning,
            party,
            key=f"twinning_ended:{twinning.pk}",
            words=lambda: {"reason": twinning.get_end_reason_display()},
        )


def twinning_contested(twinning: Twinning, party: TwinningParty) -> None:
    """To the desk: a member says that it is no party of a partnership that others declared, or the desk imported."""
    language = as_ours(inbox_language("twinnings", country=party.country))
    with translation.override(language):
        context = {
            "title": title_of(twinning, party),
            "teller": party.shown_name,
            "is_imported": twinning.origin == Twinning.Origin.IMPORTED,
            "quote": quote_of(party.left_text),
            "action_url": absolute(reverse("partnerships:twinning_detail", args=[twinning.slug])),
            "action_label": str(OPEN),
            "why": _("You get this because doubts about partnerships are settled by the secretariat."),
        }
    to = inbox("twinnings", country=party.country)
    name = "partnerships/twinning_contested"
    send(name, to, language, context, key=f"twinning_contested:{party.pk}")


def _present(twinning: Twinning) -> list[TwinningParty]:
    rows = TwinningParty.objects.present().filter(twinning=twinning)
    return list(rows.select_related("member", "place"))


def _others(twinning: Twinning, one: TwinningParty) -> list[TwinningParty]:
    return [party for party in _present(twinning) if party.pk != one.pk]


def names_of(twinning: Twinning) -> list[str]:
    return [party.shown_name for party in _present(twinning)]


def title_of(twinning: Twinning, *also: TwinningParty) -> str:
    """In the words of its parties; their names where they gave it none."""
    names = dict.fromkeys([*names_of(twinning), *(party.shown_name for party in also)])
    return " ".join(quote_of(twinning.title)) or " – ".join(names)


def _of_proposal(proposal: StageProposal) -> dict[str, Any]:
    return {
        "stage": proposal.get_stage_display(),
        "is_end": proposal.stage == Twinning.Status.ENDED,
        "proposer": proposal.party.shown_name,
    }


def _tell(
    stem: str,
    twinning: Twinning,
    party: TwinningParty,
    *,
    key: str,
    words: Words,
    label: Any = OPEN,
    is_secret: bool = False,
) -> None:
    """Write the mail ``stem`` to the people of one party; ``words`` is asked in each reader's language."""
    if party.member is None:
        return
    for reader in people_of(party.member):
        with translation.override(reader.language):
            context = _common(twinning, party, label) | words()
        _send(stem, reader, context, key=key, is_secret=is_secret)


def _common(twinning: Twinning, party: TwinningParty, label: Any) -> dict[str, Any]:
    receiver = party.member.shown_name
    return {
        "title": title_of(twinning),
        "receiver": receiver,
        "action_url": absolute(twinning_path(twinning, party.member)),
        "action_label": str(label),
        "why": _("You get this because you represent %(member)s in the Alliance.") % {"member": receiver},
    }


def _send(stem: str, reader: Reader, context: dict[str, Any], *, key: str, is_secret: bool) -> None:
    send(f"partnerships/{stem}", reader.email, reader.language, context, key=key, is_secret=is_secret)
