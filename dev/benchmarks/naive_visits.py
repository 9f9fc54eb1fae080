# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What an average module does: create the visits of a plan through the ORM."""

from datetime import timedelta


class Loop:
    """The visits of some customers, on their due dates: no balancing, no tours.

    Without tracking: Odoo would mail each visit to the salesperson it is for, which
    takes eight times as long as the visit.
    """

    def __init__(self, env, plans, size):
        """Take the first customers of a company, who are spread over the plans."""
        self.env = env(context={**env.context, "tracking_disable": True})
        self.plans = {plan.user_id: plan for plan in plans}
        self.customers = self.env["crm.customer"].search([], order="id", limit=size)
        self.visits = sum(1 for _values in self._all_needs())

    def one_by_one(self):
        """Search each customer's next need and create its visit; commit at the end."""
        visits = self.env["crm.visit"]
        for customer in self.customers:
            plan = self.plans[customer.user_id]
            while True:
                latest = visits.search(
                    [
                        ("partner_id", "=", customer.partner_id.id),
                        ("company_id", "=", customer.company_id.id),
                        ("state", "!=", "cancelled"),
                    ],
                    order="due_date desc",
                    limit=1,
                )
                due = customer.next_visit_date
                if latest:
                    due = latest.due_date + timedelta(days=customer.visit_interval)
                if due > plan.date_to:
                    break
                visits.create(self._values(customer, plan, due))
        self.env.cr.commit()

    def in_one_batch(self):
        """All of them in one call of ``create``."""
        self.env["crm.visit"].create(list(self._all_needs()))
        self.env.cr.commit()

    def check(self):
        """Return what is wrong with the visits that were created last."""
        found = self.env["crm.visit"].search_count([])
        return [] if found == self.visits else [f"{found} visits, not {self.visits}"]

    def _all_needs(self):
        for customer in self.customers:
            plan = self.plans[customer.user_id]
            due = customer.next_visit_date
            while due <= plan.date_to:
                yield self._values(customer, plan, due)
                due += timedelta(days=customer.visit_interval)

    def _values(self, customer, plan, due):
        return {
            "partner_id": customer.partner_id.id,
            "company_id": customer.company_id.id,
            "user_id": plan.user_id.id,
            "plan_id": plan.id,
            "type_id": plan.type_id.id,
            "grade_id": customer.grade_id.id,
            "date": due,
            "due_date": due,
            "target_date": due,
            "tolerance_days": int(customer.visit_interval * 0.2 + 0.5),
            "state": "proposed",
        }
