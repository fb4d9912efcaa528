"""Deal sources to folds, and judge every source by a model that did not see it."""

from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.base import clone

from classifier.densities import IntArray
from classifier.errors import EvaluationError
from classifier.evaluation.metrics import class_indices
from classifier.features import FloatArray


def cross_validated(
    estimator: Any,
    X: npt.ArrayLike,
    y: npt.ArrayLike,
    rng: np.random.Generator,
    n_folds: int | IntArray = 5,
    sample_weight: npt.ArrayLike | None = None,
) -> FloatArray:
    """Probabilities of every source from a model that did not see it.

    Parameters
    ----------
    estimator : scikit-learn classifier
        Cloned for each fold; itself left untouched.
    X : array-like of shape (n_sources, n_features)
        NaN = missing.
    y : array-like of shape (n_sources,)
        Class labels.
    rng : numpy.random.Generator
        Deals the sources to the folds.
    n_folds : int or ndarray of int of shape (n_sources,)
        Number of folds, each with its share of every class as nearly as may be; or the fold of each
        source, such as `grouped_folds` gives.
    sample_weight : array-like of shape (n_sources,), optional
        Weights for the fits.

    Returns
    -------
    ndarray of shape (n_sources, n_classes)
        Columns in the order of the sorted labels; 0 for a class absent from a fold's training part.
    """
    table, labels = np.asarray(X, dtype=np.float64), np.asarray(y)
    weights = np.ones(len(labels)) if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
    classes, codes = np.unique(labels, return_inverse=True)
    fold = stratified_folds(codes, n_folds, rng) if isinstance(n_folds, int) else n_folds
    proba = np.zeros((len(labels), len(classes)))
    for k in np.unique(fold):
        train = fold != k
        model = clone(estimator).fit(table[train], labels[train], sample_weight=weights[train])
        proba[~train] = aligned(model.predict_proba(table[~train]), model.classes_, classes)
    return proba


def stratified_folds(codes: IntArray, n_folds: int, rng: np.random.Generator) -> IntArray:
    """Deal sources to folds class by class.

    Parameters
    ----------
    codes : ndarray of int of shape (n_sources,)
        Class indices.
    n_folds : int
        Between 2 and the number of sources.
    rng : numpy.random.Generator
        Shuffles within each class.

    Returns
    -------
    ndarray of int of shape (n_sources,)
        Fold of each source; the folds' sizes, and their shares of each class, differ by one at the most.

    Raises
    ------
    EvaluationError
        For a number of folds out of range.
    """
    if not 2 <= n_folds <= len(codes):
        raise EvaluationError(
            f"{n_folds} folds for {len(codes)} sources; use 2 at least, and no more than sources"
        )
    shuffled = rng.permutation(len(codes))
    dealt = shuffled[np.argsort(codes[shuffled], kind="stable")]
    fold = np.empty(len(codes), dtype=np.intp)
    fold[dealt] = np.arange(len(codes)) % n_folds
    return fold


def aligned(proba: FloatArray, own: npt.ArrayLike, classes: npt.ArrayLike) -> FloatArray:
    """Columns of one model put in the order of other classes, 0 for those it does not know.

    Parameters
    ----------
    proba : ndarray of shape (n_sources, n_own)
        Class probabilities.
    own : array-like of shape (n_own,)
        Labels of its columns; all of them among `classes`.
    classes : array-like of shape (n_classes,)
        Labels wanted.

    Returns
    -------
    ndarray of shape (n_sources, n_classes)
    """
    wanted = np.asarray(classes).tolist()
    full = np.zeros((len(proba), len(wanted)))
    full[:, class_indices(own, wanted)] = proba
    return full


def repeated_cross_validated(
    estimator: Any,
    X: npt.ArrayLike,
    y: npt.ArrayLike,
    rng: np.random.Generator,
    n_repeats: int = 3,
    groups: npt.ArrayLike | None = None,
) -> FloatArray:
    """`cross_validated` with the sources dealt anew each time.

    Parameters
    ----------
    estimator, X, y, rng
        As in `cross_validated`.
    n_repeats : int
        Number of times.
    groups : array-like of int of shape (n_sources,), optional
        Sources of one group stay in one fold (see `sky_groups`).

    Returns
    -------
    ndarray of shape (n_repeats, n_sources, n_classes)
    """
    codes = np.unique(np.asarray(y), return_inverse=True)[1]

    def dealt() -> IntArray:
        return stratified_folds(codes, 5, rng) if groups is None else grouped_folds(codes, groups, 5, rng)

    return np.stack([cross_validated(estimator, X, y, rng, dealt()) for _ in range(n_repeats)])


def sky_groups(ra_deg: npt.ArrayLike, dec_deg: npt.ArrayLike, side_deg: float = 1.0) -> IntArray:
    """Cells of about equal area on the sky: neighbours, and one galaxy's sources, share a cell.

    Parameters
    ----------
    ra_deg, dec_deg : array-like of shape (n_sources,)
        ICRS positions in degrees.
    side_deg : float
        Side of a cell in degrees.

    Returns
    -------
    ndarray of int of shape (n_sources,)
        Number of each source's cell.
    """
    ra, dec = np.mod(np.asarray(ra_deg, dtype=np.float64), 360.0), np.asarray(dec_deg, dtype=np.float64)
    band = np.floor((dec + 90.0) / side_deg)
    middle = np.radians((band + 0.5) * side_deg - 90.0)
    n_cells = np.maximum(np.round(360.0 / side_deg * np.maximum(np.cos(middle), 0.0)), 1.0)
    cell = np.floor(ra / 360.0 * n_cells)
    return np.unique(np.column_stack([band, cell]), axis=0, return_inverse=True)[1].reshape(-1)


def grouped_folds(codes: IntArray, groups: npt.ArrayLike, n_folds: int, rng: np.random.Generator) -> IntArray:
    """Deal whole groups to folds, the largest first, each to the fold that lacks its classes most.

    Parameters
    ----------
    codes : ndarray of int of shape (n_sources,)
        Class indices.
    groups : array-like of int of shape (n_sources,)
        Group of each source.
    n_folds : int
        Number of folds.
    rng : numpy.random.Generator
        Breaks ties.

    Returns
    -------
    ndarray of int of shape (n_sources,)

    Raises
    ------
    EvaluationError
        With fewer groups than folds.
    """
    names, member = np.unique(np.asarray(groups), return_inverse=True)
    if not 2 <= n_folds <= len(names):
        raise EvaluationError(f"{n_folds} folds for {len(names)} groups; use 2 at least, no more than groups")
    n_classes = int(codes.max()) + 1
    content = np.zeros((len(names), n_classes))
    np.add.at(content, (member, codes), 1.0)
    share = content / content.sum(axis=0).clip(1)
    filled, where = np.zeros((n_folds, n_classes)), np.empty(len(names), dtype=np.intp)
    for g in np.lexsort((rng.random(len(names)), -share.sum(axis=1))):
        where[g] = int(np.argmin(filled @ share[g] + 1e-6 * filled.sum(axis=1)))
        filled[where[g]] += share[g]
    return where[member]
