# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A ticket log played as complaints comes to what its text says.

The log is made up here, with the oddities of the real one; where that is at hand
(``shared/data``), its first cases are compared as well.
"""

import datetime
import random
from unittest.mock import patch

import freezegun

from odoo.tests import TransactionCase, tagged

from dev import helpdesk, helpdesk_expected, play_helpdesk, replay
from dev.paths import SHARED

LOG = SHARED / "data" / "helpdesk" / "helpdesk_log.csv"
SLICE = 25  # cases of the real log
HEADER = "CaseID,ActivityID,CompleteTimestamp\n"
# by hand: each oddity of the real log once, over both changes of the clock
ODDITIES = """\
a,8,2012-03-23 17:00:00
a,6,2012-03-28 18:00:00
b,6,2012-03-23 19:30:00
b,6,2012-03-23 19:30:00
b,6,2012-10-29 09:00:01
c,9,2012-10-26 17:30:00
c,9,2012-10-29 10:00:00
c,8,2012-10-30 12:00:00
c,6,2012-11-02 10:30:00
d,1,2012-03-05 20:00:00
d,8,2012-03-06 09:30:00
d,6,2012-03-08 22:00:00
d,2,2012-03-12 09:00:00
d,9,2012-03-12 09:00:00
d,6,2012-03-20 09:00:00
e,1,2012-03-05 09:00:00
e,8,2012-03-05 09:00:00
e,9,2012-03-05 09:00:00
e,6,2012-03-05 09:00:00
f,3,2012-03-05 09:00:00
f,9,2012-03-07 18:00:01
f,6,2012-03-30 10:00:00
g,1,2012-03-05 09:00:00
g,9,2012-03-05 10:00:00
h,1,2012-03-05 09:00:00
i,1,2012-03-05 09:00:00
i,6,2012-03-08 10:00:00
i,6,2012-03-08 10:00:00
"""
# case, metric, cycle, state, seconds late; worked out by hand
EXPECTED = [
    ["a", "first_response", 1, "met", 0],
    ["a", "resolution", 1, "late", 3600],  # 1 + 9 + 9 + 9 of 27 hours
    ["b", "first_response", 1, "met", 0],
    ["b", "resolution", 1, "met", 0],
    ["b", "resolution", 2, "met", 0],
    ["b", "resolution", 3, "met", 0],  # what lies between was closed
    ["c", "first_response", 1, "late", 8.5 * 3600],  # 0.5 + 9 + 3; waiting counts
    ["c", "resolution", 1, "met", 0],  # 6 + 9 + 9 + 1.5
    ["d", "first_response", 1, "met", 0],
    ["d", "resolution", 1, "late", 0],  # in the night after the deadline
    ["d", "resolution", 2, "met", 0],  # nothing is left, and nothing was used
    ["e", "first_response", 1, "met", 0],
    ["e", "resolution", 1, "met", 0],
    ["f", "first_response", 1, "late", (27 - 4 + 15 * 9 + 8 + 2) * 3600],
    ["f", "resolution", 1, "late", 0],  # a second after the deadline
    ["g", "first_response", 1, "open", 0],
    ["g", "resolution", 1, "open", 0],
    ["h", "first_response", 1, "open", 0],
    ["h", "resolution", 1, "open", 0],
    ["i", "first_response", 1, "late", 24 * 3600],
    ["i", "resolution", 1, "late", 3600],
    ["i", "resolution", 2, "late", 3600],  # overdrawn from its begin
]


def made_up_log():
    """30 cases of random activities in March 2012, when clocks were put forward."""
    dice = random.Random(2012)
    lines = []
    for case in range(30):
        moment = datetime.datetime(2012, 3, 19) + datetime.timedelta(
            seconds=dice.randrange(7 * 86_400)
        )
        activities = dice.choices("123456789", (4, 1, 1, 1, 0, 6, 0, 6, 5), k=4)
        for activity in [*activities, "6"]:
            lines.append(f"{case},{activity},{moment}")
            hours = dice.choice((0, 0, 0.5, 4, 20, 48, 120))
            moment += datetime.timedelta(seconds=int(hours * 3600 * dice.random() * 2))
    dice.shuffle(lines)
    return "\n".join(lines)


def real_slice():
    """The first cases of the real log; empty without it."""
    if not LOG.exists():
        return ""
    lines = LOG.read_text(encoding="utf-8").strip().split("\n")[1:]
    first = list(dict.fromkeys(line.split(",")[0] for line in lines))[:SLICE]
    return "\n".join(line for line in lines if line.split(",")[0] in first)


@tagged("standard", "post_install", "-at_install")
class TestReplay(TransactionCase):
    def _play(self, text, watch=7):
        events, bad = helpdesk.split(helpdesk.parse(text.split("\n")))
        self.assertFalse(bad)
        events = helpdesk.in_order(events)
        job = self.env.registry["ir.cron"]
        with (
            freezegun.freeze_time(events[0].moment) as clock,
            patch.object(play_helpdesk, "BATCH", 50),
            # the job commits, which a test may not
            patch.object(job, "_commit_progress", lambda *args, **kw: float("inf")),
        ):
            player = play_helpdesk.replay(
                self.env, events, clock, commit=lambda: None, watch=watch
            )
            return player, player.results()

    def _compare(self, text, watch=7):
        _player, results = self._play(text, watch)
        found = [helpdesk_expected.Outcome(*each) for each in results]
        expected = helpdesk_expected.outcomes(text)
        self.assertEqual(replay.differences(expected, found), [])

    def test_oddities_by_hand(self):
        player, results = self._play(HEADER + ODDITIES)
        self.assertEqual(sorted(results), EXPECTED)
        self._check_life(player)

    def _check_life(self, player):
        complaints = {
            case: player.root["crm.complaint"].browse(number)
            for case, number in player.complaints.items()
        }
        self.assertEqual(complaints["b"].cycle, 3)
        self.assertEqual(
            {case: each.state for case, each in complaints.items()},
            {**dict.fromkeys("abcdefi", "closed"), "g": "assessed", "h": "assessed"},
        )
        # Rome is two hours ahead of UTC in summer
        self.assertEqual(
            complaints["a"].date_closed, datetime.datetime(2012, 3, 28, 16)
        )
        self.assertEqual(
            complaints["c"].date_first_response, datetime.datetime(2012, 10, 30, 11)
        )
        # the second 9 went on waiting, the 8 ended it
        [pause] = complaints["c"].pause_ids
        self.assertEqual(
            (pause.date_from, pause.date_to),
            (
                datetime.datetime(2012, 10, 26, 15, 30),
                datetime.datetime(2012, 10, 30, 11),
            ),
        )
        self.assertFalse(complaints["g"].pause_ids.date_to)

    def test_by_hand_and_from_the_text(self):
        text = HEADER + ODDITIES
        expected = [helpdesk_expected.Outcome(*each) for each in EXPECTED]
        self.assertEqual(
            replay.differences(helpdesk_expected.outcomes(text), expected), []
        )

    def test_a_made_up_log(self):
        self._compare(made_up_log())

    def test_the_job_changes_nothing(self):
        for watch in (0, 1):
            with self.subTest(watch=watch), self.env.cr.savepoint() as savepoint:
                _player, results = self._play(HEADER + ODDITIES, watch)
                self.assertEqual(sorted(results), EXPECTED)
                savepoint.rollback()

    def test_a_slice_of_the_real_log(self):
        text = real_slice()
        if text:
            self._compare(text, watch=20)
