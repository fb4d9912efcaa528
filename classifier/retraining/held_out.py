"""Which reference sources are kept out of every training, for ever."""

import hashlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

DEFAULT_SHARE = 0.25
DEFAULT_SALT = "claxson/held-out/1"


def is_held_out(name: str, share: float = DEFAULT_SHARE, salt: str = DEFAULT_SALT) -> bool:
    """Whether a source is kept out of training; the same answer at every time and place.

    Parameters
    ----------
    name : str
        Name of the source, as catalogued.
    share : float
        Share of all names to hold out, in [0, 1]. A larger share holds out all that a smaller one did.
    salt : str
        Names the split; another salt draws another split.

    Returns
    -------
    bool
    """
    digest = hashlib.sha256(f"{salt}\0{name}".encode()).digest()
    return int.from_bytes(digest[:8], "big") < share * 2**64


def held_out_mask(
    names: Sequence[str] | npt.NDArray[np.str_], share: float = DEFAULT_SHARE, salt: str = DEFAULT_SALT
) -> npt.NDArray[np.bool_]:
    """`is_held_out` of many names.

    Parameters
    ----------
    names : sequence of str of length n
        Names of sources.
    share, salt
        As in `is_held_out`.

    Returns
    -------
    ndarray of bool of shape (n,)
    """
    return np.array([is_held_out(str(name), share, salt) for name in names], dtype=np.bool_)
