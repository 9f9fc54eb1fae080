# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The results as a table to read and as data to keep, with where they come from."""

import dataclasses
import datetime
import os
import platform
import subprocess
from pathlib import Path

from .. import database, odoo_source, paths

SHOWN_SETTINGS = (
    "shared_buffers",
    "work_mem",
    "effective_cache_size",
    "max_parallel_workers_per_gather",
    "random_page_cost",
    "jit",
    "fsync",
    "synchronous_commit",
    "max_wal_size",
)
HEADER = ("Measure", "Ratio", "Range", "Target", "", "Medians", "Notes")


def machine() -> dict:
    """Return the machine and the versions of what runs on it."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory GB": round(
            os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1024**3, 1
        ),
        "Python": platform.python_version(),
        "Odoo": odoo_source.ensure().version,
        "commit": _commit(),
        "date": f"{datetime.datetime.now():%Y-%m-%d %H:%M}",
    }


def server(name: str) -> dict:
    """Return the version and the settings of the server, as seen by a database."""
    rows = database.query(
        name,
        "SELECT name, current_setting(name) FROM pg_settings WHERE name = ANY(%s)",
        [list(SHOWN_SETTINGS)],
    )
    version = database.query(name, "SHOW server_version")
    return {"PostgreSQL": version[0][0], **dict(sorted(rows))}


def neighbours() -> dict:
    """Return how busy the machine is, and the seconds other guests took from it."""
    fields = Path("/proc/stat").read_text().split("\n", 1)[0].split()
    ticks = os.sysconf("SC_CLK_TCK")
    return {
        "load": round(os.getloadavg()[0], 2),
        "steal s": int(fields[8]) / ticks,
        "total s": sum(map(int, fields[1:9])) / ticks,
    }


def quiet(before: dict, after: dict) -> str:
    """Return a remark on the machine's other work during a session."""
    total = after["total s"] - before["total s"]
    steal = 100 * (after["steal s"] - before["steal s"]) / total if total else 0
    text = f"load {before['load']} before, {after['load']} after, steal {steal:.1f} %"
    # one process of ours and its session: more than two at work are neighbours
    busy = steal > 2 or before["load"] > 1 or after["load"] > 2
    return f"{text}: {'NOT quiet, others were at work' if busy else 'quiet'}"


def table(results) -> str:
    """Return the results as a Markdown table that is readable as it is."""
    rows = [HEADER, *map(_row, results)]
    widths = [max(len(row[n]) for row in rows) for n in range(len(HEADER))]
    lines = ["| " + " | ".join(map(str.ljust, row, widths)) + " |" for row in rows]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def _row(result) -> tuple:
    verdict = {True: "ok", False: "MISSED", None: ""}[result.ok]
    if result.broken:
        verdict = "WRONG"
    digits = 2 if (result.ratio or 0) < 10 else 1
    extremes = (result.low, result.high)
    notes = [result.note, counted(result.counters)]
    if result.noisy:
        notes.append("noisy: " + ", ".join(result.noisy))
    return (
        result.name,
        "" if result.ratio is None else f"{result.ratio:.{digits}f}",
        "" if result.low is None else "-".join(f"{x:.{digits}f}" for x in extremes),
        result.target,
        verdict,
        ", ".join(f"{part} {duration(s)}" for part, s in result.medians.items()),
        "; ".join(filter(None, notes)),
    )


def counted(counters: dict) -> str:
    """Return the counters in words; empty ones as 0."""
    words = []
    for name, value in counters.items():
        if not isinstance(value, dict):
            words.append(f"{name} {value:,}")
        elif "rows written" in value:
            rows = sum(value["rows written"].values())
            words.append(f"{name} {rows:,} rows, {value['WAL bytes'] / 1e6:.1f} MB WAL")
        elif "statements" in value:
            megabytes = value["WAL bytes"] / 1e6
            words.append(
                f"{name} {value['statements']:,} statements, {megabytes:.1f} MB WAL"
            )
        else:
            words.append(f"{name} {sum(value.values()):,}")
    return ", ".join(words)


def duration(seconds: float) -> str:
    """Return a duration with three digits."""
    return f"{seconds:.3g} s" if seconds >= 1 else f"{seconds * 1000:.3g} ms"


def as_data(results, **facts) -> dict:
    """Return what goes into the JSON file."""
    return {**facts, "results": [dataclasses.asdict(result) for result in results]}


def _processor() -> str:
    path = Path("/proc/cpuinfo")
    if path.exists():
        for line in path.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _commit() -> str:
    try:
        words = ["git", "describe", "--always", "--dirty"]
        return subprocess.run(
            words, cwd=paths.ROOT, capture_output=True, text=True, check=True
        ).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
