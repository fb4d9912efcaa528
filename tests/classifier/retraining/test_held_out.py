"""The split that never moves."""

import numpy as np

from classifier.retraining import held_out_mask, is_held_out

NAMES = [f"4XMM J{i:06d}" for i in range(4000)]


def test_the_split_is_the_one_it_always_was() -> None:
    assert held_out_mask(NAMES[:12]).tolist() == [is_held_out(name) for name in NAMES[:12]]
    assert "".join("01"[is_held_out(name)] for name in NAMES[:24]) == "101001001000000000000100"


def test_about_a_quarter_is_held_out() -> None:
    assert 0.23 < held_out_mask(NAMES).mean() < 0.27


def test_a_larger_share_keeps_what_was_held_out() -> None:
    assert np.all(held_out_mask(NAMES, share=0.4) >= held_out_mask(NAMES, share=0.2))


def test_another_salt_draws_another_split() -> None:
    assert (held_out_mask(NAMES) != held_out_mask(NAMES, salt="other")).any()


def test_shares_of_none_and_all_hold() -> None:
    assert not held_out_mask(NAMES, share=0.0).any()
    assert held_out_mask(NAMES, share=1.0).all()
