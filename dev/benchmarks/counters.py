# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What does not depend on the machine's speed: rows, WAL and memory."""

from pathlib import Path

ROWS = """
    SELECT relname, n_tup_ins, n_tup_upd, n_tup_del, seq_tup_read
      FROM pg_stat_user_tables WHERE relname = ANY(%s)
"""


def rows(cr, tables):
    """Return ``{table: {"written": rows, "scanned": rows}}`` as counted so far.

    The statistics of a transaction are sent at its end, so this commits first.
    """
    cr.execute("SELECT pg_stat_force_next_flush()")
    cr.commit()
    cr.execute("SELECT pg_stat_clear_snapshot()")
    cr.execute(ROWS, [list(tables)])
    return {
        name: {"written": inserted + updated + deleted, "scanned": scanned}
        for name, inserted, updated, deleted, scanned in cr.fetchall()
    }


def difference(after, before, kind):
    """Return how much more of ``kind`` each table has; tables without any left out."""
    more = {table: after[table][kind] - before[table][kind] for table in before}
    return {table: number for table, number in more.items() if number}


def wal_bytes(cr):
    """Return the bytes of WAL written: by this session where PostgreSQL can tell."""
    if cr._cnx.server_version >= 180000:
        cr.execute("SELECT pg_stat_force_next_flush()")
        cr.commit()
        cr.execute("SELECT pg_stat_clear_snapshot()")
        cr.execute("SELECT wal_bytes FROM pg_stat_get_backend_wal(pg_backend_pid())")
    else:
        cr.execute("SELECT pg_current_wal_insert_lsn() - '0/0'")
    return int(cr.fetchone()[0])


def peak_memory():
    """Return the peak resident memory of this process in MB, 0 where unknown."""
    path = Path("/proc/self/status")
    if path.exists():
        for line in path.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) // 1024
    return 0
