# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from ..tools import transitions

MANAGER_GROUP = "crm_complaints.group_complaint_manager"
# the moment a state was reached
STATE_DATES = {
    "acknowledged": "date_acknowledged",
    "assessed": "date_assessed",
    "resolved": "date_resolved",
    "closed": "date_closed",
}


class CrmComplaint(models.Model):
    """The life of a complaint. The table of legal moves is ``tools/transitions.py``."""

    _inherit = "crm.complaint"

    # ACTIONS

    def action_acknowledge(self):
        """The customer knows that the complaint has arrived.

        :raise UserError: without a confirmation (S17: an automatic one is enough)
        """
        self._move("acknowledge")
        return True

    def action_assess(self):
        """How bad it is and what it is about has been decided (ISO 10002, 7.5).

        :raise UserError: without severity or category
        """
        self._move("assess")
        return True

    def action_investigate(self):
        """Somebody looks into it.

        :raise UserError: before it was assessed
        """
        self._move("investigate")
        return True

    def action_contain(self):
        """The damage does not grow any more (8D, D3).

        :raise UserError: if nobody wrote down what contains it
        """
        self._contain()
        return True

    def action_pause(self, reason):
        """Let those deadlines stand still that the reason stops (S7, S8).

        :param reason: ``crm.sla.pause.reason``, record or id
        :raise UserError: without a reason, or for a complaint that is not open
        :raise AccessError: what is very serious is paused by a manager
        """
        reason = self._as_record("crm.sla.pause.reason", reason)
        self._pause(reason)
        return True

    def action_resume(self):
        """Let the deadlines run again.

        :raise UserError: nothing is paused
        """
        self._check_move("resume")
        self.sudo()._sla_resume()  # sudo: clocks are nobody's to write; checked above
        return True

    def action_resolve(self):
        """A solution was found and decided on; the customer is told next.

        :raise UserError: without solution or decision
        """
        self._move("resolve")
        return True

    def action_close(self):
        """Done: the customer was told and accepted it, or kept silent for long enough.

        The customer is told that it is closed, and how to reopen it.

        :raise UserError: before
        """
        self._move("close")
        self._mail_closing()
        return True

    def action_reopen(self, reason=None):
        """Look into it again, with deadlines of a new cycle (S14).

        :param reason: why, for the record
        :raise UserError: for what is open, withdrawn or a duplicate
        """
        self._reopen(self._as_text(reason))
        return True

    def action_reject(self):
        """It is no complaint that we can accept (S16).

        :raise UserError: without a reason, a way to appeal, or before the customer was
            told
        """
        self._move("reject")
        return True

    def action_withdraw(self, reason=None):
        """The customer does not insist on it any more (S16).

        :param reason: why, for the record
        """
        reason = self._as_text(reason)
        self._move("withdraw")
        if reason:
            self._log_reason(self.env._("Withdrawn: %(reason)s"), reason)
        return True

    def action_mark_duplicate(self, survivor, confirmed=False):
        """The same matter is handled as another complaint (S16).

        :param survivor: ``crm.complaint`` that goes on, record or id
        :param confirmed: it is right that it is another customer's
        :raise UserError: for itself, another company's, another customer's without
            confirmation, or one that is a duplicate itself
        """
        survivor = self._as_record("crm.complaint", survivor)
        self._mark_duplicate(survivor, confirmed=confirmed is True)
        return True

    # MOVES

    def _move(self, action, moment=None, values=None, **facts):
        """Make a move; the only writer of ``state``.

        :param action: a key of ``transitions.TABLE`` that leads to another state
        :param moment: when (naive UTC), by default now
        :param values: further values to write in the same breath
        :param facts: what ``_given`` cannot see in the complaint
        :raise UserError: names all that is missing; nothing was changed
        """
        moment = moment or fields.Datetime.now()
        self._check_move(action, moment=moment, **facts)
        to = transitions.TABLE[action].to
        vals = {"state": to, **(values or {})}
        if to in STATE_DATES:
            vals[STATE_DATES[to]] = moment
        by_state = {
            state: complaints.ids for state, complaints in self.grouped("state").items()
        }
        # sudo: what is measured, nobody types; rights and needs were checked above
        complaints_sudo = self.sudo()
        complaints_sudo.write(vals)
        for old_state, ids in by_state.items():
            complaints_sudo.browse(ids)._sla_on_move(action, old_state, moment=moment)

    def _check_move(self, action, moment=None, **facts):
        """:raise UserError: what is missing, for each complaint, in one message."""
        self.check_access("write")
        texts = []
        for complaint in self:
            lines = complaint._missing_for(action, moment=moment, **facts)
            if lines:
                title = complaint.display_name
                texts.append("\n".join([f"{title}:"] + [f"- {x}" for x in lines]))
        if texts:
            raise UserError("\n\n".join(texts))

    def _missing_for(self, action, moment=None, **facts):
        """What stands in the way of ``action``: list of texts, empty if nothing does.

        :param action: a key of ``transitions.TABLE``
        :param moment: when it is to happen (naive UTC), by default now
        :param facts: what the complaint does not know: ``survivor``, ``confirmed``,
            ``reason`` of a pause
        """
        self.ensure_one()
        moment = moment or fields.Datetime.now()
        codes = transitions.missing(
            action, self.state, self._given(action, moment, **facts)
        )
        texts = self._missing_texts(action) if codes else {}
        return [texts[code] for code in codes]

    def _given(self, action, moment, survivor=None, confirmed=False, reason=None):
        """Those needs of ``action`` that are fulfilled."""
        needs = transitions.TABLE[action].needs
        survivor = survivor or self.browse()
        checks = {
            "confirmation": lambda: self.confirmation_date,
            "severity": lambda: self.severity,
            "category": lambda: self.category_id,
            "containment": lambda: (self.containment or "").strip(),
            "pause_reason": lambda: reason,
            "open_pause": lambda: any(not pause.date_to for pause in self.pause_ids),
            "decision_text": lambda: self._decision_to_tell(),
            "solution": lambda: self._has_text(self.solution),
            "decision": lambda: self.decision,
            "told": lambda: self.decision_sent_date,
            "answer": lambda: (
                self.customer_answer == "accepted" or self._is_silent(moment)
            ),
            "reject_reason": lambda: (self.reject_reason or "").strip(),
            "appeal_path": lambda: (self.appeal_path or "").strip(),
            "survivor": lambda: survivor,
            "other": lambda: survivor != self,
            "survivor_company": lambda: (
                not survivor or survivor.company_id == self.company_id
            ),
            "survivor_leads": lambda: survivor.state != "duplicate",
            "survivor_customer": lambda: (
                not survivor or confirmed or self._is_of_same_customer(survivor)
            ),
        }
        return {need for need in needs if checks[need]()}

    def _missing_texts(self, action):
        """Each need in words, as what is missing."""
        states = dict(self._fields["state"]._description_selection(self.env))
        sources = [
            name for state, name in states.items()
            if state in transitions.TABLE[action].sources
        ]  # fmt: skip
        days = self.company_id.crm_complaint_silence_days
        return {
            "state": self.env._(
                "It is in the stage %(state)s; this is possible only from: %(states)s.",
                state=states[self.state],
                states=", ".join(sources),
            ),
            "confirmation": self.env._(
                "The customer has no confirmation of receipt yet: send one, or note "
                "that it was given by word of mouth."
            ),
            "severity": self.env._("The severity is missing."),
            "category": self.env._("The category is missing."),
            "containment": self.env._("Write down what keeps the damage from growing."),
            "pause_reason": self.env._("The reason of the pause is missing."),
            "open_pause": self.env._("Nothing is paused."),
            "decision_text": self.env._(
                "The decision for the customer is not written yet."
            ),
            "solution": self.env._("The solution is missing."),
            "decision": self.env._(
                "The decision is missing: is the complaint justified?"
            ),
            "told": self.env._("The customer has not been told the decision."),
            "answer": self.env._(
                "The customer has neither accepted the solution nor been silent for "
                "%(days)s days since being told.",
                days=days,
            ),
            "reject_reason": self.env._("The reason of the rejection is missing."),
            "appeal_path": self.env._(
                "The way to appeal is missing: where can a customer turn who disagrees?"
            ),
            "survivor": self.env._("The complaint that goes on instead is missing."),
            "other": self.env._("A complaint is no duplicate of itself."),
            "survivor_company": self.env._(
                "The other complaint belongs to another company."
            ),
            "survivor_leads": self.env._(
                "The other complaint is a duplicate itself: name the one that goes on."
            ),
            "survivor_customer": self.env._(
                "The other complaint is another customer's: confirm that it is the "
                "same matter."
            ),
        }

    def _contain(self, moment=None):
        """Note that the damage is contained; a containment clock is met."""
        moment = moment or fields.Datetime.now()
        self._check_move("contain", moment=moment)
        # sudo: the date is measured; rights and needs were checked above
        complaints_sudo = self.sudo()
        complaints_sudo.filtered(lambda one: not one.date_contained).write(
            {"date_contained": moment}
        )
        complaints_sudo._sla_reach("containment", moment=moment)

    def _pause(self, reason, moment=None, note=None):
        """Pause what the reason stops; see :meth:`action_pause`."""
        self._check_move("pause", moment=moment, reason=reason)
        if "very_serious" in self.mapped("severity") and not (
            self.env.su or self.env.user.has_group(MANAGER_GROUP)
        ):
            raise AccessError(
                self.env._("What is very serious is paused by a manager only.")
            )
        # sudo: pauses are nobody's to write; rights and needs were checked above
        return self.sudo()._sla_pause(reason, moment=moment, note=note)

    # ARGUMENTS OF PUBLIC METHODS

    def _as_record(self, model, value):
        """A record that a caller named, by itself or by its id.

        :raise UserError: it is none, not one, or is gone
        :raise AccessError: the caller may not read it
        """
        Model = self.env[model]
        if isinstance(value, models.BaseModel):
            record = value if value._name == model else Model
        elif isinstance(value, int) and not isinstance(value, bool):
            record = Model.browse(value)
        else:
            record = Model
        record = record.with_env(self.env)
        if len(record) != 1 or not record.exists():
            raise UserError(
                self.env._(
                    "Exactly one record is needed here: %(model)s.",
                    model=self.env["ir.model"]._get(model).name,
                )
            )
        record.check_access("read")
        return record

    def _as_text(self, value):
        """:raise UserError: for what is neither text nor nothing."""
        if value is not None and value is not False and not isinstance(value, str):
            raise UserError(self.env._("The reason is a text."))
        return value or None
