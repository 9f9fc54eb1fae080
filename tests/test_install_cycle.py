# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Into a database that is in use and out again, as if we had never been there."""

import subprocess

import pytest

from dev import database, odoo, paths, scratch, templates

from .database_snapshot import difference, snapshot

# A company at work: a chart of accounts, a posted invoice and its refund, a
# contact of a customer, an order, an opportunity, one customer who left; Odoo's own
# loyalty with points on cards, one of nobody and one below zero, and its vouchers.
IN_USE = """
company = env.company
env["account.chart.template"].try_loading("generic_coa", company, install_demo=False)
customer = env["res.partner"].create({
    "name": "Old Customer", "is_company": True,
    "child_ids": [(0, 0, {"name": "Their Buyer"})],
})
gone = env["res.partner"].create({"name": "Former Customer", "active": False})
product = env["product.product"].create({"name": "Thing", "list_price": 100})
line = [(0, 0, {"product_id": product.id, "quantity": 1, "price_unit": 100})]
for partner in (customer, customer.child_ids, gone):
    invoice = env["account.move"].create({
        "move_type": "out_invoice", "partner_id": partner.id,
        "invoice_date": "2026-01-15", "invoice_line_ids": line,
    })
    invoice.action_post()
invoice._reverse_moves([{"invoice_date": "2026-02-01"}]).action_post()
order = env["sale.order"].create({
    "partner_id": customer.id, "order_line": [(0, 0, {"product_id": product.id})],
})
order.action_confirm()
env["crm.lead"].create(
    {"name": "Next deal", "type": "opportunity", "partner_id": customer.id}
)
club, voucher = env["loyalty.program"].create([{
    "name": "Old Club", "program_type": "loyalty", "trigger": "auto",
    "applies_on": "both", "rule_ids": [(0, 0, {
        "reward_point_mode": "money", "reward_point_amount": 1,
    })], "reward_ids": [(0, 0, {
        "reward_type": "discount", "discount_mode": "per_order", "discount": 5,
        "required_points": 100,
    })],
}, {
    "name": "Old Vouchers", "program_type": "coupons", "trigger": "with_code",
    "applies_on": "current", "reward_ids": [(0, 0, {"discount": 10})],
}])
cards = env["loyalty.card"].create([
    {"program_id": program.id, "partner_id": partner.id, "points": points}
    for program, partner, points in (
        (club, customer, 250.5), (club, customer.child_ids, 0), (club, gone, -20),
        (club, gone.browse(), 75), (voucher, customer, 1),
    )
])
env["loyalty.history"].create(
    {"card_id": cards[0].id, "description": "From before", "issued": 250.5}
)
env.cr.commit()
"""
# Our own records and their traces (messages, activities, attachments) must go
# with us, so some are made first, where the addon knows how.
USE_US = """
if "crm.customer" in env:
    customers = env["crm.customer"]
    customers._refresh()
    customer = customers.search([("partner_id.name", "=", "Old Customer")], limit=1)
    assert customer, "a partner with posted invoices was there before us"
    for policy in env["crm.grade.policy"].search([], limit=1):
        policy._run()
    if "message_ids" in customers._fields:
        customer.message_post(body="A trace")
        customer.activity_schedule("mail.mail_activity_data_todo")
    if "crm.touchpoint" in env:
        touch = env["crm.touchpoint"].create({
            "partner_id": customer.partner_id.id, "important": True,
            "next_step": "Call again", "next_step_date": "2026-12-01",
        })
        assert len(touch.activity_ids) == 1, "the confirmation is due"
    env["ir.attachment"].create({
        "name": "trace.txt", "raw": b"x",
        "res_model": "crm.customer", "res_id": customer.id,
    })
    if "crm.goodwill" in env:
        kind = env["crm.goodwill.type"].create({"name": "Voucher", "kind": "gift"})
        for value in (50, 600):
            env["crm.goodwill"]._request(
                customer.partner_id, kind, value, "recovery", note="A trace"
            )
    env.cr.commit()
if "crm.complaint" in env:
    main = env.company
    partner = env["res.partner"].search([("name", "=", "Old Customer")], limit=1)
    department = env["crm.complaint.department"].create({
        "name": "Works", "company_id": main.id,
        "manager_id": env.user.id,
    })
    hall = department.create({"name": "Hall", "parent_id": department.id})
    team = env["crm.complaint.team"].create({
        "name": "Turns", "assignment": "turn", "company_id": main.id,
        "member_ids": [(6, 0, env.user.ids)],
    })
    category = env["crm.complaint.category"].create({
        "name": "Sub", "department_id": hall.id, "team_id": team.id,
        "parent_id": env.ref("crm_complaints.crm_complaint_category_price").id,
    })
    env["crm.priority.matrix"].create({"company_id": main.id})
    tag = env["crm.complaint.tag"].create({"name": "Press"})
    complaints = env["crm.complaint"].create([{
        "name": "Too dear", "partner_id": partner.id, "category_id": category.id,
        "severity": "serious", "is_safety": True,
        "tag_ids": [(6, 0, tag.ids)],
    } for _ in range(3)])
    complaints[0].action_mark_duplicate(complaints[1])
    complaints[1].message_post(body="A trace")
    complaints[1].activity_schedule("mail.mail_activity_data_todo")
    reason = env["crm.sla.pause.reason"].search([], limit=1)
    complaints[2]._confirm_receipt(channel="phone")
    if reason:
        complaints[2]._sla_pause(reason)
    policy = env["crm.grade.policy"].create({
        "name": "By complaints", "criterion_ids": [(0, 0, {
            "metric": "complaints",
            "band_ids": [(0, 0, {"lower": 0, "points": 100})],
        })],
    })
    policy.action_activate()
    env["crm.complaint.intake"].create({"name": "Half done"})
    if "crm.goodwill" in env:
        gift = env.ref("crm_service_excellence.crm_goodwill_type_gift")
        env["crm.goodwill"]._request(
            partner, gift, 30, "complaint", source=complaints[2]
        )
    env["crm.customer"]._refresh()
    policy._run()
    env.cr.commit()
"""
USE_LOYALTY = """
if "crm.loyalty.entry" in env:
    club = env["loyalty.program"].search([("name", "=", "Old Club")])
    customer = env["res.partner"].search([("name", "=", "Old Customer")], limit=1)
    assert not club.is_ledger, "a program keeps its ways until somebody decides"
    before = {card: card.points for card in club.coupon_ids}
    club.is_ledger = True
    assert {card: card.points for card in club.coupon_ids} == before
    card = club.coupon_ids.filtered(lambda card: card.partner_id == customer)
    assert card.entry_ids.kind == "opening" and card.lot_ids.remaining == 250.5
    grade = env["crm.grade"].search([], limit=1)
    env["crm.loyalty.multiplier"].create(
        {"program_id": club.id, "grade_id": grade.id, "factor": 1.5}
    )
    env["crm.loyalty.campaign"].create({
        "name": "Double points", "program_id": club.id, "factor": 2,
        "date_from": "2026-05-01", "date_to": "2026-05-31",
    })
    earned, pending, _redeemed = card._post_points([
        {"kind": "earn", "points": 100, "key": "cycle:1"},
        {"kind": "pending", "points": 40, "key": "cycle:2"},
        {"kind": "redeem", "points": 300, "key": "cycle:3"},
    ])
    card._post_points([
        {"kind": "reverse_earn", "points": 30, "key": "cycle:4", "reverses": earned},
        {"kind": "release", "points": 15, "key": "cycle:5", "reverses": pending},
    ])
    card._hold_points(5, "cycle:hold", None, 15)
    env["crm.loyalty.event"].create({
        "name": "First visit", "code": "cycle_visit", "points": 25,
        "program_id": club.id, "start_date": "2026-01-01",
    })
    visit = env["crm.loyalty.event"]._grant(customer, "cycle_visit")
    assert visit.kind == "event"
    env["crm.loyalty.adjustment"].create({
        "card_id": card.id, "points": 7, "note": "The till was broken",
        "reason_id": env["crm.loyalty.adjustment.reason"].search([], limit=1).id,
    }).message_post(body="A trace")
    env["crm.referral"].create({
        "referrer_id": customer.id, "referred_id": customer.child_ids[:1].id,
        "program_id": club.id, "company_id": env.company.id,
    })
    club.reward_ids.grade_ids = grade
    policy = env["crm.grade.policy"].create({
        "name": "By points", "criterion_ids": [(0, 0, {
            "metric": "points",
            "band_ids": [(0, 0, {"lower": 0, "points": 100})],
        })],
    })
    policy.action_activate()
    card.redeem_points(5, "cycle")
    env["loyalty.card"]._cron_expire_points(as_of="2050-01-01")
    env["crm.loyalty.check"]._cron_check()
    assert not env["crm.loyalty.check"].search([]).difference_count
    env.cr.commit()
"""
POINTS = """
SELECT card.code, card.points, card.active FROM loyalty_card card ORDER BY card.id
"""
UNINSTALL = """
names = NAMES
modules = env["ir.module.module"].search(
    [("name", "in", names), ("state", "=", "installed")]
)
assert modules
modules.button_immediate_uninstall()
"""


class Site:
    """A database of its own, and Odoo processes that work on it."""

    def __init__(self, name):
        self.name = name

    def install(self, addon):
        """Install as an administrator would; a warning in the log is an error."""
        odoo.install(self.name, [addon], with_demo=False, strict=True)

    def script(self, source):
        """Run a script in an Odoo shell."""
        done = subprocess.run(
            odoo.command("shell", "--no-http", database=self.name),
            input=source,
            env=odoo.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert done.returncode == 0, done.stdout
        complaints = "\n".join(odoo.complaints(done.stdout))
        assert not complaints, complaints

    def snapshot(self):
        with database.connect(self.name) as cr:
            return snapshot(cr)


@pytest.fixture(params=paths.addons())
def addon(request):
    return request.param


@pytest.fixture
def site():
    template = templates.base_template(with_demo=False)
    with scratch.copy_of(template, "install_cycle") as name:
        yield Site(name)


def test_install_uninstall_reinstall(site, addon):
    """One test, since each step stands on the one before it."""
    site.script(IN_USE)
    before = site.snapshot()
    site.install(addon)
    assert difference(before, site.snapshot()), "the snapshot sees nothing"
    site.script(USE_US)
    site.script(USE_LOYALTY)
    points = database.query(site.name, POINTS)
    site.script(UNINSTALL.replace("NAMES", repr(paths.addons())))
    remains = "\n".join(difference(before, site.snapshot()))
    assert not remains, remains
    assert database.query(site.name, POINTS) == points, "balances stay"
    site.install(addon)
