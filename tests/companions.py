# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Care next to Odoo's deliveries, mass mailings and Twilio, on real records.

Run inside Odoo by ``test_companions.py``: without argument while they are installed,
``after`` when they are gone again. ``env`` is the superuser's; all is committed, the
database is thrown away.
"""

import sys
from datetime import date, datetime, timedelta
from unittest.mock import MagicMock, patch

import requests
from freezegun import freeze_time

from odoo import Command

env = globals()["env"]  # given by dev.script
ORDERED = datetime(2026, 1, 1, 4)
DAY_10 = datetime(2026, 1, 10, 9)
DAY_20 = datetime(2026, 1, 20, 17)  # the 21st in Shanghai
NOW = datetime(2026, 9, 18, 2)  # a Friday, 10:00 in Shanghai
TOMORROW_9 = datetime(2026, 9, 19, 1)


def setup():
    """A company in Shanghai that measures by orders."""
    company = env.company
    company.write({"email": "office@example.com", "crm_marketing_opt_in": False})
    company.resource_calendar_id.tz = "Asia/Shanghai"
    policy = env["crm.grade.policy"].create(
        {
            "name": "By orders",
            "basis": "order",
            "criterion_ids": [
                Command.create(
                    {
                        "metric": "spend",
                        "band_ids": [Command.create({"lower": 0, "points": 100})],
                    }
                )
            ],
        }
    )
    policy.action_activate()


def contact(name, **values):
    partner = env["res.partner"].create({"name": name, "tz": "Asia/Shanghai", **values})
    env["crm.customer"]._follow(partner)
    return partner


def rule(name, kind, channel="email", occasion=None, **values):
    return env["crm.care.rule"].create(
        {
            "name": name,
            "occasion_id": env["crm.occasion"]
            .create({"name": name, "kind": kind, **(occasion or {})})
            .id,
            "channel_ids": [Command.create({"channel": channel})],
            "template_id": env["mail.template"]
            .create(
                {
                    "name": name,
                    "model_id": env["ir.model"]._get_id("crm.care.task"),
                    "subject": "Dear {{ object.partner_id.name }}",
                    "body_html": "<p>Hello</p>",
                }
            )
            .id,
            "sms_template_id": env["sms.template"]
            .create(
                {
                    "name": name,
                    "model_id": env["ir.model"]._get_id("crm.care.task"),
                    "body": "Hello",
                }
            )
            .id,
            "approval": "never",
            "state": "active",
            **values,
        }
    )


def planned(one, today):
    """Plan a rule as of a day; return ``{contact: task}``."""
    one._generate(*one._horizon(today), as_of=today)
    tasks = env["crm.care.task"].search([("rule_id", "=", one.id)])
    return {task.partner_id: task for task in tasks}


# DELIVERIES


def warranties():
    """``{product: (delivered on, ends on)}`` as seen by the next request."""
    env.flush_all()
    env.invalidate_all()
    return {
        one.product_id.name: (one.start_date, one.end_date)
        for one in env["crm.warranty"].search([])
    }


def deliver(picking, moment, **quantities):
    """Validate a picking; what it leaves out becomes a backorder."""
    for move in picking.move_ids:
        move.quantity = quantities.get(move.product_id.name, 0)
        move.picked = bool(move.quantity)
    with freeze_time(moment):
        picking.with_context(skip_backorder=True).button_validate()
    assert picking.state == "done", picking.state


def check_deliveries():
    """Ordered on 1 January: two of three pumps come on the 10th, the rest on the 21st.

    In Shanghai: 17:00 UTC of the 20th is the next day.
    """
    buyer = contact("Buyer")
    pump, hose = env["product.product"].create(
        [
            {"name": "Pump", "type": "consu", "crm_warranty_months": 6},
            {"name": "Hose", "type": "consu", "crm_warranty_months": 12},
        ]
    )
    with freeze_time(ORDERED):
        order = env["sale.order"].create(
            {
                "partner_id": buyer.id,
                "commitment_date": datetime(2026, 1, 5, 4),
                "order_line": [
                    Command.create(
                        {"product_id": product.id, "product_uom_qty": number}
                    )
                    for product, number in ((pump, 3), (hose, 1))
                ],
            }
        )
        order.action_confirm()
    follow_up = rule("Follow-up", "after_purchase", occasion={"days": 30})
    ending = rule("Ending", "warranty_end", occasion={"days": 30})
    assert warranties() == {}, "promised, and not delivered"
    assert planned(follow_up, date(2026, 1, 9)) == {}

    deliver(order.picking_ids, DAY_10, Pump=2)
    assert warranties() == {"Pump": (date(2026, 1, 10), date(2026, 7, 10))}
    task = planned(follow_up, date(2026, 1, 10))[buyer]
    assert task.occasion_date == date(2026, 2, 9), task.occasion_date

    rest = order.picking_ids.filtered(lambda one: one.state != "done")
    deliver(rest, DAY_20, Pump=1, Hose=1)
    assert warranties() == {
        "Pump": (date(2026, 1, 21), date(2026, 7, 21)),
        "Hose": (date(2026, 1, 21), date(2027, 1, 21)),
    }, warranties()
    # the delivery date of an order is, to Odoo, that of the first one
    assert planned(follow_up, date(2026, 1, 21))[buyer].occasion_date == date(
        2026, 2, 9
    )
    notice = planned(ending, date(2026, 6, 10))[buyer]
    assert notice.occasion_date == date(2026, 6, 21), notice.occasion_date

    check_return(rest, notice)


def check_return(picking, notice):
    """All pumps of the second delivery go back, and the hose: it has no warranty."""
    wizard = env["stock.return.picking"].create({"picking_id": picking.id})
    for line in wizard.product_return_moves:
        line.quantity = line.move_quantity
    back = wizard._create_return()
    deliver(back, DAY_20 + timedelta(days=5), Pump=1, Hose=1)
    assert set(warranties()) == {"Pump"}, warranties()
    assert not notice._care_mismatches(), "there are pumps left"


# MASS MAILINGS


def mailing(**values):
    return env["mailing.mailing"].create(
        {
            "subject": "News",
            "body_html": "<p>News</p>",
            "email_from": "office@example.com",
            **values,
        }
    )


def send_mailings():
    """Let Odoo's jobs send what is queued; nothing leaves the machine."""
    server = type(env["ir.mail_server"])
    with (
        patch.object(env.cr, "now", lambda: NOW),
        patch.object(type(env["ir.cron"]), "_commit_progress"),
        patch.object(server, "_connect__", MagicMock()),
        patch.object(server, "send_email", lambda *args, **_kw: args[1]["Message-Id"]),
    ):
        env["mailing.mailing"]._process_mass_mailing_queue()
        env["mail.mail"].process_email_queue()
        send_sms()


def send_sms():
    """Odoo's own provider takes everything."""
    sms_api = sys.modules["odoo.addons.sms.tools.sms_api"]
    with (
        patch.object(
            sms_api.SmsApi,
            "_send_sms_batch",
            lambda _api, messages, **_kw: [
                {"uuid": one["uuid"], "state": "success"}
                for message in messages
                for one in message["numbers"]
            ],
        ),
        patch.object(type(env["ir.cron"]), "_commit_progress"),
    ):
        env["sms.sms"]._process_queue()


@freeze_time(NOW)
def check_mailings():
    """Who got a mass mailing or a mass SMS this morning gets no offer of ours today."""
    ann = contact("Ann", email="ann@example.com")
    bo = contact("Bo", email="bo@example.com")
    cy = contact("Cy", email="cy@example.com", phone="+86 138 0013 8000")
    di = contact("Di", email="di@example.com")
    listed = env["mailing.list"].create({"name": "News"})
    env["mailing.contact"].create(
        {
            "name": "C.",
            "mobile": "138 0013 8000",
            "list_ids": [Command.link(listed.id)],
            "country_id": env.ref("base.cn").id,
        }
    )
    by_mail = mailing(
        mailing_model_id=env["ir.model"]._get_id("res.partner"),
        mailing_domain=repr([("id", "in", (ann | bo).ids)]),
    )
    by_sms = mailing(
        mailing_type="sms",
        mailing_model_id=env["ir.model"]._get_id("mailing.list"),
        contact_list_ids=[Command.set(listed.ids)],
        body_plaintext="News",
    )
    (by_mail | by_sms).action_put_in_queue()
    send_mailings()
    assert by_mail.mailing_trace_ids.mapped("trace_status") == ["sent", "sent"]
    # no report of delivery yet
    assert by_sms.mailing_trace_ids.trace_status == "pending"
    assert by_sms.mailing_trace_ids.sms_number == cy.phone_sanitized
    by_mail.mailing_trace_ids.filtered(lambda one: one.res_id == bo.id).set_bounced()

    offer = rule(
        "Offer",
        "solar",
        occasion={"month": 9, "day": 18},
        purpose="marketing",
        validity_days=5,
    )
    tasks = planned(offer, NOW.date())
    env["crm.care.task"].concat(*tasks.values())._dispatch(NOW)
    for partner in (ann, cy):
        task = tasks[partner]
        found = (task.state, task.wait_code, task.not_before)
        assert found == ("planned", "fatigue", TOMORROW_9), (partner.name, found)
    for partner in (bo, di):
        task = tasks[partner]
        assert task.state == "done", (partner.name, task.state, task.reason)


def check_short_links():
    """Odoo's shortened links, in each mailing, lead to Odoo and not to us."""
    urls = env["ir.http"].routing_map().bind("localhost")
    endpoint, _arguments = urls.match("/r/abc", method="GET")
    assert endpoint.func.__module__.startswith("odoo.addons.link_tracker"), endpoint


# TWILIO


@freeze_time(NOW)
def check_twilio():
    """It takes an SMS, and reports a minute later that the number does not exist."""
    company = env.company
    company.write(
        {
            "sms_provider": "twilio",
            "sms_twilio_account_sid": "AC" + "1" * 32,
            "sms_twilio_auth_token": "secret",
        }
    )
    env["sms.twilio.number"].create(
        {"number": "+12025550123", "country_id": env.ref("base.us").id}
    )
    eve = contact("Eve", phone="+86 138 0013 8001")
    task = planned(
        rule("SMS", "solar", "sms", occasion={"month": 9, "day": 18}), NOW.date()
    )[eve]
    task._dispatch(NOW)
    answer = MagicMock(ok=True, **{"json.return_value": {"sid": "SM1"}})
    with (
        patch.object(requests.Session, "post", return_value=answer) as post,
        patch.object(type(env["ir.cron"]), "_commit_progress"),
    ):
        env["sms.sms"]._process_queue()
    [sent] = [
        call.kwargs["data"]
        for call in post.call_args_list
        if call.kwargs["data"]["To"] == "+8613800138001"
    ]
    assert sent["Body"] == "Hello"
    assert (task.state, task.sms_id.state) == ("done", "pending"), task.sms_id.state
    tracker = env["sms.tracker"].search([("sms_twilio_sid", "=", "SM1")])
    tracker = tracker.filtered(lambda one: one.sms_uuid == task.sms_id.uuid)
    tracker._action_update_from_twilio_error("undelivered", "30005", "Unknown handset")
    found = (task.state, task.reason_code, task.reason)
    expected = "The SMS could not be delivered: Invalid Destination"
    assert found == ("failed", "delivery", expected), found


# WITHOUT THEM


def check_without():
    """Neither a table nor a column is missed; the promised day counts again."""
    assert "mailing.trace" not in env
    assert "effective_date" not in env["sale.order"]._fields
    promised = {
        "Pump": (date(2026, 1, 5), date(2026, 7, 5)),
        "Hose": (date(2026, 1, 5), date(2027, 1, 5)),
    }
    assert warranties() == promised, warranties()
    for one in env["crm.care.rule"].search([("state", "=", "active")]):
        one._generate(*one._horizon(NOW.date()), as_of=NOW.date())
    env["crm.care.report"].search([]).read()
    with freeze_time(TOMORROW_9):
        waiting = env["crm.care.task"].search([("wait_code", "=", "fatigue")])
        assert set(waiting.partner_id.mapped("name")) == {"Ann", "Cy"}
        waiting._dispatch(TOMORROW_9)
        assert set(waiting.mapped("state")) == {"done"}, waiting.mapped("reason")
        task = planned(
            rule("SMS again", "solar", "sms", occasion={"month": 9, "day": 19}),
            TOMORROW_9.date(),
        )[waiting.partner_id.filtered("phone")]
        task.purpose = "service"  # whatever was sent this morning
        task._dispatch(TOMORROW_9)
        send_sms()
    assert (task.state, task.sms_id.state) == ("done", "pending"), task.reason


if sys.argv[1:] == ["after"]:
    check_without()
else:
    setup()
    check_deliveries()
    check_mailings()
    check_short_links()
    check_twilio()
env.cr.commit()
