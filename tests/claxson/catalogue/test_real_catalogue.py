"""The catalogue's own algebra, on its own rows."""

from pathlib import Path

import numpy as np
import pytest

from claxson.catalogue.imports.fits_table import open_table
from claxson.catalogue.imports.xmm import CatalogueSource, read_catalogue
from claxson.catalogue.models import Detection, Source
from claxson.catalogue.services import import_catalogue

pytestmark = pytest.mark.real_data
FOLDER = "ngc5139_catalogue"
DR10 = f"{FOLDER}/4xmmdr10_ngc5139_detections.fits"


@pytest.fixture
def sources(real_data: Path) -> list[CatalogueSource]:
    """Those sources of the 4XMM-DR10 rows all of whose detections are among them."""
    with open_table(real_data / DR10) as table:
        catalogue = read_catalogue(table)
        expected = table.integers("N_DETECTIONS", catalogue.rows[catalogue.starts])
        found = next(catalogue.sources(per_chunk=1000))
    return [s for s, n in zip(found, expected, strict=True) if len(s.detections) == n]


@pytest.mark.django_db
def test_52_detections_of_35_sources_once_and_again(real_data: Path) -> None:
    first = import_catalogue(path=real_data / DR10)
    second = import_catalogue(path=real_data / DR10)
    assert (first.added, first.note) == (52, "52 detections of 35 sources")
    assert second.counts == {"added": 0, "changed": 0, "unchanged": 52, "refused": 0}
    assert (Source.objects.count(), Detection.objects.count()) == (35, 52)
    assert set(Source.objects.values_list("origin", flat=True)) == {"4xmm-dr10"}


@pytest.mark.django_db
def test_two_releases_that_share_numbers_stand_side_by_side(real_data: Path) -> None:
    for path in sorted((real_data / FOLDER).glob("*.fits")):
        assert not import_catalogue(path=path).refusals
    origins = dict.fromkeys(Source.objects.values_list("origin", flat=True))
    assert set(origins) == {"3xmm", "4xmm", "4xmm-dr10"}
    assert Detection.objects.count() == 15 + 5 + 52


def test_the_merged_flux_is_the_inverse_variance_mean_of_the_detections(
    sources: list[CatalogueSource],
) -> None:
    assert any(len(source.detections) > 1 for source in sources)
    for source in sources:
        flux = np.array([d.features["flux_8_cgs"] for d in source.detections])
        weight = np.array([d.features["flux_8_cgs_err"] for d in source.detections]) ** -2.0
        assert source.features["flux_8_cgs"] == pytest.approx((flux * weight).sum() / weight.sum(), rel=1e-4)
        assert source.features["flux_8_cgs_err"] == pytest.approx(weight.sum() ** -0.5, rel=1e-4)


def test_the_flux_range_is_that_of_the_detections(sources: list[CatalogueSource]) -> None:
    ranges = [
        (s.features["log_fmax_fmin"], [d.features["flux_8_cgs"] for d in s.detections])
        for s in sources
        if "log_fmax_fmin" in s.features
    ]
    assert ranges
    assert all(log == pytest.approx(np.log10(max(f) / min(f)), abs=1e-5) for log, f in ranges)


def test_hardness_ratios_and_latitude_lie_in_their_ranges(sources: list[CatalogueSource]) -> None:
    ratios = [s.features[f"hr{n}"] for s in sources for n in (1, 2, 3, 4) if f"hr{n}" in s.features]
    assert len(ratios) > 100
    assert np.abs(ratios).max() <= 1
    assert all(14 < source.features["gal_lat_deg"] < 16 for source in sources)
