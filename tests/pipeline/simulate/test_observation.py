import numpy as np
import pytest

from pipeline.simulate import detector
from pipeline.simulate.observation import class_quotas, iau_name, obsid_of, plan_observation


def test_names_are_truncated_and_not_rounded() -> None:
    assert iau_name(155.94041, -11.38999) == "SIM J102345.6-112323"
    assert iau_name(0.0, 0.01) == "SIM J000000.0+000036"
    assert iau_name(359.99999, -0.0001) == "SIM J235959.9-000000"


def test_obsids_have_ten_digits_and_belong_to_no_real_observation() -> None:
    assert obsid_of(1) == "9900000101"
    assert len(obsid_of(99)) == 10


@pytest.mark.parametrize(("total", "expected"), [(24, (17, 5, 1, 1)), (3, (2, 1, 0, 0)), (0, (0, 0, 0, 0))])
def test_quotas_add_up(total: int, expected: tuple[int, ...]) -> None:
    assert class_quotas((0.70, 0.22, 0.03, 0.05), total) == expected


def test_sources_keep_their_distance_inside_the_field() -> None:
    plan = plan_observation(1, 24, 30_000.0, np.random.default_rng(13))
    ra, dec = np.array([(s.ra_deg, s.dec_deg) for s in plan.sources]).T
    west, north = detector.project_arcmin(ra, dec, plan.pointing)
    assert np.hypot(west, north).max() < 12.1
    apart = np.hypot(west[:, None] - west, north[:, None] - north)[np.triu_indices(24, 1)]
    assert apart.min() > 1.49


def test_a_crowded_field_still_gets_all_its_sources() -> None:
    assert len(plan_observation(1, 100, 30_000.0, np.random.default_rng(14)).sources) == 100


def test_plane_fields_hold_more_binaries_than_high_latitude_fields() -> None:
    plans = [plan_observation(n, 24, 30_000.0, np.random.default_rng(n)) for n in (1, 2)]
    high, plane = ([s.model.class_key for s in plan.sources].count("xrb") for plan in plans)
    assert plane > high
