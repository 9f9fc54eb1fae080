# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from markupsafe import Markup
from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.crm_service_excellence.models.job import commit_progress

from .crm_complaint_tell import CLOSING

BATCH = 100


class CrmComplaint(models.Model):
    """What the customer says to the decision, silence included."""

    _inherit = "crm.complaint"

    appeal_count = fields.Integer(
        string="Appeals",
        readonly=True,
        copy=False,
        help="So often the customer did not accept the decision.",
    )

    # ANSWER

    def _customer_accepts(self, moment=None):
        """The customer is content: the complaint is closed.

        Saying so twice is saying it once.

        :param moment: when (naive UTC), by default now
        :raise UserError: there is no solution yet, or the customer was not told
        """
        moment = moment or fields.Datetime.now()
        todo = self.filtered(
            lambda one: one.state != "closed" or one.customer_answer != "accepted"
        )
        # whoever may not close must not answer either
        todo._check_move("accept", moment=moment)
        todo.sudo().write(  # sudo: nobody types an answer; checked above
            {"customer_answer": "accepted", "customer_answer_date": moment}
        )
        todo._move("close", moment=moment)

    def _customer_appeals(self, text, moment=None, channel="portal"):
        """The customer disagrees: we look into it again (ISO 10002, 7.9).

        :param text: what the customer says, plain
        :param moment: when (naive UTC), by default now
        :param channel: ``portal`` and ``email`` put the words into the thread as the
            customer's; others note them
        :raise UserError: nothing was decided yet, or no reason was given
        """
        moment = moment or fields.Datetime.now()
        text = (self._as_text(text) or "").strip()
        if not text:
            raise UserError(self.env._("Say what you do not agree with."))
        self._check_channel(channel)
        for complaint in self:
            complaint._check_move("appeal", moment=moment)
            complaint._reopen(
                None,
                moment=moment,
                values={
                    "customer_answer": "appealed",
                    "customer_answer_date": moment,
                    "appeal_count": complaint.appeal_count + 1,
                },
            )
            complaint._note_appeal(text, channel)

    def _note_appeal(self, text, channel):
        """Keep the customer's words."""
        self.ensure_one()
        author = self.contact_id or self.partner_id
        if channel == "portal" and author:
            # sudo: in the customer's name, for whoever the portal let through
            self.sudo().with_context(mail_post_autofollow=False).message_post(
                body=text,
                author_id=author.id,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )
        else:
            self._log_reason(self.env._("The customer does not agree:"), text)

    def _reopen(self, reason, moment=None, values=None):
        """Look into it again, as the next cycle (S14). What was is kept in the thread.

        :param reason: why, plain text, or None
        :param moment: when (naive UTC), by default now
        :param values: further values to write
        :raise UserError: for what is open, withdrawn or a duplicate
        """
        moment = moment or fields.Datetime.now()
        self._check_move("reopen", moment=moment)
        for complaint in self:
            complaint._log_outcome(reason)
            complaint._move(
                "reopen",
                moment=moment,
                values={
                    "cycle": complaint.cycle + 1,
                    "date_resolved": False,
                    "date_closed": False,
                    "decision": False,
                    "decision_text": False,
                    "decision_sent_date": False,
                    "decision_channel": False,
                    "reject_reason": False,
                    "customer_answer": False,
                    "customer_answer_date": False,
                    **(values or {}),
                },
            )

    def _log_outcome(self, reason):
        """Keep how a cycle ended, for colleagues."""
        self.ensure_one()
        decisions = dict(self._fields["decision"]._description_selection(self.env))
        states = dict(self._fields["state"]._description_selection(self.env))
        head = self.env._(
            "Reopened. Cycle %(cycle)s had ended as: %(state)s %(decision)s",
            cycle=self.cycle,
            state=states[self.state],
            decision=decisions.get(self.decision, ""),
        )
        # decision_text was sanitised when it was stored, the reasons are plain
        body = Markup("<p>%s</p><p>%s</p>%s<p>%s</p>") % (
            head,
            reason or "",
            self.decision_text or "",
            self.reject_reason or "",
        )
        self._message_log(body=body)

    # SILENCE

    def _silent_since(self):
        """Since when the customer has said nothing to the decision: naive UTC, or None.

        What the customer wrote since breaks the silence; it counts anew from there.
        """
        self.ensure_one()
        told = self.decision_sent_date
        if not told or not self.date_resolved:
            return None
        heard = (
            self.env["mail.message"]
            .sudo()
            ._read_group(  # sudo: dates only
                [
                    ("model", "=", self._name),
                    ("res_id", "=", self.id),
                    ("message_type", "in", ("email", "comment")),
                    ("date", ">", told),
                    "|",
                    ("author_id", "=", False),
                    ("author_id.partner_share", "=", True),
                ],
                [],
                ["date:max"],
            )[0][0]
        )
        return max(told, self.date_resolved, heard or told)

    def _is_silent(self, moment):
        """Whether the customer has been silent for as long as the company waits."""
        since = self._silent_since()
        # sudo: the company's setting, for whoever may read the complaint
        days = self.company_id.sudo().crm_complaint_silence_days
        return bool(since and since + timedelta(days=days) <= moment)

    @api.model
    def _cron_close_silent(self, as_of=None):
        """Close what was resolved and told, and to which nobody said anything.

        A complaint that cannot be closed does not keep the others; it is marked.

        :param as_of: naive UTC, by default now
        """
        as_of = as_of or fields.Datetime.now()
        domain = [("state", "=", "resolved"), ("decision_sent_date", "!=", False)]
        todo = self.browse()
        for company in self.env["res.company"].search([]):
            limit = as_of - timedelta(days=company.crm_complaint_silence_days)
            todo |= self.search(
                [
                    *domain,
                    ("company_id", "=", company.id),
                    ("decision_sent_date", "<=", limit),
                ],
                order="decision_sent_date, id",
            )
        commit_progress(self.env, remaining=len(todo))
        for complaint in todo:
            complaint._close_if_silent(as_of)
            if not commit_progress(self.env, 1):
                break

    def _close_if_silent(self, moment):
        """Close one, unless somebody else is at it; never raises."""
        locked = self.try_lock_for_update(allow_referencing=True)
        if not locked or not locked.exists() or not locked._is_silent(moment):
            return
        try:
            with self.env.cr.savepoint():
                locked._move("close", moment=moment)
                locked._mail_closing()
        except OperationalError:
            raise  # the next run has a fresh view
        except Exception as error:  # one must not keep the others
            locked._mark_unclosed(error)

    def _mail_closing(self):
        """Tell customers that we close; whoever has no address is not told."""
        for complaint in self:
            if complaint._customer_reader() or complaint.email_normalized:
                complaint._mail_customer(CLOSING, automatic=True)

    def _mark_unclosed(self, error):
        """Somebody looks at what could not be closed; asked once."""
        summary = self.env._("Could not be closed after the customer's silence")
        if summary not in self.activity_ids.mapped("summary"):
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=summary,
                note=str(error),
                user_id=self.user_id.id or self.env.uid,
            )
