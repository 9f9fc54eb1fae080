# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Keep the web client's compiled bundles from one test database to the next.

A test rolls back, so a browser tour would compile them again and again: a
quarter of a minute each time. Their addresses name their content, so a bundle
that has changed since is compiled and an unchanged one is found.
"""

import json
import os
import shutil
from pathlib import Path

from . import paths

FOLDER = paths.DEV / "assets"
ROWS = FOLDER / "rows.json"
COLUMNS = """name, type, mimetype, url, store_fname, checksum, file_size, public,
    res_model, res_field, res_id, index_content, create_uid, write_uid, create_date,
    write_date"""


def provide(registry, filestore):
    """Fill a database that has no bundles yet, and commit.

    :param registry: Odoo's registry of that database
    :param filestore: the folder with the database's files
    """
    from odoo import SUPERUSER_ID, api

    with registry.cursor() as cr:
        _restore(cr, Path(filestore))
        api.Environment(cr, SUPERUSER_ID, {})["ir.qweb"]._pregenerate_assets_bundles()
        cr.commit()
        _save(cr, Path(filestore))


def _restore(cr, filestore):
    if not ROWS.exists():
        return
    cr.execute("SELECT url FROM ir_attachment WHERE url LIKE '/web/assets/%'")
    known = {url for (url,) in cr.fetchall()}
    # each bundle once: a database that keeps its own would double them every time
    bundles = {row["url"]: row for row in json.loads(ROWS.read_text())}
    rows = [row for url, row in bundles.items() if url not in known]
    _copy(rows, FOLDER, filestore)
    cr.execute(
        f"""INSERT INTO ir_attachment ({COLUMNS})
            SELECT {COLUMNS} FROM json_populate_recordset(NULL::ir_attachment, %s)""",
        [json.dumps(rows)],
    )


def _save(cr, filestore):
    cr.execute(
        f"""SELECT row_to_json(bundle) FROM (
                SELECT DISTINCT ON (url) {COLUMNS} FROM ir_attachment
                 WHERE url LIKE '/web/assets/%' ORDER BY url, id DESC
            ) bundle"""
    )
    rows = [row for (row,) in cr.fetchall()]
    _copy(rows, filestore, FOLDER)
    partial = ROWS.with_suffix(f".{os.getpid()}")
    partial.write_text(json.dumps(rows))
    partial.replace(ROWS)
    kept = {FOLDER / row["store_fname"] for row in rows if row["store_fname"]}
    for path in set(FOLDER.glob("*/*")) - kept:
        path.unlink()


def _copy(rows, source, target):
    """Copy the files of the rows; they are named after what is in them."""
    for name in filter(None, (row["store_fname"] for row in rows)):
        if not (target / name).exists():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source / name, target / name)
