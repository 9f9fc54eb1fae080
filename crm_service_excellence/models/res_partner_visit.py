# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.geo import as_place, gcj02_to_wgs84
from .crm_visit import OPEN_STATES
from .res_partner import CARE_GROUP


class ResPartner(models.Model):
    """Where a customer is, and the visits to it."""

    _inherit = "res.partner"

    crm_coordinate_system = fields.Selection(
        selection=[
            ("wgs84", "World (WGS-84)"),
            ("gcj02", "Chinese maps (GCJ-02)"),
        ],
        string="Coordinates from",
        help="Map services of mainland China shift coordinates by some hundred metres. "
        "World if empty.",
    )
    crm_visit_count = fields.Integer(
        compute="_compute_crm_visit_count", groups=CARE_GROUP
    )

    @api.depends_context("uid")
    def _compute_crm_visit_count(self):
        counts = dict(
            self.env["crm.visit"]._read_group(
                domain=[("partner_id", "in", self.commercial_partner_id.ids)],
                groupby=["partner_id"],
                aggregates=["__count"],
            )
        )
        for partner in self:
            partner.crm_visit_count = counts.get(
                partner.commercial_partner_id._origin, 0
            )

    def _crm_place_raw(self):
        """Where the partner is, as the map shows it that was used, or None."""
        return as_place(self.partner_latitude, self.partner_longitude)

    def _crm_address(self):
        """The address in one line, without the names."""
        parts = [self.street, self.street2, self.zip, self.city, self.state_id.name]
        return ", ".join(part for part in parts if part)

    def _crm_place(self):
        """Where the partner is, WGS-84, or None: (0, 0) is what unknown reads as."""
        self.ensure_one()
        place = self._crm_place_raw()
        if place and self.crm_coordinate_system == "gcj02":
            place = gcj02_to_wgs84(place)
        return place

    def write(self, vals):
        result = super().write(vals)
        if vals.get("active") is False:
            self._cancel_crm_visits()
        return result

    def _cancel_crm_visits(self):
        """Nobody visits an archived customer; what took place stays."""
        # sudo: whoever may archive the customer; visits may be others'
        visits_sudo = self.env["crm.visit"].sudo()
        open_visits = visits_sudo.search(
            [("partner_id", "in", self.ids), ("state", "in", OPEN_STATES)]
        )
        if open_visits:
            open_visits._cancel(
                self.env.ref("crm_service_excellence.crm_visit_reason_archived")
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_visited(self):
        # sudo: a visit that the user cannot see is evidence all the same
        visits_sudo = self.env["crm.visit"].sudo().with_context(active_test=False)
        visit = visits_sudo.search([("partner_id", "in", self.ids)], limit=1)
        if visit:
            raise UserError(
                self.env._(
                    "There are visits to %(customer)s. Archive the contact instead.",
                    customer=visit.partner_id.display_name,
                )
            )

    # ACTIONS

    def action_view_crm_visits(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_service_excellence.crm_visit_action_all"
        )
        partner = self.commercial_partner_id
        return {
            **action,
            "domain": [("partner_id", "=", partner.id)],
            "context": {"default_partner_id": partner.id},
        }

    def action_new_crm_visit(self):
        """Open the form of a new visit to this customer."""
        self.ensure_one()
        is_contact = self != self.commercial_partner_id
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New visit"),
            "res_model": "crm.visit",
            "view_mode": "form",
            "context": {
                "default_partner_id": self.commercial_partner_id.id,
                "default_contact_id": self.id if is_contact else False,
            },
        }

    def action_start_crm_visit(self, position=None):
        """Start a visit that nobody planned, now, and show it.

        Called again it shows the visit that was started.

        :param dict position: as for ``crm.visit.action_start``
        """
        self.ensure_one()
        partner = self.commercial_partner_id
        visits = self.env["crm.visit"]
        _place, _accuracy, key = visits._read_position(position)
        mine = [("partner_id", "=", partner.id), ("user_id", "=", self.env.uid)]
        visit = visits.search([*mine, ("state", "=", "in_progress")], limit=1)
        if not visit and key:
            visit = visits.search([*mine, ("check_in_key", "=", key)], limit=1)
        if not visit:
            visits._check_none_in_progress()
            visits.check_access("create")
            # sudo: the state is none to be typed; the visit is the user's own
            visit_sudo = visits.sudo().create(
                {
                    "partner_id": partner.id,
                    "contact_id": self.id if self != partner else False,
                    "user_id": self.env.uid,
                    "state": "proposed",
                }
            )
            visit = visit_sudo.sudo(False)
            visit.action_start(position)
        return visit._get_records_action(context={})
