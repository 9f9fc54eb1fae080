# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Goodwill on real connections, run inside Odoo by ``test_goodwill_races.py``.

``env`` is the superuser's. Everything is committed: the database is thrown away.
"""

from functools import partial

from tests.racing import race

env = globals()["env"]  # given by dev.script
BUDGET = 2000


def user(login, group):
    group = env.ref(f"crm_service_excellence.{group}")
    return env["res.users"].create(
        {
            "name": login,
            "login": login,
            "group_ids": [(6, 0, (env.ref("base.group_user") | group).ids)],
        }
    )


def fixture():
    """A clerk, a manager, a type, and one budget for everybody."""
    clerk = user("race_clerk", "group_care_own")
    manager = user("race_manager", "group_care_manager")
    env["crm.goodwill.budget"].search([]).unlink()
    env["crm.goodwill.budget"].create({"amount": BUDGET})
    kind = env["crm.goodwill.type"].create({"name": "Race", "kind": "gift"})
    env.cr.commit()
    return clerk, manager, kind


def customer(name, used=0, measured=True):
    """A customer that has used some of the budget of this year."""
    partner = env["res.partner"].create({"name": name})
    if measured:
        env["crm.customer"]._follow(partner)
    if used:
        env["crm.goodwill"].create(
            {
                "partner_id": partner.id,
                "type_id": KIND.id,
                "value": used,
                "note": "Earlier",
                "state": "granted",
                "budget_date": env.company._crm_today(),
            }
        )
    env.cr.commit()
    return partner


def draft(partner, value, **values):
    found = (
        env["crm.goodwill"]
        .with_user(CLERK)
        .create(
            {
                "partner_id": partner.id,
                "type_id": KIND.id,
                "value": value,
                "note": "Race",
                **values,
            }
        )
    )
    env.cr.commit()
    return found.sudo()


def asked(partner, value):
    found = draft(partner, value)
    found.with_user(CLERK).action_request()
    env.cr.commit()
    assert found.state == "requested", found.state
    return found


def approve(goodwill, own):
    own["crm.goodwill"].browse(goodwill.id).action_approve()


def ask(goodwill, own):
    own["crm.goodwill"].browse(goodwill.id).action_request()


def refused(results):
    return [str(one) for one in results if isinstance(one, Exception)]


def used(partner):
    year = env.company._crm_today().year
    return env["crm.goodwill"]._budget(partner, env.company, year)[1]


def grants(goodwill):
    """How often it became granted, as the history has it."""
    values = goodwill.message_ids.tracking_value_ids
    return len(values.filtered(lambda value: value.new_value_char == "Granted"))


def race_two_requests_one_budget():
    """1,700 used, twice 200 asked on 2,000: one is approved, one is told why not."""
    partner = customer("One budget", 1700)
    pair = [asked(partner, 200) for _number in range(2)]
    results = race(env, *(partial(approve, one) for one in pair), uid=MANAGER.id)
    assert len(refused(results)) == 1, results
    assert "over the yearly budget" in refused(results)[0], results
    assert "1,900.00 of 2,000.00" in refused(results)[0], results
    assert sorted(one.state for one in pair) == ["granted", "requested"]
    assert used(partner) == 1900, used(partner)


def race_one_approved_three_times():
    """Three clicks of two managers: granted once."""
    partner = customer("Three clicks")
    goodwill = asked(partner, 200)
    results = race(
        env, *(partial(approve, goodwill) for _n in range(3)), uid=MANAGER.id
    )
    assert len(refused(results)) == 2, results
    assert all("not possible any more" in text for text in refused(results)), results
    assert goodwill.state == "granted", goodwill.state
    assert grants(goodwill) == 1, grants(goodwill)
    assert used(partner) == 200, used(partner)


def race_small_ones_alone(measured):
    """Eight times 80 that nobody has to approve, with 400 left: five are granted."""
    name = "Measured" if measured else "New"
    own_limit(640)
    partner = customer(name, BUDGET - 400, measured)
    ask_eight_times(partner, 80, granted=5)
    assert used(partner) == BUDGET, used(partner)
    customers = env["crm.customer"].search([("partner_id", "=", partner.id)])
    assert len(customers) == 1, customers
    own_limit(100)


def race_slices_of_the_own_limit():
    """Eight times 40 at once, where one may grant 100 a day alone: two are granted."""
    partner = customer("Slices")
    ask_eight_times(partner, 40, granted=2)
    assert used(partner) == 80, used(partner)


def own_limit(amount):
    """What everybody grants alone."""
    env.company.crm_goodwill_manager_limit = max(amount, 500)
    env.company.crm_goodwill_own_limit = amount
    env.cr.commit()


def ask_eight_times(partner, value, granted):
    """Ask for eight gestures at once; so many are granted, the others wait."""
    drafts = [draft(partner, value) for _number in range(8)]
    results = race(env, *(partial(ask, one) for one in drafts), uid=CLERK.id)
    # who met a conflict too often was told so, and asks again
    for one in drafts:
        if one.state == "draft":
            one.with_user(CLERK).action_request()
            env.cr.commit()
    states = sorted(one.state for one in drafts)
    wanted = ["granted"] * granted + ["requested"] * (8 - granted)
    assert states == wanted, (states, results)


def race_two_for_one_matter():
    """Twice 50 for the same record at once: the second needs approval."""
    partner = customer("One matter")
    source = {"res_model": "res.partner", "res_id": CLERK.partner_id.id}
    pair = [draft(partner, 50, **source) for _number in range(2)]
    results = race(env, *(partial(ask, one) for one in pair), uid=CLERK.id)
    assert not refused(results), results
    assert sorted(one.state for one in pair) == ["granted", "requested"]


def race_approved_and_withdrawn():
    """One or the other; what was withdrawn is not granted, and counts nothing."""
    partner = customer("Two minds")
    goodwill = asked(partner, 200)

    def withdraw(own):
        record = own["crm.goodwill"].browse(goodwill.id).with_user(CLERK.id)
        record._withdraw("Changed my mind")

    results = race(env, partial(approve, goodwill), withdraw, uid=MANAGER.id)
    assert len(refused(results)) == 1, results
    is_granted = goodwill.state == "granted"
    assert is_granted or goodwill.state == "withdrawn", goodwill.state
    assert used(partner) == (200 if is_granted else 0), used(partner)


CLERK, MANAGER, KIND = fixture()
race_two_requests_one_budget()
race_one_approved_three_times()
race_small_ones_alone(measured=True)
race_small_ones_alone(measured=False)
race_slices_of_the_own_limit()
race_two_for_one_matter()
race_approved_and_withdrawn()
