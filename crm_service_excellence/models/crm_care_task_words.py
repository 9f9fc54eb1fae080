# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.tools import format_date, format_list

# What templates may say, whoever edits them: fields and paths of fields, no code.
WORDS = (
    "contact_name",
    "customer_name",
    "occasion_name",
    "occasion_day",
    "source_name",
    "end_day",
    "grade_name",
    "company_name",
    "sender_name",
    "sender_email",
)


class CrmCareTask(models.Model):
    """Words for templates: every manager may edit those that use nothing else.

    In the language of the environment, which is the contact's when a text is written.
    """

    _inherit = "crm.care.task"

    contact_name = fields.Char(compute="_compute_people_words")
    customer_name = fields.Char(compute="_compute_people_words")
    company_name = fields.Char(string="Our name", related="company_id.name")
    sender_name = fields.Char(compute="_compute_sender_words")
    sender_email = fields.Char(compute="_compute_sender_words")
    occasion_name = fields.Char(related="occasion_id.name")
    occasion_day = fields.Char(compute="_compute_occasion_day")
    grade_name = fields.Char(compute="_compute_grade_name")
    end_day = fields.Char(
        string="Ends on",
        compute="_compute_end_day",
        help="When the warranty ends; the occasion is some time before.",
    )
    source_name = fields.Char(
        string="What it is about",
        compute="_compute_source_name",
        help="The product, the order or the grade that is the reason.",
    )

    @api.depends("partner_id.name", "partner_id.commercial_partner_id.name")
    def _compute_people_words(self):
        for task in self:
            customer = task.commercial_partner_id
            task.contact_name = task.partner_id.name or customer.name
            task.customer_name = customer.name or task.contact_name

    @api.depends("user_id", "company_id")
    def _compute_sender_words(self):
        """Who looks after the contact; the company where that is nobody."""
        for task in self:
            # sudo: how we sign is no secret, and portal users have no users to read
            sender = task.user_id.sudo().partner_id or task.company_id.sudo().partner_id
            task.sender_name = sender.name
            task.sender_email = sender.email_formatted if sender.email else False

    @api.depends("occasion_date")
    @api.depends_context("lang")
    def _compute_occasion_day(self):
        for task in self:
            day = task.occasion_date
            task.occasion_day = day and format_date(self.env, day, date_format="long")

    @api.depends("occasion_date", "kind", "res_model", "res_id")
    @api.depends_context("lang")
    def _compute_end_day(self):
        for task in self:
            day = task.occasion_date
            if task.kind == "warranty_end" and task._source_record("sale.order.line"):
                # sudo: the task may be read; a warranty has the number of its line
                day = self.env["crm.warranty"].sudo().browse(task.res_id).end_date
            task.end_day = day and format_date(self.env, day, date_format="long")

    @api.depends("grade_id", "res_model", "res_id")
    @api.depends_context("lang")
    def _compute_grade_name(self):
        """The grade that was reached, else the one when it was planned."""
        for task in self:
            change = task._source_record("crm.grade.change")
            task.grade_name = (change.new_grade_id or task.grade_id.sudo()).name

    @api.depends("res_model", "res_id", "grade_name")
    @api.depends_context("lang")
    def _compute_source_name(self):
        for task in self:
            task.source_name = task._source_words()

    def _source_words(self):
        """What was bought or reached, as the contact would call it."""
        if self._source_record("crm.grade.change"):
            return self.grade_name
        order = self._source_record("sale.order")
        invoice = self._source_record("account.move")
        lines = self._source_record("sale.order.line")
        if self.kind == "warranty_end" and lines:
            return format_list(self.env, self._warranty_names(lines))
        lines = lines or order.order_line or invoice.invoice_line_ids
        # the main thing that was bought
        lines = lines.filtered(lambda line: line.product_id and line.price_subtotal > 0)
        product = lines.sorted("price_subtotal", reverse=True)[:1].product_id
        if product:
            return product.with_context(display_default_code=False).display_name
        if order:
            return self.env._("order %(number)s", number=order.name)
        return self.env._("your purchase")

    def _warranty_names(self, line):
        """What was bought with this line and ends on the same day."""
        # sudo: as for ``_source_record``
        warranties_sudo = self.env["crm.warranty"].sudo()
        together = warranties_sudo.search(
            [
                ("order_id", "=", line.order_id.id),
                ("end_date", "=", warranties_sudo.browse(line.id).end_date),
            ],
            order="id",
        )
        products = (together.product_id or line.product_id).with_context(
            display_default_code=False
        )
        return products.mapped("display_name")

    def _source_record(self, model):
        """The record that the task is about, if it is of this model and still there.

        sudo: the task may be read, and its product is named to the contact anyway.
        """
        records = self.env[model].sudo()
        if self.res_model != model or not self.res_id:
            return records
        return records.browse(self.res_id).exists()

    @api.model
    def mail_allowed_qweb_expressions(self):
        """What may stand in a template that no template editor has written."""
        return (
            *super().mail_allowed_qweb_expressions(),
            "object.partner_id.id",
            "object.partner_id.lang",
            *(f"object.{name}" for name in WORDS),
        )
