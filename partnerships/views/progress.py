"""How far appeals have come, from rows to what a page prints: the bar, three figures, and the rows behind each."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from alliance.core.units import written
from partnerships.coverage import PERCENT, Coverage, coverage_of, together
from partnerships.models import Appeal, AppealLine, PledgeLine
from partnerships.targets import Figures, figures_of, share_out

# The figures of a page, in their order: names in addresses, and of `Figures`.
FIGURES = ("promised", "firm", "delivered")


@dataclass
class TargetLine:
    """One line of a target and the promised lines that count for it."""

    line: AppealLine
    rows: list[PledgeLine] = field(default_factory=list)

    @property
    def coverage(self) -> Coverage:
        given = [row.given for row in self.rows]
        return coverage_of(self.line.quantity, self.line.unit, given, self.line.currency)

    @property
    def figures(self) -> Figures:
        return figures_of([row.given for row in self.rows], self.line.unit)

    def rows_of(self, figure: str) -> list[tuple[PledgeLine, Figures]]:
        """The rows behind one figure, each with its own part of it in the line's unit."""
        parts = [(row, figures_of([row.given], self.line.unit)) for row in self.rows]
        return [(row, part) for row, part in parts if not figure or getattr(part, figure)]


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
    targets = {appeal.pk: [TargetLine(line) for line in appeal.lines.all()] for appeal in appeals}
    rows: dict[int, list[PledgeLine]] = {pk: [] for pk in targets}
    for row in PledgeLine.objects.of_appeals(appeals).for_audience(viewer):
        rows[row.counted_appeal].append(row)
    for pk, lines in targets.items():
        shares = share_out([each.line.as_item() for each in lines], [row.as_item() for row in rows[pk]])
        for row, position in zip(rows[pk], shares, strict=True):
            if position is not None:
                lines[position].rows.append(row)
    return {pk: Progress(lines) for pk, lines in targets.items()}


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
        sums = figures_of([row.given for each in progress.lines for row in each.rows], whole.unit)
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
