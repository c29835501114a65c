"""Mails about drafts of agreements and the legal clocks: to the members that are parties."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from alliance.core.links import absolute
from alliance.core.mail import Category, send
from partnerships.emails.readers import people_of
from partnerships.legal_clocks import SENT_TO_JUSTICE, Clock
from partnerships.models import AgreementDraft, TwinningParty
from partnerships.names_shown import party_named


def agreement_written(draft: AgreementDraft, parties: Sequence[TwinningParty]) -> None:
    """To everybody who acts for the other parties: there is a new version to read."""
    for party in parties:
        if party.member_id in (None, draft.written_for_id):
            continue
        for reader in people_of(party.member):
            with translation.override(reader.language):
                context = {
                    "author": draft.written_for.shown_name,
                    "is_letter": draft.kind == AgreementDraft.Kind.LETTER,
                    "version": draft.version,
                    **_page(party, parties, "partnerships:twinning_agreement", draft.twinning.slug),
                    "action_label": _("Read the draft"),
                }
            send(
                "partnerships/agreement_written",
                reader.email,
                reader.language,
                context,
                key=f"agreement_written:{draft.pk}:{party.pk}",
                category=Category.CONVERSATION,
            )


def clock_reminder(clock: Clock, parties: Sequence[TwinningParty], *, days: int) -> None:
    """To everybody who may write for a party: the last day of a clock is near, or has passed."""
    for party in parties:
        if party.member_id is None:
            continue
        for reader in people_of(party.member, who_write=True):
            with translation.override(reader.language):
                context = {
                    "is_justice": clock.kind == SENT_TO_JUSTICE,
                    "started": date_format(clock.started_on, "DATE_FORMAT"),
                    "last_day": date_format(clock.last_day, "DATE_FORMAT"),
                    "days": abs(clock.days_left(timezone.localdate())),
                    "is_past": clock.is_past(timezone.localdate()),
                    **_page(party, parties, "partnerships:twinning_detail", party.twinning.slug),
                    "action_label": _("Open the partnership"),
                }
            send(
                "partnerships/clock_reminder",
                reader.email,
                reader.language,
                context,
                key=f"clock_reminder:{clock.key}:{days}:{party.pk}",
                category=Category.REMINDER,
            )


def _page(party: TwinningParty, parties: Sequence[TwinningParty], route: str, slug: str) -> dict[str, Any]:
    """What every one of these mails says: with whom, where to read on, why the reader gets it."""
    others = [party_named(each).name.text for each in parties if each.pk != party.pk]
    return {
        "partners": ", ".join(others),
        "action_url": absolute(reverse(route, args=[slug])),
        "why": _("You get this because you represent %(member)s in the Alliance.")
        % {"member": party.member.shown_name},
    }
