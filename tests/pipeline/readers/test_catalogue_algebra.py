"""The 4XMM catalogue's own sums and means hold on real rows for the bands and factors that we use."""

from pathlib import Path

import numpy as np
import pytest

from pipeline.bands import ECF_1E11, HARDNESS_BANDS, NARROW_BANDS
from pipeline.readers.catalogues import numbers, read_catalogue

CAMERAS = ("PN", "M1", "M2")

pytestmark = pytest.mark.real_data


@pytest.fixture(scope="module")
def rows(real_data: Path):
    return read_catalogue(real_data / "ngc5139_catalogue" / "4xmmdr10_ngc5139_detections.fits")


def close(found: np.ndarray, wanted: np.ndarray, rtol: float) -> None:
    both = np.isfinite(found) & np.isfinite(wanted)
    assert both.sum() > 20
    assert found[both] == pytest.approx(wanted[both], rel=rtol, abs=1e-30)


def stack(rows, pattern: str) -> np.ndarray:
    return np.array([numbers(rows, pattern.format(camera)) for camera in CAMERAS])


def test_there_are_fifty_two_rows_with_all_columns(rows) -> None:
    assert len(rows) == 52
    assert len(rows.colnames) == 336


@pytest.mark.parametrize("camera", CAMERAS)
@pytest.mark.parametrize("name", list(HARDNESS_BANDS))
def test_hardness_ratios_are_of_camera_rates(rows, camera: str, name: str) -> None:
    soft, hard = (numbers(rows, f"{camera}_{band}_RATE") for band in HARDNESS_BANDS[name])
    with np.errstate(invalid="ignore"):
        ratio = (hard - soft) / (hard + soft)
    both = np.isfinite(ratio) & np.isfinite(numbers(rows, f"{camera}_{name.upper()}"))
    assert np.abs(ratio - numbers(rows, f"{camera}_{name.upper()}"))[both].max() < 4e-6  # float32 in the file


@pytest.mark.parametrize("camera", CAMERAS)
@pytest.mark.parametrize("quantity", ["RATE", "FLUX"])
def test_band_8_is_the_sum_of_bands_1_to_5(rows, camera: str, quantity: str) -> None:
    total = np.sum([numbers(rows, f"{camera}_{band}_{quantity}") for band in NARROW_BANDS], axis=0)
    close(total, numbers(rows, f"{camera}_8_{quantity}"), 1e-5)


@pytest.mark.parametrize(("camera", "filter_name"), list(ECF_1E11))
def test_fluxes_are_rates_over_our_conversion_factors(rows, camera: str, filter_name: str) -> None:
    mine = np.char.strip(np.asarray(rows[f"{camera}_FILTER"]).astype(str)) == filter_name
    for index, band in enumerate(NARROW_BANDS):
        rate, flux = (numbers(rows, f"{camera}_{band}_{name}")[mine] for name in ("RATE", "FLUX"))
        seen = (rate > 1e-6) & (flux > 0)
        factor = ECF_1E11[camera, filter_name][index]
        assert rate[seen] / flux[seen] / 1e11 == pytest.approx(factor, rel=2e-4)


def test_epic_rates_are_summed_over_cameras(rows) -> None:
    close(np.nansum(stack(rows, "{}_8_RATE"), axis=0), numbers(rows, "EP_8_RATE"), 1e-5)


@pytest.mark.parametrize("band", [*NARROW_BANDS, 8])
def test_epic_fluxes_are_inverse_variance_means(rows, band: int) -> None:
    flux, error = stack(rows, f"{{}}_{band}_FLUX"), stack(rows, f"{{}}_{band}_FLUX_ERR")
    weight = np.where(np.isfinite(flux) & (error > 0), error, np.inf) ** -2.0
    mean = np.nansum(weight * flux, axis=0) / weight.sum(axis=0)
    close(mean, numbers(rows, f"EP_{band}_FLUX"), 1e-4)
    close(weight.sum(axis=0) ** -0.5, numbers(rows, f"EP_{band}_FLUX_ERR"), 1e-4)


def test_position_errors_are_joined(rows) -> None:
    close(np.hypot(numbers(rows, "RADEC_ERR"), numbers(rows, "SYSERRCC")), numbers(rows, "POSERR"), 1e-5)


def test_identifiers_hold_the_observation(rows) -> None:
    """The last four digits are not always SRC_NUM: 30 of these rows keep an earlier number."""
    made = [f"1{str(obsid).strip()}" for obsid in rows["OBS_ID"]]
    assert made == [str(detid)[:11] for detid in rows["DETID"]]


def best(rows, quantity: str, choose) -> tuple[list[float], list[float]]:
    """Of each source that has all its detections here: what they give, and what the catalogue says."""
    made, said = [], []
    for number in np.unique(np.asarray(rows["SRCID"])):
        mine = rows[np.asarray(rows["SRCID"]) == number]
        values = numbers(mine, f"EP_{quantity}")
        # The file writes a missing probability as zero.
        known = values[np.isfinite(values) & (values > 0)]
        if len(mine) == numbers(mine, "N_DETECTIONS")[0] and len(known):
            made.append(choose(known))
            said.append(numbers(mine, f"SC_{quantity.replace('8_DET', 'DET')}")[0])
    return made, said


@pytest.mark.parametrize(("quantity", "choose"), [("8_DET_ML", np.max), ("CHI2PROB", np.min)])
def test_sources_take_the_best_and_the_least_of_their_detections(rows, quantity: str, choose) -> None:
    made, said = best(rows, quantity, choose)
    assert len(made) > 5
    assert made == pytest.approx(said, rel=1e-5)
