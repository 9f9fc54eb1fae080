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
        "security/crm_referral_security.xml",
        "data/crm_referral_data.xml",
        "views/crm_referral_views.xml",
        "views/crm_referral_partner_views.xml",
        "views/crm_referral_report_views.xml",
        "data/mail_template_portal_data.xml",
        "report/crm_loyalty_statement_templates.xml",
        "report/crm_loyalty_statement_reports.xml",
        "views/crm_loyalty_portal_templates.xml",
        "views/crm_loyalty_reminder_views.xml",
        "views/loyalty_card_statement_views.xml",
    ],
    "assets": {
        "web.assets_frontend": ["crm_loyalty/static/src/portal/**/*"],
        "web.assets_tests": ["crm_loyalty/static/tests/tours/**/*"],
    },
    "uninstall_hook": "uninstall_hook",
}
