# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged

from .care_task_common import CareTaskCommon


@tagged("post_install", "-at_install")
class TestCareTours(CareTaskCommon, HttpCase):
    """Read by one, rewritten, and agreed to by another, on the screens."""

    def test_approval_inbox(self):
        now = fields.Datetime.now()
        later = {
            "occasion_date": now.date() + timedelta(days=1),
            "due_date": now.date() + timedelta(days=1),
            "not_before": now,
            "not_after": now + timedelta(days=2),
        }
        other = self._create_partner("Wang Wei")
        tasks = self._create_task(**later) | self._create_task(other, **later)
        self.tasks._cron_review()
        self.assertEqual(set(tasks.mapped("state")), {"to_approve"})
        for url, tour, user in (
            ("/odoo/care-approval", "edit", self.care_manager),
            ("/odoo/care-approval", "approve", self.care_boss),
            ("/odoo/care-tasks", "look", self.care_manager),
        ):
            self.start_tour(
                url, f"crm_service_excellence_care_{tour}", login=user.login
            )
        self.assertRecordValues(
            tasks,
            [
                {
                    "state": "approved",
                    "subject": "Dear Li Na, many happy returns",
                    "text_author_id": self.care_manager.id,
                    "approved_by_id": self.care_boss.id,
                    "reason": False,
                },
                {
                    "state": "skipped",
                    "subject": "Happy birthday, Wang Wei",
                    "text_author_id": False,
                    "approved_by_id": False,
                    "reason": "They moved to a competitor",
                },
            ],
        )
