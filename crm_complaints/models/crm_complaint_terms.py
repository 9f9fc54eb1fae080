# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Terms that several models of complaints share, in one order everywhere."""

SEVERITIES = [
    ("general", "General"),
    ("serious", "Serious"),
    ("very_serious", "Very serious"),
]
# What counts while nobody has assessed a complaint: a promise runs from the receipt.
UNASSESSED_SEVERITY = "general"
STATES = [
    ("received", "Received"),
    ("acknowledged", "Acknowledged"),
    ("assessed", "Assessed"),
    ("investigating", "Investigating"),
    ("resolved", "Resolved"),
    ("closed", "Closed"),
    ("rejected", "Rejected"),
    ("withdrawn", "Withdrawn"),
    ("duplicate", "Duplicate"),
]
# Work is left to do on these.
OPEN_STATES = ("received", "acknowledged", "assessed", "investigating")
CHANNELS = [
    ("email", "E-mail"),
    ("portal", "Customer portal"),
    ("web", "Web form"),
    ("phone", "Phone"),
    ("wechat", "WeChat"),
    ("counter", "At the counter"),
    ("call_centre", "Call centre"),
    ("letter", "Letter"),
    ("other", "Other"),
]
NATURES = [
    ("technical", "Technical"),
    ("process", "Process"),
    ("emotional", "Emotional"),
    ("systemic", "Systemic"),
]
REMEDIES = [
    ("refund", "Refund"),
    ("replacement", "Replacement"),
    ("repair", "Repair or rework"),
    ("discount", "Discount"),
    ("compensation", "Compensation"),
    ("apology", "Apology"),
    ("information", "Information"),
    ("help", "Technical help"),
    ("other", "Something else"),
]
LEVELS = [("1", "Low"), ("2", "Medium"), ("3", "High")]
PRIORITIES = [("1", "P1"), ("2", "P2"), ("3", "P3"), ("4", "P4")]  # P1 is most urgent
METRICS = [
    ("ack", "Acknowledgement"),
    ("first_response", "First response"),
    ("update", "Update"),
    ("containment", "Containment"),
    ("resolution", "Resolution"),
]
CLOCK_STATES = [
    ("running", "Running"),
    ("paused", "Paused"),
    ("met", "Met"),
    ("breached", "Late"),
    ("cancelled", "Cancelled"),
    ("no_deadline", "No deadline"),
]
SLA_STATES = [
    ("none", "No deadline"),
    ("running", "On time"),
    ("warned", "Due soon"),
    ("breached", "Late"),
    ("paused", "Paused"),
    ("done", "Done"),
]
