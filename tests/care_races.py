# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Planning of care on real connections, run inside Odoo by ``test_care_races.py``.

``env`` is the superuser's. Everything is committed: the database is thrown away.
"""

import sys
from functools import partial
from unittest.mock import patch

from tests.racing import race, say_and_wait

CUSTOMERS = 300
INSERT = "_insert_tasks"
env = globals()["env"]  # given by dev.script


def fixture():
    """A rule on a festival and one on birthdays, for customers who all have one."""
    partners = env["res.partner"].create(
        [
            {
                "name": f"Customer {number}",
                "tz": "Asia/Shanghai",
                "crm_birth_calendar": "solar",
                "crm_birth_month": 1 + number % 12,
                "crm_birth_day": 1 + number % 28,
            }
            for number in range(CUSTOMERS)
        ]
    )
    env["crm.customer"].create(
        [
            {"partner_id": partner.id, "company_id": env.company.id}
            for partner in partners
        ]
    )
    occasions = env["crm.occasion"].create(
        [
            {"name": "Race day", "kind": "solar", "month": 10, "day": 1},
            {"name": "Race birthday", "kind": "birthday"},
        ]
    )
    rules = env["crm.care.rule"].create(
        [
            {
                "name": occasion.name,
                "company_id": env.company.id,
                "occasion_id": occasion.id,
                "domain": "[('name', '=like', 'Customer %')]",
                "state": "active",
            }
            for occasion in occasions
        ]
    )
    env.cr.commit()
    return rules


def find_rules():
    """The rules of the fixture."""
    return env["crm.care.rule"].search([("name", "=like", "Race %")], order="id")


def generate(rule_ids, own):
    """Plan rules in a transaction of its own."""
    rules = own["crm.care.rule"].browse(rule_ids)
    return sum(rule._generate(*rule._horizon()) for rule in rules)


def check_once(rules):
    """Each customer has each rule's tasks, and each of them once.

    A year ahead and the days to catch up may see one day of the year twice, under the
    keys of two years.
    """
    tasks = env["crm.care.task"].search([("rule_id", "in", rules.ids)])
    keys = [(task.rule_id, task.partner_id, task.occurrence_key) for task in tasks]
    assert len(keys) == len(set(keys)), "planned twice"
    for rule in rules:
        reached = tasks.filtered(lambda task, rule=rule: task.rule_id == rule)
        assert len(reached.partner_id) == CUSTOMERS, len(reached.partner_id)
    return tasks


def races():
    """Two generations at one moment; then one while the rule is changed."""
    rules = fixture()
    results = race(env, *(partial(generate, rules.ids) for _number in range(2)))
    assert all(isinstance(result, int) for result in results), results
    tasks = check_once(rules)
    assert sum(results) == len(tasks), (results, len(tasks))

    def change(own):
        own["crm.care.rule"].browse(rules[0].id).priority = "5"
        return 0

    results = race(env, change, partial(generate, rules.ids))
    assert all(isinstance(result, int) for result in results), results
    tasks = check_once(rules)
    festival = tasks.filtered(lambda task: task.rule_id == rules[0])
    assert set(festival.mapped("priority")) == {"5"}

    # what somebody approves meanwhile stays approved
    first = festival[0]

    def approve(own):
        own["crm.care.task"].browse(first.id).state = "approved"
        return 0

    results = race(env, approve, partial(generate, rules.ids))
    assert all(isinstance(result, int) for result in results), results
    check_once(rules)
    assert first.state == "approved"
    env["crm.care.task"].search([("rule_id", "in", rules.ids)]).unlink()
    env.cr.commit()


def killed():
    """Plan, and say so with all tasks written but nothing committed."""
    rules = find_rules()
    model = type(rules)
    insert = getattr(model, INSERT)

    def say(self, *arguments):
        result = insert(self, *arguments)
        say_and_wait("written")  # the parent kills us here
        return result

    with patch.object(model, INSERT, say):
        rules._cron_generate()


def resumed():
    """A clean run after the kill: all tasks, each once; and nothing in the next."""
    rules = find_rules()
    assert not env["crm.care.task"].search_count([("rule_id", "in", rules.ids)])
    rules._cron_generate()
    env.cr.commit()
    tasks = check_once(rules)
    rules._cron_generate()
    env.cr.commit()
    assert check_once(rules) == tasks


def main(step):
    {"races": races, "killed": killed, "resumed": resumed}[step]()


main(sys.argv[1])
