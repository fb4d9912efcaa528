import numpy as np
import pytest

from pipeline.config import RunConfig
from pipeline.products.cutout import Cutout, centred_frame
from pipeline.products.stretch import draw, draw_band, legend, levels_of

CONFIG = RunConfig()


def drawn(cutout: Cutout) -> np.ndarray:
    return draw(levels_of(cutout, CONFIG), CONFIG).max(axis=2).astype(float)


def field(central: float, neighbour: float, sky: float = 0.2, seed: int = 1) -> Cutout:
    """A source at the centre and one in a corner, with the point spread of 6 arcsec."""
    rng = np.random.default_rng(seed)
    rows, columns = np.indices((60, 60))
    model = np.full((60, 60), sky)
    for counts, row, column in ((central, 29.5, 29.5), (neighbour, 48.0, 12.0)):
        square = (rows - row) ** 2 + (columns - column) ** 2
        model += counts * np.exp(-square / (2 * 1.5**2)) / (2 * np.pi * 1.5**2)
    counts = rng.poisson(np.repeat(model[None] / 3, 3, axis=0)).astype(float)
    return Cutout(counts, np.full_like(counts, 1e4), centred_frame(10.0, 20.0, 60, 4.0))


def test_a_faint_source_shows_beside_a_bright_one(cutout) -> None:
    picture = drawn(cutout)
    assert picture[28:32, 28:32].mean() > 120
    assert np.median(picture) < 40


@pytest.mark.parametrize("counts", [60, 600, 6000, 60_000])
def test_a_source_is_seen_and_not_burnt_whatever_its_brightness(counts: int) -> None:
    centre = drawn(field(counts, 0))[24:36, 24:36]
    assert centre.max() > 130
    assert np.mean(centre > 250) < 0.05


def test_a_bright_neighbour_keeps_its_shape() -> None:
    picture = drawn(field(60, 60_000))
    assert picture[28:32, 28:32].max() > 130
    assert np.mean(picture > 253) < 0.003


def test_empty_sky_is_even_and_dark() -> None:
    picture = drawn(field(0, 0, sky=0.3))
    assert np.percentile(picture, 99) < 90
    assert picture.min() > 0


def test_what_no_camera_saw_is_black() -> None:
    cutout = field(0, 0)
    dark = Cutout(np.zeros_like(cutout.counts), np.zeros_like(cutout.counts), cutout.frame)
    assert drawn(dark).max() == 0


def test_a_soft_source_is_red_and_a_hard_one_blue() -> None:
    for band, colour in ((0, 0), (2, 2)):
        cutout = field(300, 0)
        cutout.counts[:] = np.where(np.arange(3)[:, None, None] == band, cutout.counts * 3, 0)
        picture = draw(levels_of(cutout, CONFIG), CONFIG)[29, 29]
        assert np.argmax(picture) == colour


def test_a_vignetted_edge_does_not_darken_a_source() -> None:
    cutout = field(400, 0, sky=0.05)
    half = cutout.exposure_s * np.linspace(1.0, 0.3, 60)
    rng = np.random.default_rng(2)
    thinned = Cutout(rng.binomial(cutout.counts.astype(int), half / 1e4).astype(float), half, cutout.frame)
    rates = [levels_of(one, CONFIG).excess.sum(axis=0)[26:34, 26:34].sum() for one in (cutout, thinned)]
    assert rates[1] == pytest.approx(rates[0], rel=0.15)


def test_one_band_is_drawn_on_the_scale_of_all() -> None:
    levels = levels_of(field(300, 0), CONFIG)
    assert draw_band(levels, 0).max() < draw(levels, CONFIG).max()


def test_the_legend_tells_colours_and_scale() -> None:
    told = legend(levels_of(field(300, 0), CONFIG))
    assert [one["colour"] for one in told["colours"]] == ["red", "green", "blue"]
    assert 0 < told["sky_noise_rate"] < told["knee_rate"]
