"""Pure layer: arithmetic without a database. Nothing here imports ``odoo``."""
