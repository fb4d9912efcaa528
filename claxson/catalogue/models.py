"""Sources, how they were measured, and the pictures, spectra and light curves made of them."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Value
from django.db.models.functions import Collate, Replace, Upper

# Compared byte by byte, so that the index finds beginnings too; `positions.folded` does it to what is asked.
FOLDED_NAME = Collate(Upper(Replace("name", Value(" "), Value(""))), "C")


class Observation(models.Model):
    """One pointing of the telescope."""

    obsid = models.CharField(max_length=10, primary_key=True)
    target = models.CharField(max_length=80, blank=True)
    ra_deg = models.FloatField(null=True)
    dec_deg = models.FloatField(null=True)
    mjd_start = models.FloatField(null=True)
    mjd_stop = models.FloatField(null=True)
    cameras = models.JSONField(default=dict, help_text="per camera: filter, exposure_s, events, cleaned_here")
    simulated = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.obsid


class Source(models.Model):
    """A point on the sky that emits X-rays, with its merged measurements."""

    name = models.CharField(max_length=40, unique=True)
    origin = models.CharField(
        max_length=40, help_text="where the row came from: pipeline, 4xmm-dr10, csc, ..."
    )
    ra_deg = models.FloatField()
    dec_deg = models.FloatField()
    pos_err_arcsec = models.FloatField(null=True)
    features = models.JSONField(default=dict, help_text="feature name -> value; missing is absent or null")
    simulated = models.BooleanField(default=False)
    history = models.JSONField(
        default=list, help_text="its flux, or a limit to it, in each observation that looked, by time"
    )

    class Meta:
        ordering = ["name"]
        indexes = [
            models.Index(fields=["id"], condition=models.Q(simulated=True), name="simulated_sources"),
            models.Index(FOLDED_NAME, name="sources_by_folded_name"),
            models.Index(fields=["dec_deg", "ra_deg"], name="sources_by_position"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ra_deg__gte=0, ra_deg__lt=360), name="source_ra_within_0_360"
            ),
            models.CheckConstraint(
                condition=models.Q(dec_deg__gte=-90, dec_deg__lte=90), name="source_dec_within_90"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def feature(self, name: str) -> float | None:
        value = self.features.get(name)
        return None if value is None else float(value)


class Detection(models.Model):
    """A source as one observation saw it."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="detections")
    obsid = models.CharField(max_length=10)
    detid = models.CharField(max_length=40, help_text="the catalogue's number, else the obsid")
    features = models.JSONField(default=dict)

    class Meta:
        constraints = [
            # Two releases give the same number to two measurements of different sources.
            models.UniqueConstraint(fields=["source", "detid"], name="one_detection_per_source_and_number")
        ]

    def __str__(self) -> str:
        return self.detid


class Product(models.Model):
    """A file made for a source, kept under the hash of its content."""

    class Kind(models.TextChoices):
        CUTOUT = "cutout"
        CUTOUT_FITS = "cutout_fits"
        SPECTRUM = "spectrum"
        LIGHTCURVE = "lightcurve"

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="products")
    observation = models.ForeignKey(Observation, on_delete=models.PROTECT, related_name="products")
    kind = models.CharField(max_length=12, choices=Kind)
    sha256 = models.CharField(max_length=64, db_index=True)
    n_bytes = models.PositiveIntegerField()
    media_type = models.CharField(max_length=40)
    meta = models.JSONField(default=dict, help_text="`variants`: its other forms, each with its hash")

    class Meta:
        # A browser asks for a variant by its hash alone.
        indexes = [GinIndex(fields=["meta"], name="product_variants", opclasses=["jsonb_path_ops"])]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "observation", "kind"], name="one_product_per_kind_and_observation"
            )
        ]

    def __str__(self) -> str:
        return f"{self.source_id} {self.kind}"


class ImportRun(models.Model):
    """A file that was taken in: which, when, and how many of its rows were added, changed or refused."""

    kind = models.CharField(max_length=20, help_text="catalogue, labels, manifest")
    file_name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    counts = models.JSONField()
    finished_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.kind} {self.file_name}"
