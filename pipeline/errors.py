"""Every error of the pipeline: one root, a short code, and whether trying again can help."""

from __future__ import annotations

from typing import ClassVar


class PipelineError(Exception):
    """Root of all errors raised by the pipeline.

    Attributes
    ----------
    code : str
        Short machine-readable name, written to the manifest's list of failures.
    permanent : bool
        True when the same input will always fail again.
    """

    code: ClassVar[str] = "pipeline"
    permanent: ClassVar[bool] = True


class UnreadableFile(PipelineError):
    """A file cannot be opened or read."""

    code = "unreadable_file"
    permanent = False


class TruncatedFits(PipelineError):
    """A FITS file ends early or is damaged."""

    code = "truncated_fits"


class MalformedFits(PipelineError):
    """A FITS file has a value that cannot be understood."""

    code = "malformed_fits"


class MissingHdu(PipelineError):
    """A FITS file lacks an extension that its kind must have."""

    code = "missing_hdu"


class MissingColumn(PipelineError):
    """A table lacks a column."""

    code = "missing_column"


class MissingKeyword(PipelineError):
    """A FITS header lacks a keyword."""

    code = "missing_keyword"


class EmptyEventList(PipelineError):
    """An event list holds no event, or none survives the cleaning."""

    code = "empty_event_list"


class UnknownInstrument(PipelineError):
    """The events are not from an EPIC camera in an imaging mode."""

    code = "unknown_instrument"


class NoEventList(PipelineError):
    """A folder has no usable event list."""

    code = "no_event_list"


class BadTable(PipelineError):
    """A text table has a value or a row that cannot be understood."""

    code = "bad_table"


class BadRegionFile(PipelineError):
    """A region file cannot be parsed or placed on the sky."""

    code = "bad_region_file"


class NotExposed(PipelineError):
    """No camera looked at the position of a source."""

    code = "not_exposed"


class NotMeasurable(PipelineError):
    """The numbers of one source make a measurement fail."""

    code = "not_measurable"


class SimulatedInput(PipelineError):
    """Simulated input was given where only real observations are wanted."""

    code = "simulated_input"


class DamagedManifest(PipelineError):
    """A manifest is missing, is not JSON, or does not have the manifest's form."""

    code = "damaged_manifest"


class NotAPpsName(PipelineError):
    """A file name does not have the form of an XMM-Newton pipeline product."""

    code = "not_a_pps_name"


class BadResponse(PipelineError):
    """A response matrix or an area contradicts itself or its spectrum."""

    code = "bad_response"


class FitFailed(PipelineError):
    """A spectrum does not determine the model."""

    code = "fit_failed"


class OutputOverInput(PipelineError):
    """The output folder would be written over the input."""

    code = "output_over_input"


class WorkerDied(PipelineError):
    """A process that worked on an observation was killed."""

    code = "worker_died"
    permanent = False


class NoNetwork(PipelineError):
    """An archive cannot be reached, or the connection breaks off again and again."""

    code = "no_network"
    permanent = False


class ArchiveRefused(PipelineError):
    """An archive answers with something else than what was asked for."""

    code = "archive_refused"
    permanent = False


class Proprietary(PipelineError):
    """The data are not public yet."""

    code = "proprietary"


class UnknownProduct(PipelineError):
    """The archive has no such product."""

    code = "unknown_product"


class UnknownObservation(PipelineError):
    """No archive has products of an observation."""

    code = "unknown_observation"


class CutArchive(PipelineError):
    """An archive file ends early."""

    code = "cut_archive"
    permanent = False
