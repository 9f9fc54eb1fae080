# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import is_html_empty

from ..models.care_text import placeholders

PLACEHOLDERS = (
    "object.partner_id.name",
    "object.commercial_partner_id.name",
    "object.company_id.name",
    "object.user_id.name",
    "object.occasion_id.name",
)


class CrmCareTaskEdit(models.TransientModel):
    """Replaces the text of care tasks: of one, or of several with placeholders."""

    _name = "crm.care.task.edit"
    _description = "Edit Text of Care"

    task_ids = fields.Many2many(
        comodel_name="crm.care.task", string="Tasks", required=True
    )
    task_count = fields.Integer(compute="_compute_approval")
    # on the screen, so that it is the text from when the form was opened
    seen = fields.Char(
        compute="_compute_seen",
        store=True,
        readonly=False,
        export_string_translation=False,
    )
    subject = fields.Char(compute="_compute_subject", store=True, readonly=False)
    body = fields.Html(
        compute="_compute_body",
        store=True,
        readonly=False,
        sanitize="email_outgoing",
    )
    short_text = fields.Text(compute="_compute_short_text", store=True, readonly=False)
    is_approved = fields.Boolean(compute="_compute_approval")
    needs_approval = fields.Boolean(compute="_compute_approval")

    # One task: its text. Several: empty, and what stays empty is not replaced. Computed
    # one by one, as Odoo leaves out all that one method computes where one is given.

    @api.depends("task_ids")
    def _compute_seen(self):
        for wizard in self:
            task = wizard._only_task()
            wizard.seen = task._fingerprint() if task else False

    @api.depends("task_ids")
    def _compute_subject(self):
        for wizard in self:
            wizard.subject = wizard._only_task().subject

    @api.depends("task_ids")
    def _compute_body(self):
        for wizard in self:
            wizard.body = wizard._only_task().body

    @api.depends("task_ids")
    def _compute_short_text(self):
        for wizard in self:
            wizard.short_text = wizard._only_task().short_text

    def _only_task(self):
        tasks = self.task_ids._origin
        return tasks if len(tasks) == 1 else tasks.browse()

    @api.depends("task_ids")
    def _compute_approval(self):
        for wizard in self:
            tasks = wizard.task_ids._origin
            wizard.task_count = len(tasks)
            wizard.is_approved = any(task.state == "approved" for task in tasks)
            wizard.needs_approval = any(task.needs_approval for task in tasks)

    def action_save(self):
        """Write the text into the tasks.

        :raise UserError: nothing is left of it, a placeholder is unknown, or as
            ``crm.care.task._edit_text``
        """
        self.ensure_one()
        tasks = self.task_ids
        tasks.check_access("read")
        texts = {}
        for task_sudo in tasks.sudo():  # names of the contact and the colleague
            texts[task_sudo.id] = self._text_of(task_sudo)
        tasks._edit_text(texts, seen=self.seen)
        return {"type": "ir.actions.act_window_close"}

    def _text_of(self, task):
        """Texts for one task, in its contact's language."""
        task = task.with_context(lang=task._reader_lang())
        body = False if is_html_empty(self.body) else self.body
        text = {
            "subject": placeholders(self.subject, task, PLACEHOLDERS) or False,
            "body": placeholders(body, task, PLACEHOLDERS, as_html=True) or False,
            "short_text": placeholders(self.short_text, task, PLACEHOLDERS) or False,
        }
        if len(self.task_ids) > 1:
            text = {name: value for name, value in text.items() if value}
        if not any(text.values()):
            raise UserError(self.env._("There is no text: write one, or skip it."))
        if text.get("body", task.body) and not text.get("subject", task.subject):
            raise UserError(self.env._("An e-mail needs a subject."))
        return text
