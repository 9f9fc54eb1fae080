# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Every delivery is a contact with the customer, and so is the answer to it."""

from odoo import api, models
from odoo.tools import SQL

# A gift comes with a card.
TOUCH_CHANNEL = {"gift": "letter"}


class CrmCareTask(models.Model):
    _inherit = "crm.care.task"

    def _leave_touchpoints(self, now, channel, by=None, summaries=None):
        """Record that the contacts heard from us, in one statement; once each.

        :param now: naive UTC
        :param channel: a key of ``channel``
        :param by: the colleague who did it by hand, or None
        :param summaries: ``{task id: what there is to say of it}``; else the subjects
        """
        touchpoints = self.env["crm.touchpoint"]
        customers = touchpoints._filter_customers(self.partner_id)
        tasks = self.filtered(lambda task: task.partner_id in customers)
        if not tasks:
            return
        rows = [
            (
                task.partner_id.commercial_partner_id.id,
                task.partner_id.id,
                task.company_id.id,
                TOUCH_CHANNEL.get(channel, channel),
                (by or task.user_id).id or None,
                (summaries or {}).get(task.id) or task.subject or task.rule_id.name,
                task.id,
            )
            for task in tasks
        ]
        touchpoints.flush_model()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO crm_touchpoint
                       (partner_id, contact_id, company_id, channel, user_id, summary,
                        res_id, res_model, source, date, direction, is_effective,
                        confirmation_state,
                        create_uid, create_date, write_uid, write_date)
                SELECT partner_id, NULLIF(contact_id, partner_id), company_id, channel,
                       user_id, summary, task_id, %(model)s,
                       %(model)s || ',' || task_id,
                       %(now)s, 'out', TRUE, 'none',
                       %(user)s, %(created)s, %(user)s, %(created)s
                  FROM UNNEST(%(partners)s::int[], %(contacts)s::int[],
                              %(companies)s::int[], %(channels)s::varchar[],
                              %(users)s::int[], %(summaries)s::text[], %(tasks)s::int[])
                       AS task(partner_id, contact_id, company_id, channel, user_id,
                               summary, task_id)
                    ON CONFLICT (source, partner_id, company_id)
                       WHERE source IS NOT NULL DO NOTHING""",
                model=self._name,
                now=now,
                user=self.env.uid,
                created=self.env.cr.now(),
                **dict(
                    zip(
                        (
                            "partners",
                            "contacts",
                            "companies",
                            "channels",
                            "users",
                            "summaries",
                            "tasks",
                        ),
                        map(list, zip(*rows, strict=True)),
                        strict=True,
                    )
                ),
            )
        )
        touchpoints.invalidate_model()
        touchpoints._refresh_customers({row[0] for row in rows})

    def _take_back_touchpoints(self):
        """It has not reached the contact after all."""
        # sudo: the mail queue tells, and it is nobody in particular
        touchpoints_sudo = self.env["crm.touchpoint"].sudo()
        touchpoints_sudo.search(
            [("source", "in", [f"{self._name},{task.id}" for task in self])]
        ).is_effective = False


class CrmTouchpoint(models.Model):
    _inherit = "crm.touchpoint"

    @api.model
    def _touch_models(self):
        """What is written on a care task by hand, or in answer to it, is a contact."""
        return {**super()._touch_models(), "crm.care.task": "partner_id"}

    @api.model
    def _take_back_bounced(self, message_sudo):
        """Care that came back was not delivered."""
        result = super()._take_back_bounced(message_sudo)
        if message_sudo.model == "crm.care.task":
            # sudo: the mail gateway tells, and it is nobody in particular
            task_sudo = self.env["crm.care.task"].sudo().browse(message_sudo.res_id)
            mail_sudo = task_sudo.exists().mail_id
            if mail_sudo and mail_sudo.mail_message_id == message_sudo:
                env = task_sudo._reader_env()
                task_sudo._fail_delivery(env._("The e-mail came back."))
        return result
