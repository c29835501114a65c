"""`make bench-twins` on a small made-up Ukraine and Union: its figures, its files, and that nothing leaks."""

import csv
import gzip
import json
import random

import numpy as np
import pytest

from bench import twin_data, twin_learning, twins
from bench.twin_portal import PortalScore
from partnerships.learnt import shipped
from partnerships.ties import FEATURES, Coefficients, Known, Twinnings

UA = ("katottg", "oblast_katottg", "lat", "lon", "population_2022")
EU = ("gisco_id", "country", "nuts3_2021", "population_2020", "lat", "lon", "degurba")
PAIR = ("ua_katottg", "partner_gisco_id")
EUROPEAN = tuple(
    f"{name}_{side}" for side in "ab" for name in ("country", "gisco_id", "lat", "lon", "population")
)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """30 hromadas, one without coordinates or inhabitants; 60 municipalities, some small, some outside the Union."""
    rng = random.Random(1)
    hromadas = [
        (f"UA{n:02}", f"UA{n % 3}", 48 + rng.random(), 24 + n % 3, 10_000 * (1 + n % 7)) for n in range(29)
    ]
    hromadas.append(("UA29", "UA2", "", "", ""))
    places = [
        (f"PL_{n:02}", "PL", f"PL8{n % 2}1", 4_900 + 1_500 * n, 50 + rng.random(), 20 + n % 3, n % 3 + 1)
        for n in range(55)
    ]
    places += [(f"CH_{n}", "CH", "CH011", 90_000, 47, 8, "") for n in range(5)]
    pairs = [(f"UA{n:02}", f"PL_{rng.randrange(10, 50):02}") for n in range(12) for _ in range(2)]
    pairs.append(("UA00", "PL_00"))
    among = [("PL", f"PL_{rng.randrange(20, 50)}", 50, 20, 9_000, "DE", "", 52, 10, "") for _ in range(25)]
    write(tmp_path / twin_data.HROMADAS, UA, hromadas)
    write(tmp_path / twin_data.MUNICIPALITIES, EU, places)
    write(tmp_path / twin_data.WITH_UNION, PAIR, pairs)
    write(tmp_path / twin_data.IN_EUROPE, EUROPEAN, among)
    monkeypatch.setattr(twin_data, "FOLDER", tmp_path)
    monkeypatch.setattr(twins, "BEST", 40)
    for name in ("OUT", "WEIGHTS"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def write(path, head, rows):
    path.parent.mkdir(exist_ok=True)
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "wt", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head, *rows])


def test_figures_and_files(folder, tmp_path, monkeypatch, capsys):
    out, weights = tmp_path / "ranking.csv", tmp_path / "ties.json"
    monkeypatch.setenv("OUT", str(out))
    monkeypatch.setenv("WEIGHTS", str(weights))
    twins.run(10_000)
    printed = capsys.readouterr().out
    assert "54 candidates in 27 countries; 25 twinnings of 12 hromadas, 1 of them" in printed
    for method in ("random", twins.PORTAL, *twins.METHODS):
        assert f"\n{method}" in printed
    assert printed.splitlines()[-1] == "twins: 1.000"
    with out.open(newline="") as file:
        head, *rows = csv.reader(file)
    assert head == ["ua_katottg", "partner_gisco_id", "score"]
    assert [row[0] for row in rows] == [f"UA{n:02}" for n in range(30) for _ in range(40)]
    for n in range(30):
        own = rows[40 * n : 40 * n + 40]
        assert len({row[1] for row in own}) == 40
        scores = [float(row[2]) for row in own]
        assert scores == sorted(scores, reverse=True)
    assert not {row[1] for row in rows} & {"PL_00", "CH_0"}
    assert list(json.loads(weights.read_text())["features"]) == list(FEATURES)
    assert Coefficients.load(weights).weight.min() >= 0


def test_absent_data_are_told(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(twin_data, "FOLDER", tmp_path)
    twins.run(10_000)
    printed = capsys.readouterr().out.splitlines()
    assert twin_data.HROMADAS in printed[0]
    assert printed[-1] == "twins: skipped"


def test_own_twinnings_are_no_evidence_for_a_hromada(folder):
    """Its features are the same, whichever partners it has; those of its neighbours are not."""
    data = twin_data.read(folder)
    own = np.flatnonzero(data.ours.one == 3)
    other, there = data.ours.other.copy(), np.arange(len(data.ours))
    other[own], there[own] = 7, np.flatnonzero(data.ours.one == 5)[0]
    changed = Twinnings(data.ours.one, other, data.ours.there.take(there))
    before, after = (
        Known(data.hromadas, data.candidates, ours, data.theirs) for ours in (data.ours, changed)
    )
    for name, values in before.features(3).items():
        assert np.array_equal(values, after.features(3)[name], equal_nan=True), name
    after_6 = after.features(6)
    assert any(
        not np.array_equal(values, after_6[name], equal_nan=True)
        for name, values in before.features(6).items()
    )


def test_places_ties_count_half():
    scores = np.array([5.0, 3.0, 3.0, 1.0])

    class Countries:
        country = np.array(["PL"] * 4)

    class Twinnings:
        one, other = np.array([0]), np.array([1])

    class World:
        candidates, ours = Countries, Twinnings

    (place,) = twins.places_of(World, 0, scores)
    assert (place.rank, place.within) == (2.5, 0.5)


# --- What learns -------------------------------------------------------------------------------------------


def choices(weights, seed=0, count=200):
    """Hromadas that choose one of 30 by ``weights``."""
    rng = np.random.default_rng(seed)
    made = []
    for _ in range(count):
        values = rng.normal(size=(30, len(weights)))
        odds = np.exp(values @ weights)
        chosen = rng.choice(30, p=odds / odds.sum())
        made.append(
            twin_learning.Choice(np.concatenate([values[[chosen]], np.delete(values, chosen, 0)]), 1, 1.0)
        )
    return made


def test_learns_the_weights_behind_the_choices():
    learnt = twin_learning.learn(choices([1.5, 0.0, -0.8]), ridge=0.1)
    assert learnt == pytest.approx([1.5, 0.0, -0.8], abs=0.25)


def test_no_weight_under_the_floor_and_the_rest_is_best():
    made = choices([1.5, 0.4, -0.8])
    learnt = twin_learning.learn(made, ridge=1.0, floor=0.0)
    without = [twin_learning.Choice(c.values[:, :2], c.partners, c.stands_for) for c in made]
    assert learnt[2] == 0
    assert learnt[:2] == pytest.approx(twin_learning.learn(without, ridge=1.0), abs=1e-3)


def test_a_ridge_pulls_to_nothing():
    made = choices([1.5, 0.4, -0.8])
    assert np.abs(twin_learning.learn(made, ridge=1e6)).max() < 0.01


def test_the_portals_score_knows_what_is_not_hidden(folder):
    data = twin_data.read(folder)
    known = Known(data.hromadas, data.candidates, data.ours, data.theirs)
    hidden = data.ours.one == 3
    seen, none = (PortalScore(known, hide, shipped()).of(4) for hide in (hidden, np.ones(len(hidden), bool)))
    assert seen.shape == (len(data.candidates),)
    assert (seen != none).any()
    own = PortalScore(known, hidden, shipped()).of(3)
    other = np.where(hidden, 7, data.ours.other)
    changed = Known(
        data.hromadas, data.candidates, Twinnings(data.ours.one, other, data.ours.there), data.theirs
    )
    assert np.array_equal(own, PortalScore(changed, hidden, shipped()).of(3))
