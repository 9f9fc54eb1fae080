# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""``python3 -m dev bench``: the protocol, the verdicts and the table; never times."""

import contextlib
import re

import pytest

from dev import bench, paths, scratch, templates
from dev.benchmarks import complaints, databases, partners, protocol, redeem, report
from dev.console import DevError


def samples(ours, floor):
    return {"ours": ours, "floor": floor}


def test_arms_take_turns_and_the_warm_up_does_not_count():
    order = []

    def arm(name, parts):
        def run():
            order.append(name)
            return dict.fromkeys(parts, float(len(order)))

        return run

    arms = {"a": arm("a", ["a"]), "b": arm("b", ["b", "b again"])}
    found = protocol.interleave(arms, rounds=2, warm_ups=1)
    assert order == ["a", "b"] * 3
    assert found == {"a": [3.0, 5.0], "b": [4.0, 6.0], "b again": [4.0, 6.0]}


def test_ratio_is_that_of_the_medians_and_the_range_that_of_the_rounds():
    result = protocol.compare("x", samples([2, 3, 9], [2, 2, 2]), "ours", "floor")
    assert (result.ratio, result.low, result.high) == (1.5, 1.0, 4.5)
    assert result.medians == {"ours": 3, "floor": 2}
    assert (result.ok, result.target) == (None, "")
    assert result.noisy == ["ours"]


@pytest.mark.parametrize(
    "target, ok",
    [
        ({"limit": 1.5}, True),
        ({"limit": 1.49}, False),
        ({"at_least": 1.5}, True),
        ({"at_least": 1.51}, False),
        ({"at_least": 100, "scale": 100}, True),
    ],
)
def test_targets_include_their_bound(target, ok):
    result = protocol.compare("x", samples([3], [2]), "ours", "floor", **target)
    assert result.ok is ok


def test_status_tells_wrong_from_slow():
    met = protocol.Result("a", "<= 1", 0.5, ok=True)
    untargeted = protocol.Result("b", "", 7.0)
    missed = protocol.Result("c", "<= 1", 1.5, ok=False)
    wrong = protocol.Result("d", "0 rows", 1.0, ok=False, broken=True)
    assert protocol.status([met, untargeted]) == 0
    assert protocol.status([met, missed]) == 2
    assert protocol.status([missed, wrong]) == 1


def test_table_shows_a_missed_target_and_a_wrong_result():
    slow = protocol.Result(
        "grading",
        "<= 1.35",
        1.4,
        1.3,
        1.5,
        medians={"ours": 1.4, "floor": 0.0123},
        counters={
            "ours": {"rows written": {"a": 1000, "b": 500}, "WAL bytes": 2_500_000},
            "customers": 1000,
        },
        ok=False,
        noisy=["ours"],
        note="by hand",
    )
    wrong = protocol.Result("rerun", "0 rows", None, ok=False, broken=True)
    header, rule, first, second = report.table([slow, wrong]).splitlines()
    assert len({len(line) for line in (header, rule, first, second)}) == 1
    cells = [cell.strip() for cell in first.strip("|").split("|")]
    assert cells == [
        "grading",
        "1.40",
        "1.30-1.50",
        "<= 1.35",
        "MISSED",
        "ours 1.4 s, floor 12.3 ms",
        "by hand; ours 1,500 rows, 2.5 MB WAL, customers 1,000; noisy: ours",
    ]
    assert "WRONG" in second


def test_a_session_among_neighbours_is_called_so():
    before = {"load": 0.2, "steal s": 0, "total s": 0}
    after = {"load": 1.2, "steal s": 1, "total s": 100}
    assert report.quiet(before, after).endswith("steal 1.0 %: quiet")
    assert "NOT quiet" in report.quiet({**before, "load": 3.0}, after)
    assert "NOT quiet" in report.quiet(before, {**after, "steal s": 3})


def test_measures_are_taken_in_our_order_and_unknown_ones_refused():
    assert bench.chosen([]) == list(bench.MEASURES)
    assert bench.chosen(["one", "grading", "one"]) == ["grading", "one"]
    with pytest.raises(DevError, match="No such measure: speed"):
        bench.chosen(["one", "speed"])


@pytest.mark.parametrize(
    "names, expected",
    [
        (["visits"], [("visits", ())]),
        (
            list(bench.MEASURES),
            [
                ("grading", (*list(bench.MEASURES)[:6],)),
                ("deadlines", ()),
                ("partners", ()),
                ("visits", ()),
                ("complaints", ()),
                ("care", ()),
                ("care_dispatch", ()),
                ("clocks", ("duescan", "replan")),
                ("redeem", ("redeem", "redeem_parallel")),
                ("ledger", ("S", "accrual", "balance", "audit")),
            ],
        ),
        (["redeem_parallel"], [("redeem", ("redeem_parallel",))]),
        (["balance", "audit"], [("ledger", ("S", "balance", "audit"))]),
        (["replan"], [("clocks", ("replan",))]),
        (["complaints"], [("complaints", ())]),
        (["care_generate"], [("care", ())]),
        (["care_dispatch"], [("care_dispatch", ())]),
    ],
)
def test_each_script_takes_its_measures_and_visits_come_last(
    monkeypatch, names, expected
):
    """Visits drop the graded customers and add partners: nothing may follow them."""
    taken = []

    def script(_name, module, measures=()):
        taken.append((module, tuple(measures)))
        return [protocol.Result(module, "", 1.0)], 100

    def measure_partners(_ours, _stock):
        taken.append(("partners", ()))
        return [protocol.Result("partners", "", 1.0)]

    def measure_complaints(_facts):
        taken.append(("complaints", ()))
        return [protocol.Result("complaints", "", 1.0)]

    def measure_redeem(names, _facts):
        taken.append(("redeem", tuple(names)))
        return [protocol.Result("redeem", "", 1.0)]

    monkeypatch.setattr(complaints, "measure", measure_complaints)
    monkeypatch.setattr(redeem, "measure", measure_redeem)
    monkeypatch.setattr(templates, "addons_template", lambda demo: "template")
    monkeypatch.setattr(
        scratch, "copy_of", lambda *names: contextlib.nullcontext("database")
    )
    monkeypatch.setattr(databases, "settle", lambda name: None)
    for name in ("with_addons", "without_addons"):
        monkeypatch.setattr(
            databases, name, lambda scale: contextlib.nullcontext("database")
        )
    monkeypatch.setattr(report, "machine", dict)
    monkeypatch.setattr(report, "server", lambda name: {})
    monkeypatch.setattr(partners, "measure", measure_partners)
    monkeypatch.setattr(bench, "_script", script)
    results, _facts = bench._measure(names, "S")
    assert taken == expected
    assert [result.name for result in results] == [module for module, _names in taken]


def test_the_floor_of_visits_writes_the_columns_that_the_planner_writes():
    store = "crm_service_excellence/models/crm_visit_plan_store.py"
    ours, floor = (
        re.search(rf"INSERT INTO {table} \((.*?)\)", text, re.DOTALL)[1]
        for table, text in (
            ("crm_visit", (paths.ROOT / store).read_text(encoding="utf-8")),
            (
                "bm_visit",
                (paths.ROOT / "bench/floor_visits.sql").read_text(encoding="utf-8"),
            ),
        )
    )
    assert re.split(r",\s+", floor.strip()) == re.split(r",\s+", ours.strip())


@pytest.mark.parametrize(
    "table, twin",
    [("crm_loyalty_lot AS kept", "bm_lot"), ("crm_loyalty_entry", "bm_entry")],
)
def test_the_floor_of_points_writes_the_columns_that_the_addon_writes(table, twin):
    bulk = paths.ROOT / "crm_loyalty/models/loyalty_card_bulk.py"
    ours, floor = (
        re.search(rf"INSERT INTO {re.escape(name)} \((.*?)\)", text, re.DOTALL)[1]
        for name, text in (
            (table, bulk.read_text(encoding="utf-8")),
            (
                twin,
                (paths.ROOT / "bench/floor_accrual.sql").read_text(encoding="utf-8"),
            ),
        )
    )
    assert re.split(r",\s+", floor.strip()) == re.split(r",\s+", ours.strip())


def test_every_scale_has_a_data_set():
    assert set(bench.SCALES) == set(databases.SCALES)
    ledger = (paths.ROOT / "dev/benchmarks/ledger_data.py").read_text(encoding="utf-8")
    for scale in bench.SCALES:
        assert f'"{scale}": (' in ledger


def test_results_survive_their_file():
    result = protocol.Result("a", "<= 1", 0.5, 0.4, 0.6, {"ours": 1.0}, {"n": 1}, True)
    data = report.as_data([result], scale="S")
    assert data["scale"] == "S"
    assert [protocol.Result(**each) for each in data["results"]] == [result]
