# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The reader of the CDNOW purchase log."""

import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dev import paths
from dev.cdnow import BadLine, Purchase, customer_key, parse, read, split

HEADER = " customer_id  date number_of_cds  dollar_value\r\n"
customers = st.integers(0, 999_999_999)
dates = st.dates(datetime.date(1900, 1, 1), datetime.date(2199, 12, 31))
units = st.integers(0, 999)
amounts = st.decimals(0, 9_999_999, places=2)
rows = st.lists(st.tuples(customers, dates, units, amounts), max_size=20)


def write(row, sample):
    customer, date, count, amount = row
    middle = " 0001" if sample else ""
    return f" {customer:05d}{middle} {date:%Y%m%d}  {count}  {amount:.2f}\r\n"


def facts(purchase):
    return purchase.customer, purchase.date, purchase.units, purchase.amount


@given(rows=rows, sample=st.booleans(), header=st.booleans())
def test_what_is_written_is_read(rows, sample, header):
    lines = [HEADER] if header and not sample else []
    lines += [write(row, sample) for row in rows]
    entries = list(parse(lines))
    assert [facts(entry) for entry in entries] == rows
    assert [entry.line for entry in entries] == list(
        range(1 + len(lines) - len(rows), 1 + len(lines))
    )


@given(rows=rows)
def test_keys_are_unique_and_the_same_in_both_formats(rows):
    sample, master = (
        [entry.key for entry in parse(write(row, form) for row in rows)]
        for form in (True, False)
    )
    assert sample == master
    assert len(set(sample)) == len(rows)


@given(lines=st.lists(st.text()))
def test_any_text_is_read_without_an_exception(lines):
    for entry in parse(lines):
        assert isinstance(entry, Purchase | BadLine)


@given(rows=rows, junk=st.lists(st.text(st.characters(codec="ascii"), max_size=9)))
def test_bad_lines_do_not_change_what_the_good_ones_say(rows, junk):
    good = [write(row, sample=True) for row in rows]
    # nothing in junk is a whole line: it has one column at most
    bad = ["".join(text.split()) for text in junk]
    mixed = good[:1] + bad + good[1:]
    purchases, refused = split(parse(mixed))
    assert [facts(each) for each in purchases] == rows
    assert len(refused) <= len(bad)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("00001 0001 19970230 1 1.00", "'19970230' is no date (yyyymmdd)"),
        ("00001 0001 1997-02-03 1 1.00", "'1997-02-03' is no date (yyyymmdd)"),
        ("00001 0001 00000101 1 1.00", "'00000101' is no date (yyyymmdd)"),
        ("00001 0001 99990101 1 1.00", "'99990101' is no date (yyyymmdd)"),
        ("00001 0001 ١٩٩٧٠١٠١ 1 1.00", "'١٩٩٧٠١٠١' is no date (yyyymmdd)"),
        ("x 0001 19970101 1 1.00", "'x' is no customer number"),
        ("-1 0001 19970101 1 1.00", "'-1' is no customer number"),
        ("00001 0001 19970101 1.5 1.00", "'1.5' is no number of CDs"),
        ("00001 0001 19970101 1 -1.00", "'-1.00' is no amount of 0.00 or more"),
        ("00001 0001 19970101 1 nan", "'nan' is no amount of 0.00 or more"),
        ("00001 0001 19970101 1 inf", "'inf' is no amount of 0.00 or more"),
        ("00001 0001 19970101 1 1e3", "'1e3' is no amount of 0.00 or more"),
        ("00001 0001 19970101 1 1,50", "'1,50' is no amount of 0.00 or more"),
        ("00001 0001 19970101 1 1.005", "'1.005' is no amount of 0.00 or more"),
        ("00001 0001 19970101 1", "4 columns instead of 5"),
        ("00001 0001 19970101 1 1.00 x", "6 columns instead of 5"),
    ],
)
def test_a_bad_line_is_told_with_its_number_and_reason(line, reason):
    good = "00004 0001 19970101  2   29.33"
    entries = list(parse([good, "", line, good]))
    assert entries[1] == BadLine(3, reason, line)
    assert [entry.line for entry in entries] == [1, 3, 4]
    assert reason in str(entries[1])


def test_a_purchase_of_nothing_and_two_on_a_day_are_purchases():
    lines = ["00004 19970101 1 0.00", "00004 19970101 2 5.00", "00005 19970101 2 5.00"]
    first, second, third = parse(lines)
    assert first.amount == Decimal(0)
    assert (first.nth, second.nth, third.nth) == (1, 2, 1)
    assert second.key == "CDNOW-00004-19970101-2"


def test_the_layout_is_the_first_readable_line_s():
    assert [type(each) for each in parse(["x", "1 19970101 1 1.00"])] == [
        BadLine,
        Purchase,
    ]
    with pytest.raises(ValueError, match="3 columns instead of 4 or 5"):
        read(["1", "2", "3"])


def test_the_customer_s_key_has_the_width_of_the_file():
    assert customer_key(4) == "CDNOW-00004"


@pytest.mark.may_skip
@pytest.mark.parametrize(
    ("name", "customers", "purchases", "total"),
    [
        ("CDNOW_sample.txt", 2357, 6919, "244091.94"),
        ("CDNOW_master.txt", 23570, 69659, "2500315.63"),
    ],
)
def test_the_published_files(name, customers, purchases, total):
    path = paths.SHARED / "data" / "cdnow" / name
    if not path.is_file():
        pytest.skip(f"{path} is not here")
    found, bad = split(parse(path.read_text().split("\n")))
    assert not bad
    assert len(found) == purchases
    assert len({each.customer for each in found}) == customers
    assert len({each.key for each in found}) == purchases
    assert sum(each.amount for each in found) == Decimal(total)
