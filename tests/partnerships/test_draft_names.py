"""The name of an erased person in drafts of agreements: gone from proposals in every language, there in what was
signed."""

import pytest
from django.db import DatabaseError, connection, transaction

from alliance.core.models import JournalEntry
from partnerships.actions.draft_names import MEANT, forget_names
from partnerships.agreement_text import BLANK
from partnerships.models import AgreementDraft, TwinningStep
from tests.factories import make_draft, make_twinning

pytestmark = pytest.mark.django_db

NAME, IN_POLISH = "Ганна Шевченко", "Hanna Szewczenko"


def drafted(twinning, version=1, signs=(NAME, IN_POLISH), **changes):
    row = make_draft(twinning, version=version, **changes)
    terms = row.terms
    terms["parties"][0]["signatories"] = list(signs)
    terms["clauses"] = [f"Відповідає {signs[0]}.", f"Odpowiada {signs[1]}."]
    texts = [[["title", "", "Угода"], ["clause", "1.1.", f"Підписує {signs[0]}"]], [["title", "", signs[1]]]]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(MEANT, ["on"])
        AgreementDraft.objects.filter(pk=row.pk).update(terms=terms, first=texts[0], second=texts[1])
        cursor.execute(MEANT, [""])
    return row


def words(row):
    row.refresh_from_db()
    return f"{row.terms} {row.first} {row.second}"


def step(twinning, kind="signed", **changes):
    fields = {"happened_on": "2026-05-01", "actor_kind": "system", "number": "1"} | changes
    return TwinningStep.objects.create(twinning=twinning, kind=kind, **fields)


@pytest.mark.parametrize("name", [NAME, " ганна  шевченко ", IN_POLISH, IN_POLISH.upper()])
def test_a_name_in_either_language_is_blanked_in_both(name):
    twinning = make_twinning()
    row, other = drafted(twinning), drafted(make_twinning(), signs=("Іван Франко", "Iwan Franko"))
    assert forget_names([name]) == 1
    assert NAME not in words(row)
    assert IN_POLISH not in words(row)
    assert row.first[1] == ["clause", "1.1.", f"Підписує {BLANK}"]
    assert row.terms["parties"][0]["signatories"] == ["", ""]
    assert "Іван Франко" in words(other)
    entry = JournalEntry.objects.about(twinning).get()
    assert entry.verb == "twinning.draft_names_forgotten"
    assert forget_names([name]) == 0


def test_what_was_signed_keeps_its_last_version_alone():
    twinning = make_twinning()
    first, letter, last = drafted(twinning), drafted(twinning, kind="letter"), drafted(twinning, version=2)
    step(twinning)
    assert forget_names([NAME]) == 2
    assert (NAME in words(first), NAME in words(letter), NAME in words(last)) == (False, False, True)


def test_a_step_that_was_withdrawn_signs_nothing():
    twinning = make_twinning()
    row = drafted(twinning)
    step(twinning, withdrawn_at="2026-05-02T00:00:00Z")
    step(twinning, "council_decided")
    assert forget_names([NAME]) == 1
    assert NAME not in words(row)


def test_nothing_else_of_a_draft_changes_and_nothing_unless_it_is_meant():
    row = drafted(make_twinning())
    assert forget_names(["", "Шевченко Тарас"]) == 0
    rows = AgreementDraft.objects.filter(pk=row.pk)

    def is_refused(is_meant, act):
        with pytest.raises(DatabaseError), transaction.atomic():  # noqa: PT012
            connection.cursor().execute(MEANT, ["on" if is_meant else ""])
            act()

    is_refused(False, lambda: rows.update(first=[["title", "", "x"]]))
    is_refused(True, lambda: rows.update(version=7))
    is_refused(True, rows.delete)
    assert NAME in words(row)
