# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""From the wish to the entry: who decides alone, and who needs a second person."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.ledger import to_points
from .crm_loyalty_amount import format_points
from .loyalty_card_write import MANAGER_GROUP


class CrmLoyaltyAdjustment(models.Model):
    _inherit = "crm.loyalty.adjustment"

    # WHO DECIDES

    @api.depends("state", "requested_by_id", "first_approver_id")
    @api.depends_context("uid")
    def _compute_may_decide(self):
        is_manager = self.env.user.has_group(MANAGER_GROUP)
        for adjustment in self:
            adjustment.may_decide = (
                is_manager
                and adjustment.state == "requested"
                and adjustment._is_second_person(self.env.user)
            )

    def _is_second_person(self, user):
        """Of two managers, the second one is not the first."""
        return super()._is_second_person(user) and user != self.first_approver_id

    @api.model
    def _second_person_domain(self):
        return super()._second_person_domain() & (
            Domain("first_approver_id", "=", False)
            | Domain("first_approver_id", "!=", self.env.uid)
        )

    def _check_second_person(self):
        result = super()._check_second_person()
        if self.first_approver_id == self.env.user:
            raise AccessError(
                self.env._("You have said yes: so many points take another manager.")
            )
        return result

    @api.model
    def _rank_domain(self):
        is_manager = self.env.user.has_group(MANAGER_GROUP)
        return Domain.TRUE if is_manager else super()._rank_domain()

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
        if self._is_for(user):
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
        reason = self._checked_reason(reason)
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
        self._check_state("requested")
        for adjustment in self:
            adjustment._check_second_person()
            if not adjustment.may_decide:
                raise AccessError(
                    self.env._("Managers of loyalty decide on adjustments.")
                )

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
        self._ask(
            self._second_people([MANAGER_GROUP]),
            self.env._("Adjust points? %(what)s", what=self.display_name),
        )
