"""The classifier beside its peers, on the same rows and folds; outliers; the crowd's worth; speed.

`python -m bench.classifier [PART...]` prints the tables. Labelled sources come from CLAXSON_REAL_DATA, else
../shared/data. XGBoost is a peer only and no part of the project: where the package (`xgboost-cpu==3.2.0`) is
not installed, its lines are left out, saying so.
"""

import csv
import resource
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np
from astropy.coordinates import SkyCoord
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from bench.pipeline_run import real_data
from classifier import FeatureSpec, NaiveBayesClassifier
from classifier.adaptation import estimate_priors
from classifier.aggregation import aggregate_votes
from classifier.evaluation import (
    evaluate,
    evaluate_slices,
    grouped_folds,
    log_losses,
    paired_bootstrap,
    sky_groups,
    stratified_folds,
)
from classifier.features import CATEGORIES
from classifier.published_2022 import Published2022Classifier
from classifier.retraining import TrainingSet
from classifier.retraining.crowd_weight import choose_crowd_weight

FOUR = {"AGN": "agn", "LMXB": "xrb", "HMXB": "xrb", "CV": "cv"} | dict.fromkeys(
    ("LM-STAR", "HM-STAR", "YSO"), "star"
)
OURS = "NaiveBayesClassifier"
RARE = ("NS", "YSO", "HM-STAR", "LMXB", "HMXB", "CV")
SEED = 20221122
N_FOLDS = 5


@dataclass(frozen=True)
class Table:
    """Labelled sources with their properties and positions."""

    X: np.ndarray
    y: np.ndarray
    ra_deg: np.ndarray
    dec_deg: np.ndarray
    names: tuple[str, ...]

    def only(self, rows: np.ndarray, y: np.ndarray) -> "Table":
        return Table(self.X[rows], y, self.ra_deg[rows], self.dec_deg[rows], self.names)


def columns() -> tuple[dict[str, np.ndarray], np.ndarray]:
    path = real_data() / "csc_labelled" / "csc_labelled_sources.csv"
    with path.open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    numeric = [name for name in rows[0] if name not in {"name", "Class", "MW_MW"}]
    found = {name: np.array([float(row[name] or "nan") for row in rows]) for name in numeric}
    return found, np.array([row["Class"] for row in rows])


def properties() -> Table:
    """29 physical properties of the Chandra sources."""
    c, y = columns()
    sky = SkyCoord(c["ra"], c["dec"], unit="deg").galactic
    soft, medium, hard = c["Fcsc_s"], c["Fcsc_m"], c["Fcsc_h"]
    log_fx = np.log10(soft + medium + hard)
    found = {
        "abs_b": np.abs(sky.b.deg), "l": sky.l.deg, "significance": np.log10(c["significance"]),
        "log_fx": log_fx, "hr_ms": (medium - soft) / (medium + soft),
        "hr_hm": (hard - medium) / (hard + medium),
        "hr_h_ms": (hard - medium - soft) / (hard + medium + soft), "var_intra": c["var_intra_prob"],
        "var_inter": c["var_inter_prob"], "gamma": c["powlaw_gamma_mean"], "G": c["Gmag"],
        "BP_RP": c["BPmag"] - c["RPmag"], "G_RP": c["Gmag"] - c["RPmag"], "parallax_snr": c["RPlx"],
        "pm": np.log10(np.where(c["PM"] > 0, c["PM"], np.nan)), "epsi": c["epsi"], "ruwe": c["ruwe"],
        "rgeo": np.log10(c["rgeo"]), "J": c["Jmag"], "J_H": c["Jmag"] - c["Hmag"],
        "H_K": c["Hmag"] - c["Kmag"],
        "W1": c["W1mag"], "W1_W2": c["W1mag"] - c["W2mag"], "W2_W3": c["W2mag"] - c["W3mag"],
        "fx_fb": log_fx + 5.37 + c["BPmag"] / 2.5, "fx_fr": log_fx + 5.37 + c["RPmag"] / 2.5,
        "fx_fw1": log_fx + 6.95 + c["W1mag"] / 2.5, "fx_fj": log_fx + 6.95 + c["Jmag"] / 2.5,
        "log_lx": log_fx + 2 * np.log10(c["rgeo"]),
    }  # fmt: skip
    return Table(np.column_stack(list(found.values())), y, c["ra"], c["dec"], tuple(found))


def raw() -> Table:
    """The columns of the published table as they stand, without the position."""
    c, y = columns()
    names = tuple(name for name in c if name not in {"ra", "dec"})
    return Table(np.column_stack([c[name] for name in names]), y, c["ra"], c["dec"], names)


def four_classes(table: Table) -> Table:
    known = np.isin(table.y, list(FOUR))
    return table.only(known, np.array([FOUR[label] for label in table.y[known]]))


def categories(names: tuple[str, ...]) -> tuple[FeatureSpec, ...]:
    """The four categories of the 2022 formula."""
    location = {"abs_b", "l", "parallax_snr", "pm", "epsi", "ruwe", "rgeo", "log_lx"}
    spectrum = {"hr_ms", "hr_hm", "hr_h_ms", "gamma"}
    known = dict.fromkeys(location, "location") | dict.fromkeys(spectrum, "spectrum")
    known |= dict.fromkeys(("var_intra", "var_inter", "var_intra_prob", "var_inter_prob"), "variability")
    return tuple(FeatureSpec(name, category=known.get(name, "multiwavelength")) for name in names)


def filled(model: Any) -> Any:
    return make_pipeline(
        SimpleImputer(strategy="constant", fill_value=-99.0, keep_empty_features=True), model
    )


def peers(names: tuple[str, ...]) -> dict[str, Callable[[], Any]]:
    found: dict[str, Callable[[], Any]] = {
        OURS: NaiveBayesClassifier,
        "RandomForest": lambda: filled(RandomForestClassifier(300, random_state=0)),
        "RandomForest balanced": lambda: filled(
            RandomForestClassifier(300, class_weight="balanced", random_state=0)
        ),
        "HistGradientBoosting": lambda: HistGradientBoostingClassifier(random_state=0),
        "HistGradientBoosting, 100 x 8 leaves, rate .05": lambda: HistGradientBoostingClassifier(
            learning_rate=0.05, max_leaf_nodes=8, random_state=0
        ),
        "LogisticRegression": lambda: make_pipeline(
            SimpleImputer(strategy="median", add_indicator=True),
            StandardScaler(),
            LogisticRegression(max_iter=3000),
        ),
        "GaussianNB": lambda: make_pipeline(SimpleImputer(strategy="median"), GaussianNB()),
        "2022 formula, weights 1": lambda: Published2022Classifier(categories(names)),
        "2022 formula, published weights (4XMM-DR12)": lambda: Published2022Classifier(
            categories(names),
            category_weights=dict(zip(CATEGORIES, (9.0, 8.58, 7.43, 5.33), strict=True)),
            missing_weight=0.75,
        ),
    }
    if find_spec("xgboost"):
        xgboost = import_module("xgboost")
        found["XGBoost"] = lambda: xgboost.XGBClassifier(n_jobs=1)
        found["XGBoost, 200 x depth 4, rate .07"] = lambda: xgboost.XGBClassifier(
            n_estimators=200, max_depth=4, learning_rate=0.07, subsample=0.8, colsample_bytree=0.7, n_jobs=1
        )
    return found


def out_of_fold(make: Callable[[], Any], X: np.ndarray, codes: np.ndarray, fold: np.ndarray) -> np.ndarray:
    proba = np.zeros((len(codes), int(codes.max()) + 1))
    for k in np.unique(fold):
        train = fold != k
        proba[~train] = make().fit(X[train], codes[train]).predict_proba(X[~train])
    return proba


def macro_f1_error(truth: np.ndarray, proba: np.ndarray, rng: np.random.Generator) -> float:
    called, classes = proba.argmax(axis=1), np.arange(proba.shape[1])
    drawn = [rng.integers(0, len(truth), len(truth)) for _ in range(300)]
    return float(
        np.std([evaluate(truth[i], np.eye(len(classes))[called[i]], classes).macro_f1 for i in drawn])
    )


def accuracy() -> Iterator[str]:
    """Peers side by side."""
    if not find_spec("xgboost"):
        yield "XGBoost is not installed here: its lines are left out.\n"
    for title, table in (("29 properties", properties()), ("raw columns", raw())):
        for part in (four_classes(table), table):
            yield from accuracy_of(part, f"{len(set(part.y))} classes, {title}")


def accuracy_of(table: Table, title: str) -> Iterator[str]:
    classes, codes = np.unique(table.y, return_inverse=True)
    fold = stratified_folds(codes, N_FOLDS, np.random.default_rng(SEED))
    yield f"#### {title} (n = {len(codes)}, {N_FOLDS}-fold)\n"
    yield "| model | log-loss | ours minus it | Brier | ECE | class-wise | accuracy | macro-F1 | CPU s/fold |"
    yield "|---|---|---|---|---|---|---|---|---|"
    ours: np.ndarray | None = None
    for name, make in peers(table.names).items():
        started = time.process_time()
        proba = out_of_fold(make, table.X, codes, fold)
        seconds = (time.process_time() - started) / N_FOLDS
        got, rng = evaluate(codes, proba, range(len(classes))), np.random.default_rng(SEED)
        losses = log_losses(codes, proba)
        ours = losses if ours is None else ours
        d = paired_bootstrap(ours, losses, rng)
        beside = "" if name == OURS else f"{d.mean:+.3f} [{d.low:+.3f}, {d.high:+.3f}]"
        yield (
            f"| {name} | {got.log_loss:.4f} | {beside} | {got.brier:.4f} | {got.ece:.4f} "
            f"| {got.classwise_ece:.4f} | {got.accuracy:.4f} "
            f"| {got.macro_f1:.3f} ± {macro_f1_error(codes, proba, rng):.3f} | {seconds:.1f} |"
        )
        if name == OURS:
            per_class = ", ".join(f"{c} {f:.2f}" for c, f in zip(classes, got.f1, strict=True))
            slices = our_slices(table, codes, proba)
    yield f"\nOur F1 by class: {per_class}.\n"
    yield from slices


def our_slices(table: Table, codes: np.ndarray, proba: np.ndarray) -> list[str]:
    if "W1" not in table.names:
        return []
    column = {name: table.X[:, j] for j, name in enumerate(table.names)}
    lone = ~np.isfinite(column["G"]) & ~np.isfinite(column["W1"])
    parts = {
        "no Gaia, no WISE counterpart": lone,
        "significance < 5": column["significance"] < np.log10(5),
        "abs(b) < 10": column["abs_b"] < 10,
    }
    found = evaluate_slices(codes, proba, range(proba.shape[1]), parts)
    rows = [
        f"| {name} | {m.n} | {m.log_loss:.3f} | {m.accuracy:.3f} | {m.ece:.3f} |" for name, m in found.items()
    ]
    return ["| our slice | n | log-loss | accuracy | ECE |", "|---|---|---|---|---|", *rows, ""]


def sky() -> Iterator[str]:
    """Neighbours kept in one fold."""
    yield "| sky-grouped folds (1 deg cells) | log-loss | ECE | macro-F1 |"
    yield "|---|---|---|---|"
    for table in (four_classes(properties()), properties()):
        codes = np.unique(table.y, return_inverse=True)[1]
        cells = sky_groups(table.ra_deg, table.dec_deg)
        fold = grouped_folds(codes, cells, N_FOLDS, np.random.default_rng(SEED))
        got = evaluate(codes, out_of_fold(NaiveBayesClassifier, table.X, codes, fold), range(codes.max() + 1))
        yield f"| {codes.max() + 1} classes | {got.log_loss:.4f} | {got.ece:.4f} | {got.macro_f1:.3f} |"


def outliers() -> Iterator[str]:
    """One class held out at a time: does it stand out?"""
    yield "| class held out | outlier_score | 1 - max P | 2022 measure |"
    yield "|---|---|---|---|"
    table, found = properties(), []
    for name in RARE:
        strange = table.y == name
        codes = np.unique(table.y[~strange], return_inverse=True)[1]
        train = stratified_folds(codes, 3, np.random.default_rng(SEED)) > 0
        known = table.X[~strange]
        judged = np.concatenate([known[~train], table.X[strange]])
        truth = np.repeat([0, 1], [int((~train).sum()), int(strange.sum())])
        model = NaiveBayesClassifier().fit(known[train], codes[train])
        old = Published2022Classifier(categories(table.names)).fit(known[train], codes[train])
        scores = (
            model.outlier_score(judged),
            -model.predict_proba(judged).max(axis=1),
            old.outlier_measure(judged),
        )
        found.append([roc_auc_score(truth, score) for score in scores])
        yield f"| {name} | {found[-1][0]:.3f} | {found[-1][1]:.3f} | {found[-1][2]:.3f} |"
    mean = np.mean(found, axis=0)
    yield f"| mean AUROC | {mean[0]:.3f} | {mean[1]:.3f} | {mean[2]:.3f} |"


def priors() -> Iterator[str]:
    """Class shares of a catalogue without labels, recovered."""
    table = four_classes(properties())
    classes, codes = np.unique(table.y, return_inverse=True)
    fold = stratified_folds(codes, N_FOLDS, np.random.default_rng(SEED))
    proba = out_of_fold(NaiveBayesClassifier, table.X, codes, fold)
    old, rng = np.bincount(codes) / len(codes), np.random.default_rng(SEED)
    wanted = dict(zip(("agn", "star", "xrb", "cv"), (0.80, 0.16, 0.03, 0.01), strict=True))
    share = np.array([wanted[name] for name in classes])
    rows = rng.choice(len(codes), 3000, p=(share / np.bincount(codes))[codes])
    got, true = estimate_priors(proba[rows], old).priors, np.bincount(codes[rows], minlength=4) / 3000
    yield "| class | share in the sample | share in the catalogue | estimated |"
    yield "|---|---|---|---|"
    for name, *figures in zip(classes, old, true, got, strict=True):
        yield f"| {name} | " + " | ".join(f"{x:.4f}" for x in figures) + " |"
    yield f"\nLargest error {np.abs(got - true).max():.4f}.\n"


CONFUSION = np.array([  # agn, cv, star, xrb answered for each: rare classes are taken for common ones
    [0.80, 0.03, 0.09, 0.08], [0.35, 0.33, 0.17, 0.15], [0.09, 0.03, 0.84, 0.04], [0.30, 0.06, 0.12, 0.52],
])  # fmt: skip


def simulated_votes(codes: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """20 votes per source by 150 volunteers of different skill."""
    item = np.repeat(np.arange(len(codes)), 20)
    voter = np.concatenate([rng.choice(150, 20, replace=False) for _ in codes])
    skill = rng.beta(5, 2, 150)[voter]
    chances = (1 - skill[:, None]) * CONFUSION[codes[item]] + skill[:, None] * (
        0.5 * CONFUSION[codes[item]] + 0.5 * np.eye(4)[codes[item]]
    )
    label = (rng.random(len(item))[:, None] > chances.cumsum(axis=1)).sum(axis=1)
    return item, voter, np.minimum(label, 3)


def crowd() -> Iterator[str]:
    """What the crowd's labels buy: 15 % of the labels by experts, the rest by simulated volunteers."""
    table, rng = four_classes(properties()), np.random.default_rng(SEED)
    codes = np.unique(table.y, return_inverse=True)[1]
    fold = stratified_folds(codes, 3, rng)
    votes = simulated_votes(codes, rng)
    dealt = stratified_folds(codes, 20, rng)
    shares = (0.3, 1.0)
    found: dict[str, np.ndarray] = {}
    for k in range(3):
        for name, proba in crowd_models(table.X, codes, (fold != k, dealt < 3), votes, shares):
            found.setdefault(name, np.zeros((len(codes), 4)))[fold == k] = proba[fold == k]
    losses = {name: evaluate(codes, proba, range(4)) for name, proba in found.items()}
    alone, best = losses["experts only"].log_loss, losses["experts for all"].log_loss
    yield "| labels (SIMULATED votes on real sources) | log-loss | share of the gain | ECE | macro-F1 |"
    yield "|---|---|---|---|---|"
    for name, got in losses.items():
        gain = (alone - got.log_loss) / (alone - best)
        yield f"| {name} | {got.log_loss:.4f} | {gain:.0%} | {got.ece:.4f} | {got.macro_f1:.3f} |"


def crowd_models(
    X: np.ndarray,
    codes: np.ndarray,
    parts: tuple[np.ndarray, np.ndarray],
    votes: tuple[np.ndarray, np.ndarray, np.ndarray],
    shares: tuple[float, ...],
) -> Iterator[tuple[str, np.ndarray]]:
    train, expert = parts
    of_training = train[votes[0]]
    gold = np.where(expert & train, codes, -1)
    known = {int(i): int(codes[i]) for i in np.flatnonzero(gold >= 0)}
    result = aggregate_votes(*(part[of_training] for part in votes), 4, gold=known)
    posterior = np.zeros((len(codes), 4))
    posterior[result.items] = result.posterior
    posterior[gold >= 0] = np.eye(4)[gold[gold >= 0]]
    yield (
        "experts only",
        NaiveBayesClassifier().fit(X[train & expert], codes[train & expert]).predict_proba(X),
    )
    rng = np.random.default_rng(SEED)
    order = rng.random(len(codes))
    for share in shares:
        taught = train & (expert | (order < share))
        origin = np.where(expert[taught], "literature", "crowd").tolist()
        names = [str(i) for i in np.flatnonzero(taught)]
        teach = TrainingSet(names, X[taught], origin, range(4), posterior=posterior[taught])
        weight = choose_crowd_weight(teach, NaiveBayesClassifier(), (0.3, 0.6, 1.0), rng)
        rows, y, weights = teach.rows(weight)
        model = NaiveBayesClassifier().fit(rows, y, sample_weight=weights)
        yield f"experts and the crowd on {share:.0%} of the rest", model.predict_proba(X)
    yield "experts for all", NaiveBayesClassifier().fit(X[train], codes[train]).predict_proba(X)


def synthetic(n: int, p: int, n_classes: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(SEED)
    y = rng.choice(n_classes, n, p=np.array([0.6, 0.25] + [0.15 / (n_classes - 2)] * (n_classes - 2)))
    X = 0.8 * rng.normal(size=(n_classes, p))[y] + rng.normal(size=(n, p))
    X[:, ::3] = np.exp(X[:, ::3])
    for g in range(0, p, 5):
        X[rng.random(n) < 0.2 + 0.1 * (y % 3), g : g + 3] = np.nan
    return X, y


def timed(task: Callable[[], Any]) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    task()
    return time.perf_counter() - wall, time.process_time() - cpu


def speed() -> Iterator[str]:
    """Time and memory on synthetic tables."""
    X, y = synthetic(4000, 18, 7)
    model, old = NaiveBayesClassifier().fit(X, y), Published2022Classifier().fit(X, y)
    million = np.tile(X, (250, 1))
    wall, cpu = timed(lambda: model.predict_proba(million))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    yield "| what | wall s | CPU s | peak memory MB |"
    yield "|---|---|---|---|"
    what = f"1,000,000 sources x 18 properties x 7 classes, {len(model.terms_.terms)} terms"
    yield f"| {what} | {wall:.2f} | {cpu:.2f} | {peak:.0f} |"
    wall, cpu = timed(lambda: [old.predict_proba(million[i : i + 50_000]) for i in range(0, 10**6, 50_000)])
    yield f"| the same by the 2022 formula, in our vectorised form | {wall:.2f} | {cpu:.2f} | |"
    wall, cpu = timed(lambda: NaiveBayesClassifier().fit(*synthetic(30_000, 40, 8)))
    yield f"| training, 30,000 x 40 x 8, weights included | {wall:.2f} | {cpu:.2f} | |"
    model.explain(X[:1])
    wall, cpu = timed(lambda: [model.explain(X[i : i + 1]) for i in range(100)])
    yield f"| one explanation | {wall / 100:.4f} | {cpu / 100:.4f} | |"


PARTS = {
    "accuracy": accuracy,
    "sky": sky,
    "outliers": outliers,
    "priors": priors,
    "crowd": crowd,
    "speed": speed,
}


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in PARTS]
    if unknown:
        print(f"unknown: {', '.join(unknown)}; known: {', '.join(PARTS)}", file=sys.stderr)
        return 2
    warnings.simplefilter("ignore")  # the peers' own
    for name in names or PARTS:
        print(f"### classifier: {name}\n")
        for line in PARTS[name]():
            print(line, flush=True)
        print()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
