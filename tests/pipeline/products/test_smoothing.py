import numpy as np
import pytest

from pipeline.products.smoothing import blurred, smooth_adaptively


def flat(counts: float, seed: int = 3) -> np.ndarray:
    return np.random.default_rng(seed).poisson(counts / 3, (3, 60, 60)).astype(float)


def test_counts_are_kept() -> None:
    image = flat(0.2)
    image[:, 28:32, 28:32] += 30
    smooth = smooth_adaptively(image, np.full_like(image, 100.0), 4.0)
    assert smooth.rate.sum() * 100.0 == pytest.approx(image.sum(), rel=0.03)


def test_sky_is_smooth_and_a_source_sharp() -> None:
    image = flat(0.3)
    image[:, 29:31, 29:31] += 10
    rate = smooth_adaptively(image, np.ones_like(image), 4.0).rate.sum(axis=0)
    assert rate[:20].std() < 0.2 * rate[:20].mean()
    assert rate[29:31, 29:31].mean() > 15 * rate[29, 38]


def test_a_bright_source_does_not_bleed_into_the_sky() -> None:
    alone = flat(0.3)
    image = alone.copy()
    image[:, 27:33, 27:33] += 1000
    far = [smooth_adaptively(one, np.ones_like(one), 4.0).rate.sum(axis=0)[5:15] for one in (alone, image)]
    assert far[1].mean() == pytest.approx(far[0].mean(), rel=0.05)


def test_exposure_is_divided_out() -> None:
    seconds = np.broadcast_to(np.linspace(1.0, 5.0, 60), (3, 60, 60)) * 100
    counts = np.random.default_rng(4).poisson(seconds * 0.01).astype(float)
    rate = smooth_adaptively(counts, seconds.copy(), 4.0).rate
    assert rate[:, :, :20].mean() == pytest.approx(rate[:, :, 40:].mean(), rel=0.1)


def test_nothing_exposed_gives_nothing() -> None:
    smooth = smooth_adaptively(np.zeros((3, 60, 60)), np.zeros((3, 60, 60)), 4.0)
    assert smooth.rate.max() == 0.0
    assert smooth.exposure_s == 0.0


def test_a_kernel_has_unit_sum_inside() -> None:
    image = np.zeros((1, 60, 60))
    image[0, 30, 30] = 1.0
    assert blurred(image, 2.0).sum() == pytest.approx(1.0, abs=1e-6)
