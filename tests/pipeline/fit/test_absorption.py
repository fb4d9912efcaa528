import numpy as np
import pytest

from pipeline.fit.absorption import cross_section_cm2, transmission


@pytest.mark.parametrize(
    ("energy", "expected"), [(0.3, 27.32), (1.0, 1.7375), (2.0, 0.29207), (5.0, 0.023902), (8.0, 0.012805)]
)
def test_cross_sections_are_those_of_wilms_et_al(energy: float, expected: float) -> None:
    assert cross_section_cm2(np.array([energy]))[0] == pytest.approx(expected * 1e-22, rel=0.015)


def test_edges_step_up() -> None:
    for edge in (0.2909, 0.4047, 0.5438, 0.7073, 0.8668, 1.311, 1.846, 2.477, 3.203, 4.042, 7.122, 8.35):
        below, above = cross_section_cm2(np.array([edge - 1e-4, edge + 1e-4]))
        assert 1.0 < above / below < 2.5, edge


def test_more_gas_lets_less_through() -> None:
    energy = np.array([0.5, 1.0, 5.0])
    assert np.all(transmission(energy, 1.0) < transmission(energy, 0.1))
    assert transmission(energy, 0.0).tolist() == [1.0, 1.0, 1.0]
