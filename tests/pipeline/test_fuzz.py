import pytest

from bench.fuzz import fuzz, subjects


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_damaged_files_end_in_the_pipelines_own_errors(seed: int) -> None:
    tally = fuzz(180, seed)
    assert tally.strays == []
    assert tally.slowest_s < 10.0
    assert len(tally.outcomes) > 4


def test_whole_files_are_read(tmp_path) -> None:
    for name, reader, data in subjects():
        path = tmp_path / "whole.fits"
        path.write_bytes(data)
        assert reader(path) is not None, name
