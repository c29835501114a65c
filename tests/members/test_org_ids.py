"""Identifiers of organisations: their shape, and check digits of the registers that we know."""

import pytest
from django.db import IntegrityError, transaction

from members.forms.authority import AuthorityForm
from members.models import Member
from members.org_ids import is_valid, normal
from tests.factories import make_member

# Published numbers of the Ministry for Development of Communities and Territories, Kyiv's council, Gdynia's office,
# Statistics Poland.
GOOD = ["UA-EDR-37472062", "UA-EDR-22883141", "PL-REGON-000331501", "XM-DAC-7", "BE-BCE_KBO-0123456789"]


@pytest.mark.parametrize("text", GOOD)
def test_good_identifiers(text):
    assert is_valid(text)


@pytest.mark.parametrize(
    "text",
    [
        "UA-EDR-37472063",
        "UA-EDR-3747206",
        "UA-EDR-374720622",
        "PL-REGON-000331502",
        "PL-REGON-12345678901234",
        "37472062",
        "UA EDR",
        "UA-EDR-",
        "UA-EDR-3747206/2",
        "",
    ],
)
def test_wrong_identifiers(text):
    assert not is_valid(text)


def test_normal_form():
    assert normal(" ua – edr–37472062 ") == "UA-EDR-37472062"


def test_a_wrong_one_is_told_at_the_field_and_a_right_one_is_normalised(db):
    member = make_member(official_name="Gdynia", name_en="Gdynia")
    data = {"official_name": "Gdynia", "name_en": "Gdynia", "org_id": "ua-edr-37472063"}
    form = AuthorityForm(data, instance=member)
    assert "org_id" in form.errors
    form = AuthorityForm(data | {"org_id": "ua-edr-37472062"}, instance=member)
    assert form.is_valid(), form.errors
    assert form.changes["org_id"] == "UA-EDR-37472062"


def test_the_database_refuses_nonsense(db):
    member = make_member()
    with pytest.raises(IntegrityError), transaction.atomic():
        Member.objects.filter(pk=member.pk).update(org_id="no identifier")
