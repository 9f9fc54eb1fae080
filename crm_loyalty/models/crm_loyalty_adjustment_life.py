# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""From the wish to the entry: who decides alone, and who needs a second person."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL, plaintext2html

from ..tools.ledger import to_points
from .crm_loyalty_amount import format_points
from .loyalty_card_write import MANAGER_GROUP

ACTIVITY = "mail.mail_activity_data_todo"
MAX_ASKED = 10  # so many managers get an activity; the others have the list


class CrmLoyaltyAdjustment(models.Model):
    _inherit = "crm.loyalty.adjustment"

    # WHO DECIDES

    @api.depends("state", "requested_by_id", "first_approver_id")
    @api.depends_context("uid")
    def _compute_may_decide(self):
        is_manager = self.env.user.has_group(MANAGER_GROUP)
        for adjustment in self:
            adjustment.is_mine = adjustment.requested_by_id == self.env.user
            adjustment.may_decide = (
                is_manager
                and adjustment.state == "requested"
                and self.env.user
                not in adjustment.requested_by_id | adjustment.first_approver_id
                and not adjustment.card_id._is_of(self.env.user)
            )

    def _search_may_decide(self, operator, value):
        if operator != "in" or set(value) != {True}:
            return NotImplemented
        if not self.env.user.has_group(MANAGER_GROUP):
            return Domain.FALSE
        me = self.env.uid
        own_sudo = self.env.user.sudo().partner_id  # compared only
        own_sudo |= own_sudo.commercial_partner_id
        return (
            Domain("state", "=", "requested")
            & Domain("card_id.partner_id", "not in", own_sudo.ids)
            & Domain("requested_by_id", "!=", me)
            & (
                Domain("first_approver_id", "=", False)
                | Domain("first_approver_id", "!=", me)
            )
        )

    def _limit_of(self, user):
        """Points that a user adjusts alone in the program."""
        self.ensure_one()
        program_sudo = self.sudo().program_id  # the limits, for whoever asks
        if user.has_group(MANAGER_GROUP):
            return program_sudo.adjust_limit_manager
        return program_sudo.adjust_limit_user

    def _is_own_decision(self):
        """Whether the requester may post it alone.

        What the requester moved on the card within a day counts as well. Points of
        one's own take another person in any case.
        """
        self.ensure_one()
        user = self.requested_by_id
        if self.card_id._is_of(user):
            return False
        amount = abs(self.points) + self.card_id._moved_alone(user, but=self)
        return amount <= self._limit_of(user)

    def _needs_two(self):
        """Whether two managers have to agree, besides a requester who is none."""
        self.ensure_one()
        if self.requested_by_id.has_group(MANAGER_GROUP):
            return False
        return abs(self.points) > self.sudo().program_id.adjust_limit_manager

    # ACTIONS

    def action_request(self):
        """Ask for it; what the requester may adjust alone is posted at once.

        :raise UserError: it is no draft, or so many points are not there
        :raise AccessError: it is another's draft
        """
        self._submit()
        return True

    def action_approve(self):
        """Say yes; posted at once, unless two managers have to.

        :raise UserError: it waits for nobody, or so many points are not there
        :raise AccessError: the user asked for it, is no manager, or has said yes
        """
        self.check_access("read")
        self._take_turns()
        self._check_decides()
        for adjustment in self.sorted("id"):
            adjustment_sudo = adjustment.sudo()  # a transition, which nobody types
            if adjustment._needs_two() and not adjustment.first_approver_id:
                adjustment_sudo._check_possible()
                adjustment_sudo.first_approver_id = self.env.user
                adjustment_sudo._ask_managers()
            else:
                adjustment_sudo._post()
                adjustment_sudo._tell_requester(self.env._("Approved, and posted."))
        return True

    def action_ask_refuse(self):
        """Open the form that refuses it, with the reason."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Refuse"),
            "res_model": "crm.loyalty.adjustment.refuse",
            "view_mode": "form",
            "target": "new",
            "context": {"default_adjustment_ids": self.ids},
        }

    # MOVES

    def _submit(self):
        """Ask for drafts of one's own; see ``action_request``."""
        self.check_access("write")
        self._take_turns()
        self._check_draft()
        alone = self.browse()
        for adjustment in self.sorted("id"):
            adjustment_sudo = adjustment.sudo()  # a transition, which nobody types
            adjustment_sudo._check_possible()
            if adjustment._is_own_decision():
                alone |= adjustment
                continue
            adjustment_sudo.write(
                {"state": "requested", "date_requested": fields.Datetime.now()}
            )
            adjustment_sudo._ask_managers()
        alone.sudo()._post()  # sudo: as above

    def _refuse(self, reason):
        """Say no; its requester may take it back so, too.

        :param reason: why, shown to the requester
        :raise UserError: without a reason, or it waits for nobody
        :raise AccessError: it is not the user's to decide
        """
        self.check_access("read")
        reason = reason.strip() if isinstance(reason, str) else ""
        if not reason:
            raise UserError(self.env._("Say why."))
        self._take_turns()
        self.filtered(
            lambda one: one.requested_by_id != self.env.user or one.state != "requested"
        )._check_decides()
        for adjustment in self:
            adjustment_sudo = adjustment.sudo()  # a transition, which nobody types
            adjustment_sudo.write(
                {
                    "state": "refused",
                    "decided_by_id": self.env.uid,
                    "date_decided": fields.Datetime.now(),
                    "outcome_note": reason,
                }
            )
            adjustment_sudo._close_activities()
            adjustment_sudo._tell_requester(
                self.env._("Refused: %(reason)s", reason=reason)
            )

    def _post(self):
        """Post them, each once, all or none; the callers check who asks."""
        moves = []
        for adjustment in self.sorted("id"):
            move = {
                "card": adjustment.card_id,
                "kind": "adjust",
                "points": to_points(round(adjustment.points, 2)),
                "key": f"adjust:{adjustment.id}",
                "source": adjustment,
                "reason": self.env._(
                    "%(reason)s: %(note)s",
                    reason=adjustment.reason_id.name,
                    note=adjustment.note,
                ),
            }
            if adjustment.expiry_date and adjustment.points > 0:
                move["expiry_date"] = adjustment.expiry_date
            moves.append(move)
        entries = self.env["loyalty.card"]._post_points(moves)
        now = fields.Datetime.now()
        for adjustment, entry in zip(self.sorted("id"), entries, strict=True):
            adjustment.write(
                {
                    "state": "posted",
                    "date_requested": adjustment.date_requested or now,
                    "decided_by_id": self.env.uid,
                    "date_decided": now,
                    "entry_id": entry.id,
                }
            )
        self._close_activities()

    # CHECKS

    def _take_turns(self):
        """Lock them, so that of two people who decide at once one comes second.

        Whoever waited finds it changed: PostgreSQL refuses, Odoo runs the request
        again, and the second one reads what the first decided.
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """SELECT id FROM crm_loyalty_adjustment WHERE id = ANY(%s)
                    ORDER BY id FOR NO KEY UPDATE""",
                self.ids,
            )
        )
        self.invalidate_recordset()

    def _check_decides(self):
        """:raise UserError, AccessError: who asks cannot decide on it now"""
        states = dict(self._fields["state"]._description_selection(self.env))
        for adjustment in self:
            if adjustment.state != "requested":
                raise UserError(
                    self.env._(
                        "%(adjustment)s is %(state)s: it waits for nobody.",
                        adjustment=adjustment.display_name,
                        state=states[adjustment.state].lower(),
                    )
                )
            if adjustment.may_decide:
                continue
            if adjustment.requested_by_id == self.env.user:
                raise AccessError(
                    self.env._("Who asks for points does not decide on them.")
                )
            if adjustment.card_id._is_of(self.env.user):
                raise AccessError(self.env._("Nobody decides on points of one's own."))
            if adjustment.first_approver_id == self.env.user:
                raise AccessError(
                    self.env._(
                        "You have said yes: so many points take another manager."
                    )
                )
            raise AccessError(self.env._("Managers of loyalty decide on adjustments."))

    def _check_possible(self):
        """Whether it could be posted now; checked again when it is.

        :raise UserError: says why not
        """
        self.ensure_one()
        card = self.card_id
        if not card.active or not card.program_id.active:
            raise UserError(
                self.env._(
                    "The card %(card)s is archived, or merged into another one: it "
                    "takes no points any more.",
                    card=card.code,
                )
            )
        if self.points < 0 and card.available_points < -self.points:
            raise UserError(
                self.env._(
                    "Insufficient points: %(member)s has %(available)s to spend, "
                    "%(points)s are asked.",
                    member=self.partner_id.display_name or card.code,
                    available=format_points(max(card.available_points, 0)),
                    points=format_points(-self.points),
                )
            )
        today = card.program_id._crm_today()
        if self.expiry_date and self.expiry_date < today:
            raise UserError(
                self.env._(
                    "Points cannot expire on %(expiry)s, before they count on "
                    "%(date)s.",
                    expiry=fields.Date.to_string(self.expiry_date),
                    date=fields.Date.to_string(today),
                )
            )

    # SAID AND ASKED

    def _ask_managers(self):
        """An activity for each of those who may decide."""
        self.ensure_one()
        self._close_activities()
        # sudo: who the managers are, for whoever asks
        group_sudo = self.env.ref(MANAGER_GROUP).sudo()
        people = group_sudo.all_user_ids.filtered(
            lambda user: (
                user.active
                and not user.share
                and user.id != 1
                and user not in self.requested_by_id | self.first_approver_id
                and not self.card_id._is_of(user)
                and self.company_id in user.company_ids
            )
        )
        for user in people.sorted("id")[:MAX_ASKED]:
            self.activity_schedule(
                ACTIVITY,
                user_id=user.id,
                summary=self.env._("Adjust points? %(what)s", what=self.display_name),
                note=plaintext2html(self.note),
            )

    def _close_activities(self):
        """Nobody is asked any more."""
        self.activity_unlink([ACTIVITY])

    def _tell_requester(self, text):
        """Let the requester know what a colleague decided."""
        self.ensure_one()
        requester = self.requested_by_id
        if requester != self.env.user and requester.active:
            self.message_post(
                body=text,
                partner_ids=requester.partner_id.ids,
                subtype_xmlid="mail.mt_note",
            )
