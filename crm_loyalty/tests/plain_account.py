# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A points account as one would keep it on paper: the oracle of the random histories.

Written from the rules of ``loyalty.md`` (c), without looking at the code under test: it
keeps single points, each with its last day, and moves them one by one.
"""

from datetime import date

NEVER = date.max


class Refused(Exception):
    """The account does not allow it; nothing changed."""


class PlainAccount:
    """Single points in piles: spendable, owed, pending."""

    def __init__(self):
        self.days = []  # the last day of each point that is there
        self.owed = 0
        self.waiting = 0

    @property
    def balance(self):
        return len(self.days) - self.owed

    def spendable(self, today):
        return sum(day >= today for day in self.days) - self.owed

    def earn(self, number, last_day):
        for _point in range(number):
            if self.owed:
                self.owed -= 1
            else:
                self.days.append(last_day)

    def redeem(self, number, today):
        """Return the last days of the points that were spent."""
        if self.spendable(today) < number:
            raise Refused
        return self._pick(number, today)

    def _pick(self, number, today):
        good = sorted(day for day in self.days if day >= today)
        picked = good[:number]
        for day in picked:
            self.days.remove(day)
        return picked

    def give_back(self, number, out, grace, today_plus):
        """Give back points of a redemption, those that live longest first.

        :param out: the last days of the points of it that are still out; they leave it
        """
        pay = min(self.owed, number)
        self.owed -= pay
        back = sorted(out, reverse=True)[: number - pay]
        for day in back:
            out.remove(day)
            self.days.append(max(day, today_plus) if grace else day)

    def refund(self, number, last_day, today):
        """Take back earned points, those of their own day first."""
        for _point in range(number):
            if last_day in self.days:
                self.days.remove(last_day)
            elif good := sorted(day for day in self.days if day >= today):
                self.days.remove(good[0])
            else:
                self.owed += 1

    def expire(self, today):
        """Return how many lapsed."""
        gone = [day for day in self.days if day < today]
        self.days = [day for day in self.days if day >= today]
        return len(gone)

    def absorb(self, other, today):
        """Take over another account of the same person: its points, then its debt.

        Points that can be spent pay what is owed here; what is owed there is paid by
        what expires first.
        """
        for day in sorted(other.days):
            if day >= today and self.owed:
                self.owed -= 1
            else:
                self.days.append(day)
        self.owed += other.owed - len(self._pick(other.owed, today))
        self.waiting += other.waiting
        other.days, other.owed, other.waiting = [], 0, 0
