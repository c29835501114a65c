"""Features of hromada and candidate: plain numbers, known twinnings as examples, parts that add up to the score."""

import json

import numpy as np
import pytest

from partnerships import ties
from partnerships.actions.weights import TABLE
from partnerships.learnt import Learnt, shipped
from partnerships.match_parts import size_step
from partnerships.ties import FEATURES, PARTS, Coefficients, Known, Places, Twinnings

LVIV, TERNOPIL, ODESA, NOWHERE = range(4)
HROMADAS = [
    (49.84, 24.03, 720_000, "UA", "lviv"),
    (49.55, 25.59, 227_000, "UA", "ternopil"),
    (46.48, 30.73, 1_010_000, "UA", "odesa"),
    (None, None, None, "UA", ""),
]
PRZEMYSL, RZESZOW, LUBLIN, BREMEN, DUNNO = range(5)
CANDIDATES = [
    (49.78, 22.77, 60_000, "PL", "PL82"),
    (50.04, 22.00, 196_000, "PL", "PL82"),
    (51.25, 22.57, 340_000, "PL", "PL81"),
    (53.08, 8.80, 567_000, "DE", "DE50"),
    (None, None, None, "", ""),
]


def twinnings(pairs, places):
    one, other = zip(*pairs, strict=True) if pairs else ((), ())
    return Twinnings(np.array(one, int), np.array(other, int), Places.of(places).take(np.array(other, int)))


def world(
    ours=((TERNOPIL, RZESZOW), (ODESA, BREMEN)), theirs=((RZESZOW, BREMEN), (BREMEN, RZESZOW)), **changed
):
    hromadas = changed.get("hromadas", HROMADAS)
    candidates = changed.get("candidates", CANDIDATES)
    return Known(
        Places.of(hromadas), Places.of(candidates), twinnings(ours, candidates), twinnings(theirs, candidates)
    )


def plain():
    """Each feature as it is."""
    count = len(FEATURES)
    return Coefficients(weight=np.ones(count), mean=np.zeros(count), scale=np.ones(count))


# --- Plain numbers -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("a", "b", "km"),
    [
        ((49.84, 24.03), (49.84, 24.03), 0),
        ((49.84, 24.03), (50.04, 22.00), 147),
        ((0, 0), (0, 180), 20015),
        ((90, 0), (90, 120), 0),
        ((10, 179.5), (10, -179.5), 110),
    ],
)
def test_distance(a, b, km):
    vectors = ties.unit_vectors(*a), ties.unit_vectors(*b)
    assert ties.distance_km(*vectors) == pytest.approx(km, abs=1.5)
    assert ties.distance_km(*vectors) == ties.distance_km(*vectors[::-1])


def test_distance_of_one_and_many_is_that_of_each_pair():
    places = Places.of(CANDIDATES)
    every = ties.distance_km(places.vectors[RZESZOW], places.vectors)
    one_by_one = [ties.distance_km(places.vectors[RZESZOW], vector) for vector in places.vectors]
    assert np.array_equal(every, one_by_one, equal_nan=True)
    assert np.isnan(every[DUNNO])


@pytest.mark.parametrize(
    ("a", "b", "ratio"),
    [
        (5_000, 5_000, 0),
        (10_000, 20_000, np.log(2)),
        (1, 1_000_000, np.log(1e6)),
        (np.nan, 5, np.nan),
        (0, 5, np.nan),
    ],
)
def test_ratio_of_sizes(a, b, ratio):
    assert ties.size_ratio(a, b) == pytest.approx(ratio, nan_ok=True)
    assert ties.size_ratio(b, a) == pytest.approx(ratio, nan_ok=True)


# --- Features ----------------------------------------------------------------------------------------------


def test_every_feature_has_one_part_and_one_value_per_candidate():
    features = world().features(LVIV)
    assert sorted(features) == sorted(FEATURES)
    assert len(FEATURES) == len(set(FEATURES)) == sum(map(len, PARTS.values()))
    assert {values.shape for values in features.values()} == {(len(CANDIDATES),)}


def test_what_the_features_say():
    features = world().features(LVIV)
    assert list(np.argsort(-features["near"])[:4]) == [PRZEMYSL, RZESZOW, LUBLIN, BREMEN]
    assert np.nanargmax(features["alike"]) == BREMEN
    assert features["twinnings"][RZESZOW] == pytest.approx(np.log(2))
    assert features["has_twinnings"][[PRZEMYSL, RZESZOW]].tolist() == [0, 1]
    assert (features["without_ukrainian"] < 0).tolist() == [False, True, False, True, False]


def test_ties_of_the_oblast():
    hromadas = [*HROMADAS, (49.35, 23.5, 120_000, "UA", "lviv")]
    drohobych = len(HROMADAS)
    features = world(ours=[(drohobych, PRZEMYSL)], hromadas=hromadas).features(LVIV)
    assert features["region_with_oblast"].tolist() == [np.log(2), np.log(2), 0, 0, 0]
    assert (
        not world(ours=[(drohobych, PRZEMYSL)], hromadas=hromadas).features(ODESA)["region_with_oblast"].any()
    )


def test_ties_of_the_country():
    known = world(
        ours=[(TERNOPIL, RZESZOW), (ODESA, PRZEMYSL)], theirs=[(RZESZOW, BREMEN), (BREMEN, RZESZOW)]
    )
    features = known.features(LVIV)
    expected = [np.log(2.5 / 101)] * 3 + [np.log(0.5 / 101)]
    assert features["country_with_ukraine"][:4] == pytest.approx(expected)
    assert not features["country_with_oblast"].any()  # Lviv's has none
    assert features["border"].tolist() == [1, 1, 1, 0, 0]
    hromadas = [*HROMADAS, (49.35, 23.5, 120_000, "UA", "lviv")]
    of_oblast = world(ours=[(len(HROMADAS), PRZEMYSL)], hromadas=hromadas).features(LVIV)
    assert of_oblast["country_with_oblast"].tolist() == [np.log(2)] * 3 + [0, 0]


def test_neighbours_of_both():
    hromadas = [*HROMADAS, (49.7, 23.9, 10_000, "UA", "lviv")]
    candidates = [*CANDIDATES, (49.9, 22.6, 9_000, "PL", "PL82")]
    known = world(ours=[(len(HROMADAS), PRZEMYSL)], hromadas=hromadas, candidates=candidates)
    assert known.features(LVIV)["neighbours"].tolist() == [np.log(2), 0, 0, 0, 0, np.log(2)]
    assert not known.features(ODESA)["neighbours"].any()


@pytest.mark.parametrize("hromada", range(4))
def test_own_twinnings_change_nothing(hromada):
    others = [(TERNOPIL, RZESZOW), (ODESA, BREMEN), (LVIV, LUBLIN)]
    rest = [pair for pair in others if pair[0] != hromada]
    own = [(hromada, PRZEMYSL), (hromada, RZESZOW), (hromada, DUNNO)]
    same(world(ours=rest + own).features(hromada), world(ours=rest).features(hromada))


def test_hidden_twinnings_are_as_if_nobody_knew_of_them():
    ours = [(TERNOPIL, RZESZOW), (ODESA, BREMEN), (TERNOPIL, LUBLIN)]
    hidden = np.array([True, False, True])
    same(world(ours=ours).features(LVIV, hidden), world(ours=ours[1:2]).features(LVIV))


def test_the_order_of_the_rows_changes_nothing():
    before, turn = world(), np.arange(len(CANDIDATES))[::-1]
    back = [(len(HROMADAS) - 1 - one, turn[other]) for one, other in ((ODESA, BREMEN), (TERNOPIL, RZESZOW))]
    among = [(turn[BREMEN], turn[RZESZOW]), (turn[RZESZOW], turn[BREMEN])]
    after = world(ours=back, theirs=among, hromadas=HROMADAS[::-1], candidates=CANDIDATES[::-1])
    for hromada in range(len(HROMADAS)):
        turned = after.features(len(HROMADAS) - 1 - hromada)
        same({name: values[turn] for name, values in turned.items()}, before.features(hromada))


def test_nothing_known_at_all():
    features = world(ours=(), theirs=()).features(LVIV)
    assert plain().score(features).shape == (len(CANDIDATES),)
    assert len(world(ours=(), theirs=(), candidates=[]).features(LVIV)["near"]) == 0


# --- The score ---------------------------------------------------------------------------------------------


def test_parts_add_up_to_the_score():
    coefficients = Coefficients.load()
    features = world().features(LVIV)
    parts = coefficients.parts(features)
    assert list(parts) == list(PARTS)
    assert np.allclose(sum(parts.values()), coefficients.score(features))


def test_unknown_gives_and_takes_nothing():
    coefficients = Coefficients.load()
    known = world()
    parts = coefficients.parts(known.features(LVIV))
    assert [parts[name][DUNNO] for name in ("distance", "size")] == [0, 0]
    parts = coefficients.parts(known.features(NOWHERE))
    assert not parts["distance"].any()
    assert np.isfinite(coefficients.score(known.features(NOWHERE))).all()


def test_an_average_candidate_has_no_points():
    coefficients = Coefficients.load()
    features = {name: np.array([mean]) for name, mean in zip(FEATURES, coefficients.mean, strict=True)}
    assert coefficients.score(features) == pytest.approx(0)


def test_more_of_a_feature_never_counts_less():
    """The weights that the portal ships, and a twinning more of a neighbour."""
    coefficients = Coefficients.load()
    assert (coefficients.weight >= 0).all()
    assert (coefficients.weight > 0).any()
    assert (coefficients.scale > 0).all()
    before = coefficients.parts(world().features(LVIV))
    after = coefficients.parts(
        world(ours=[(TERNOPIL, RZESZOW), (ODESA, BREMEN), (TERNOPIL, LUBLIN)]).features(LVIV)
    )
    for part in ("countries", "ties"):
        assert after[part][LUBLIN] >= before[part][LUBLIN], part


# --- What the portal makes of them ---------------------------------------------------------------------------


def test_the_weights_that_are_shipped_are_what_was_learnt():
    table = json.loads(TABLE.read_text())["points"]
    assert {name: table[name] for name in shipped().points} == shipped().points
    assert sum(table.values()) == 100


def test_shares_are_what_the_features_say():
    """Shares of `partnerships.learnt` order candidates as the learnt parts do, within a rounded step."""
    coefficients, learnt = Coefficients.load(), shipped()
    parts = coefficients.parts(world().features(LVIV))
    lviv, *others = (size_step(row[2]) for row in (HROMADAS[LVIV], *CANDIDATES[:4]))
    per_share = {name: (high - low) / 1000 for name, (low, high) in learnt.ends.items()}
    sizes = (
        np.array([learnt.size(lviv, other) for other in others]) * per_share["size"] + learnt.ends["size"][0]
    )
    assert sizes == pytest.approx(parts["size"][:4], abs=0.2)
    steps = [int(km / 10) for km in (91, 148, 188, 1110)]
    near = (
        np.array([learnt.distances[step] for step in steps]) * per_share["distance"]
        + learnt.ends["distance"][0]
    )
    assert near == pytest.approx(parts["distance"][:4], abs=0.1)
    for name, shares in (("ties", learnt.regions), ("twinnings", learnt.place)):
        assert list(shares) == sorted(shares), name
        assert shares[0] == 0


def test_shares_stay_between_nothing_and_all():
    learnt = shipped()
    assert max(learnt.distances) <= 1000
    assert list(learnt.distances) == sorted(learnt.distances, reverse=True)
    assert {learnt.size(one, other) >= 0 for one in range(0, 260, 20) for other in range(0, 260, 20)} == {
        True
    }
    assert (
        learnt.ties(10**6, 10**6, True) == learnt.of_place(10**6) == learnt.countries(10**6, 1, 10**6) == 1000
    )
    assert learnt.countries(0, 10**6, 0) == 0
    assert learnt.countries(5, 100, 1) > learnt.countries(4, 100, 1) > learnt.countries(4, 100, 0)


def test_nothing_learnt_weighs_nothing():
    learnt = Learnt({})
    assert set(learnt.points.values()) == {0}
    assert (learnt.size(100, 100), learnt.distances[0], learnt.ties(3, 3, True)) == (0, 0, 0)


def same(one, other):
    for name in FEATURES:
        assert np.allclose(one[name], other[name], equal_nan=True), name
