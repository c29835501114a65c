"""How well the score of members finds real partners: for each hromada all municipalities of the Union with 5,000
inhabitants or more are ranked, and we look where the partners stand that it has. The recipe: docs/ties.md.

`OUT=ranking.csv` writes the 500 best of every hromada; `WEIGHTS=…` the coefficients, as partnerships/data/ties.json.
"""

import csv
import json
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from bench import twin_data
from bench.tables import show
from bench.twin_data import Data
from bench.twin_learning import Choice, learn
from bench.twin_portal import PortalScore
from partnerships.learnt import Learnt
from partnerships.match_parts import TENTHS
from partnerships.ties import FEATURES, Coefficients, Floats, Known

SEEDS = (1, 2, 3)
FOLDS = 5
OTHERS = 3_000  # candidates that stand for all when weights are learnt
RIDGE = 10.0
CUTS = (20, 100, 500)
BEST = 500  # rows of a hromada in OUT
RESAMPLES = 2_000
PORTAL = "the sum that members read"
PLAIN = ("near", "alike", "large", "twinnings", "country_with_ukraine", "region_with_oblast", "has_twinnings")
METHODS = {
    "distance + size": ("near", "alike"),
    "logistic regression, 7 features": PLAIN,
    "features": FEATURES,
}


@dataclass(frozen=True)
class Place:
    """Where one real partner was ranked. ``within``: share of the other candidates of its country that stand behind."""

    hromada: int
    rank: float  # 1 is the first
    within: float


def run(size: int) -> None:
    """The data set is what it is: ``size`` changes nothing."""
    if absent := twin_data.missing(twin_data.FOLDER):
        print(f"Skipped: {', '.join(absent)} not in {twin_data.FOLDER}.")
        print("twins: skipped")
        return
    data = twin_data.read(twin_data.FOLDER)
    known = Known(data.hromadas, data.candidates, data.ours, data.theirs)
    twinned = np.unique(data.ours.one)
    small = int((data.ours.other < 0).sum())
    print(
        f"{len(data.candidates):,} candidates in {len(twin_data.UNION)} countries; {len(data.ours)} twinnings of "
        f"{len(twinned)} hromadas, {small} of them with places too small to be candidates; "
        f"{len(data.theirs):,} ends of twinnings among Europeans.",
        flush=True,
    )
    places = cross_validated(known)
    report(places, small)
    coefficients = learnt(known, choices_of(known, twinned), FEATURES)
    show("coefficients", ["feature", "weight"], list(zip(FEATURES, coefficients.weight, strict=True)))
    show("points", ["part", "points"], list(learnt_shares(coefficients).points.items()))
    if weights := os.environ.get("WEIGHTS"):
        write_weights(Path(weights), coefficients, len(data.ours))
    if out := os.environ.get("OUT"):
        write_ranking(Path(out), data, known, coefficients)
    print(f"twins: {recall(places[PORTAL], 100):.3f}")


# --- Cross-validation by hromada ---------------------------------------------------------------------------


def cross_validated(known: Known) -> dict[str, list[Place]]:
    """For each seed the hromadas fall into `FOLDS`; a fold is ranked with weights and history of the others alone."""
    found: dict[str, list[Place]] = {"random": [], PORTAL: [], **{method: [] for method in METHODS}}
    twinned = np.unique(known.ours.one)
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        shuffled = rng.permutation(twinned)
        for fold in range(FOLDS):
            tested = shuffled[fold::FOLDS]
            hidden = np.isin(known.ours.one, tested)
            choices = choices_of(known, np.setdiff1d(twinned, tested), hidden)
            models = {method: learnt(known, choices, names) for method, names in METHODS.items()}
            portal = PortalScore(known, hidden, learnt_shares(models["features"]))
            for hromada in tested:
                found[PORTAL] += places_of(known, hromada, portal.of(hromada))
                features = known.features(hromada, hidden)
                found["random"] += places_of(known, hromada, rng.random(len(known.candidates)))
                for method, model in models.items():
                    found[method] += places_of(known, hromada, model.score(features))
            print(f"seed {seed}, fold {fold + 1} of {FOLDS}", flush=True)
    return found


@dataclass(frozen=True)
class Sample:
    """One hromada to learn from: values (partners + others, features), unknown nan, its partners first."""

    values: Floats
    partners: int
    stands_for: float


def choices_of(known: Known, hromadas: Sequence[int], hidden: np.ndarray | None = None) -> list[Sample]:
    """Of each hromada its partners and a sample of the other candidates, the same for the same hromada."""
    samples = []
    for hromada in hromadas:
        partners = partners_of(known, hromada)
        if not len(partners):
            continue
        others = np.setdiff1d(np.arange(len(known.candidates)), partners)
        count = min(OTHERS, len(others))
        sampled = np.random.default_rng(int(hromada)).choice(others, count, replace=False)
        features = known.features(hromada, hidden)
        rows = np.concatenate([partners, sampled])
        values = np.stack([features[name][rows] for name in FEATURES], axis=1)
        samples.append(Sample(values, len(partners), len(others) / count))
    return samples


def partners_of(known: Known, hromada: int) -> np.ndarray:
    partners = np.unique(known.ours.other[known.ours.one == hromada])
    return partners[partners >= 0]


def learnt(known: Known, samples: Sequence[Sample], names: Sequence[str]) -> Coefficients:
    """The coefficients of all features: those that are not in ``names`` weigh nothing."""
    others = np.concatenate([sample.values[sample.partners :] for sample in samples])
    mean, scale = np.nanmean(others, axis=0), np.nanstd(others, axis=0)
    scale = np.where(scale > 0, scale, 1.0)
    chosen = [FEATURES.index(name) for name in names]
    choices = [
        Choice(
            np.nan_to_num((sample.values - mean) / scale, nan=0.0)[:, chosen],
            sample.partners,
            sample.stands_for,
        )
        for sample in samples
    ]
    weight = np.zeros(len(FEATURES))
    weight[chosen] = learn(choices, ridge=RIDGE, floor=0.0)
    return Coefficients(weight, mean, scale)


def places_of(known: Known, hromada: int, scores: Floats) -> Iterator[Place]:
    """Ties count half. Within a country the partner is compared with those that are no partners."""
    partners = partners_of(known, hromada)
    is_other = np.ones(len(scores), bool)
    is_other[partners] = False
    for partner in partners:
        ahead, level = (scores > scores[partner]).sum(), (scores == scores[partner]).sum() - 1
        same = scores[is_other & (known.candidates.country == known.candidates.country[partner])]
        behind = (same < scores[partner]).sum() + (same == scores[partner]).sum() / 2
        yield Place(int(hromada), 1 + ahead + level / 2, behind / len(same) if len(same) else np.nan)


# --- Figures -----------------------------------------------------------------------------------------------


def report(places: dict[str, list[Place]], small: int) -> None:
    rows = []
    for method, found in places.items():
        cells = [with_interval(found, lambda part, cut=cut: recall(part, cut)) for cut in CUTS]
        rows.append([method, *cells, with_interval(found, within_country)])
    head = ["method", *(f"recall@{cut}" for cut in CUTS), "AUC within the country"]
    show(
        f"{len(SEEDS)} times {FOLDS} folds by hromada; 95 % of {RESAMPLES:,} resamples of hromadas",
        head,
        rows,
    )
    found = places[PORTAL]
    pairs = len(found) / len(SEEDS)
    print(
        f"{PORTAL}, recall@100: mean over hromadas {recall_by_hromada(found, 100):.3f}; by seed "
        + ", ".join(
            f"{recall(part, 100):.3f}" for part in np.array_split(np.array(found, object), len(SEEDS))
        )
        + f"; with the {small} too small counted as missed {recall(found, 100) * pairs / (pairs + small):.3f}"
    )


def recall(places: Sequence[Place], cut: int) -> float:
    return float(np.mean([place.rank <= cut for place in places]))


def recall_by_hromada(places: Sequence[Place], cut: int) -> float:
    return float(np.mean([recall(own, cut) for own in by_hromada(places)]))


def within_country(places: Sequence[Place]) -> float:
    return float(np.nanmean([place.within for place in places]))


def by_hromada(places: Sequence[Place]) -> list[list[Place]]:
    groups: dict[int, list[Place]] = {}
    for place in places:
        groups.setdefault(place.hromada, []).append(place)
    return list(groups.values())


def with_interval(places: Sequence[Place], figure: Callable[[Sequence[Place]], float]) -> str:
    """The figure, and between which two it lies in 95 % of the draws of as many hromadas with replacement. The
    figure is a mean over places, so sums and counts by hromada are all that the draws need."""
    groups = by_hromada(places)
    counts = np.array([len(group) for group in groups])
    sums = np.array([figure(group) for group in groups]) * counts
    known = np.isfinite(sums)
    counts, sums = counts[known], sums[known]
    drawn = np.random.default_rng(0).integers(len(counts), size=(RESAMPLES, len(counts)))
    low, high = np.percentile(sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1), [2.5, 97.5])
    return f"{figure(places):.3f} ({low:.3f}–{high:.3f})"


# --- Files -------------------------------------------------------------------------------------------------


def write_weights(path: Path, coefficients: Coefficients, pairs: int) -> None:
    table = {
        "made_by": "make bench-twins WEIGHTS=partnerships/data/ties.json",
        "made_on": date.today().isoformat(),  # noqa: DTZ011 - a day of the calendar on the wall
        "learnt_from": f"{pairs} twinnings",
        "features": table_of(coefficients),
    }
    path.write_text(json.dumps(table, indent=2) + "\n")
    print(f"Coefficients: {path}")


def table_of(coefficients: Coefficients) -> dict[str, dict[str, float]]:
    columns = zip(FEATURES, coefficients.weight, coefficients.mean, coefficients.scale, strict=True)
    return {
        name: {"weight": round(float(w), 4), "mean": round(float(m), 4), "scale": round(float(s), 4)}
        for name, w, m, s in columns
    }


def learnt_shares(coefficients: Coefficients) -> Learnt:
    """As the portal would ship them."""
    return Learnt(table_of(coefficients))


def write_ranking(path: Path, data: Data, known: Known, coefficients: Coefficients) -> None:
    """By the sum that members read, in points; best first, among equals the one that the features speak for. A
    hromada's own twinnings are hidden from its ranking."""
    learnt, twinned = learnt_shares(coefficients), set(known.ours.one.tolist())
    everything = PortalScore(known, np.zeros(len(known.ours), bool), learnt)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["ua_katottg", "partner_gisco_id", "score"])
        for hromada, code in enumerate(data.hromada_codes):
            own = known.ours.one == hromada
            portal = PortalScore(known, own, learnt) if hromada in twinned else everything
            points = portal.of(hromada)
            order = np.lexsort((-coefficients.score(known.features(hromada)), -points))
            for best in order[:BEST]:
                writer.writerow([code, data.candidate_codes[best], f"{points[best] / TENTHS:.1f}"])
            if hromada % 300 == 299:
                print(f"ranked {hromada + 1:,} of {len(data.hromada_codes):,} hromadas", flush=True)
    print(f"Ranking: {path}")
