# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Fields that only actions write begin as the code says."""


def measured_defaults(model, names):
    """What fields that nobody types begin with, to be created with.

    Given as values they leave no room for defaults of others: those of the context, and
    those that every user may store for oneself (``ir.default``).

    :param model: recordset of the model, with the user who creates
    :param names: names of its fields; computed ones are left out
    :return: dict of values
    """
    values = {}
    for name in names:
        field = model._fields[name]
        if field.store and not field.compute:
            value = field.default(model) if field.default else False
            values[name] = value.id if field.type == "many2one" and value else value
    return values
