# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a database looks like from outside: everything an uninstall could forget."""

# Tables whose rows Odoo itself writes while it installs and uninstalls, or
# whose numbers move by themselves.
VOLATILE = {
    "ir_attachment",  # compiled bundles; the others are named below
    "ir_model_data",  # see REFLECTED
    "bus_bus",
    "bus_presence",
    "ir_cron_progress",
    "ir_cron_trigger",
    "ir_logging",
    "ir_profile",
    "res_device_log",
}

# Odoo notes how models are made in rows that carry the name of the module whose
# mixin is used; their external ids outlive the uninstallation of any addon.
REFLECTED = "('ir.model.inherit', 'ir.model.fields.selection')"

# Each query names what is there, one row of text each.
SCHEMA = {
    "columns": """
        SELECT table_name, column_name, udt_name, is_nullable, column_default
          FROM information_schema.columns WHERE table_schema = 'public'""",
    "indexes": "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "constraints": """
        SELECT conrelid::regclass, conname, pg_get_constraintdef(oid)
          FROM pg_constraint WHERE connamespace = 'public'::regnamespace""",
    "triggers": """
        SELECT tgrelid::regclass, tgname FROM pg_trigger WHERE NOT tgisinternal""",
    "functions": """
        SELECT proname, pg_get_function_identity_arguments(oid)
          FROM pg_proc WHERE pronamespace = 'public'::regnamespace""",
    "sequences": """
        SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'""",
}
RECORDS = {
    "external ids": f"""
        SELECT module, name, model FROM ir_model_data
         WHERE module LIKE 'crm\\_%' OR model NOT IN {REFLECTED}""",
    "models": "SELECT model FROM ir_model",
    "fields": "SELECT model, name FROM ir_model_fields",
    "parameters": "SELECT key FROM ir_config_parameter",
    "scheduled jobs": "SELECT cron_name FROM ir_cron",
    "attachments": """
        SELECT res_model, res_field, name FROM ir_attachment
         WHERE url IS NULL OR url NOT LIKE '/web/assets/%'""",
    "mail templates": "SELECT model, name::text FROM mail_template",
    "sequences of records": "SELECT code, name FROM ir_sequence",
    "activities": "SELECT res_model, res_id FROM mail_activity",
    "messages": "SELECT model, res_id, body FROM mail_message",
    "followers": "SELECT res_model, res_id, partner_id FROM mail_followers",
    "groups": "SELECT name::text FROM res_groups",
    "privileges": "SELECT name::text FROM res_groups_privilege",
    "memberships": "SELECT gid, uid FROM res_groups_users_rel",
    "views": "SELECT model, name, key FROM ir_ui_view",
    "menus": "SELECT name::text FROM ir_ui_menu",
    "actions": "SELECT type, name::text FROM ir_actions",
    "access rows": "SELECT name FROM ir_model_access",
    "rules": "SELECT name FROM ir_rule",
    "modules": "SELECT name, state FROM ir_module_module",
}


def snapshot(cr):
    """Return ``{kind: set of what is there}``, with the row count of each table."""
    found = {kind: _rows(cr, query) for kind, query in (SCHEMA | RECORDS).items()}
    tables = _rows(
        cr,
        """SELECT table_name FROM information_schema.tables
            WHERE table_schema = 'public' AND table_type = 'BASE TABLE'""",
    )
    counted = sorted(
        table for table in tables - VOLATILE if not table.startswith("orm_signaling_")
    )
    query = " UNION ALL ".join(
        f"SELECT '{table}', COUNT(*) FROM \"{table}\"" for table in counted
    )
    found["rows"] = _rows(cr, query)
    return found


def difference(before, after):
    """Return what is gone and what is left over, kind by kind, as sorted lines."""
    lines = []
    for kind in before:
        lines += [f"{kind}: gone: {item}" for item in before[kind] - after[kind]]
        lines += [f"{kind}: left: {item}" for item in after[kind] - before[kind]]
    return sorted(lines)


def _rows(cr, query):
    cr.execute(query)
    return {" | ".join(map(str, row)) for row in cr.fetchall()}
