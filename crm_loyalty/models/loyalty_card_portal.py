# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a member sees of a card: plain values only, never the records."""

from calendar import monthrange

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import format_date


class LoyaltyCard(models.Model):
    _inherit = "loyalty.card"

    @api.model
    def _portal_domain(self, partner):
        """Domain of the cards that a person sees on the portal.

        Their own, and the one of the company they belong to. What a colleague has is a
        colleague's: points tell what one bought, and when one was born.
        """
        partners = partner | partner.commercial_partner_id
        return (
            Domain("is_ledger", "=", True)
            & Domain("partner_id", "in", partners.ids)
            & Domain("program_id.active", "=", True)
        )

    @api.model
    def _portal_card(self, partner, card_id):
        """The card as superuser, if it is this person's; else an empty recordset."""
        # sudo: members have no access to the model; the domain holds what is theirs
        return self.sudo().search(
            self._portal_domain(partner) & Domain("id", "=", card_id)
        )

    @api.model
    def _portal_cards(self, partner):
        """The cards of a person as superuser."""
        # sudo: members have no access to the model; the domain holds what is theirs
        return self.sudo().search(
            self._portal_domain(partner), order="program_id, id", limit=100
        )

    def _portal_url(self):
        """Address of the statement, without the server."""
        self.ensure_one()
        return f"/my/loyalty/{self.id}"

    def _portal_link(self):
        """Address of the statement, for e-mails."""
        return self.get_base_url() + self._portal_url()

    def _portal_summary(self):
        """What a list of cards shows of this one."""
        self.ensure_one()
        schedule = self._expiry_schedule(self.program_id._crm_today())
        return {
            "url": self._portal_url(),
            "program": self.program_id.name,
            "member": self.partner_id.name,
            "unit": self._points_unit(),
            "available": self._points_text(self.available_points),
            "pending": self._points_text(self.pending_points)
            if self.pending_points
            else "",
            "has_reward": bool(self._portal_rewards()["reach"]),
            "expiring_date": schedule[0]["date"] if schedule else None,
            "expiring": self._points_text(schedule[0]["points"]) if schedule else "",
        }

    def _portal_rewards(self):
        """Rewards that the points suffice for, and what is missing for the next one.

        :return: dict: reach ``[{description, points}]``, next
            ``{description, points, missing}`` or None
        """
        self.ensure_one()
        available = self.available_points
        reach, following = [], None
        for reward in self._offered_rewards().sorted("required_points"):
            values = {
                "description": reward.description,
                "points": self._points_text(reward.required_points),
            }
            if reward.required_points <= available:
                reach.append(values)
            elif not following:
                missing = reward.required_points - max(available, 0)
                following = {**values, "missing": self._points_text(missing)}
        return {"reach": reach, "next": following}

    def _offered_rewards(self):
        """Rewards that the member may choose, whatever they cost."""
        self.ensure_one()
        program = self.program_id
        if program.date_to and program.date_to < program._crm_today():
            return self.env["loyalty.reward"]
        grade = self.env["crm.grade"].browse(self._member_grades()[self.id] or ())
        return program.reward_ids.filtered(lambda reward: reward._is_open_to(grade))

    def _portal_referral_url(self):
        """The link by which the member recommends us; empty where there is none."""
        self.ensure_one()
        return self._referral_url() or ""

    # ONE MONTH

    def _portal_month(self, text):
        """First day of the month that a reader asks for.

        :param text: such as 2026-03; anything else, and months without a statement,
            are the current one
        """
        months = {f"{month:%Y-%m}": month for month in self._statement_months()}
        return months.get(text) or next(iter(months.values()))

    def _month_statement(self, month, offset=0, limit=None):
        """The statement of a calendar month; see ``_statement``."""
        last = month.replace(day=monthrange(month.year, month.month)[1])
        return self._statement(month, last, offset=offset, limit=limit)

    def _month_name(self, month):
        """Such as March 2026, in the reader's language."""
        return format_date(self.env, month, date_format="LLLL yyyy")

    def _statement_page(self, month, offset=0, limit=None):
        """A month's statement in words: what the page and the paper show.

        :return: dict of plain values
        """
        self.ensure_one()
        statement = self._month_statement(month, offset, limit)
        number = self._points_text
        amounts = {
            name: number(statement[name])
            for name in (
                "opening",
                "closing",
                "carried",
                "points",
                "available",
                "pending",
                "held",
                "owed",
                "issued",
                "redeemed",
                "expired",
                "corrected",
            )
        }
        return {
            **amounts,
            "count": statement["count"],
            "is_current": statement["date_to"] >= statement["today"],
            "has": {name: bool(statement[name]) for name in amounts},
            "month": f"{month:%Y-%m}",
            "month_name": self._month_name(month),
            "date_from": statement["date_from"],
            "date_to": min(statement["date_to"], statement["today"]),
            "today": statement["today"],
            "program": self.program_id.name,
            "member": self.partner_id.name,
            "code": self.code,
            "unit": self._points_unit(),
            "lines": [
                {
                    **line,
                    "is_credit": line["points"] > 0,
                    "points": number(line["points"], sign=True),
                    "balance": number(line["balance"]),
                }
                for line in statement["lines"]
            ],
            "expiring": [
                {"date": part["date"], "points": number(part["points"])}
                for part in statement["expiring"]
            ],
            "promises": [
                {**part, "points": number(part["points"])}
                for part in statement["promises"]
            ],
        }

    def _portal_page(self, month, offset=0, limit=None):
        """All that the page of a card shows, as plain values."""
        months = self._statement_months()
        place = months.index(month)
        older = months[place + 1] if place + 1 < len(months) else None
        newer = months[place - 1] if place else None
        return {
            **self._statement_page(month, offset, limit),
            "url": self._portal_url(),
            "older": f"{older:%Y-%m}" if older else "",
            "newer": f"{newer:%Y-%m}" if newer else "",
            "months": [
                {"key": f"{item:%Y-%m}", "name": self._month_name(item)}
                for item in months
            ],
            "rewards": self._portal_rewards(),
            "referral_url": self._portal_referral_url(),
        }
