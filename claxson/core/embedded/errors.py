"""What can go wrong with the embedded database, each said in words an operator can act on."""

from claxson.core.errors import ClaxsonError


class ClusterError(ClaxsonError):
    """The embedded PostgreSQL cannot serve."""

    code = "embedded_database"
    permanent = True


class NoBinariesError(ClusterError):
    """There is no PostgreSQL on this machine to run."""

    code = "embedded_no_binaries"


class OtherOwnerError(ClusterError):
    """The cluster belongs to another user of the operating system."""

    code = "embedded_other_owner"


class OtherVersionError(ClusterError):
    """The data were written by another major version of PostgreSQL."""

    code = "embedded_other_version"


class NotStartedError(ClusterError):
    """The server did not come up; it may at another attempt."""

    code = "embedded_not_started"
    permanent = False
