# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _care_timezone(self, company):
        """Name of the zone in which this contact's days begin and end.

        Its own, else the first of its country, else the company's; a name that is no
        zone is passed over.
        """
        self.ensure_one()
        return company._care_zone(self.tz, self.country_id.code)
