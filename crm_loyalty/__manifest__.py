# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
{
    "name": "Customer Loyalty",
    "summary": "Loyalty points with the correctness of a ledger: lots, expiry, grades, refunds",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "The CRM Excellence Authors",
    "website": "https://github.com/crm-excellence/crm-excellence",
    "license": "LGPL-3",
    "depends": ["crm_service_excellence", "sale_loyalty", "portal", "rating"],
    "data": [
        "security/crm_loyalty_groups.xml",
        "security/ir.model.access.csv",
        "security/crm_loyalty_security.xml",
        "data/ir_cron_data.xml",
        "data/ir_cron_event_data.xml",
        "data/crm_loyalty_event_data.xml",
        "data/crm_loyalty_adjustment_reason_data.xml",
        "views/crm_loyalty_event_views.xml",
        "views/crm_loyalty_adjustment_views.xml",
        "views/crm_loyalty_adjustment_reason_views.xml",
        "wizards/crm_loyalty_adjustment_refuse_views.xml",
    ],
    "uninstall_hook": "uninstall_hook",
}
