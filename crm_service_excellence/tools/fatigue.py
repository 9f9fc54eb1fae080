# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""How much is too much: greetings and offers that a contact, or a customer, gets.

Pure: moments are naive UTC, days those of a time zone. A limit of 0 is none.
"""

from datetime import datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

WEEK = timedelta(days=7)


def contact_free_at(now, sent, daily, weekly, zone):
    """When one contact may get one more, over all channels.

    :param now: naive UTC
    :param sent: moments at which the contact got something, in any order
    :param daily: so many a day of the contact
    :param weekly: so many in any seven days
    :param zone: name of the contact's time zone
    :return: None if now, else the first moment at which both limits allow it
    """
    free = []
    if daily:
        today = local_day(now, zone)
        if sum(local_day(moment, zone) == today for moment in sent) >= daily:
            free.append(next_midnight(now, zone))
    if weekly:
        recent = sorted(moment for moment in sent if moment > now - WEEK)
        if len(recent) >= weekly:
            # room for one more is there once only weekly - 1 of them are recent
            free.append(recent[-weekly] + WEEK)
    return max(free, default=None)


def customer_free_at(now, contact, reached, limit, zone):
    """When one more contact of the same customer may get something.

    Whoever got something today already is no further contact: the limits of the
    contact decide on that.

    :param now: naive UTC
    :param contact: key of the contact
    :param reached: keys of the customer's contacts who got something today
    :param limit: so many contacts a day
    :param zone: name of the zone of that day
    :return: None if now, else the midnight at which the next day begins
    """
    if not limit or contact in reached or len(reached) < limit:
        return None
    return next_midnight(now, zone)


def hour_free_at(now, sent, limit):
    """When a sender who may send so much an hour may send again.

    :param now: naive UTC
    :param sent: moments of the last hour at which something was sent
    :param limit: so many an hour
    :return: ``(number that may go now, moment at which the next may go or None)``
    """
    hour = timedelta(hours=1)
    recent = sorted(moment for moment in sent if moment > now - hour)
    room = max(limit - len(recent), 0)
    if room or not recent:
        return room, now + hour
    return 0, recent[-limit] + hour


def local_day(moment, zone):
    """The date of a naive UTC moment in a time zone."""
    return moment.replace(tzinfo=timezone.utc).astimezone(ZoneInfo(zone)).date()


def next_midnight(now, zone):
    """The beginning of the next day of a time zone, naive UTC."""
    day = local_day(now, zone) + timedelta(days=1)
    midnight = datetime.combine(day, time(), ZoneInfo(zone))
    return midnight.astimezone(timezone.utc).replace(tzinfo=None)
