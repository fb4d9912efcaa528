import numpy as np
import pytest

from pipeline.simulate.spectra import (
    BIN_KEV,
    ENERGIES_KEV,
    ERG_PER_KEV,
    Spectrum,
    cross_section_cm2,
    energy_flux_cgs,
    photon_spectrum,
    transmission,
)

SHAPES = [
    Spectrum("powerlaw", 1.8, 0.1),
    Spectrum("bremsstrahlung", 15.0, 0.02, partial_nh_1e22=5.0, covering=0.5, iron_ew_kev=0.4),
    Spectrum("disc", 1.0, 0.5),
    Spectrum("coronal", 0.6, 0.01),
]


@pytest.mark.parametrize("shape", SHAPES)
def test_a_spectrum_has_unit_flux(shape: Spectrum) -> None:
    photons = photon_spectrum(shape)
    assert np.all(photons >= 0)
    assert energy_flux_cgs(photons) == pytest.approx(1.0)


def test_the_flux_of_a_flat_photon_spectrum_is_known_by_hand() -> None:
    expected = 0.5 * (2.0**2 - 1.0**2) * ERG_PER_KEV
    flat = np.ones_like(ENERGIES_KEV)
    assert energy_flux_cgs(flat, band_kev=(1.0, 2.0)) == pytest.approx(expected, rel=2 * BIN_KEV)


def test_the_cross_section_agrees_with_the_published_fit_at_1_kev() -> None:
    assert cross_section_cm2(np.array([1.0]))[0] == pytest.approx((120.6 + 169.3 - 47.7) * 1e-24)


def test_absorption_removes_soft_photons_first() -> None:
    passed = np.interp([0.5, 1.0, 5.0], ENERGIES_KEV, transmission(1.0))
    assert passed[0] < passed[1] < passed[2] < 1.0


def test_a_hotter_corona_is_harder() -> None:
    cool, hot = (photon_spectrum(Spectrum("coronal", kt)) for kt in (0.3, 1.0))
    assert energy_flux_cgs(hot, band_kev=(2.0, 12.0)) > energy_flux_cgs(cool, band_kev=(2.0, 12.0))
