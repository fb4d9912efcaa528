import pytest

from claxson.core.classes import DECISIVE
from claxson.voting.rules.tally import tally


def test_the_commonest_answer_wins_with_its_share_as_agreement() -> None:
    result = tally(["agn"] * 14 + ["star"] * 6, order=DECISIVE)
    assert (result.answer, result.agreement) == ("agn", 0.7)
    assert result.shares == {"agn": 0.7, "star": 0.3}


def test_a_tie_goes_to_the_commoner_class() -> None:
    assert tally(["xrb"] * 10 + ["star"] * 10, order=DECISIVE).answer == "star"


def test_it_refuses_to_tally_nothing() -> None:
    with pytest.raises(ValueError, match="no votes"):
        tally([], order=DECISIVE)
