# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Words and bounds that the parts of the ledger share."""

#: one movement, and a balance, is at most this; what most other systems take too
MAX_POINTS = 2**31 - 1
#: numeric(16, 2): fractions of a point are possible, the program rounds
POINTS_DIGITS = (16, 2)

KINDS = [
    ("earn", "Earned"),
    ("pending", "Pending"),
    ("release", "Released"),
    ("void_pending", "Pending voided"),
    ("redeem", "Redeemed"),
    ("expire", "Expired"),
    ("reverse_earn", "Earning reversed"),
    ("reverse_redeem", "Redemption reversed"),
    ("event", "Event"),
    ("goodwill", "Goodwill"),
    ("adjust", "Adjusted"),
    ("transfer_in", "Transferred in"),
    ("transfer_out", "Transferred out"),
    ("opening", "Opening balance"),
]
#: kinds that fill a lot; what they bring first settles a debt
CREDIT_KINDS = ("earn", "event", "goodwill", "opening", "transfer_in")
#: new business, which an ended program or an archived card no longer takes
BUSINESS_KINDS = ("earn", "pending", "redeem", "event", "goodwill")
