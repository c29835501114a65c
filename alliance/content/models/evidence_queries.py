"""What the evidence for the institutions counts: raw counts, before small cells are kept back. Each asks the querysets
that pages and lists ask; `content/data/evidence/*.sql` says the same in SQL, and tests hold both to the same numbers.

Of needs and promises only what everyone may read; of handshakes, which only two sides read, numbers of all.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db.models import (
    Case,
    Count,
    DateField,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
    Window,
)
from django.db.models.functions import Coalesce, Left, TruncQuarter

from alliance.content.evidence import IN_CARE
from alliance.core.audience import Audience
from alliance.core.units import MULTIPLES, base_of, in_base
from members.models import Place, Sector
from partnerships.coverage import Given, counts_for, coverage_of
from partnerships.ledger import Kind
from partnerships.legal_clocks import Step, running
from partnerships.models import (
    Listing,
    ListingLine,
    Match,
    PledgeEvent,
    PledgeLine,
    Twinning,
    TwinningStep,
)
from partnerships.models.pledge_queries import FIRM
from partnerships.models.twinning_queries import counts_by_oblast

Counts = dict[tuple[str, str], int]

# An oblast that would name a member that is not named, or none at all.
NO_OBLAST = "-"
NO_CODE = "-"  # of a sector that no DAC code belongs to
COVERED = ["o:covered"]
DAC_DIGITS = 3


# --- Needs -------------------------------------------------------------------------------------------------


def unmet_needs() -> QuerySet:
    """Needs that everyone may read, open, and not covered in full as far as everyone may know."""
    return Listing.objects.needs().visible_to(None).exclude(search__facets__contains=COVERED)


def _by_oblast(rows: QuerySet) -> QuerySet:
    """With `oblast`, as lists filter by it (`search_facets.region_of`): its code, or `NO_OBLAST`."""
    is_region = Q(member__place__level=Place.Level.REGION)
    names_member = Q(is_member_hidden=True) & (is_region | Q(member__place__region=F("member__place")))
    oblast = Case(
        When(names_member, then=Value(NO_OBLAST)),
        When(is_region, then=F("member__place__code")),
        default=Coalesce("member__place__region__code", Value(NO_OBLAST)),
    )
    return rows.annotate(oblast=oblast).order_by()


def needs_by_sector() -> Counts:
    """(oblast, sector) → unmet needs. One that names several sectors counts in each."""
    rows = _by_oblast(unmet_needs()).annotate(column=Coalesce("sectors__parent__code", "sectors__code"))
    return _counted(rows)


def needs_by_dac() -> dict[str, int]:
    """First three digits of the DAC code → unmet needs; a sub-sector stands under the first of its codes."""
    found = _of_dac().values("dac").annotate(n=Count("pk", distinct=True))
    return {row["dac"]: row["n"] for row in found}


def needs_by_sector_and_dac() -> Counts:
    """(sector, digits of the DAC code) → unmet needs, 0 where a sub-sector has both and no need names it: never told,
    but what both classifications have in common."""
    rows = _of_dac().annotate(sector=Coalesce("sectors__parent__code", "sectors__code"))
    found = rows.values("sector", "dac").annotate(n=Count("pk", distinct=True))
    pairs = dict.fromkeys(dac_of_sectors(), 0)
    return pairs | {(row["sector"], row["dac"]): row["n"] for row in found}


def dac_of_sectors() -> list[tuple[str, str]]:
    """(sector, digits of a DAC code) for each code that a sub-sector of it stands under."""
    both = Sector.objects.exclude(parent=None).annotate(dac=Left("dac_codes", DAC_DIGITS)).exclude(dac="")
    return list(both.values_list("parent__code", "dac").order_by("parent__code", "dac").distinct())


def main_dac_of_sectors() -> dict[str, str]:
    """Sector → the code that most of its sub-sectors bear, of equals the lowest; `NO_CODE` where none bears one."""
    both = Sector.objects.exclude(parent=None).annotate(dac=Left("dac_codes", DAC_DIGITS)).exclude(dac="")
    found = both.values("parent__code", "dac").annotate(n=Count("pk")).order_by("n", "-dac")
    main = dict.fromkeys(Sector.objects.top().values_list("code", flat=True), NO_CODE)
    return main | {row["parent__code"]: row["dac"] for row in found}


def _of_dac() -> QuerySet:
    rows = unmet_needs().filter(sectors__dac_codes__gt="").order_by()
    return rows.annotate(dac=Left("sectors__dac_codes", DAC_DIGITS))


def _counted(rows: QuerySet) -> Counts:
    found = rows.exclude(column=None).values("oblast", "column").annotate(n=Count("pk", distinct=True))
    return {(row["oblast"], row["column"]): row["n"] for row in found}


class Amounts(NamedTuple):
    """One item of the catalogue in one unit: of how many needs, and of how many something is firmly promised."""

    item: str
    unit: str
    currency: str
    needs: int
    needs_with_cover: int
    asked: Decimal
    covered: Decimal


def coverage_by_item() -> list[Amounts]:
    """What open needs ask for and what of it is covered, in the base unit of each item; three queries. Things that are
    named in free words do not add up, so they are not there."""
    open_needs = Listing.objects.needs().visible_to(None)
    lines = ListingLine.objects.filter(listing__in=open_needs, template__isnull=False).exclude(
        listing__field_audiences__has_key="lines"
    )
    covered = _covered_lines(lines)
    sums: dict[tuple[str, str, str], list] = defaultdict(lambda: [0, set(), Decimal(0), Decimal(0)])
    keys = ("template__code", "unit", "currency")
    for row in lines.order_by().values(*keys).annotate(asked=Sum("quantity")):
        base, _factor = base_of(row["unit"])
        entry = sums[row["template__code"], base, row["currency"]]
        entry[2] += in_base(row["asked"], row["unit"])
    for key, needs in _needs_of_items(lines).items():
        sums[key][0] = needs
    for line, amount in covered:
        entry = sums[line.template.code, base_of(line.unit)[0], line.currency]
        entry[1].add(line.listing_id)
        entry[3] += amount
    return [
        Amounts(*key, needs=needs, needs_with_cover=len(with_cover), asked=asked, covered=amount)
        for key, (needs, with_cover, asked, amount) in sorted(sums.items())
    ]


def _needs_of_items(lines: QuerySet) -> dict[tuple[str, str, str], int]:
    """How many needs ask for an item in units that measure the same (kg and tonnes are one)."""
    base = Case(*[When(unit=unit, then=Value(to)) for unit, (to, _n) in MULTIPLES.items()], default=F("unit"))
    rows = lines.order_by().annotate(base=base).values("template__code", "base", "currency")
    found = rows.annotate(n=Count("listing", distinct=True))
    return {(row["template__code"], row["base"], row["currency"]): row["n"] for row in found}


def _covered_lines(lines: QuerySet) -> Iterable[tuple[ListingLine, Decimal]]:
    """Lines of which something is covered, and how much, in the base unit: `ListingLine.coverage`, with the sums of the
    ledger made by the database."""
    given: dict[int, list[PledgeLine]] = defaultdict(list)
    for row in PledgeLine.objects.filter(listing_line__in=lines).with_given().order_by():
        given[row.listing_line_id].append(row)
    for line in ListingLine.objects.filter(pk__in=list(given)).select_related("template"):
        parts = [
            Given(row.unit, net=row.given_net, accepted=row.given_accepted, promised=row.given_promised)
            for row in given[line.pk]
            if counts_for(line, row)
        ]
        cover = coverage_of(line.quantity, line.unit, parts, line.currency)
        if cover.covered:
            yield line, in_base(cover.covered, cover.unit)


# --- What happened: by quarter, and in how many days ---------------------------------------------------------


class Happening(NamedTuple):
    """One that counts in a quarter, as its first day; ``days`` it took."""

    quarter: date
    days: int


def matches_made(until: date) -> list[Happening]:
    """Handshakes that both sides said yes to, before a day: days from the question to the second yes."""
    rows = Match.objects.filter(accepted_at__isnull=False).annotate(quarter=_quarter("accepted_at"))
    found = rows.filter(quarter__lt=until).order_by().values_list("quarter", "created_at", "accepted_at")
    return [Happening(quarter, max(0, (accepted - asked).days)) for quarter, asked, accepted in found]


def refusals(until: date) -> list[tuple[str, date, int]]:
    """(reason, quarter, how many): handshakes that a side declined, or that nobody answered in time."""
    silent = Q(close_reason=Match.CloseReason.SILENT)
    rows = Match.objects.filter(Q(status=Match.Status.DECLINED) | silent).annotate(
        quarter=_quarter("status_changed_at"),
        reason=Case(When(silent, then=Value(Match.CloseReason.SILENT)), default=F("decline_reason")),
    )
    found = rows.filter(quarter__lt=until).order_by().values("reason", "quarter").annotate(n=Count("pk"))
    return [(row["reason"], row["quarter"], row["n"]) for row in found]


def deliveries(until: date) -> list[Happening]:
    """Firm promises of which all arrived, as told by the receiver: days from the first commitment to the day on which
    it was all there. It counts in the quarter in which that was recorded. Only what everyone may read."""
    lines = PledgeLine.objects.for_audience(Audience.PUBLIC).with_sums().annotate(firm=FIRM)
    this = lines.filter(pk=OuterRef("line_id"))
    began = PledgeEvent.objects.filter(line=OuterRef("line_id"), kind=Kind.COMMITTED, corrects=None)
    signed = Case(When(corrects__isnull=True, then=F("quantity")), default=-F("quantity"))
    rows = (
        PledgeEvent.objects.filter(
            kind=Kind.RECEIVED, line__in=lines.filter(firm__gt=0, sum_received__gte=FIRM).values("pk")
        )
        .annotate(
            firm=Subquery(this.values("firm")[:1]),
            began=Subquery(began.order_by("happened_on").values("happened_on")[:1]),
            so_far=Window(Sum(signed), partition_by=F("line_id"), order_by="id"),
            quarter=_quarter("recorded_at"),
        )
        .filter(so_far__gte=F("firm"))
        .order_by("line_id", "id")
        .values_list("line_id", "quarter", "began", "happened_on")
    )
    first: dict[int, Happening] = {}
    for line, quarter, began_on, arrived_on in rows:
        first.setdefault(line, Happening(quarter, max(0, (arrived_on - began_on).days)))
    return [happening for happening in first.values() if happening.quarter < until]


def _quarter(moment: str) -> TruncQuarter:
    return TruncQuarter(moment, output_field=DateField())


# --- What stands still, and what there is --------------------------------------------------------------------


def blocked_steps(today: date) -> dict[str, int]:
    """How many wait at each step past its day, or for somebody's decision."""
    lines = PledgeLine.objects.for_audience(Audience.PUBLIC)
    return {
        "agreements_past_clock": _agreements_past_clock(today),
        "late_deliveries": lines.late(today).count(),
        "disputed_deliveries": lines.disputed().count(),
        IN_CARE: matches_in_care(),
    }


def matches_in_care() -> int:
    """Handshakes that a coordinator looks after."""
    return Match.objects.in_care().count()


def _agreements_past_clock(today: date) -> int:
    """Public agreements in approval of which a legal clock has run out (`partnerships.legal_clocks`)."""
    twinnings = Twinning.objects.public().filter(status=Twinning.Status.IN_APPROVAL)
    steps: dict[int, list[Step]] = defaultdict(list)
    rows = TwinningStep.objects.filter(twinning__in=twinnings, withdrawn_at=None)
    for twinning, kind, day in rows.order_by("happened_on", "id").values_list(
        "twinning_id", "kind", "happened_on"
    ):
        steps[twinning].append(Step(kind, day))
    return sum(any(clock.is_past(today) for clock in running(each)) for each in steps.values())


def twinnings_by_stage() -> dict[str, int]:
    rows = Twinning.objects.public().order_by().values("status").annotate(n=Count("pk"))
    return {row["status"]: row["n"] for row in rows}


def hromadas_by_oblast() -> dict[str, tuple[int, int]]:
    """Code of the oblast → (hromadas, of these with a partner abroad), of those that the goal counts."""
    counts = counts_by_oblast(Place.objects.hromadas().in_goal())
    codes = dict(Place.objects.filter(pk__in=counts).values_list("pk", "code"))
    return {codes[pk]: (count.hromadas, count.partnered) for pk, count in counts.items()}
