"""What is exported can be imported again: nothing changes, whatever the rows hold; edits of a file arrive as edits."""

import csv
import io
from datetime import timedelta
from decimal import Decimal

import openpyxl
from django.core.management import call_command
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from alliance.core.sheets import as_csv, as_xlsx
from alliance.core.tables import read_table
from alliance.core.units import Unit, units_like
from partnerships.actions.items import load_items
from partnerships.actions.listings import create_listing
from partnerships.actions.sheets import import_listings, keep_sheet
from partnerships.drafts import Line, ListingContent
from partnerships.exports.sheets import FULL, SIGNED_IN, columns_of
from partnerships.forms.sheet_check import SheetCheck
from partnerships.forms.sheet_stored import Scope
from partnerships.models import ItemTemplate, Listing
from partnerships.models.sheet_rows import SheetRows, ids_of
from partnerships.specs import SPECS
from tests.factories import make_appeal, make_member, make_place, make_representative, make_user

NASTY = [
    *("=1+1", "+48 22", "-5", "@SUM(A1)", "\t=1", "'=1", "''=1", "'", "'s-Hertogenbosch", '"', '""', ";,\t|"),
    *(
        "line\nbreak",
        "dos\r\nbreak",
        "\r",
        "bell\x07",
        "\u202eright to left",
        "שלום",
        "🏛👩‍🚒",
        "]]>",
        "<b>&amp;",
    ),
    *(
        " spaces ",
        "\u00a0",
        "NULL",
        "None",
        "1e5",
        "007",
        "1,000",
        "31.12.2026",
        "TRUE",
        "x" * 160,
        "\\N",
        "\\.",
    ),
    *("_x000D_", "ÿ", "ґє", "\ufeff"),
]
texts = st.one_of(st.sampled_from(NASTY), st.text(max_size=40)).map(
    lambda text: text.replace("\0", "").encode("utf-8", "ignore").decode()
)
titles = texts.map(lambda text: text[:160])
long_texts = st.one_of(texts, st.sampled_from(NASTY).map(lambda text: (text * 2000)[:2000]))
amounts = st.decimals("0.001", "99999999999.999", places=3)
days = st.one_of(st.none(), st.integers(-400, 400).map(lambda n: timezone.localdate() + timedelta(days=n)))


@st.composite
def lines(draw, kind):
    """Every item of the catalogue and free ones, in every unit, with all that a line may hold."""
    item = draw(st.sampled_from([None, *ItemTemplate.objects.in_order()]))
    units = list(units_like(item.unit)) if item else [unit for unit in Unit if unit != Unit.MONEY]
    unit = draw(st.sampled_from(units))
    low, high = sorted([draw(amounts), draw(amounts)])
    rated = draw(st.sampled_from(["", "min", "max", "both"])) if not item or item.range_unit else ""
    specs = {name: draw(st.sampled_from(SPECS[name].values)) for name in (item.specs if item else [])}
    start, end = draw(days), draw(days)
    if start and end and start > end:
        start, end = end, start
    return Line(
        item=draw(titles.map(lambda text: text[:120]))
        if item
        else draw(titles.map(lambda text: text[:119] + "x")),
        quantity=draw(amounts),
        unit=unit,
        template=item.code if item else "",
        currency=draw(st.sampled_from(["EUR", "UAH"])) if unit == Unit.MONEY else "",
        range_min=low if rated in ("min", "both") else None,
        range_max=high if rated in ("max", "both") else None,
        range_unit=(item.range_unit if item else Unit.KILOWATT) if rated else "",
        specs=specs,
        condition=draw(st.sampled_from(["", "new", "usable"])) if not item or item.has_condition else "",
        needed_by=draw(days) if kind == "need" else None,
        available_from=start if kind == "offer" else None,
        available_until=end if kind == "offer" else None,
    )


@st.composite
def contents(draw):
    kind = draw(st.sampled_from(["need", "offer"]))
    language = draw(st.sampled_from(["en", "pl", "uk", "de"]))
    languages = {language, *draw(st.sets(st.sampled_from(["en", "pl", "uk"])))}
    parts = draw(
        st.dictionaries(st.sampled_from(Listing.RESTRICTABLE), st.sampled_from(["members", "partner"]))
    )
    return kind, ListingContent(
        language=language,
        titles={code: draw(titles) for code in languages},
        texts={code: draw(long_texts) for code in languages},
        sectors=draw(st.lists(st.sampled_from(["ENE", "ENE-02", "EDU", "HOU-03"]), max_size=3, unique=True)),
        lines=draw(st.lists(lines(kind), max_size=3)),
        expires_on=draw(days),
        audience=draw(st.sampled_from(["public", "members"])),
        field_audiences=parts,
        is_member_hidden=draw(st.booleans()),
        urgency=draw(st.sampled_from(Listing.Urgency.values)),
        transport_by=draw(st.sampled_from(["", *Listing.TransportBy.values])),
        handover=draw(st.sampled_from([None, RoundTrip.place.pk])),
        appeal=draw(st.sampled_from(["", RoundTrip.appeal.slug])),
        partner_note=draw(long_texts),
        desk_note=draw(texts),
        names_no_site=draw(st.booleans()),
    )


def file_of(form, kind=FULL, member=None):
    listings = Listing.objects.filter(member=member)
    rows = SheetRows(listings, ids_of(listings), lambda row: "coordinators", "https://example.org/")
    names = [column.name for column in columns_of(kind)]
    if form == "csv":
        return b"".join(as_csv(rows.copied(kind, "csv"), names))
    return b"".join(as_xlsx(rows.fetched(kind), names, [], "listings"))


def resaved(data):
    """The workbook as another program writes it."""
    out = io.BytesIO()
    openpyxl.load_workbook(io.BytesIO(data)).save(out)
    return out.getvalue()


def semicolons(data):
    """The table as a spreadsheet of an office writes it: semicolons, lines that end as on Windows."""
    out = io.StringIO()
    rows = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    csv.writer(out, delimiter=";").writerows(rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


class RoundTrip(TestCase):
    @classmethod
    def setUpTestData(cls):
        call_command("load_sectors", stdout=io.StringIO())
        load_items()
        cls.member = make_member(country="UA")
        cls.person = make_representative(cls.member, role="editor").user
        cls.place = RoundTrip.place = make_place(country="UA")
        cls.appeal = RoundTrip.appeal = make_appeal()

    def checked(self, content, member=None):
        uploaded = keep_sheet(
            user=self.person,
            member=self.member,
            name="a.csv",
            table=read_table(content, most_rows=5000),
            is_publishing=False,
        )
        return SheetCheck(uploaded, Scope.of_member(self.person, self.member))

    @settings(
        max_examples=20, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
    )
    @given(st.data())
    def test_export_and_import_change_nothing(self, data):
        for kind, content in data.draw(st.lists(contents(), min_size=1, max_size=2)):
            create_listing(member=self.member, kind=kind, content=content, by=self.person)
        count = Listing.objects.count()
        workbook, table = file_of("xlsx", member=self.member), file_of("csv", member=self.member)
        for content in (
            *(table, semicolons(table), workbook, resaved(workbook)),
            *(file_of("csv", SIGNED_IN, self.member),),
        ):
            check = self.checked(content)
            found = [(one.verdict, one.changes, one.problems) for one in check.checked]
            assert found == [("unchanged", [], [])] * count

    def test_edits_arrive_as_edits_and_lines_keep_their_slugs(self):
        content = ListingContent(
            language="en",
            titles={"en": "Beds"},
            texts={"en": "First\r\nsecond", "pl": "Łóżka"},
            lines=[
                Line(item="for adults", quantity=Decimal("3"), unit="piece", template="beds"),
                Line(item="chairs", quantity=Decimal("2.5"), unit="t"),
            ],
        )
        listing = create_listing(member=self.member, kind="need", content=content, by=self.person)
        slugs = [line.slug for line in listing.lines.all()]
        for form, quantity in (("csv", "4,5"), ("xlsx", 4.5)):
            rows = read_table(file_of(form, member=self.member), most_rows=10)
            column = rows[0][1].index
            rows[2][1][column("quantity")] = str(quantity)
            rows[1][1][column("title_pl")] = "Łóżka"
            uploaded = keep_sheet(
                user=self.person, member=self.member, name="a", table=rows, is_publishing=False
            )
            check = SheetCheck(uploaded, Scope.of_member(self.person, self.member))
            (one,) = check.checked
            assert (one.verdict, one.problems) == ("changed", [])
            assert {change.column for change in one.changes} == {"title_pl", "quantity"}
            assert import_listings(uploaded, entries=check.entries, by=self.person) == (0, 1)
            listing.refresh_from_db()
            assert [line.slug for line in listing.lines.all()] == slugs
            assert [line.quantity for line in listing.lines.all()] == [3, Decimal("4.5")]
            assert (listing.title_pl, listing.text_en) == ("Łóżka", "First\r\nsecond")
            again = self.checked(file_of(form, member=self.member))
            assert [one.verdict for one in again.checked] == ["unchanged"]
            listing.title_pl = None
            listing.save()
            listing.lines.filter(slug=slugs[1]).update(quantity=Decimal("2.5"))
            listing.refresh_from_db()

    def test_strangers_find_nothing(self):
        create_listing(
            member=make_member(),
            kind="offer",
            content=ListingContent(language="en", titles={"en": "Theirs"}),
            by=make_user(),
        )
        content = file_of("csv", member=Listing.objects.get().member)
        (one,) = self.checked(content).checked
        assert one.verdict == "bad"
        assert [problem.column for problem in one.problems] == ["id"]
