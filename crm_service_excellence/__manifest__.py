# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
{
    "name": "Customer Care",
    "summary": "Grade customers on facts, explain each grade, keep what you know of them",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "The CRM Excellence Authors",
    "website": "https://github.com/crm-excellence/crm-excellence",
    "license": "LGPL-3",
    "depends": ["sale_crm"],
    "data": [],
    "application": True,
}
