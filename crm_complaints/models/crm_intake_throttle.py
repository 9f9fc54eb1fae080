# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import time

import psycopg2.errors

from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.misc import hmac

# As many as there may be workers: of a crowd, one comes through each time.
TRIES = 50
KEPT_SECONDS = 2 * 24 * 3600
GC_ROWS = 10_000


class CrmIntakeThrottle(models.Model):
    """How often something was tried from one address within one window of time.

    In PostgreSQL, so that all workers and servers count together. Addresses are kept
    as keyed hashes only, for two days at most.
    """

    _name = "crm.intake.throttle"
    _description = "Intake Limit"
    _order = "window_start desc, id desc"
    _log_access = False

    kind = fields.Char(required=True, readonly=True)
    address_hash = fields.Char(required=True, readonly=True)
    seconds = fields.Integer(string="Window (seconds)", required=True, readonly=True)
    window_start = fields.Integer(
        string="Window",
        required=True,
        readonly=True,
        aggregator=None,
        help="Number of the window since 1970.",
    )
    count = fields.Integer(string="Tries", required=True, readonly=True)

    _key_uniq = models.UniqueIndex(
        "(kind, address_hash, seconds, window_start)", "This window is counted already."
    )

    @api.model
    def _allow(self, kind, address, limits, moment=None):
        """Count one try, and say whether it is within all limits.

        :param str kind: what is limited, e.g. ``"complaint_form"``
        :param str address: whom it is counted for (an IP address, an e-mail address);
            empty counts everybody together
        :param limits: ``[(seconds, times), ...]``: at most so many times in each window
        :param float moment: seconds since 1970, for tests; the clock otherwise
        :return: False from the first try beyond a limit until its window ends

        Counted in a transaction of its own: a request that fails later, or is played
        again, has been counted. When several workers count the same row at once, the
        losers try again; who loses every time is one of a crowd, and is refused.
        """
        moment = time.time() if moment is None else moment
        address_hash = self._hash_address(kind, address)
        allowed = True
        for seconds, times in limits:
            window = int(moment // seconds)
            count = self._count(kind, address_hash, seconds, window)
            allowed = allowed and count is not None and count <= times
        return allowed

    @api.model
    def _hash_address(self, kind, address):
        """Return a keyed hash: the address cannot be told, not by trying all either."""
        # sudo: the key is the database's secret
        return hmac(self.env(su=True), f"crm_intake_{kind}", address or "")

    @api.model
    def _count(self, kind, address_hash, seconds, window):
        """Add one to a window, return its count; None if others always came first."""
        query = SQL(
            """
            INSERT INTO crm_intake_throttle
                        (kind, address_hash, seconds, window_start, count)
                 VALUES (%s, %s, %s, %s, 1)
            ON CONFLICT (kind, address_hash, seconds, window_start)
          DO UPDATE SET count = crm_intake_throttle.count + 1
              RETURNING count
            """,
            kind,
            address_hash,
            seconds,
            window,
        )
        for _try in range(TRIES):
            try:
                with self.env.registry.cursor() as cr:
                    cr.execute(query, log_exceptions=False)
                    return cr.fetchone()[0]
            except psycopg2.errors.SerializationFailure:
                continue
        return None

    @api.autovacuum
    def _gc_windows(self):
        """Forget the windows that ended two days ago."""
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM crm_intake_throttle
                      WHERE id IN (
                            SELECT id FROM crm_intake_throttle
                             WHERE (window_start + 1)::bigint * seconds < %s
                             LIMIT %s
                            )
                """,
                int(time.time()) - KEPT_SECONDS,
                GC_ROWS,
            )
        )
        done = self.env.cr.rowcount
        self.invalidate_model()
        return done, done == GC_ROWS
