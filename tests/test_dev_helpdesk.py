# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The ticket log: reading it, and computing from its text what was late.

All numbers are worked out by hand; the real log's, where it is at hand, are those that
the command prints.
"""

import argparse
import datetime
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dev import database, helpdesk, helpdesk_expected, replay
from dev.console import DevError
from dev.helpdesk import BadLine, Event, in_order, parse, read, split, to_utc
from dev.helpdesk_expected import DAY, EPOCH, Outcome, due, outcomes, worked
from dev.paths import SHARED

LOG = SHARED / "data" / "helpdesk" / "helpdesk_log.csv"
HEADER = "CaseID,ActivityID,CompleteTimestamp\n"
HOUR = 3600


def log(*rows, case="7"):
    """A log of one case: ``"activity day hh:mm:ss"``, the 5th of March a Monday."""
    lines = []
    for row in rows:
        activity, day, clock = row.split()
        lines.append(f"{case},{activity},2012-03-{int(day):02d} {clock}")
    return HEADER + "\n".join(lines)


def resolutions(*rows):
    return [
        (each.cycle, each.state, each.overdue)
        for each in outcomes(log(*rows))
        if each.metric == "resolution"
    ]


def response(*rows):
    [found] = [
        (each.cycle, each.state, each.overdue)
        for each in outcomes(log(*rows))
        if each.metric == "first_response"
    ]
    return found


# READING


def test_events_are_read_and_meant():
    [event] = parse([HEADER, "2,8,2012-04-03 16:55:53\r\n"])
    assert (event.line, event.case, event.activity) == (2, "2", "8")
    assert event.local == datetime.datetime(2012, 4, 3, 16, 55, 53)
    # summer time is two hours ahead of UTC
    assert event.moment == datetime.datetime(2012, 4, 3, 14, 55, 53)
    assert event.meaning == helpdesk.TAKEN
    assert set(helpdesk.MEANING) == set("123456789")


@pytest.mark.parametrize(
    ("local", "utc"),
    [
        ("2012-01-10 12:00:00", "2012-01-10 11:00:00"),
        ("2012-03-25 01:59:59", "2012-03-25 00:59:59"),
        ("2012-03-25 03:00:00", "2012-03-25 01:00:00"),
        # skipped: as if the clocks had not been put forward yet
        ("2012-03-25 02:30:00", "2012-03-25 01:30:00"),
        # shown twice: the first of the two
        ("2012-10-28 02:30:00", "2012-10-28 00:30:00"),
        ("2012-10-28 03:00:00", "2012-10-28 02:00:00"),
    ],
)
def test_local_time_to_utc_over_the_changes_of_the_clock(local, utc):
    moment = datetime.datetime.fromisoformat
    assert to_utc(moment(local)) == moment(utc)


def test_what_happens_in_one_second_keeps_its_order():
    lines = ["2,6,2012-03-06 10:00:00", "1,8,2012-03-05 10:00:00"]
    lines += ["1,9,2012-03-05 10:00:00", "1,1,2012-03-05 09:59:59"]
    events, _bad = split(parse(lines))
    assert [(each.case, each.activity) for each in in_order(events)] == [
        ("1", "1"),
        ("1", "8"),
        ("1", "9"),
        ("2", "6"),
    ]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("2,8", "2 columns instead of 3"),
        (",8,2012-04-03 16:55:53", "no case"),
        ("2,0,2012-04-03 16:55:53", "'0' is no activity of 1 to 9"),
        ("2,88,2012-04-03 16:55:53", "'88' is no activity of 1 to 9"),
        ("2,8,2012-02-30 16:55:53", "'2012-02-30 16:55:53' is no time"),
        ("2,8,2012-04-03", "'2012-04-03' is no time"),
        ("2,8,0001-04-03 16:55:53", "'0001-04-03 16:55:53' is no time"),
    ],
)
def test_bad_lines_say_why(line, reason):
    with pytest.raises(ValueError, match=reason):
        read(line.split(","))
    [bad] = parse([line])
    assert isinstance(bad, BadLine)
    # and the other reader takes none of them for an event
    assert outcomes(line) == []


@given(lines=st.lists(st.text()))
def test_any_text_is_read_without_an_exception(lines):
    for entry in parse(lines):
        assert isinstance(entry, Event | BadLine)
    outcomes("\n".join(lines).replace("\0", ""))


# WORKING TIME


def seconds(text):
    moment = datetime.datetime.fromisoformat(text)
    return int((moment - EPOCH).total_seconds())


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("2012-03-05 09:00", "2012-03-05 18:00", 9),
        ("2012-03-05 08:00", "2012-03-05 20:00", 9),
        ("2012-03-09 17:00", "2012-03-12 10:00", 2),  # over a weekend
        ("2012-03-10 10:00", "2012-03-11 20:00", 0),
        ("2012-03-05 09:00", "2012-03-12 09:00", 45),
        ("2012-03-23 17:00", "2012-03-26 10:00", 2),  # the clocks are put forward
        ("2009-12-31 12:00", "2010-01-01 12:00", 9),
        ("1969-12-31 12:00", "1970-01-01 12:00", 9),
    ],
)
def test_working_time_between(start, end, hours):
    assert worked(seconds(end)) - worked(seconds(start)) == hours * HOUR


@given(start=st.integers(0, 14 * 24 * 60), minutes=st.integers(0, 60 * 60))
def test_deadlines_equal_a_walk_minute_by_minute(start, minutes):
    moment, left = start * 60, minutes
    # with nothing to count: the next opening
    while left or not (minutes or _is_worked(moment)):
        left -= _is_worked(moment)
        moment += 60
    assert due(start * 60, minutes * 60) == moment


def _is_worked(moment):
    return moment // DAY % 7 < 5 and 9 * HOUR <= moment % DAY < 18 * HOUR


# WHAT WAS LATE


def test_the_first_response_is_the_first_8():
    assert response("1 5 10:00:00", "8 5 14:00:00", "6 9 9:00:00") == (1, "met", 0)
    assert response("1 5 10:00:00", "8 5 14:00:01", "6 9 9:00:00") == (1, "late", 1)
    # the waiting for a customer does not hold it up
    assert response("1 5 10:00:00", "9 5 10:30:00", "8 5 15:00:00") == (
        1,
        "late",
        HOUR,
    )


def test_a_6_is_the_first_response_where_no_8_came_before():
    assert response("1 5 10:00:00", "6 5 13:00:00", "8 7 10:00:00") == (1, "met", 0)
    assert response("6 5 20:00:00") == response("8 5 20:00:00") == (1, "met", 0)
    assert response("1 5 10:00:00", "9 5 11:00:00") == (1, "open", 0)


def test_27_working_hours_are_three_days():
    rows = "1 5 09:00:00", "8 5 09:00:01"
    assert resolutions(*rows, "6 7 18:00:00") == [(1, "met", 0)]
    # after the deadline, though no working second has passed since
    assert resolutions(*rows, "6 7 18:00:01") == [(1, "late", 0)]
    assert resolutions(*rows, "6 8 08:59:59") == [(1, "late", 0)]
    assert resolutions(*rows, "6 8 09:00:02") == [(1, "late", 2)]
    # received in the evening: the same three days from the next morning on
    assert resolutions("1 5 20:00:00", "6 8 18:00:00") == [(1, "met", 0)]
    assert resolutions("1 5 20:00:00", "6 8 22:00:00") == [(1, "late", 0)]


def test_waiting_does_not_count():
    rows = "1 5 09:00:00", "9 5 10:00:00"
    # a 9 after a 9 goes on waiting; 1 + 26 hours from Thursday, 14 o'clock on
    rows += "9 6 10:00:00", "1 8 14:00:00"
    assert resolutions(*rows, "6 13 17:00:00") == [(1, "late", 4 * HOUR)]
    # 4 + 9 + 9 + 4
    assert resolutions(*rows, "6 13 13:00:00") == [(1, "met", 0)]
    assert resolutions(*rows[:2], "6 29 10:00:00") == [(1, "met", 0)]


def test_late_stays_late_however_long_it_waits():
    rows = "1 5 09:00:00", "9 7 18:00:01"
    assert resolutions(*rows, "6 29 10:00:00") == [(1, "late", 0)]
    assert resolutions("1 5 09:00:00", "9 7 18:00:00", "6 29 10:00:00") == [
        (1, "met", 0)
    ]


def test_any_event_after_a_6_opens_again_and_goes_on_with_what_was_used():
    rows = "1 5 09:00:00", "6 6 18:00:00"  # 18 hours used
    assert resolutions(*rows, "1 15 09:00:00", "6 15 18:00:00") == [
        (1, "met", 0),
        (2, "met", 0),
    ]
    assert resolutions(*rows, "8 15 09:00:00", "6 16 09:30:00") == [
        (1, "met", 0),
        (2, "late", HOUR // 2),
    ]
    # a wait begins the next cycle
    assert resolutions(*rows, "9 15 09:00:00", "6 29 09:30:00") == [
        (1, "met", 0),
        (2, "met", 0),
    ]
    assert resolutions(*rows, "2 15 09:00:00") == [(1, "met", 0), (2, "open", 0)]


def test_repeated_closings_are_cycles_of_no_time():
    rows = "1 5 09:00:00", "6 6 18:00:00"
    assert resolutions(*rows, "6 6 18:00:00", "6 9 12:00:00") == [
        (1, "met", 0),
        (2, "met", 0),
        (3, "met", 0),
    ]
    # what was overdrawn stays so
    late = "1 5 09:00:00", "6 8 10:00:00"
    assert resolutions(*late, "6 8 10:00:00") == [
        (1, "late", HOUR),
        (2, "late", HOUR),
    ]


def test_cases_keep_apart():
    text = log("1 5 10:00:00") + "\n" + log("8 5 10:00:00", case="8")[len(HEADER) :]
    assert {each.case for each in outcomes(text)} == {"7", "8"}
    assert Outcome("8", "first_response", 1, "met") in outcomes(text)


def test_the_real_log():
    if not LOG.exists():
        return
    text = LOG.read_text(encoding="utf-8")
    events, bad = split(parse(text.split("\n")))
    assert (len(events), len({each.case for each in events}), bad) == (13_710, 3804, [])
    counted = Counter(
        (each.metric, min(each.cycle, 2), each.state) for each in outcomes(text)
    )
    assert {each.metric for each in outcomes(text)} == {"first_response", "resolution"}
    assert not any(state == "open" for _metric, _cycle, state in counted)
    # as many cycles as closings: every case ends with a 6
    closings = sum(each.meaning == helpdesk.CLOSED for each in events)
    assert closings == sum(
        number for (metric, _c, _s), number in counted.items() if metric == "resolution"
    )
    assert helpdesk_expected.FIRST_RESPONSE == 4 * HOUR


# THE COMMAND


def test_differences_are_told_one_by_one():
    met = Outcome("7", "resolution", 1, "met")
    late = Outcome("7", "resolution", 1, "late", 5)
    second = Outcome("7", "resolution", 2, "met")
    assert replay.differences([met, second], [second, met]) == []
    assert replay.differences([met, second], [late]) == [
        "case 7, resolution, cycle 1: late by 5 s, by the file met",
        "case 7, resolution, cycle 2: nothing, by the file met",
    ]
    assert replay.differences([met], [met, met]) == ["1 outcomes are there twice"]


def test_the_table_shows_every_state():
    found = [
        Outcome("1", "resolution", 1, "met"),
        Outcome("2", "resolution", 1, "late", 5400),
        Outcome("2", "resolution", 2, "cancelled"),
    ]
    header, *rows = replay.table(found)
    assert header.split() == [
        *("metric", "cycle", "met", "late", "cancelled", "overdue", "h")
    ]
    assert [row.split() for row in rows] == [
        ["resolution", "1", "1", "1", "0", "1.5"],
        ["resolution", "2", "0", "0", "1", "0.0"],
    ]


def test_only_a_database_of_a_replay_is_dropped(monkeypatch):
    dropped = []
    monkeypatch.setattr(database, "exists", lambda name: True)
    monkeypatch.setattr(database, "comment", lambda name: "somebody's")
    monkeypatch.setattr(database, "drop", dropped.append)
    with pytest.raises(DevError, match="crm_demo was not made by a replay"):
        replay.prepare("crm_demo")
    assert not dropped


def test_a_log_that_is_not_there_or_says_nothing(tmp_path):
    with pytest.raises(DevError, match="There is no ticket log at"):
        replay.log_file(str(tmp_path / "none.csv"))
    empty = tmp_path / "empty.csv"
    empty.write_text(HEADER)
    with pytest.raises(DevError, match="has no event in it"):
        replay.run(argparse.Namespace(file=str(empty), db="x", odoo=None))
