from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from claxson.catalogue.errors import UnusableFile
from claxson.catalogue.models import Source
from claxson.voting.labels import import_labels
from claxson.voting.models import Label

pytestmark = pytest.mark.django_db

XMM = "name,ra,dec,Class,ref,F8,sc_ep_8_fmin,sc_ep_8_fmax,HR1,BP,W1\n"
CSC = "name,ra,dec,Class,Fcsc_s,Fcsc_m,Fcsc_h,PM,powlaw_gamma_mean,BPmag\n"
OWN = "name,ra_deg,dec_deg,Class,hr1,photon_index,simulated,comment\n"


def table(folder: Path, text: str, name: str = "labels.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_xmm_rows_become_sources_with_labels_and_ratios(tmp_path: Path) -> None:
    row = "4XMM J1,10,-20,HMXB,2010A&A,1e-13,1e-14,1e-12,0.5,20,NaN\n"
    assert import_labels(path=table(tmp_path, XMM + row)).added == 1
    label = Label.objects.select_related("source").get()
    assert (label.source_class, label.original_class) == ("xrb", "HMXB")
    assert label.provenance == "labels.csv: 2010A&A"
    features = label.source.features
    assert features["log_fx_fb"] == pytest.approx(-13 + 5.37 + 20 / 2.5)
    assert (features["hr1"], features["log_fmax_fmin"]) == (0.5, pytest.approx(2.0))
    assert "log_fx_fw1" not in features
    assert label.source.origin == "4xmm-dr13"


def test_an_empty_flux_is_stood_in_for_by_the_range(tmp_path: Path) -> None:
    import_labels(path=table(tmp_path, XMM + "4XMM J1,10,-20,AGN,,NaN,1e-14,1e-12,,,\n"))
    assert Source.objects.get().features["flux_8_cgs"] == pytest.approx(1e-13)


def test_chandra_fluxes_are_brought_to_the_band_of_xmm(tmp_path: Path) -> None:
    import_labels(path=table(tmp_path, CSC + "2CXO J1,10,-20,YSO,1e-14,1e-14,2e-14,0.0125,2.5,-99\n"))
    source = Source.objects.get()
    assert source.features["flux_8_cgs"] == pytest.approx(4e-14 * 1.4916, rel=1e-3)
    assert source.features["proper_motion_masyr"] == 12.5
    assert source.features["photon_index"] == 2.5
    assert not {"hr1", "log_fx_fb"} & source.features.keys()


def test_chandra_fill_values_are_missing(tmp_path: Path) -> None:
    filled = "7.978845608028655e-18"
    import_labels(path=table(tmp_path, CSC + f"2CXO J1,10,-20,CV,{filled},{filled},{filled},0.0,,20\n"))
    assert set(Source.objects.get().features) == {"gal_lat_deg"}


def test_own_tables_keep_their_features_and_say_if_they_are_simulated(tmp_path: Path) -> None:
    rows = "SIM J1,10,-20,agn,0.5,,1,x\nREF J1,11,-20,star,,1.9,0,x\n"
    import_labels(path=table(tmp_path, OWN + rows))
    found = {s.name: (s.origin, s.simulated) for s in Source.objects.all()}
    assert found == {"SIM J1": ("simulated", True), "REF J1": ("reference", False)}
    assert Source.objects.get(name="SIM J1").features["hr1"] == 0.5


def test_a_second_import_changes_nothing(tmp_path: Path) -> None:
    path = table(tmp_path, XMM + "4XMM J1,10,-20,AGN,r,1e-13,1e-14,1e-12,0.5,20,15\n")
    import_labels(path=path)
    assert import_labels(path=path).counts == {"added": 0, "changed": 0, "unchanged": 1, "refused": 0}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("4XMM J2,10,-20,NS,,,,,,,", "class NS is not one of AGN"),
        ("4XMM J2,NaN,-20,AGN,,,,,,,", "no position on the sky"),
        ("4XMM J2,10,-99,AGN,,,,,,,", "no position on the sky"),
        ("4XMM J2,10,-20,AGN,,bright,,,,,", "F8 is 'bright', not a number"),
        ("4XMM J2,10,-20,AGN", "not as many cells"),
        (",10,-20,AGN,,,,,,,", "name '' is not a name"),
        ("4XMM J1,10,-20,STAR,,,,,,,", "4XMM J1 is STAR here and AGN in line 2, which stands"),
        ("4XMM J1,10,-20,AGN,,,,,,,", "stands in line 2 already"),
    ],
)
def test_a_bad_row_is_refused_with_its_line_and_the_others_go_in(
    tmp_path: Path, row: str, reason: str
) -> None:
    good = "4XMM J{},10,-20,AGN,,,,,,,\n"
    report = import_labels(path=table(tmp_path, XMM + good.format(1) + f"{row}\n" + good.format(3)))
    (refusal,) = report.refusals
    assert (refusal.row, report.added) == (3, 2)
    assert reason in refusal.reason


def test_another_file_does_not_overrule_a_label(tmp_path: Path) -> None:
    row = "4XMM J1,10,-20,{},,,,,,,\n"
    import_labels(path=table(tmp_path, XMM + row.format("AGN"), "first.csv"))
    (refusal,) = import_labels(path=table(tmp_path, XMM + row.format("CV"), "second.csv")).refusals
    assert "agn in first.csv, which stands" in refusal.reason
    assert import_labels(path=table(tmp_path, XMM + row.format("CV"), "first.csv")).changed == 1


def test_what_was_measured_here_is_not_overwritten(tmp_path: Path) -> None:
    Source.objects.create(name="4XMM J1", origin="4xmm-dr10", ra_deg=1.0, dec_deg=2.0, features={"hr1": 0.1})
    report = import_labels(path=table(tmp_path, XMM + "4XMM J1,10,-20,AGN,,1e-13,,,0.5,20,\n"))
    source = Source.objects.get()
    assert (source.origin, source.ra_deg, source.features["hr1"]) == ("4xmm-dr10", 1.0, 0.1)
    assert (report.added, "log_fx_fb" in source.features) == (1, True)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the file is empty"),
        (XMM, "holds no rows"),
        ("a,b\n1,2\n", "unknown layout; found the columns a, b. Known layouts: 4XMM"),
        (
            XMM.replace("dec,", "") + "x\n",
            "column.* dec of the layout '4XMM-DR13 labelled sources' are missing",
        ),
        (CSC.replace("Fcsc_h,", "") + "x\n", "column.* Fcsc_h of the layout"),
    ],
)
def test_an_unusable_table_stores_nothing(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UnusableFile, match=message):
        import_labels(path=table(tmp_path, text))
    assert not Source.objects.exists()


def test_another_encoding_is_named(tmp_path: Path) -> None:
    path = tmp_path / "latin.csv"
    path.write_bytes((XMM + "étoile,10,-20,STAR,,,,,,,\n").encode("latin-1"))
    with pytest.raises(CommandError, match="not UTF-8 text") as end:
        call_command("import_labels", path)
    assert end.value.returncode == 2


@pytest.mark.real_data
def test_the_chandra_table_goes_in_but_for_its_neutron_stars(real_data: Path) -> None:
    path = real_data / "csc_labelled" / "csc_labelled_sources.csv"
    report = import_labels(path=path)
    assert report.added + len(report.refusals) == 2173
    assert {refusal.reason.split(" is")[0] for refusal in report.refusals} == {"class NS"}
    assert Label.objects.filter(source_class="agn").count() == 1088
    assert import_labels(path=path).unchanged == report.added


@pytest.mark.real_data
def test_the_xmm_table_goes_in_but_for_its_neutron_stars(real_data: Path) -> None:
    path = real_data / "xmm_labelled" / "4xmm_dr13_labelled_sources.csv"
    report = import_labels(path=path)
    assert (report.added, len(report.refusals)) == (715, 4)
    features = Source.objects.get(name="4XMM J000010.1-315949").features
    assert features["log_fx_fr"] == pytest.approx(-13.04818 + 5.37 + 19.226 / 2.5, abs=1e-4)
    assert import_labels(path=path).unchanged == 715
