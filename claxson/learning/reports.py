"""A retraining's figures as JSON can hold them."""

import math
from dataclasses import asdict, is_dataclass
from typing import Any

import numpy as np


def as_json(value: Any) -> Any:
    """Dataclasses, arrays and numbers, nested as they come; what is not a number (NaN) becomes null."""
    if is_dataclass(value) and not isinstance(value, type):
        return as_json(asdict(value))
    if isinstance(value, dict):
        return {str(key): as_json(inner) for key, inner in value.items()}
    if isinstance(value, np.ndarray | np.generic):
        return as_json(value.tolist())
    if isinstance(value, list | tuple):
        return [as_json(inner) for inner in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
