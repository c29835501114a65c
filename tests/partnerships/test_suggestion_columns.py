"""A fresh worker begins with the columns that an earlier one kept, and comes to the same lists as one that read all."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from alliance.core.journal import record
from members.models import Member
from partnerships import kept_columns
from partnerships.actions import suggestion_columns
from partnerships.actions.suggestion_columns import (
    KEEP_EVERY,
    LONGEST_KEPT,
    LONGEST_TRUSTED,
    Candidates,
    keep_columns,
)
from partnerships.actions.suggestions import refresh_suggestions
from partnerships.actions.weights import change_match_weights, current_weights
from partnerships.actions.wishes import change_partner_wish
from partnerships.models import CandidateColumns, Suggestion, SuggestionList
from partnerships.models.suggestions import PARTS
from tests.factories import (
    make_listing,
    make_match,
    make_member,
    make_sector,
    make_template,
    make_twinning,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept():
    """Two hromadas and three cities, whose columns were kept; the worker that kept them."""
    energy, generator = make_sector(), make_template(code="generator")
    lviv, kharkiv = make_member(country="UA"), make_member(country="UA")
    gdynia, lyon, bonn = make_member(), make_member(country="FR"), make_member(country="DE")
    for member in (lviv, lyon):
        member.sectors.add(energy)
    make_listing(None, {"template": generator, "quantity": 5, "unit": "piece"}, kind="need", member=lviv)
    make_listing(None, {"template": generator, "quantity": 9, "unit": "piece"}, member=bonn)
    worker = Candidates()
    refresh_suggestions(memory=worker)
    assert CandidateColumns.objects.count() == 1
    return worker, lviv, kharkiv, gdynia, lyon, bonn


def much_changes(kept) -> None:
    """After the columns were kept: of all that a score asks."""
    _worker, lviv, kharkiv, gdynia, lyon, bonn = kept
    user = make_user()
    newcomer = make_member(country="ES")
    record("member.approved", newcomer, by=user)
    Member.objects.filter(pk=gdynia.pk).update(languages_spoken=["mt"])
    record("member.edited", gdynia, by=user)
    bus = make_listing(
        None, {"item": "school bus", "quantity": 2, "unit": "piece"}, kind="need", member=kharkiv
    )
    record("listing.published", bus, by=user)
    record("match.accepted", make_match(lviv, make_member(status="on_hold")), by=user)
    record("twinning.declared", make_twinning(kharkiv, lyon), by=user)
    change_partner_wish(member=bonn, is_looking=True, capacity=2, countries=["UA"], by=user)
    change_match_weights(points=dict.fromkeys(PARTS, 5) | {"needs": 50}, attention_cap=400, by=user)


def lists(memory: Candidates) -> dict[int, list]:
    """What the columns answer for everybody."""
    memory.refresh(current_weights().weights)
    found = {}
    for pk, one in memory.profiles(memory.keys()).items():
        columns = memory.of_other_side(one)
        totals = dict(zip(columns.keys.tolist(), columns.scores(one).tolist(), strict=True))
        best = [(int(columns.keys[row]), is_kept) for row, is_kept in columns.best(one)]
        found[pk] = [totals, best, columns.counts(one)]
    return found


def no_reading(monkeypatch) -> None:
    def read(*_args):
        raise AssertionError("read all members")

    monkeypatch.setattr(Candidates, "_read_all", read)


def test_cold_as_warm_as_read_anew(kept, monkeypatch):
    much_changes(kept)
    warm, anew = lists(kept[0]), Candidates()
    anew.look_after()
    anew.rows = {side: rows.changed(rows.keys.tolist(), ()) for side, rows in anew.rows.items()}
    anew._read_all(timezone.now())
    expected = lists(anew)
    no_reading(monkeypatch)
    cold = lists(Candidates())
    assert cold == warm == expected
    assert len(cold) == 6


def test_a_fresh_worker_makes_the_same_rows(kept, monkeypatch):
    no_reading(monkeypatch)
    names = ("member", "other", "total", "parts", "place_in_list", "is_kept_seat")
    found = []
    for worker in (kept[0], Candidates()):
        SuggestionList.objects.update(is_stale=True)
        assert refresh_suggestions(memory=worker) == 5
        found.append(list(Suggestion.objects.order_by("member", "place_in_list").values(*names)))
    warm, cold = found
    assert cold == warm
    assert len(cold) == 12


def test_who_left_since_is_not_proposed(kept, monkeypatch):
    """Also when no journal says so."""
    _worker, lviv, _kharkiv, gdynia, lyon, bonn = kept
    no_reading(monkeypatch)
    Member.objects.filter(pk=gdynia.pk).update(status="on_hold")
    record("member.held", gdynia, by=make_user())
    change_partner_wish(member=bonn, is_looking=False, capacity=1, by=make_user())
    Member.objects.filter(pk=lyon.pk).update(status="on_hold")
    SuggestionList.objects.update(is_stale=True)
    cold = Candidates()
    refresh_suggestions(memory=cold)
    assert not Suggestion.objects.filter(member=lviv).exists()
    assert {gdynia.pk, bonn.pk}.isdisjoint(cold.keys())


def test_what_was_cut_short_is_read_anew_and_kept_again(kept, caplog):
    whole = CandidateColumns.objects.get()
    CandidateColumns.objects.update(data=bytes(whole.data)[:-40])
    expected = lists(kept[0])
    cold = Candidates()
    assert lists(cold) == expected
    assert "damaged" in caplog.text
    cold.look_after()
    assert kept_columns.unpacked(CandidateColumns.objects.get().data).keys() == {True, False}


def test_another_format_is_not_read_and_gives_way(kept, monkeypatch):
    monkeypatch.setattr(kept_columns, "FORMAT", kept_columns.FORMAT + 1)
    monkeypatch.setattr(kept_columns, "unpacked", lambda _data: pytest.fail("it was read"))
    cold = Candidates()
    cold.refresh(current_weights().weights)
    assert len(cold.keys()) == 5
    cold.look_after()
    assert CandidateColumns.objects.get().format == kept_columns.FORMAT


def test_what_is_too_old_is_not_begun_with(kept):
    before = timezone.now() - LONGEST_TRUSTED - timedelta(minutes=1)
    CandidateColumns.objects.update(read_at=before, all_read_at=before)
    cold = Candidates()
    cold.refresh(current_weights().weights)
    assert cold.all_read_at > before


def test_all_are_read_anew_when_nobody_waits(kept, monkeypatch):
    """By whoever is first; others take up what it kept."""
    monkeypatch.setattr(suggestion_columns, "LONGEST_TRUSTED", timedelta(days=2))
    before = timezone.now() - LONGEST_KEPT - timedelta(minutes=1)
    CandidateColumns.objects.update(read_at=before, all_read_at=before)
    first, second = Candidates(), Candidates()
    for worker in (first, second):
        worker.refresh(current_weights().weights)
        assert worker.all_read_at == before
    first.look_after()
    assert CandidateColumns.objects.get().all_read_at == first.all_read_at > before
    no_reading(monkeypatch)
    second.look_after()
    assert second.all_read_at == first.all_read_at


def test_kept_again_after_an_hour_or_many_changes(kept, monkeypatch):
    worker, lviv, *_others = kept
    first = CandidateColumns.objects.get().read_at

    def again() -> bool:
        worker.refresh(current_weights().weights)
        worker.look_after()
        return CandidateColumns.objects.get().read_at > first

    record("member.edited", lviv, by=make_user())
    assert not again()
    monkeypatch.setattr(suggestion_columns, "KEEP_AFTER", 0)
    assert again()
    monkeypatch.undo()
    first -= KEEP_EVERY
    CandidateColumns.objects.update(read_at=first, all_read_at=first)
    assert again()


def test_of_two_workers_the_one_that_read_later_wins(kept):
    now = timezone.now()
    for data, read_at in ((b"new", now), (b"old", now - timedelta(seconds=1))):
        keep_columns(data, read_at=read_at, all_read_at=read_at)
    row = CandidateColumns.objects.get()
    assert (bytes(row.data), row.read_at) == (b"new", now)


def test_there_is_one_row():
    now = timezone.now()
    with pytest.raises(IntegrityError), transaction.atomic():
        CandidateColumns.objects.create(id=2, format=1, read_at=now, all_read_at=now, data=b"")


def test_queries_do_not_grow_with_members(kept):
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            lists(Candidates())
        return len(found)

    counts = []
    for more in (1, 3):
        for _n in range(more):
            record("member.approved", make_member(), by=make_user())
        counts.append(queries())
    assert counts[0] == counts[1] < 45
