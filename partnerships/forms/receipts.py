"""The forms by which a receiver tells what arrived: signed in, and by the link of a mail."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.core.refusals import Refused
from alliance.core.slugs import make_slug
from partnerships.actions.pledge_events import Kind, Side, Submission
from partnerships.forms.ledger import LinesForm, Row, quantity_field
from partnerships.models import PledgeLine
from partnerships.pledge_drafts import Confirmation, Teller
from partnerships.refusals import PledgeRefused


class ConfirmForm(LinesForm):
    """What arrived, of what was sent: everything in good order until the receiver says otherwise."""

    has_reason = True
    limit = staticmethod(lambda totals: totals.outstanding or totals.to_accept)
    meant_words = gettext_lazy("Yes, we counted again: this is what arrived")
    KINDS: tuple[Kind, ...] = (Kind.RECEIVED, Kind.ACCEPTED, Kind.LOST)
    is_outdated = False
    # The newest event that this page showed: two who count the same boxes at once must not count them twice.
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)

    def __init__(self, *args: Any, rows: Sequence[Row], **kwargs: Any) -> None:
        super().__init__(*args, rows=rows, **kwargs)
        self.events = [event for row in rows for event in row.line.events.all()]
        self.initial["seen"] = max((event.pk for event in self.events), default=0)
        self.fields["happened_on"].label = _("Arrived on")
        if reason := self.fields.get("reason"):
            reason.required = False
            reason.label = _("Remarks")
            reason.help_text = _("Needed when something was lost or damaged: what happened.")

    def rows_of(self, rows: Sequence[Row]) -> list[Row]:
        """What is still awaited; when that is nothing, all lines: more may come than anybody said."""
        return super().rows_of(rows) or list(rows)

    def fields_of(self, row: Row) -> dict[str, forms.Field]:
        sent, waiting = row.totals.in_transit, row.totals.to_accept
        # What came before and still waits to be accepted is no part of what arrives now.
        good = _("In good order, earlier deliveries included") if waiting > 0 else _("Of these in good order")
        words = {
            Kind.RECEIVED: (_("Arrived"), sent),
            Kind.ACCEPTED: (good, sent + waiting),
            Kind.LOST: (_("Lost or damaged"), None),
        }
        return {f"{kind}_{row.line.slug}": quantity_field(*words[kind], row.line.unit) for kind in self.KINDS}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if any(cleaned.get("key") and event.key == cleaned["key"] for event in self.events):
            return cleaned  # a double click; the figures moved by the first of the two
        seen = cleaned.get("seen")
        if seen is not None and any(e.pk > seen and e.side != Side.GIVER for e in self.events):
            return self._compare_again(cleaned)
        more = []
        for row in self.rows:
            told = self.amount(Kind.RECEIVED, row) + self.amount(Kind.LOST, row)
            if told > row.totals.in_transit:
                more.append(
                    _("%(item)s: this is %(quantity)s more than was dispatched and not yet reported.")
                    % {"item": row.line, "quantity": row.line.quantity_text(told - row.totals.in_transit)}
                )
        if more and not cleaned.get("is_meant") and not self.errors:
            self.ask_whether_meant("\n".join(more))
        return cleaned

    def _compare_again(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        """Somebody told something meanwhile: the page shows the new figures, and what was typed stays."""
        self.data = self.data.copy()
        self.data[self.add_prefix("seen")] = str(self.initial["seen"])
        self.add_error(None, str(PledgeRefused(PledgeRefused.CHANGED)))
        return cleaned

    @property
    def confirmations(self) -> list[Confirmation]:
        reason = self.cleaned_data.get("reason", "")
        return [
            Confirmation(
                row.line.slug, reason=reason, **{kind.value: self.amount(kind, row) for kind in self.KINDS}
            )
            for row in self.rows
        ]

    @property
    def submission(self) -> Submission:
        return replace(super().submission, seen=self.cleaned_data.get("seen"))

    def add_refusal(self, error: Refused) -> None:
        if error.args[0] == PledgeRefused.CHANGED:
            self.is_outdated = True  # the view makes it anew with the figures of this moment
        else:
            super().add_refusal(error)

    def field_of_kind(self, kind: str, line: PledgeLine) -> str:
        return f"{kind}_{line.slug}"


class ReceiptForm(ConfirmForm):
    """By link, at the tailgate, with a thumb: what one transport should bring is filled in as arrived, and nothing is
    accepted until somebody says so."""

    has_reason = False
    KINDS = (Kind.RECEIVED, Kind.ACCEPTED, Kind.LOST, Kind.RETURNED)
    WITH_WORDS = (Kind.LOST, Kind.RETURNED)
    LAST = ("is_all_good", "happened_on", "name", "file", "caption", "is_meant")

    is_all_good = forms.BooleanField(
        label=gettext_lazy("All that arrived is in good order and is what was promised: we accept it"),
        required=False,
        help_text=gettext_lazy(
            "Tick this, or write above, item by item, how much you accept. What is left open you can tell later."
        ),
    )
    name = forms.CharField(
        label=gettext_lazy("Your name and office"),
        max_length=120,
        help_text=gettext_lazy("The giver and the secretariat read it. It is not public."),
    )

    def __init__(
        self,
        *args: Any,
        arriving: Mapping[str, Decimal],
        mailbox: str,
        has_all_lines: bool = False,
        **kwargs: Any,
    ) -> None:
        self.arriving, self.mailbox, self.has_all_lines = arriving, mailbox, has_all_lines
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["autocomplete"] = "name"

    def rows_of(self, rows: Sequence[Row]) -> list[Row]:
        """What is on its way or waits to be accepted; all lines where something came that nobody announced."""
        if self.has_all_lines:
            return list(rows)
        return [row for row in rows if row.totals.in_transit or row.totals.to_accept > 0]

    def fields_of(self, row: Row) -> dict[str, forms.Field]:
        words = {
            Kind.RECEIVED: (_("Arrived"), self.arriving.get(row.line.slug)),
            Kind.ACCEPTED: (_("Accepted"), None),
            Kind.LOST: (_("Lost or damaged"), None),
            Kind.RETURNED: (_("Goes back"), None),
        }
        fields: dict[str, forms.Field] = {
            f"{kind}_{row.line.slug}": quantity_field(*words[kind], row.line.unit) for kind in self.KINDS
        }
        fields[f"reason_{row.line.slug}"] = forms.CharField(
            label=_("What happened to it"), max_length=500, required=False
        )
        return fields

    @property
    def groups(self) -> list[dict[str, Any]]:
        """With what is rare folded away, and open where something stands in it."""
        found = super().groups
        for group in found:
            group["fields"], group["rare"] = group["fields"][:2], group["fields"][2:]
            group["rare_label"] = _("Something is missing, damaged or goes back")
            group["is_pair"] = True
            group["is_open"] = any(field.errors or field.value() for field in group["rare"])
        return found

    def amount(self, name: str, row: Row) -> Decimal:
        is_said = self.cleaned_data.get(f"{name}_{row.line.slug}") is not None
        if name == Kind.ACCEPTED and not is_said and self.cleaned_data.get("is_all_good"):
            arrived = self.amount(Kind.RECEIVED, row) + row.totals.to_accept
            return max(Decimal(0), arrived - self.amount(Kind.RETURNED, row))
        return super().amount(name, row)

    def clean_key(self) -> str:
        """Without one, who confirmed could not be told from the next one who does."""
        return self.cleaned_data["key"] or make_slug(20)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for row in self.rows:
            gone = any(self.amount(kind, row) for kind in self.WITH_WORDS)
            if gone and not cleaned.get(f"reason_{row.line.slug}"):
                self.add_error(
                    f"reason_{row.line.slug}",
                    _("Say in a few words what was lost, damaged or goes back, and why."),
                )
        return cleaned

    @property
    def confirmations(self) -> list[Confirmation]:
        return [
            replace(said, reason=self.cleaned_data.get(f"reason_{said.line}", ""))
            for said in super().confirmations
        ]

    @property
    def submission(self) -> Submission:
        return replace(super().submission, teller=Teller(self.cleaned_data["name"], self.mailbox))
