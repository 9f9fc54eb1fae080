# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Check-ins on real connections, run inside Odoo by ``test_visit_races.py``.

``env`` is the superuser's. Everything is committed: the database is thrown away.
"""

from functools import partial

from tests.racing import race

env = globals()["env"]  # given by dev.script


def fixture():
    """A salesperson and two visits; the user is no superuser."""
    group = env.ref("crm_service_excellence.group_care_own")
    user = env["res.users"].create(
        {
            "name": "Racer",
            "login": "visit_racer",
            "group_ids": [(6, 0, (env.ref("base.group_user") | group).ids)],
        }
    )
    partners = env["res.partner"].create([{"name": "Finish"}, {"name": "Line"}])
    visits = env["crm.visit"].create(
        [{"partner_id": partner.id, "user_id": user.id} for partner in partners]
    )
    env.cr.commit()
    return user, partners, visits


def start(visit, key, own):
    return own["crm.visit"].browse(visit.id).action_start({"key": key})


def race_one_visit_started_three_times(user, visit):
    """A bad network sends the check-in three times: one check-in, no error."""
    results = race(
        env, *(partial(start, visit, "one-key") for _n in range(3)), uid=user.id
    )
    assert results == [True] * 3, results
    assert visit.state == "in_progress" and visit.check_in, visit.state
    messages = visit.message_ids.tracking_value_ids.filtered(
        lambda value: value.field_id.name == "state"
    )
    assert len(messages) <= 1, messages.mapped("new_value_char")


def race_finish(user, visit):
    """So with its end."""

    def finish(own):
        return own["crm.visit"].browse(visit.id).action_finish({"key": "two"})

    results = race(env, finish, finish, finish, uid=user.id)
    assert results == [True] * 3, results
    assert visit.state == "done" and visit.report_deadline, visit.state


def race_two_visits_of_one_user(user, visits):
    """Two phones, one salesperson: one visit begins, the other is told why not."""
    results = race(env, *(partial(start, visit, None) for visit in visits), uid=user.id)
    refused = [result for result in results if result is not True]
    assert len(refused) == 1, results
    assert type(refused[0]).__name__ == "UserError", repr(refused[0])
    assert "Finish" in str(refused[0]), refused
    running = visits.filtered(lambda visit: visit.state == "in_progress")
    assert len(running) == 1, visits.mapped("state")
    running.with_user(user).action_finish()
    env.cr.commit()


def race_ad_hoc(user, partner):
    """A visit nobody planned, made and started by three presses of one button."""
    before = env["crm.visit"].search_count([])

    def begin(own):
        return (
            own["res.partner"]
            .browse(partner.id)
            .action_start_crm_visit({"key": "three"})["res_id"]
        )

    results = race(env, begin, begin, begin, uid=user.id)
    made = env["crm.visit"].search_count([]) - before
    assert made == 1, (made, results)


def main():
    user, partners, visits = fixture()
    race_one_visit_started_three_times(user, visits[0])
    race_finish(user, visits[0])
    more = env["crm.visit"].create(
        [{"partner_id": partner.id, "user_id": user.id} for partner in partners]
    )
    env.cr.commit()
    race_two_visits_of_one_user(user, more)
    race_ad_hoc(user, partners[0])


main()
