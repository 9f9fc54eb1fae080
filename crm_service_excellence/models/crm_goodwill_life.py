# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""From the wish to the gift: who may say yes, and what happens then."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class CrmGoodwill(models.Model):
    _inherit = "crm.goodwill"

    # HOOKS for addons. All are called in superuser mode, with the user who acts.

    def _check_grantable(self):
        """Whether the customer can get it at all; called when it is asked for, when it
        is approved and when it is granted. Call super.

        :raise UserError: says why not; nothing is changed then
        """
        for goodwill in self:
            if not goodwill.partner_id.active:
                raise UserError(
                    self.env._(
                        "%(customer)s is archived: nothing can be granted any more.",
                        customer=goodwill.partner_id.display_name,
                    )
                )
            if not goodwill.type_id.active:
                raise UserError(
                    self.env._(
                        "Gestures of the type “%(type)s” are not granted any more.",
                        type=goodwill.type_id.name,
                    )
                )

    def _grant(self):
        """Give one customer what was granted: the extension point. Call super.

        Called once, in the transaction in which the state becomes granted; whoever adds
        an effect keys it with ``_effect_key``, so that a repetition changes nothing.

        :raise UserError: it cannot be given; the gesture is not granted then
        """
        self.ensure_one()

    def _revoke(self):
        """Take back what was granted to one customer: called once, when a granted
        gesture is withdrawn. The counterpart of ``_grant``. Call super.

        :raise UserError: it cannot be taken back; the gesture stays granted then
        """
        self.ensure_one()

    def _is_given_at_once(self):
        """Whether the customer has it as soon as it is approved; addons may extend."""
        self.ensure_one()
        return self.type_id.is_immediate

    def _effect_key(self):
        """The key under which an addon posts the effect of this gesture, once."""
        self.ensure_one()
        return f"goodwill:{self.id}"

    # API

    @api.model
    def _request(
        self,
        partner,
        type,
        value,
        reason,
        source=None,
        note=None,
        company=None,
        **values,
    ):
        """Ask for a gesture in the user's name; granted at once if the user may.

        :param partner: ``res.partner``; a contact counts for its company
        :param type: ``crm.goodwill.type``
        :param value: what it is worth, in the company's currency; None for the type's
            usual value
        :param reason: a key of ``reason``
        :param source: record that it is granted for, or None
        :param note: why, for colleagues; by default the name of the source
        :param company: ``res.company``, by default the current one
        :param values: further fields of the gesture
        :return: the ``crm.goodwill``: requested, or granted (approved for a type that
            is handed over later)
        :raise UserError: says what is wrong; nothing is changed
        """
        company = company or self.env.company
        vals = {
            "partner_id": partner.id,
            "company_id": company.id,
            "type_id": type.id,
            "reason": reason,
            "note": note or (source and source.display_name) or False,
            **self._source_values(source),
            **values,
        }
        if value is not None:
            vals["value"] = value
        goodwill = self.create([vals])
        goodwill._submit()
        return goodwill

    @api.model
    def _source_values(self, source):
        """What a gesture keeps of the record that it is granted for; addons may add."""
        if not source:
            return {}
        return {"res_model": source._name, "res_id": source.id}

    # ACTIONS

    def action_request(self):
        """Ask for it; what the requester may give alone is granted at once.

        :raise UserError: it is no draft, or more than the budget where that is refused
        """
        self._submit()
        return True

    def action_approve(self):
        """Say yes; granted at once unless it is handed over later.

        :raise UserError: it is over the budget (see ``action_approve_over_budget``),
            or not waiting for approval
        :raise AccessError: it is the user's own, or beyond what the user may approve
        """
        self._approve()
        return True

    def action_approve_over_budget(self):
        """Say yes though the customer gets more than its budget of the year.

        :raise UserError, AccessError: as ``action_approve``; or the company allows it
            to nobody
        """
        self._approve(over_budget=True)
        return True

    def action_grant(self):
        """The customer got what was approved.

        :raise UserError: it is not approved, or cannot be given
        """
        self.check_access("write")
        self._check_state("approved")
        self._take_turns()
        for goodwill in self:
            if not goodwill._may_hand_over():
                raise AccessError(
                    self.env._("Only who asked for it or may approve it can do that.")
                )
        self._set_granted()
        return True

    def action_ask_refuse(self):
        """Open the form that refuses it, with the reason."""
        self._check_state("requested")
        return self._open_decide("refuse", self.env._("Refuse"))

    def action_ask_withdraw(self):
        """Open the form that withdraws it, with the reason."""
        self._check_state("draft", "requested", "approved", "granted")
        return self._open_decide("withdraw", self.env._("Withdraw"))

    def _open_decide(self, action, name):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "crm.goodwill.decide",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_goodwill_ids": self.ids,
                "default_action": action,
            },
        }

    # MOVES

    def _submit(self):
        """Ask for drafts of one's own; see ``action_request``."""
        self.check_access("write")
        self._check_state("draft")
        self._check_requester()
        self._take_turns()
        for goodwill in self.sorted("id"):
            goodwill._submit_one()

    def _submit_one(self):
        goodwill_sudo = self.sudo()  # a transition, which nobody types; checked above
        goodwill_sudo._check_grantable()
        is_over = self._goes_over_budget()
        if is_over:
            self._check_over_budget_allowed()
        level = self._needed_level(is_over)
        goodwill_sudo.write(
            {
                "state": "requested",
                "date_requested": fields.Datetime.now(),
                "approval_level": level,
                "is_over_budget": is_over,
                "grade_id": self._customer_sudo(
                    self.partner_id, self.company_id
                ).grade_id.id,
            }
        )
        if level == "own":
            self._commit(is_over)
        else:
            goodwill_sudo._ask_approvers()

    def _approve(self, over_budget=False):
        """Say yes to what is requested; see ``action_approve``.

        :param over_budget: the user knows that it is over the budget, and means it
        """
        self.check_access("read")
        self._check_state("requested")
        self._take_turns()
        for goodwill in self.sorted("id"):
            is_over = goodwill._goes_over_budget()
            goodwill._check_approver(goodwill._needed_level(is_over))
            goodwill.sudo()._check_grantable()  # sudo: as all hooks
            if is_over:
                goodwill._check_over_budget_allowed()
                if not over_budget:
                    raise UserError(goodwill._over_budget_text())
            goodwill._commit(is_over)
            goodwill._tell_requester(self.env._("Approved."))

    def _commit(self, is_over):
        """From now on it counts against the budget; what can be given now is given."""
        # sudo: a transition, which nobody types; the callers check who decides
        goodwill_sudo = self.sudo()
        goodwill_sudo.write(
            {
                "state": "approved",
                "approved_by_id": self.env.uid,
                "date_decided": fields.Datetime.now(),
                "budget_date": self.company_id._crm_today(),
                "is_over_budget": is_over,
            }
        )
        goodwill_sudo._close_activities()
        if goodwill_sudo._is_given_at_once():
            self._set_granted()

    def _set_granted(self):
        """Give it, each once; the callers have checked and taken their turn."""
        for goodwill_sudo in self.sudo():  # hooks work in superuser mode
            goodwill_sudo._check_grantable()
            goodwill_sudo.write(
                {"state": "granted", "date_granted": fields.Datetime.now()}
            )
            goodwill_sudo._grant()

    def _refuse(self, reason):
        """Say no to what is requested.

        :param reason: why, shown to the requester
        :raise UserError: without a reason, or for what is not requested
        :raise AccessError: it is one's own, or beyond what the user may decide
        """
        self.check_access("read")
        self._check_state("requested")
        reason = self._checked_reason(reason)
        self._take_turns()
        for goodwill in self:
            # what it needs to be approved does not matter for a no
            goodwill._check_approver("manager")
            goodwill._end("refused", reason)
            goodwill._tell_requester(self.env._("Refused: %(reason)s", reason=reason))

    def _withdraw(self, reason):
        """Take it back: a request, or what was granted (by who may approve it).

        :param reason: why
        :raise UserError: without a reason, it is over already, or it cannot be taken
            back
        :raise AccessError: it is not the user's to withdraw
        """
        self.check_access("read")
        states = ("draft", "requested", "approved", "granted")
        self._check_state(*states)
        reason = self._checked_reason(reason)
        self._take_turns()
        for goodwill in self:
            if not goodwill._may_withdraw():
                raise AccessError(
                    self.env._(
                        "%(goodwill)s is withdrawn by who asked for it while it is "
                        "open, and by who may approve it.",
                        goodwill=goodwill.display_name,
                    )
                )
            if goodwill.state == "granted":
                goodwill.sudo()._revoke()  # sudo: as all hooks
            goodwill._end("withdrawn", reason)

    def _end(self, state, reason):
        # sudo: a transition, which nobody types; the callers check who decides
        goodwill_sudo = self.sudo()
        goodwill_sudo.write(
            {
                "state": state,
                "approved_by_id": self.env.uid,
                "date_decided": fields.Datetime.now(),
                "outcome_note": reason,
                "budget_date": False,
            }
        )
        goodwill_sudo._close_activities()

    # CHECKS

    def _check_over_budget_allowed(self):
        """:raise UserError: the company refuses what is over the budget."""
        if self.company_id.sudo().crm_goodwill_over_budget == "refuse":
            raise UserError(self._over_budget_text())

    def _over_budget_text(self):
        self.ensure_one()
        return self.env._(
            "This is over the yearly budget of %(customer)s: %(budget)s.",
            customer=self.partner_id.display_name,
            budget=self.budget_text,
        )

    def _ask_approvers(self):
        """An activity for each of those who may approve it."""
        self.ensure_one()
        summary = self.env._(
            "%(type)s for %(customer)s: %(value)s",
            type=self.type_id.name,
            customer=self.partner_id.display_name,
            value=self._format(self.value),
        )
        self._ask(self._approvers(), summary)
