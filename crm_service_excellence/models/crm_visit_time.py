# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import datetime, timezone
from zoneinfo import ZoneInfo

from odoo import api, fields, models


class CrmVisit(models.Model):
    """The wall clock of a visit: where the company is, whoever asks."""

    _inherit = "crm.visit"

    def _zone(self):
        return ZoneInfo((self.company_id or self.env.company)._crm_timezone())

    def _to_local(self, moment):
        """:return: a naive UTC moment on the visit's wall clock, with its zone."""
        return moment.replace(tzinfo=timezone.utc).astimezone(self._zone())

    def _combine(self, day, time):
        """:return: naive UTC of a wall-clock time on a day."""
        local = datetime.combine(day, time.replace(tzinfo=None), tzinfo=self._zone())
        return local.astimezone(timezone.utc).replace(tzinfo=None)

    @api.model
    def _local_date(self, moment, company):
        """:return: the date of a naive UTC moment (or its text) at a company."""
        zone = ZoneInfo((company or self.env.company)._crm_timezone())
        moment = fields.Datetime.to_datetime(moment).replace(tzinfo=timezone.utc)
        return moment.astimezone(zone).date()
