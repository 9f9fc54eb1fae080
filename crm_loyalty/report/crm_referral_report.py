# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.tools import SQL


class CrmReferralReport(models.Model):
    """Referral rate: of the customers who are new in a period, how many were won by a
    recommendation that counts. One row a customer, on the day of its first order."""

    _name = "crm.referral.report"
    _description = "Referral Analysis"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "partner_id"
    _depends = {
        "crm.customer": ["company_id", "first_order_date", "partner_id", "user_id"],
        "crm.referral": ["company_id", "referred_id", "referrer_id", "state"],
        "res.partner": ["commercial_partner_id"],
    }

    partner_id = fields.Many2one(
        comodel_name="res.partner", string="New customer", readonly=True
    )
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    user_id = fields.Many2one(
        comodel_name="res.users", string="Salesperson", readonly=True
    )
    date = fields.Date(string="First order", readonly=True)
    referrer_id = fields.Many2one(
        comodel_name="res.partner", string="Recommended by", readonly=True
    )
    customer_count = fields.Integer(string="New customers", readonly=True)
    referred_count = fields.Integer(string="Recommended", readonly=True)
    referral_rate = fields.Float(readonly=True, aggregator="avg")

    @property
    def _table_query(self):
        return SQL(
            """SELECT customer.id, customer.partner_id, customer.company_id,
                      customer.user_id, customer.first_order_date AS date,
                      won.referrer_id, 1 AS customer_count,
                      (won.id IS NOT NULL)::int AS referred_count,
                      (won.id IS NOT NULL)::int::float AS referral_rate
                 FROM crm_customer customer
                 LEFT JOIN LATERAL (
                      SELECT referral.id, referral.referrer_id
                        FROM res_partner contact
                        JOIN crm_referral referral ON referral.referred_id = contact.id
                       WHERE contact.commercial_partner_id = customer.partner_id
                         AND referral.company_id = customer.company_id
                         AND referral.state IN ('qualified', 'rewarded')
                       ORDER BY referral.date, referral.id LIMIT 1) won ON TRUE
                WHERE customer.first_order_date IS NOT NULL"""
        )
