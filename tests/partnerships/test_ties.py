"""Features of hromada and candidate: plain numbers, known twinnings as examples, parts that add up to the score."""

import numpy as np
import pytest

from partnerships import ties
from partnerships.ties import FEATURES, PARTS, Coefficients, Known, Places, Twinnings

LVIV, TERNOPIL, ODESA, NOWHERE = range(4)
HROMADAS = [
    (49.84, 24.03, 720_000, "UA", "lviv", None),
    (49.55, 25.59, 227_000, "UA", "ternopil", None),
    (46.48, 30.73, 1_010_000, "UA", "odesa", None),
    (None, None, None, "UA", "", None),
]
PRZEMYSL, RZESZOW, LUBLIN, BREMEN, DUNNO = range(5)
CANDIDATES = [
    (49.78, 22.77, 60_000, "PL", "PL82", False),
    (50.04, 22.00, 196_000, "PL", "PL82", False),
    (51.25, 22.57, 340_000, "PL", "PL81", False),
    (53.08, 8.80, 567_000, "DE", "DE50", False),
    (None, None, None, "", "", None),
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


def test_rank_in_region():
    rows = [
        (0, 0, 10, "PL", "a", None),
        (0, 0, 30, "PL", "a", None),
        (0, 0, 10, "PL", "a", None),
        (0, 0, 5, "PL", "a", None),
        (0, 0, 7, "PL", "b", None),
        (0, 0, 9, "DE", "b", None),
        (0, 0, None, "PL", "a", None),
        (0, 0, 99, "PL", "", None),
    ]
    expected = [2, 1, 2, 4, 1, 1, np.nan, np.nan]
    assert np.array_equal(ties.rank_in_region(Places.of(rows)), expected, equal_nan=True)
    assert np.array_equal(ties.rank_in_region(Places.of(rows[::-1])), expected[::-1], equal_nan=True)
    assert len(ties.rank_in_region(Places.of([]))) == 0


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
    # Ternopil is a neighbour of Lviv, Odesa is not: what Ternopil has speaks for the same and for what lies near it.
    share = features["neighbours_share"]
    assert share[RZESZOW] > share[PRZEMYSL] > share[BREMEN]
    assert features["country_with_neighbours"][PRZEMYSL] > features["country_with_neighbours"][BREMEN]
    assert features["region_with_neighbours"][PRZEMYSL] > features["region_with_neighbours"][LUBLIN] == 0
    assert (features["without_ukrainian"] < 0).tolist() == [False, True, False, True, False]


def test_ties_of_the_oblast():
    hromadas = [*HROMADAS, (49.35, 23.5, 120_000, "UA", "lviv", None)]
    drohobych = len(HROMADAS)
    features = world(ours=[(drohobych, PRZEMYSL)], hromadas=hromadas).features(LVIV)
    assert features["region_with_oblast"].tolist() == [np.log(2), np.log(2), 0, 0, 0]
    assert (
        not world(ours=[(drohobych, PRZEMYSL)], hromadas=hromadas).features(ODESA)["region_with_oblast"].any()
    )


def test_the_centre_of_an_oblast_looks_for_centres_of_regions():
    hromadas = [*HROMADAS, (49.35, 23.5, 120_000, "UA", "lviv", None)]
    known = world(hromadas=hromadas)
    assert known.features(LVIV)["centres"][:4].tolist() == [-np.log(2), 0, 0, 0]
    assert not known.features(len(HROMADAS))["centres"][:4].any()


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
    assert [parts[name][DUNNO] for name in ("distance", "size", "level")] == [0, 0, 0]
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
    for part in ("country", "region", "neighbours"):
        assert after[part][LUBLIN] >= before[part][LUBLIN], part


def same(one, other):
    for name in FEATURES:
        assert np.allclose(one[name], other[name], equal_nan=True), name
