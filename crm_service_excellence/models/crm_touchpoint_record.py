# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Touchpoints that write themselves: one row for a contact, whatever the path."""

from psycopg2.errors import UniqueViolation

from odoo import api, models


class CrmTouchpoint(models.Model):
    _inherit = "crm.touchpoint"

    @api.model
    def _record(self, vals_list):
        """Write the touchpoints whose source is not recorded yet.

        For what happens elsewhere in Odoo: whoever may do that need not have access to
        touchpoints. Safe to call again, and by two at once: the row that is there
        already stays as it is.

        :param vals_list: values with ``source``, the unique key of what happened
            (``"mail.activity,12"``); a contact as ``partner_id`` is filed under its
            commercial partner
        :return: the touchpoints written
        """
        touch_sudo = self.sudo()  # what took place is recorded, whoever did it
        touchpoints = touch_sudo._create_unseen(
            [self._file_under_customer(vals) for vals in vals_list]
        )
        touch_sudo._refresh_customers(touchpoints.partner_id.ids)
        return touchpoints.sudo(self.env.su)

    @api.model
    def _source_key(self, vals):
        return (
            vals["source"],
            vals["partner_id"],
            vals.get("company_id") or self.env.company.id,
        )

    @api.model
    def _create_unseen(self, vals_list):
        """Create what has a source that its customer and company have not yet."""
        known = {
            (touch.source, touch.partner_id.id, touch.company_id.id)
            for touch in self.search(
                [("source", "in", [vals["source"] for vals in vals_list])]
            )
        }
        unseen = {self._source_key(vals): vals for vals in reversed(vals_list)}
        vals_list = [vals for key, vals in unseen.items() if key not in known]
        vals_list.reverse()
        return self._create_or_skip(vals_list)

    @api.model
    def _create_or_skip(self, vals_list):
        """Create, but leave out what another transaction has recorded meanwhile.

        The savepoint must not run the hooks before commit: in bulk they would measure
        customers one by one. What is in memory is therefore written before.
        """
        if not vals_list:
            return self.browse()
        quiet = self.with_context(mail_create_nolog=True, mail_create_nosubscribe=True)
        self.env.flush_all()
        try:
            with self.env.cr.savepoint(flush=False):
                touchpoints = quiet._create_quietly(vals_list)
                self.env.flush_all()
        except UniqueViolation:
            self.env.transaction.clear()
            if len(vals_list) == 1:
                return self.browse()
            return self.browse().concat(
                *(self._create_or_skip([vals]) for vals in vals_list)
            )
        return touchpoints.with_env(self.env)
