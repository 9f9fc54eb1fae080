# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .complaint_common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestOnlineTeam(ComplaintCommon):
    """One team of a company gets what comes by web and portal."""

    def test_one_team_of_the_company(self):
        other = self.team.create({"name": "Other", "company_id": self.company.id})
        self.company.crm_complaint_team_id = self.team
        self.assertTrue(self.team.takes_online)
        self.company.crm_complaint_team_id = other
        self.company.invalidate_recordset()
        self.assertEqual(self.company.crm_complaint_team_id, other)
        self.assertFalse(self.team.takes_online)
        self.company.crm_complaint_team_id = False
        self.company.invalidate_recordset()
        self.assertFalse(self.company.crm_complaint_team_id)
        self.assertFalse(other.takes_online)

    def test_not_another_companys(self):
        foreign = self.env["res.company"].create({"name": "Foreign"})
        with self.assertRaisesRegex(ValidationError, "is not one of"):
            foreign.crm_complaint_team_id = self.team
