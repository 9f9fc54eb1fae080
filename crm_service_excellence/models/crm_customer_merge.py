# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Two customers become one: contacts merged, or a customer filed under a company."""

from odoo import api, models
from odoo.tools import SQL

# What is filed under the commercial partner and has to follow it.
FILED_BY_CUSTOMER = (
    "crm.customer.insight",
    "crm.goodwill",
    "crm.profile.change",
    "crm.visit",
)


class CrmCustomer(models.Model):
    _inherit = "crm.customer"

    @api.model
    def _fold_contacts(self, partner_ids=None):
        """Customers whose partner became a contact of another join that other one."""
        condition = SQL("TRUE")
        if partner_ids is not None:
            condition = SQL(
                "partner.commercial_partner_id = ANY(%s)", list(partner_ids)
            )
        self.env.cr.execute(
            SQL(
                """SELECT partner.id, partner.commercial_partner_id
                     FROM crm_customer customer
                     JOIN res_partner partner ON partner.id = customer.partner_id
                    WHERE partner.commercial_partner_id <> partner.id AND %s""",
                condition,
            )
        )
        folded = set(self.env.cr.fetchall())
        if partner_ids is None:
            self.env["crm.care.task"]._follow_company()
        for contact_id, commercial_id in folded:
            partners = self.env["res.partner"]
            self._reassign_partner(
                partners.browse(contact_id), partners.browse(commercial_id)
            )

    @api.model
    def _reassign_partner(self, sources, target):
        """Move the customers of ``sources`` to ``target``, one row per company.

        Nothing is lost: history and insights move along, an override that still runs
        is kept (the later end wins), so is a VIP decision and the better grade.

        :param sources: ``res.partner`` whose customers move
        :param target: ``res.partner`` that receives them
        """
        # sudo: a merge concerns every company, whoever may run it
        customers = self.sudo().with_context(active_test=False)
        moving = customers.search([("partner_id", "in", sources.ids)], order="id")
        for customer in moving:
            twin = customers.search(
                [
                    ("partner_id", "=", target.id),
                    ("company_id", "=", customer.company_id.id),
                ]
            )
            if twin:
                twin._absorb(customer)
            else:
                customer.partner_id = target
                customer.flush_recordset()
        self.env["crm.visit"]._join_needs(sources, target)
        self.env["crm.touchpoint"].sudo()._reassign_partner(sources, target)
        # sudo: as above
        tasks_sudo = self.env["crm.care.task"].sudo()
        filed = tasks_sudo.search([("commercial_partner_id", "in", sources.ids)])
        filed.commercial_partner_id = target
        for model in FILED_BY_CUSTOMER:
            records = self.env[model].sudo().with_context(active_test=False)
            records.search([("partner_id", "in", sources.ids)]).partner_id = target

    def _absorb(self, other):
        """Take over what ``other`` has beyond what is measured, and remove it."""
        self.ensure_one()
        values = {}
        if other.is_vip and not self.is_vip:
            values["is_vip"] = True
        overrides = ("override_grade_id", "override_until", "override_reason")
        if other.override_until and (
            not self.override_until or other.override_until > self.override_until
        ):
            values.update({name: other[name] for name in overrides})
            values["grade_id"] = other.override_grade_id
        ranks = {g: n for n, g in enumerate(self.env["crm.grade"].search([]))}
        worst = len(ranks)
        if ranks.get(other.computed_grade_id, worst) < ranks.get(
            self.computed_grade_id, worst
        ):
            values.update(
                {
                    name: other[name]
                    for name in ("computed_grade_id", "computed_grade_date")
                }
            )
            values["below_since"] = other.below_since
            if not (self.override_until or other.override_until):
                values["grade_id"] = other.computed_grade_id
        values.update(self._cadence_to_absorb(other))
        old_grade = self.grade_id
        if "grade_id" in values and values["grade_id"] != old_grade:
            values["grade_date"] = self.company_id._crm_today()
        self.write(
            {
                name: value.id if isinstance(value, models.BaseModel) else value
                for name, value in values.items()
            }
        )
        self._take_reminder(other)
        self._take_references(other)
        self.env["crm.grade.change"].create(
            {
                "customer_id": self.id,
                "company_id": self.company_id.id,
                "date": self.company_id._crm_today(),
                "kind": "merge",
                "old_grade_id": old_grade.id,
                "new_grade_id": self.grade_id.id,
                "score": self.score,
                "reason": self.env._(
                    "Merged with %(name)s", name=other.partner_id.display_name
                ),
                "user_id": self.env.uid,
            }
        )
        other.unlink()

    def _take_reminder(self, other):
        """One reminder a customer, and one that the next contact takes back."""
        reminder = other.contact_activity_id.filtered("active")
        if self.contact_activity_id.active:
            reminder.unlink()
        else:
            self.contact_activity_id = reminder

    def _take_references(self, other):
        """Point what points at ``other`` to this customer: history, notes, activities.

        By SQL, as the history refuses to be written.
        """
        self.env.flush_all()
        for table in ("crm_grade_change", "crm_grade_run_line"):
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET customer_id = %s WHERE customer_id = %s",
                    SQL.identifier(table),
                    self.id,
                    other.id,
                )
            )
        self.env.invalidate_all()
        messages = self.env["mail.message"].search(
            [("model", "=", self._name), ("res_id", "=", other.id)]
        )
        messages.write({"res_id": self.id})
        other.activity_ids.write({"res_id": self.id})
        self.message_subscribe(partner_ids=other.message_partner_ids.ids)
