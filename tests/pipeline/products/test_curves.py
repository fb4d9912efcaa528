import numpy as np

from pipeline.products.curves import plain


def test_numbers_of_any_size_keep_seven_digits() -> None:
    values = np.array([1.23456789e-14, -3.3333333333, 0.0, 123456789.0, 1e30, np.nan, np.inf])
    assert plain(values) == [1.234568e-14, -3.333333, 0.0, 123456800.0, 1e30, None, None]


def test_arrays_and_lists_are_rounded_alike() -> None:
    values = 10.0 ** np.random.default_rng(6).uniform(-12, 12, 500)
    assert plain(values) == plain(values.tolist())


def test_whole_numbers_stay_whole() -> None:
    assert plain(np.array([1, 2])) == [1, 2]
    assert plain(np.array([[1.0, 2.0]])) == [[1.0, 2.0]]
