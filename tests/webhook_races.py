# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Deliveries on real connections, run inside Odoo by ``test_webhook_races.py``.

``env`` is the superuser's. Everything is committed: the database is thrown away.
"""

import json
from functools import partial

from odoo import fields

from odoo.addons.crm_complaints.tools import webhook

from tests.racing import race

env = globals()["env"]  # given by dev.script
public = env.ref("base.public_user")


def fixture():
    """A gateway, and its team."""
    team = env["crm.complaint.team"].create({"name": "Race", "assignment": "manual"})
    gateway = env["crm.complaint.gateway"].create({"name": "Race", "team_id": team.id})
    env.cr.commit()
    return gateway


def take(gateway, values, own):
    """What the controller does once a delivery is known to be signed."""
    body = json.dumps(values).encode()
    gateway_sudo = own["crm.complaint.gateway"].sudo().browse(gateway.id)
    inbounds = own["crm.complaint.inbound"].sudo()
    inbounds = inbounds.with_company(gateway_sudo.company_id)
    complaint = inbounds._take(
        gateway_sudo, webhook.parse(body), body, fields.Datetime.now()
    )
    return complaint and complaint.number


def complaints(gateway):
    return env["crm.complaint"].search([("team_id", "=", gateway.team_id.id)])


def race_one_delivery_three_times(gateway):
    """A gateway that is not answered in time sends again: one complaint, no error."""
    values = {"external_id": "one", "text": "Broken"}
    results = race(
        env, *(partial(take, gateway, values) for _n in range(3)), uid=public.id
    )
    made = complaints(gateway)
    assert len(made) == 1, made
    assert results == [made.number] * 3, results


def race_one_identifier_with_two_texts(gateway):
    """One of both is the message of this identifier, the other is refused."""
    results = race(
        env,
        *(
            partial(take, gateway, {"external_id": "two", "text": text})
            for text in ("Broken", "Whole")
        ),
        uid=public.id,
    )
    assert sorted(result is None for result in results) == [False, True], results
    assert len(complaints(gateway)) == 2, complaints(gateway)


def race_two_messages_of_one_conversation(gateway):
    """Two messages that begin a conversation at once begin one complaint."""
    results = race(
        env,
        *(
            partial(
                take,
                gateway,
                {"external_id": f"c{n}", "conversation": "c", "text": f"Text {n}"},
            )
            for n in range(3)
        ),
        uid=public.id,
    )
    assert len(set(results)) == 1, results
    made = complaints(gateway)
    assert len(made) == 3, made
    talk = made.filtered(lambda c: c.number == results[0])
    written = talk.message_ids.filtered(lambda m: m.message_type == "comment")
    assert len(written) == 2, written.mapped("body")


def race_one_sender_acknowledged(gateway):
    """Two mails of one sender at once: one acknowledgement."""
    values = {"name": "x", "team_id": gateway.team_id.id, "email_from": "a@b.example"}
    both = env["crm.complaint"].create([values, values])
    env.cr.commit()

    def claim(complaint, own):
        complaint = own["crm.complaint"].sudo().browse(complaint.id)
        receipts = own["crm.complaint.receipt"].sudo()
        return receipts._take(complaint, fields.Datetime.now())

    results = race(env, *(partial(claim, one) for one in both))
    assert sorted(results) == [False, True], results


def main():
    gateway = fixture()
    race_one_delivery_three_times(gateway)
    race_one_identifier_with_two_texts(gateway)
    race_two_messages_of_one_conversation(gateway)
    race_one_sender_acknowledged(gateway)


main()
