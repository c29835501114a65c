"""Promises and what became of them: every figure is the number, or the sum, of the rows behind it, and of a count that
shares nothing with the code; what is not public is in none of them."""

import csv
import io
import json
import re
from collections import Counter, defaultdict
from datetime import date, timedelta
from decimal import Decimal
from html.parser import HTMLParser

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone, translation

from alliance.core import files, freshness
from partnerships.actions.due_days import answer_day, ask_for_day
from tests.factories import (
    make_listing,
    make_member,
    make_place,
    make_pledge,
    make_representative,
    make_template,
    make_user,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def url(name, *args, language="en"):
    with translation.override(language):
        return reverse(f"partnerships:{name}", args=args)


def today():
    return timezone.localdate()


# --- A recount that shares nothing with the code --------------------------------------------------------------

VISIBLE = """
    SELECT l.id, p.due_on, l.unit, l.currency, g.slug, r.slug, p.is_receiver_hidden, ARRAY(
        SELECT m.slug FROM partnerships_listing n JOIN members_member m ON m.id = n.member_id
        WHERE n.is_member_hidden AND (n.id = p.listing_id OR n.id IN (
            SELECT x.listing_id FROM partnerships_listingline x
            JOIN partnerships_pledgeline o ON o.listing_line_id = x.id WHERE o.pledge_id = p.id)))
    FROM partnerships_pledgeline l JOIN partnerships_pledge p ON p.id = l.pledge_id
    JOIN members_member g ON g.id = p.giver_id JOIN members_member r ON r.id = p.receiver_id
    WHERE NOT EXISTS (
        SELECT 1 FROM partnerships_listing n WHERE n.id = p.listing_id
        AND (n.audience <> 'public' OR n.field_audiences->>'lines' IS NOT NULL))
    AND NOT EXISTS (
        SELECT 1 FROM partnerships_listingline x JOIN partnerships_listing n ON n.id = x.listing_id
        WHERE x.id = l.listing_line_id AND (n.audience <> 'public' OR n.field_audiences->>'lines' IS NOT NULL))
    AND NOT EXISTS (
        SELECT 1 FROM partnerships_pledgeline o JOIN partnerships_listingline x ON x.id = o.listing_line_id
        JOIN partnerships_listing n ON n.id = x.listing_id WHERE o.pledge_id = p.id AND n.audience <> 'public')
"""
EVENTS = "SELECT line_id, id, kind, quantity, corrects_id, happened_on FROM partnerships_pledgeevent"


def read(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def recount(giver="", receiver=""):
    """Figure → how many lines; (figure, currency) → how much money: day by day, from the rows of two tables."""
    events = defaultdict(list)
    for line, *event in read(EVENTS):
        events[line].append(event)
    counts, money = Counter(), Counter()
    for line, due, unit, currency, giver_slug, receiver_slug, is_hidden, unnamed in read(VISIBLE):
        if (giver and giver != giver_slug) or (receiver and (receiver != receiver_slug or is_hidden)):
            continue
        if giver in unnamed or receiver in unnamed:
            continue
        parts = parts_of(events[line], due)
        for figure, amount in parts.items():
            counts[figure] += 1
            if unit == "money":
                money[figure, currency] += amount
        counts["all"] += 1
    return counts, money


def parts_of(events, due):
    rest, kinds, days = {}, {}, {}
    for pk, kind, quantity, corrects, happened_on in sorted(events, key=lambda event: event[0]):
        if corrects:
            rest[corrects] -= quantity
        else:
            rest[pk], kinds[pk], days[pk] = quantity, kind, happened_on
    total = Counter()
    for pk, kind in kinds.items():
        total[kind] += rest[pk]
    firm, awaited = total["committed"] - total["cancelled"], 0
    if due and due < today() and total["accepted"] < firm:
        awaited = firm + total["over_delivered"] - total["accepted"] - total["lost"] - total["returned"]
    parts = {
        "promised": max(0, total["promised"] - total["committed"]),
        "committed": total["committed"],
        "delivered": total["received"],
        "accepted": total["accepted"],
        "cancelled": total["cancelled"],
        "late": max(0, awaited),
    }
    if total["committed"] and ((due and due < today()) or total["accepted"] >= firm):
        outcome = "kept" if total["accepted"] >= total["committed"] else "not_kept"
        if outcome == "not_kept" and total["received"] - total["returned"] >= total["committed"]:
            outcome = "unconfirmed"
        else:
            parts["counted"] = 1
        parts[outcome] = 1
        by_then = sum(rest[pk] for pk in kinds if kinds[pk] == "received" and due and days[pk] <= due)
        if due and "kept" in parts and by_then < total["committed"]:
            parts["kept_late"] = 1
    return {name: amount for name, amount in parts.items() if amount}


# --- Promises of every kind -----------------------------------------------------------------------------------

HISTORIES = [
    "promised 10",
    "promised 10 · fix#1 10",
    "promised 10 · committed 4",
    "promised 10 · committed 10",
    "committed 10 · cancelled 10",
    "committed 10 · cancelled 4 · dispatched 6 · received 6 {before} · accepted 6",
    "committed 10 · dispatched 10 · received 10 {before} · accepted 10",
    "committed 10 · dispatched 10 · received 10 {after} · accepted 10",
    "committed 10 · dispatched 10 · received 4 {before} · received 6 {after} · accepted 10",
    # Ten were noted before the day, three of them by mistake; these came afterwards.
    "committed 10 · dispatched 10 · received 10 {before} · fix#3 3 · received 3 {after} · accepted 10",
    "committed 10 · dispatched 8 · received 8 {before} · accepted 5 · returned 3",
    "committed 10 · dispatched 10 · lost 10",
    "committed 10 · dispatched 10 · received 10 {before} · accepted 4",
    "committed 10 · dispatched 4 · received 9 {before}",
    "committed 10 · over_delivered 2 · dispatched 12 · received 12 {before} · accepted 12",
]


@pytest.fixture
def members():
    givers = [make_member(official_name=f"Gmina {name}") for name in ("Alfa", "Beta")]
    return givers, make_member(official_name="Hromada Gamma", country="UA")


@pytest.fixture
def promises(members):
    """Every history before, on, after its day and without one; in pieces and in two currencies."""
    givers, receiver = members
    for number, text in enumerate(HISTORIES):
        for turn, due in enumerate((None, today() - 5 * DAY, today(), today() + DAY)):
            day = due or today()
            history = text.format(before=day - DAY, after=day + DAY)
            unit = [{"unit": "piece"}, *({"unit": "money", "currency": c} for c in ("EUR", "PLN"))]
            make_pledge(
                history, due_on=due, giver=givers[number % 2], receiver=receiver, line=unit[(number + turn) % 3],
                is_receiver_hidden=number % 3 == 0,
            )  # fmt: skip
    kept_back = (
        {"audience": "members"},
        {"field_audiences": {"lines": "members"}},
        {"is_member_hidden": True},
    )
    for changes in kept_back:
        need = make_listing(kind="need", member=receiver, **changes)
        offer = make_listing(member=givers[0], **changes)
        make_pledge("committed 7", listing=offer, receiver=receiver, giver=givers[0])
        make_pledge("committed 7", listing=need, receiver=receiver, giver=givers[0])
        make_pledge(
            "committed 7", line={"listing_line": need.lines.get()}, receiver=receiver, giver=givers[0]
        )


class Table(HTMLParser):
    """The rows of the only table of a page, the links of the whole page."""

    def __init__(self, html):
        super().__init__()
        self.rows, self.links, self.row, self.cell, self.next = [], {}, None, None, ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "tr":
            self.row = []
        if tag in ("td", "th") and self.row is not None:
            self.cell = ""
        if tag == "a" and given.get("rel") == "next":
            self.next = given["href"]

    def handle_data(self, data):
        if self.cell is not None:
            self.cell += data

    def handle_endtag(self, tag):
        if tag in ("td", "th") and self.cell is not None:
            self.row.append(" ".join(self.cell.split()))
            self.cell = None
        if tag == "tr" and self.row:
            self.rows.append(self.row)


def all_rows(client, address):
    """Rows of a list, page by page, the heads of its tables left out."""
    found, base = [], address.partition("?")[0]
    while address:
        table = Table(client.get(address).content.decode())
        found += table.rows[1:]
        address = base + table.next if table.next else ""
    return found


def figures_of(context):
    """Every figure of a page with its link: (number as it is written, address)."""
    for block in context["blocks"]:
        yield from (
            (row["number"], row["href"]) for row in [*block["chain"], *block["outcomes"], block["soft"]]
        )


COLUMN = {"promised": 4, "committed": 5, "delivered": 6, "accepted": 7, "late": 8}


def amount(text):
    return Decimal(re.sub(r"[^\d.]", "", text) or 0)


@pytest.mark.parametrize("whose", ["alliance", "member"])
def test_each_figure_is_the_number_of_its_rows_and_of_an_independent_count(client, promises, members, whose):
    (alfa, _beta), gamma = members
    if whose == "alliance":
        page, scopes = client.get(url("kept_promises")), [{}]
    else:
        page, scopes = client.get(url("kept_promises_member", alfa.slug)), [{"giver": alfa.slug}]
        assert len(client.get(url("kept_promises_member", gamma.slug)).context["blocks"]) == 1
    block, scope = page.context["blocks"][0], scopes[0]
    counts, money = recount(**scope)
    assert all(counts[name] for name in ("promised", "delivered", "late", "kept", "kept_late", "not_kept"))
    assert counts["unconfirmed"]
    shown = {
        address.partition("figure=")[2].partition("&")[0]: (number, address)
        for number, address in figures_of({"blocks": [block]})
    }
    for figure, (number, address) in shown.items():
        assert int(number) == counts[figure], figure
        assert len(all_rows(client, address)) == counts[figure], figure
    assert len(all_rows(client, block["rows_url"])) == counts["all"]
    assert block["rate"]["number"] == f"{counts['kept'] * 100 // counts['counted']}%"
    assert len(all_rows(client, block["rate"]["href"])) == counts["counted"]
    for currency, *cells in block["money"]["rows"]:
        for figure, cell in zip(COLUMN, cells, strict=True):
            rows = all_rows(client, cell["href"])
            assert amount(cell["text"]) == money[figure, currency], (figure, currency)
            assert sum(amount(row[COLUMN[figure]]) for row in rows) == money[figure, currency]


def test_files_hold_exactly_the_rows_of_the_list(client, promises, members):
    (alfa, _beta), _gamma = members
    for query, scope in (("", {}), (f"?giver={alfa.slug}", {"giver": alfa.slug})):
        counts, money = recount(**scope)
        rows = list(csv.DictReader(io.StringIO(file(client, "csv", query).decode("utf-8-sig"), newline="")))
        objects = json.loads(file(client, "json", query))["promises"]
        assert len(rows) == len(objects) == counts["all"]
        assert [row["id"] for row in rows] == [row["id"] for row in objects]
        for read_rows in (rows, objects):
            outcomes = Counter(row["outcome"] for row in read_rows)
            assert outcomes["kept"] + outcomes["kept_late"] == counts["kept"]
            assert (outcomes["kept_late"], outcomes["not_kept"]) == (counts["kept_late"], counts["not_kept"])
            euros = sum(Decimal(str(row["accepted"])) for row in read_rows if row["currency"] == "EUR")
            assert euros == money["accepted", "EUR"]
        assert (
            sum(row["is_late"] == "yes" for row in rows)
            == sum(row["is_late"] for row in objects)
            == counts["late"]
        )
    late = json.loads(file(client, "json", "?figure=late"))
    assert len(late["promises"]) == recount()[0]["late"]
    assert late["definition"].startswith("The agreed day has passed")


def file(client, kind, query="", language="en"):
    response = client.get(url("kept_promises_file", kind, language=language) + query)
    assert response.status_code == 200
    return response.getvalue()


def test_a_long_file_is_streamed_chunk_by_chunk(client, monkeypatch, promises):
    monkeypatch.setattr(files, "WHOLE_UP_TO", 10)
    monkeypatch.setattr("partnerships.views.kept_rows.CHUNK", 7)
    response = client.get(url("kept_promises_file", "csv"))
    assert response.streaming
    ids = [line.split(",")[0] for line in response.getvalue().decode("utf-8-sig").splitlines()[1:]]
    assert len(ids) == len(set(ids)) == recount()[0]["all"]


def test_what_a_spreadsheet_would_run_is_text(client):
    make_pledge("committed 1", line={"item": "=HYPERLINK(1)"}, giver=make_member(official_name="@SUM(1)"))
    row = next(csv.DictReader(io.StringIO(file(client, "csv").decode("utf-8-sig"), newline="")))
    assert (row["item"], row["giver"]) == ("'=HYPERLINK(1)", "'@SUM(1)")
    assert json.loads(file(client, "json"))["promises"][0]["item"] == "=HYPERLINK(1)"


# --- Figures follow the entries -------------------------------------------------------------------------------


def test_no_rate_before_an_outcome_is_known(client):
    make_pledge("promised 3 · committed 3", due_on=today())
    rate = client.get(url("kept_promises")).context["blocks"][0]["rate"]
    assert (rate["number"], rate["href"]) == ("–", "")


def test_nearly_all_is_not_all(client):
    giver = make_member()
    for _ in range(3):
        pledge = make_pledge(*["committed 1 · received 1 · accepted 1"] * 67, giver=giver)
    pledge = make_pledge("committed 1 · cancelled 1", giver=giver)
    assert pledge.lines.count() == 1
    assert client.get(url("kept_promises")).context["blocks"][0]["rate"]["number"] == "99%"


def test_nobody_reads_yesterdays_figures(client):
    """Remembered figures are counted anew when something is recorded and when a day has passed."""
    freshness.touch()
    pledge = make_pledge("committed 3", due_on=today())

    def committed(turn):  # a whole page is remembered, too: by its address
        page = client.get(url("kept_promises") + f"?{turn}")
        return page.context["blocks"][0]["chain"][0]["number"]

    assert committed(1) == "1"
    make_pledge("committed 3", giver=pledge.giver)
    assert committed(2) == "1"  # past the actions, which would have told
    freshness.touch()
    assert committed(3) == "2"


@pytest.mark.parametrize("query", ["?giver=nobody00000", "?receiver=nobody00000"])
def test_an_unknown_member_is_not_found(client, query):
    assert client.get(url("kept_promises_rows") + query).status_code == 404
    assert client.get(url("kept_promises_file", "csv") + query).status_code == 404


def test_nonsense_in_the_address_is_ignored(client):
    make_pledge("committed 1")
    response = client.get(url("kept_promises_rows") + "?figure=x&currency=XXX&after=nonsense")
    assert len(response.context["rows"]) == 1
    assert client.get(url("kept_promises_file", "xlsx")).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_a_constant_number_of_queries(client, django_assert_num_queries, members, count):
    (alfa, _beta), gamma = members
    for _ in range(count):
        need = make_listing(kind="need", member=gamma)
        line = {
            "unit": "money",
            "currency": "EUR",
            "listing_line": need.lines.get(),
            "template": make_template(),
        }
        make_pledge(*["committed 3"] * count, giver=alfa, receiver=gamma, listing=need, line=line)
    for address, queries in (
        (url("kept_promises"), 3),  # counts; currencies, sums
        (url("kept_promises_member", alfa.slug), 5),  # the member; its counts and sums; what it received
        (url("kept_promises_rows"), 6),  # counts; keys, lines, events, needs behind, moved days
        (
            url("kept_promises_rows") + f"?figure=late&giver={alfa.slug}&receiver={gamma.slug}",
            4,
        ),  # two members; counts; no keys
        (url("kept_promises_file", "csv"), 7),  # counts; keys, lines, events, needs, moved days; no more keys
        (url("kept_promises_file", "json"), 7),
    ):
        with django_assert_num_queries(queries):
            assert client.get(address).status_code == 200


def test_a_day_that_both_agreed_to_move_counts_and_the_first_one_stays_readable(client):
    """Promised for ten days ago, moved to today with the receiver's agreement: not late, and everyone reads both."""
    first, someone = today() - 10 * DAY, make_user()
    pledge = make_pledge("committed 3", due_on=first)
    wish = ask_for_day(pledge, after=today(), reason="The road is closed.", by=someone)

    def late():  # a whole page is remembered, too: by its address
        address = url("kept_promises_rows") + f"?figure=late&turn={wish.answer}"
        return len(client.get(address).context["rows"])

    assert late() == 1
    answer_day(wish, agrees=True, by=someone)
    wish.refresh_from_db()
    assert late() == 0
    (row,) = client.get(url("kept_promises_rows")).context["rows"]
    assert "first promised by" in row[-1]
    (found,) = json.loads(file(client, "json"))["promises"]
    assert (found["first_agreed_day"], found["agreed_day"]) == (first.isoformat(), today().isoformat())


# --- What is not public ---------------------------------------------------------------------------------------

CANARY = "Kanarok"


@pytest.fixture
def secrets():
    """Promises for a need that only members read, for one whose lines only members read, and to a hidden receiver."""
    region = make_place(country="UA", level="region", official_name="Sumska")
    place = make_place(country="UA", official_name=CANARY, region=region)
    hidden = make_member(country="UA", official_name=f"{CANARY} hromada", place=place)
    giver, other = make_member(official_name="Giver"), make_member(country="UA")
    template = make_template(name_en="Water pump", name_pl="Pompa wody", name_uk="Насос")
    line = {"item": f"{CANARY} item", "template": template, "unit": "piece"}
    for changes in ({"audience": "members"}, {"field_audiences": {"lines": "members"}}):
        need = make_listing(kind="need", member=other, **changes)
        for more in ({"listing": need}, {}):  # asked for the need; agreed in a conversation
            make_pledge(
                "committed 8765", title="Help", giver=giver, receiver=other,
                line=line | {"listing_line": need.lines.get()}, **more,
            )  # fmt: skip
    make_pledge(
        "committed 3", title=f"For {CANARY}", giver=giver, receiver=hidden, is_receiver_hidden=True,
        line=line | {"template": None},
    )  # fmt: skip
    return giver, hidden


def test_what_is_not_public_is_in_no_figure_row_or_file(client, secrets):
    giver, hidden = secrets
    addresses = [
        url("kept_promises"),
        url("kept_promises_member", giver.slug),
        url("kept_promises_rows"),
        url("kept_promises_rows") + f"?giver={giver.slug}&figure=committed",
        url("kept_promises_file", "csv"),
        url("kept_promises_file", "json"),
        url("iati_alliance"),
        url("iati_member", giver.slug),
    ]
    someone = make_representative().user
    for user in (None, someone):
        if user:
            client.force_login(user)
        for address in addresses:
            text = client.get(address).getvalue().decode()
            assert CANARY not in text, address
            assert not re.search(r"8.?765", text), address
            assert "Water pump" not in text, address
    rows = client.get(url("kept_promises_rows")).context["rows"]
    assert [(str(row[0]["text"]), row[2]) for row in rows] == [
        ("an item that is not named in public", "a hromada in Sumska")
    ]
    assert client.get(url("kept_promises_rows") + f"?receiver={hidden.slug}").context["rows"] == []
    page = client.get(url("kept_promises_member", hidden.slug))
    assert [block["is_empty"] for block in page.context["blocks"]] == [True]


# --- Journey 8 ------------------------------------------------------------------------------------------------


def test_a_journalist_checks_which_promises_were_kept_and_downloads_the_data(client, promises, members):
    """From the home page to the file, in Polish, without scripts and without an account."""
    (alfa, _beta), _gamma = members
    home = client.get("/pl/").content.decode()
    figures_at = url("kept_promises", language="pl")
    assert f'href="{figures_at}"' in home
    page = client.get(figures_at)
    counts, _money = recount()
    rate = page.context["blocks"][0]["rate"]
    assert rate["number"] == f"{counts['kept'] * 100 // counts['counted']}%"
    html = page.content.decode()
    assert str(page.context["rate_meaning"]) in html
    assert f'href="{rate["href"].replace("&", "&amp;")}"' in html
    # Which were not kept, and whose are they?
    not_kept = next(row for row in page.context["blocks"][0]["outcomes"] if "not_kept" in row["href"])
    rows = client.get(not_kept["href"])
    assert len(all_rows(client, not_kept["href"])) == counts["not_kept"] == int(not_kept["number"])
    sides = re.findall(r'<a href="(/pl/members/[0-9a-z]+/)"', rows.content.decode())
    assert reverse_pl("members:member_detail", alfa.slug) in sides
    # The page of that member tells the same of it, and leads to its own figures.
    member = client.get(reverse_pl("members:member_detail", alfa.slug)).content.decode()
    its_figures = url("kept_promises_member", alfa.slug, language="pl")
    assert its_figures in member
    block = client.get(its_figures).context["blocks"][0]
    its_counts, _its_money = recount(giver=alfa.slug)
    assert block["rate"]["number"] == f"{its_counts['kept'] * 100 // its_counts['counted']}%"
    # The whole list as a file, recounted outside of the portal.
    link = next(link["url"] for link in rows.context["exports"] if link["label"] == "CSV")
    assert link.replace("&", "&amp;") in rows.content.decode()
    answer = client.get(link)
    assert answer["Content-Disposition"] == 'attachment; filename="promises.csv"'
    found = list(csv.DictReader(io.StringIO(answer.getvalue().decode("utf-8-sig"), newline="")))
    assert len(found) == counts["not_kept"]
    assert {row["outcome"] for row in found} == {"not_kept"}
    assert all(Decimal(row["accepted"]) < Decimal(row["committed"]) for row in found)
    assert all(date.fromisoformat(row["agreed_day"]) < today() for row in found if row["is_late"] == "yes")


def reverse_pl(name, *args):
    with translation.override("pl"):
        return reverse(name, args=args)
