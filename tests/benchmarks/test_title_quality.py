"""The figures themselves: intervals, kappa, and what counts as found, missed or a false alarm."""

import re

import pytest
import title_quality
from title_quality import Gold, Said, kappa, main, scoring, tally, tally_categories, wilson


def said(hazards=(), focus=(), category="none"):
    return Said(frozenset(hazards), frozenset(focus), frozenset(), category)


def row(hazards="-", focus="-", category="none"):
    return {"id": "T1", "title": "t", "technique": "plain"} | {
        "hazards": hazards,
        "focus": focus,
        "category": category,
        "claims": "-",
    }


def test_wilson_gives_the_textbook_interval():
    # Brown, Cai, DasGupta 2001: 0 of 10 and 5 of 10
    assert wilson(0, 10) == pytest.approx((0.0, 0.2775), abs=5e-4)
    assert wilson(5, 10) == pytest.approx((0.2366, 0.7634), abs=5e-4)
    assert wilson(0, 0) == (0.0, 1.0)


def test_kappa_takes_chance_out():
    assert kappa([(1, 1), (0, 0)] * 5) == 1.0
    assert kappa([(1, 1), (1, 0), (0, 1), (0, 0)]) == 0.0
    # 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no: (0.7 - 0.5) / 0.5
    pairs = [(1, 1)] * 20 + [(1, 0)] * 5 + [(0, 1)] * 10 + [(0, 0)] * 15
    assert kappa(pairs) == pytest.approx(0.4)


def test_a_tilde_means_either_answer_is_right():
    assert Gold.read("a,~b") == Gold(frozenset("a"), frozenset("b"))
    rules = scoring()
    for guess in (said(), said(focus=["nipple"])):
        counts = tally([row(focus="~nipple")], [guess], "focus", rules)["nipple"]
        assert (counts.found, counts.missed, counts.alarms) == (0, 0, 0)


def test_found_missed_and_false_alarm():
    rules = scoring()
    rows = [row("magnet_balls"), row("magnet_balls"), row()]
    guesses = [said(["magnet_balls"]), said(), said(["magnet_balls"])]
    counts = tally(rows, guesses, "hazards", rules)["magnet_balls"]
    assert (counts.found, counts.missed, counts.alarms) == (1, 1, 1)


def test_a_kin_is_no_false_alarm_but_does_not_find_either():
    rules = scoring()
    counts = tally([row("chopstick_crossbow")], [said(["toothpick_crossbow"])], "hazards", rules)
    assert counts["toothpick_crossbow"].alarms == 0
    assert counts["chopstick_crossbow"].missed == 1


def test_two_right_categories():
    rules = scoring()
    rows = [row(category="TOY|none")] * 3
    counts = tally_categories(rows, [said(category=c) for c in ("none", "TOY", "STA")], rules)
    assert (counts["none"].found, counts["TOY"].found, counts["TOY"].missed, counts["STA"].alarms) == (
        1,
        1,
        1,
        1,
    )


def labels(folder, name, *rows):
    lines = ["id\thazards\tfocus\tcategory", *("\t".join(r) for r in rows)]
    (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "scoring.yaml").write_bytes((title_quality.HERE / "scoring.yaml").read_bytes())
    monkeypatch.setattr(title_quality, "HERE", tmp_path)
    labels(tmp_path, "labels_a.tsv", ("T1", "magnet_balls", "magnetic_toy", "TOY"), ("T2", "-", "-", "none"))
    return tmp_path


def test_agreement_says_what_is_missing(folder):
    with pytest.raises(SystemExit, match=r"labels_b\.tsv is missing"):
        main(["--agreement"])


def test_agreement_names_ids_that_stand_in_one_file_only(folder):
    labels(folder, "labels_b.tsv", ("T1", "-", "-", "TOY"))
    with pytest.raises(SystemExit, match=r"1 ids stand in one file only, e\.g\. T2"):
        main(["--agreement"])


def test_agreement_counts_and_lists_differences(folder, capsys):
    first = ("T1", "magnet_balls", "-", "TOY")
    labels(folder, "labels_b.tsv", first, ("T2", "~magnet_balls", "-", "none|TOY"))
    (folder / "titles_blind.tsv").write_text("id\ttitle\nT1\t磁力球\nT2\t磁力片\n", encoding="utf-8")
    main(["--agreement", "--errors"])
    out = capsys.readouterr().out
    assert re.search(r"the seven: same set .* 2/2 .*kappa 1\.000", out)
    assert re.search(r"focus: same set .* 1/2 ", out)
    assert re.search(r"category .* 2/2 .*kappa 1\.000", out)
    assert "T1 磁力球   A: magnet_balls magnetic_toy TOY   B: magnet_balls - TOY" in out
