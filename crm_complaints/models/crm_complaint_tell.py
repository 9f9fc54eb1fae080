# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import UTC
from zoneinfo import ZoneInfo

from markupsafe import Markup

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, is_html_empty

from .crm_complaint_terms import CHANNELS

ACKNOWLEDGEMENT = "crm_complaints.mail_template_complaint_acknowledgement"
DECISION = "crm_complaints.mail_template_complaint_decision"
UPDATE = "crm_complaints.mail_template_complaint_update"
CLOSING = "crm_complaints.mail_template_complaint_closing"
LETTER = "crm_complaints.action_report_crm_complaint_letter"
# What a machine sent must not make another machine answer (RFC 3834).
AUTOMATIC_HEADERS = {
    "Auto-Submitted": "auto-replied",
    "X-Auto-Response-Suppress": "All",
}
# What the customer waits for; the rest is for us.
PROMISED_METRICS = ("first_response", "update", "resolution")


class CrmComplaint(models.Model):
    """What the customer is told: receipt, news, decision, closing."""

    _inherit = "crm.complaint"

    # ACTIONS

    def action_confirm_receipt(self):
        """Confirm the receipt by e-mail; the complaint is acknowledged then.

        :raise UserError: there is no e-mail address
        """
        self.check_access("write")
        self._confirm_receipt()
        return True

    def action_confirm_orally(self):
        """The customer was told the number by word of mouth: on the phone, over the
        counter, or as it came in."""
        self.check_access("write")
        for channel, complaints in self.grouped("channel").items():
            # whoever wrote was not answered by that
            oral = channel if channel in ("counter", "call_centre") else "phone"
            complaints._confirm_receipt(channel=oral)
        return True

    def action_tell_decision(self):
        """Send the decision by e-mail, with the letter.

        :raise UserError: it is not written, or there is no e-mail address
        """
        self._tell_decision()
        return True

    def action_send_update(self):
        """Tell the customer by e-mail how things stand; the next update is due anew.

        :raise UserError: there is no e-mail address, or the complaint is not open
        """
        self._send_update()
        return True

    # TELL

    def _confirm_receipt(self, automatic=False, channel="email", moment=None):
        """The customer is told that the complaint arrived, and its number.

        :param automatic: by a machine: such a confirmation is no first response (S17)
        :param channel: how; only ``email`` sends something, else it is noted
        :param moment: when (naive UTC), by default now
        :raise UserError: by e-mail to nobody
        """
        self.check_access("write")
        self._check_channel(channel)
        moment = moment or fields.Datetime.now()
        todo = self.filtered(lambda one: not one.confirmation_date)
        for complaint in todo:
            if channel == "email":
                complaint._mail_customer(ACKNOWLEDGEMENT, automatic=automatic)
            else:
                complaint._log_told(self.env._("Receipt and number told"), channel)
        # sudo: what is measured nobody types; access checked above
        todo.sudo().write(
            {"confirmation_date": moment, "confirmation_channel": channel}
        )
        received = self.filtered(lambda one: one.state == "received")
        received._move("acknowledge", moment=moment)

    def _tell_decision(self, channel=None, moment=None):
        """Tell the customer what was decided; that is a response, and news.

        :param channel: how it was said; by default the letter is sent by e-mail
        :param moment: when (naive UTC), by default now
        :raise UserError: there is no decision for the customer, or nobody to mail to
        """
        channel = channel or "email"
        self._check_channel(channel)
        moment = moment or fields.Datetime.now()
        self._check_move("tell", moment=moment)
        for complaint in self:
            if channel == "email":
                complaint._mail_customer(
                    DECISION, attachments=complaint._decision_letter()
                )
            else:
                complaint._log_told(self.env._("Decision told"), channel)
        # sudo: what is measured nobody types; access checked above
        complaints_sudo = self.sudo()
        # a new decision waits for a new answer
        complaints_sudo.write(
            {
                "decision_sent_date": moment,
                "decision_channel": channel,
                "customer_answer": False,
                "customer_answer_date": False,
            }
        )
        complaints_sudo._note_response(moment)

    def _send_update(self, moment=None):
        """Mail how things stand; counts as response and news.

        :raise UserError: not open, or nobody to mail to
        """
        moment = moment or fields.Datetime.now()
        self._check_move("update", moment=moment)
        for complaint in self:
            complaint._mail_customer(UPDATE)
        self.sudo()._note_response(moment)  # sudo: clocks; access checked above

    def _note_response(self, moment):
        """The customer heard from a person: first response (S17) and news."""
        self.filtered(lambda one: not one.date_first_response).write(
            {"date_first_response": moment}
        )
        self._sla_reach("first_response", moment=moment)
        self._sla_updated(moment=moment)

    def _decision_to_tell(self):
        """Whether the decision, or why it is rejected, is written for the customer."""
        return not is_html_empty(self.decision_text) or bool(
            (self.reject_reason or "").strip()
        )

    def _told_verdict(self):
        """What we found, in words for the customer: never the cause."""
        if self.reject_reason:
            return None  # the reason says it
        return {
            "justified": self.env._("We found your complaint to be justified."),
            "partly": self.env._("We found your complaint to be justified in part."),
            "not_justified": self.env._(
                "We could not find a fault on our side, but would like to settle the "
                "matter to your satisfaction."
            ),
        }.get(self.decision)

    def _check_channel(self, channel):
        """:raise UserError: there is no such channel."""
        if channel not in dict(CHANNELS):
            raise UserError(self.env._("There is no such channel."))

    # MAIL

    def _customer_reader(self):
        """The partner who reads our mails: contact or customer, whoever has an address;
        none if the complaint came from an address that is no contact yet."""
        partners = self.contact_id | self.partner_id
        return partners.filtered("email")[:1]

    def _customer_name(self):
        """How the customer is addressed."""
        return (self.contact_id or self.partner_id).name or self.partner_name or ""

    def _customer_language(self):
        """Code of the language the customer reads."""
        partner = self.contact_id or self.partner_id
        # sudo: the company's own contact
        return partner.lang or self.company_id.sudo().partner_id.lang or "en_US"

    def _customer_timezone(self):
        """Name of the zone in which the customer reads times."""
        partner = self.contact_id or self.partner_id
        # sudo: the zone may be in a calendar that the user does not see
        return partner.tz or self.company_id.sudo()._crm_timezone()

    def _next_promise(self):
        """When the customer hears of us at the latest: naive UTC, or False."""
        deadlines = [
            clock.deadline
            for clock in self.sudo().clock_ids  # sudo: of a readable complaint
            if clock.state == "running"
            and clock.metric in PROMISED_METRICS
            and clock.deadline
        ]
        return min(deadlines, default=False)

    def _mail_customer(self, xmlid, automatic=False, attachments=None):
        """Send a template to the customer, and keep it in the thread.

        Colleagues who follow see it there and are not mailed.

        :param xmlid: of the ``mail.template``
        :param automatic: sent by a machine: marked as such, and never answered by one
        :param attachments: list of (name, content)
        :raise UserError: nobody to mail to, or the template is gone, empty or broken
        """
        self.ensure_one()
        reader = self._customer_reader()
        if not reader and not self.email_normalized:
            raise UserError(
                self.env._(
                    "%(complaint)s: there is no e-mail address of the customer. Tell "
                    "it by word of mouth, and note that.",
                    complaint=self.display_name,
                )
            )
        template_sudo = self.env.ref(xmlid, raise_if_not_found=False)
        # sudo: the text is the same whoever sends it
        template_sudo = template_sudo and template_sudo.sudo()
        values = {}
        if template_sudo:
            values = template_sudo._generate_template(
                self.ids, ("subject", "body_html")
            )[self.id]
        if not values.get("subject") or is_html_empty(values.get("body_html")):
            raise UserError(
                self.env._(
                    "The mail template %(template)s is missing or empty.",
                    template=(template_sudo and template_sudo.name) or xmlid,
                )
            )
        thread_sudo = self.sudo().with_context(  # sudo: tokens and followers of it
            lang=self._customer_language(), crm_complaint_automatic=automatic
        )
        sender = {}
        if automatic:
            partner_sudo = thread_sudo.company_id.partner_id
            sender = {
                "author_id": partner_sudo.id,
                "email_from": partner_sudo.email_formatted
                or self.env.user.email_formatted,
            }
        return thread_sudo.message_post(
            body=Markup(values["body_html"]),  # rendered and sanitised by the template
            subject=values["subject"],
            message_type="auto_comment" if automatic else "email_outgoing",
            subtype_xmlid="mail.mt_comment",
            partner_ids=reader.ids,
            outgoing_email_to=False if reader else self.email_from,
            attachments=attachments,
            email_layout_xmlid="mail.mail_notification_light",
            notify_skip_followers=True,
            email_add_signature=False,
            **sender,
        )

    def _notify_by_email_get_headers(self, headers=None):
        headers = super()._notify_by_email_get_headers(headers=headers)
        if self and self.env.context.get("crm_complaint_automatic"):
            headers.update(AUTOMATIC_HEADERS)
        return headers

    def _decision_letter(self):
        """The decision as a PDF for the mail: list of (name, content).

        Empty where the server has no PDF engine: the mail says all that it says.

        :raise UserError: the letter cannot be rendered
        """
        self.ensure_one()
        reports_sudo = self.env["ir.actions.report"].sudo()  # sudo: as the template
        if not self._can_print():
            return []
        content, kind = reports_sudo.with_context(
            lang=self._customer_language()
        )._render_qweb_pdf(LETTER, res_ids=self.ids)
        number = (self.number or "").replace("/", "-")
        return [(f"{number}.{kind}", content)]

    def _letter_date(self):
        """The date of the letter: when the customer was told, else today."""
        return self._format_customer_date(
            self.decision_sent_date or fields.Datetime.now()
        )

    def _letter_received(self):
        """The date of the receipt."""
        return self._format_customer_date(self.date_received)

    def _letter_order(self):
        """Number of the order it is about."""
        self.check_access("read")
        # sudo: whoever handles a complaint need not be a salesperson
        return self.sudo().sale_order_id.name

    def _format_customer_date(self, moment):
        """A moment as the customer's own date, in the customer's language."""
        zone = ZoneInfo(self._customer_timezone())
        day = moment.replace(tzinfo=UTC).astimezone(zone).date()
        return format_date(
            self.env, day, lang_code=self._customer_language(), date_format="long"
        )

    def _can_print(self):
        """Whether the server makes PDF files."""
        state = self.env["ir.actions.report"].get_wkhtmltopdf_state()
        return state in ("ok", "upgrade")

    # NOTES

    def _log_told(self, what, channel):
        """Note what was said by word of mouth."""
        names = dict(self._fields["channel"]._description_selection(self.env))
        for complaint in self:
            complaint._message_log(
                body=self.env._(
                    "%(what)s: %(channel)s.", what=what, channel=names[channel]
                )
            )

    def _log_reason(self, label, reason):
        """Note why; the reason is somebody's text."""
        for complaint in self:
            complaint._message_log(body=Markup("<p>%s</p><p>%s</p>") % (label, reason))

    def _has_text(self, html):
        return not is_html_empty(html)
