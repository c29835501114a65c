"""The rows that the benches make fit the tables as they are: a column that comes must not be found out by a bench."""

import random

import pytest
from django.core.management import call_command
from django.db import connection
from django.urls import reverse

from alliance.core.models import OutgoingMail
from bench import data, exports, mail, sheets
from bench.limits import copy_listings
from members.models import Member
from partnerships.models import Listing, ListingSearch

pytestmark = pytest.mark.django_db


def test_listings_and_members_have_pages(client):
    rng = random.Random(1)
    call_command("load_sectors", verbosity=0)
    members = data._members("default", 10, rng)
    data._listings("default", 30, members, rng)
    assert Listing.objects.count() == ListingSearch.objects.count() == 30
    listing = Listing.objects.filter(audience="public").first()
    for address in (
        reverse("partnerships:listing_detail", args=[listing.slug]),
        reverse("members:member_detail", args=[listing.member.slug]),
        reverse("partnerships:offer_list"),
    ):
        assert client.get(address).status_code == 200
    rows = b"".join(sheets.as_form("csv")()).count(b"\n")
    assert rows == Listing.objects.filter(audience="public").count() + 1
    assert copy_listings.seconds("https://portal.example.org/", "en")[1] > 0


def test_members_to_export():
    with connection.cursor() as cursor:
        cursor.execute(exports.FILL, {"size": 10})
    assert Member.objects.listed().count() == 10
    assert b"Place 10" in b"".join(exports.as_csv())


def test_mails_to_send():
    with connection.cursor() as cursor:
        cursor.execute(mail.SEED, ["text", "<p>text</p>", 10])
    assert OutgoingMail.objects.count() == 10
