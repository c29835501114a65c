"""How far appeals have come, from rows to what a page prints: the bar, three figures, and the rows behind each.

The database adds up what is promised, one row for each kind of item; what counts for which line of a target is decided
for kinds. Kept until anything is written (`core.freshness`), apart for each audience.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from django.core.cache import cache
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from alliance.core import freshness
from alliance.core.units import written
from partnerships.coverage import PERCENT, Coverage, Given, coverage_of, item_of, together
from partnerships.models import Appeal, AppealLine, ItemTemplate, PledgeLine
from partnerships.models.pledge_queries import KIND_OF_ITEM
from partnerships.targets import Figures, figures_of, share_out

# The figures of a page, in their order: names in addresses, and of `Figures`.
FIGURES = ("promised", "firm", "delivered")
# The same as columns of `with_given()`.
COLUMNS = {"promised": "given_promised", "firm": "given_net", "delivered": "given_accepted"}
REMEMBERED_SECONDS = 3600
# A kind of item and how much of it counts.
Counted = tuple[dict[str, Any], Given]


@dataclass
class TargetLine:
    """One line of a target and what counts for it, by kinds of items."""

    line: AppealLine
    counted: list[Counted] = field(default_factory=list)

    @property
    def given(self) -> list[Given]:
        return [given for _kind, given in self.counted]

    @property
    def coverage(self) -> Coverage:
        return coverage_of(self.line.quantity, self.line.unit, self.given, self.line.currency)

    @property
    def figures(self) -> Figures:
        return figures_of(self.given, self.line.unit)

    def part_of(self, row: PledgeLine) -> Figures:
        """What one promised line is of the figures."""
        return figures_of([row.given], self.line.unit)

    def counts(self, row: PledgeLine) -> bool:
        return any(
            all(_value(row, name) == value for name, value in kind.items()) for kind, _given in self.counted
        )


def _value(row: PledgeLine, name: str) -> Any:
    if name == "template":
        return row.template_id
    return row.pledge.language if name == "pledge__language" else getattr(row, name)


@dataclass
class Progress:
    lines: list[TargetLine]

    @property
    def whole(self) -> Coverage | None:
        """All lines as one: their sum where they are of one item of the catalogue, else per cent of the target."""
        items = {each.line.template_id for each in self.lines}
        coverages = [each.coverage for each in self.lines]
        return together(coverages, adds_up=len(items) == 1 and None not in items)


def progress_of(appeals: Sequence[Appeal], viewer: str) -> dict[int, Progress]:
    """Appeal → its progress as far as an audience may follow it, in a fixed number of queries; the appeals come with
    their targets (`with_target()`)."""
    version = freshness.version()
    keys = {appeal.pk: f"appeal-progress:{version}:{viewer}:{appeal.pk}" for appeal in appeals}
    known = cache.get_many(keys.values()) if version else {}
    found = {pk: known[key] for pk, key in keys.items() if key in known}
    if unknown := [appeal for appeal in appeals if appeal.pk not in found]:
        fresh = _count(unknown, viewer)
        found |= fresh
        if version:
            cache.set_many({keys[pk]: counted for pk, counted in fresh.items()}, REMEMBERED_SECONDS)
    return {
        appeal.pk: Progress(
            [TargetLine(line, found[appeal.pk].get(line.pk, [])) for line in appeal.lines.all()]
        )
        for appeal in appeals
    }


def _count(appeals: Sequence[Appeal], viewer: str) -> dict[int, dict[int, list[Counted]]]:
    """Appeal → line of its target → what counts for it."""
    kinds: dict[int, list[dict[str, Any]]] = {appeal.pk: [] for appeal in appeals}
    for row in PledgeLine.objects.of_appeals(appeals).for_audience(viewer).in_kinds():
        kinds[row["counted_appeal"]].append(row)
    named = {row["template"] for rows in kinds.values() for row in rows if row["template"]}
    templates = ItemTemplate.objects.in_bulk(named) if named else {}
    found: dict[int, dict[int, list[Counted]]] = {}
    for appeal in appeals:
        lines, rows = list(appeal.lines.all()), kinds[appeal.pk]
        items = [
            item_of(SimpleNamespace(**row), templates.get(row["template"]), row["pledge__language"])
            for row in rows
        ]
        found[appeal.pk] = {line.pk: [] for line in lines}
        shares = share_out([line.as_item() for line in lines], items)
        for row, position in zip(rows, shares, strict=True):
            if position is not None:
                kind = {name: row[name] for name in KIND_OF_ITEM}
                given = Given(row["unit"], row["net"], row["accepted"], row["promised"])
                found[appeal.pk][lines[position].pk].append((kind, given))
    return found


def rows_of(appeal: Appeal, viewer: str, targets: Sequence[TargetLine], figure: str) -> QuerySet:
    """The promised lines behind a figure (behind all without one) of lines of a target, to be read in pages."""
    is_counted = Q(pk__in=[])
    for target in targets:
        for kind, _given in target.counted:
            is_counted |= Q(**kind)
    rows = PledgeLine.objects.of_appeals([appeal]).for_audience(viewer).filter(is_counted)
    if figure:
        rows = rows.with_given().filter(**{f"{COLUMNS[figure]}__gt": 0})
    return rows.with_parties()


# --- As pages print it -------------------------------------------------------------------------------------


def figures_words(target: TargetLine, appeal: Appeal) -> list[dict[str, str]]:
    """Parameters of `components/figures.html`: promised, firm, delivered, each a link to its rows."""
    figures = target.figures
    return [
        {
            "number": written(getattr(figures, name), figures.unit, target.line.currency),
            "label": label,
            "href": rows_url(appeal, name, target.line),
        }
        for name, label in zip(FIGURES, figure_labels(), strict=True)
    ]


def whole_words(progress: Progress, appeal: Appeal) -> list[dict[str, str]]:
    """The same for all lines together: the sums of the rows where the lines add up, else per cent of the target."""
    whole = progress.whole
    if whole.unit == PERCENT:
        amounts = [
            pgettext("share", "%(number)s%%") % {"number": amount}
            for amount in (whole.promised, whole.covered, whole.accepted)
        ]
    else:
        sums = figures_of([given for each in progress.lines for given in each.given], whole.unit)
        amounts = [written(getattr(sums, name), sums.unit, whole.currency) for name in FIGURES]
    return [
        {"number": amount, "label": label, "href": rows_url(appeal, name)}
        for name, label, amount in zip(FIGURES, figure_labels(), amounts, strict=True)
    ]


def figure_labels() -> tuple[str, str, str]:
    return (
        pgettext("figure of an appeal", "promised, not yet firm"),
        pgettext("figure of an appeal", "firmly committed"),
        pgettext("figure of an appeal", "of it delivered and accepted"),
    )


def rows_url(appeal: Appeal, figure: str, line: AppealLine | None = None) -> str:
    address = f"{reverse('partnerships:appeal_pledges', args=[appeal.slug])}?figure={figure}"
    return f"{address}&line={line.slug}" if line else address


def definition() -> str:
    return _(
        "Promised: announced, and binding nobody yet. Firm: committed by someone who may sign, less what was "
        "cancelled, lost or returned. Delivered: what the receivers accepted. A promise counts when it names the "
        "appeal or covers a need of it, and for the first line of the target that it fits."
    )
