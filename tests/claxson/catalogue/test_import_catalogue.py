from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from claxson.catalogue.errors import UnusableFile
from claxson.catalogue.imports import upserts
from claxson.catalogue.models import Detection, ImportRun, Source
from claxson.catalogue.services import import_catalogue

pytestmark = pytest.mark.django_db
Write = Callable[..., Path]


def test_rows_become_detections_and_their_srcids_sources(catalogue_file: Write) -> None:
    report = import_catalogue(path=catalogue_file())
    assert report.summary() == "4 added, 0 changed, 0 unchanged, 0 refused (4 detections of 2 sources)"
    source = Source.objects.get(name="4XMM J000000.0-000000")
    assert (source.origin, source.detections.count()) == ("4xmm-dr13", 2)
    assert set(Detection.objects.values_list("obsid", flat=True)) == {"0123456700", "0123456701"}


def test_a_second_import_changes_nothing_and_is_noted(catalogue_file: Write) -> None:
    path = catalogue_file(EP_8_FLUX=[1e-14, 2e-14, 3e-14, 4e-14])
    import_catalogue(path=path)
    before = list(Source.objects.values()) + list(Detection.objects.values())
    assert import_catalogue(path=path).counts == {"added": 0, "changed": 0, "unchanged": 4, "refused": 0}
    assert list(Source.objects.values()) + list(Detection.objects.values()) == before
    assert ImportRun.objects.filter(kind="catalogue", file_name=path.name).count() == 2


def test_a_changed_row_counts_once_and_keeps_its_primary_key(catalogue_file: Write) -> None:
    import_catalogue(path=catalogue_file(EP_8_FLUX=[1e-14, 2e-14, 3e-14, 4e-14]))
    ids = set(Detection.objects.values_list("pk", flat=True))
    report = import_catalogue(path=catalogue_file(EP_8_FLUX=[1e-14, 2e-14, 3e-14, 5e-14]))
    assert (report.added, report.changed, report.unchanged) == (0, 1, 3)
    assert set(Detection.objects.values_list("pk", flat=True)) == ids


def test_sources_in_many_chunks_are_all_stored(
    catalogue_file: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("claxson.catalogue.services.CHUNK", 3)
    assert upserts.CHUNK > 3
    seen: list[tuple[int, int]] = []
    import_catalogue(path=catalogue_file(20), progress=lambda *step: seen.append(step))
    assert (Source.objects.count(), Detection.objects.count()) == (10, 20)
    assert seen == [(6, 20), (12, 20), (18, 20), (20, 20)]


@pytest.mark.parametrize("bad", [np.nan, 360.0, -1.0])
def test_a_row_without_a_position_is_refused_and_the_others_go_in(catalogue_file: Write, bad: float) -> None:
    report = import_catalogue(path=catalogue_file(RA=[10.0, 10.0, bad, 10.1]))
    assert [refusal.row for refusal in report.refusals] == [3]
    assert "no position on the sky" in report.refusals[0].reason
    assert Detection.objects.count() == 3


def test_a_doubled_detection_is_refused(catalogue_file: Write) -> None:
    report = import_catalogue(path=catalogue_file(DETID=[1, 2, 3, 1]))
    assert [(r.row, r.reason) for r in report.refusals] == [(4, "DETID 1 stands in an earlier row")]


def test_undefined_values_are_missing(catalogue_file: Write) -> None:
    flux = np.array([np.nan, 1e-14, 0.0, np.nan])
    import_catalogue(path=catalogue_file(EP_8_FLUX=flux, EP_8_FLUX_ERR=np.array([1.0, 1e-15, 0.0, 1.0])))
    stored = Detection.objects.order_by("detid").values_list("features", flat=True)
    assert ["flux_8_cgs" in features for features in stored] == [False, True, False, False]


def test_without_merged_columns_a_source_has_the_weighted_mean_of_its_detections(
    catalogue_file: Write,
) -> None:
    import_catalogue(path=catalogue_file(2, EP_HR1=[0.2, 0.5], EP_HR1_ERR=[0.1, 0.2]))
    features = Source.objects.get().features
    assert features["hr1"] == pytest.approx((0.2 / 0.01 + 0.5 / 0.04) / (1 / 0.01 + 1 / 0.04))
    assert features["hr1_err"] == pytest.approx((1 / 0.01 + 1 / 0.04) ** -0.5)


def test_without_ratios_they_follow_from_the_rates_of_the_pn(catalogue_file: Write) -> None:
    import_catalogue(
        path=catalogue_file(1, PN_1_RATE=[1.0], PN_1_RATE_ERR=[0.1], PN_2_RATE=[3.0], PN_2_RATE_ERR=[0.1])
    )
    assert Detection.objects.get().features["hr1"] == 0.5


def test_a_source_seen_once_has_no_variability(catalogue_file: Write) -> None:
    import_catalogue(path=catalogue_file(SC_EP_8_FMIN=[1e-14] * 4, SC_EP_8_FMAX=[1e-14, 1e-14, 1e-13, 1e-13]))
    first, second = Source.objects.order_by("name")
    assert "log_fmax_fmin" not in first.features
    assert second.features["log_fmax_fmin"] == pytest.approx(1.0)


def test_a_probability_of_zero_without_the_flag_is_a_lost_null(catalogue_file: Write) -> None:
    flags = np.array([False, False, True, True])
    import_catalogue(path=catalogue_file(SC_CHI2PROB=[0.0] * 4, SC_VAR_FLAG=flags))
    assert ["chi2_prob" in source.features for source in Source.objects.order_by("name")] == [False, True]


def test_a_missing_column_is_named_and_nothing_is_stored(catalogue_file: Write) -> None:
    with pytest.raises(UnusableFile, match=r"lacks the column.* SRCID"):
        import_catalogue(path=catalogue_file(without="SRCID"))
    assert not ImportRun.objects.exists()


@pytest.mark.parametrize("kept", [0.4, 0.9])
def test_a_truncated_file_is_said_to_be_truncated(catalogue_file: Write, kept: float) -> None:
    path = catalogue_file(400)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * kept)])
    with pytest.raises(UnusableFile, match="truncated or damaged"):
        import_catalogue(path=path)


@pytest.mark.parametrize(("content", "message"), [(b"", "is empty"), (b"name,ra\n", "not a FITS file")])
def test_what_is_not_fits_is_said_not_to_be(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "4xmm.fits"
    path.write_bytes(content)
    with pytest.raises(UnusableFile, match=message):
        import_catalogue(path=path)


def test_an_empty_table_is_refused(catalogue_file: Write) -> None:
    with pytest.raises(UnusableFile, match="no rows"):
        import_catalogue(path=catalogue_file(0))


def test_the_command_lists_refused_rows_and_exits_with_1(
    catalogue_file: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        call_command("import_catalogue", catalogue_file(DEC=[0.0, 0.0, 91.0, 0.0]))
    out, err = capsys.readouterr()
    assert end.value.code == 1
    assert out.startswith("4xmmdr13_small.fits: 3 added, 0 changed, 0 unchanged, 1 refused")
    assert "4xmmdr13_small.fits: row 3 refused: no position" in err


def test_the_command_ends_with_2_where_the_file_cannot_be_used(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no such file") as end:
        call_command("import_catalogue", tmp_path / "nothing.fits")
    assert end.value.returncode == 2
