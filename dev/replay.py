# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Play a help desk's ticket log as complaints, and check every deadline.

The log (``CaseID,ActivityID,CompleteTimestamp``, Italian local time) is played at its
historic times, by the addon's own actions, in a database that is made anew: Monday to
Friday from 9 to 18 o'clock, first response in 4 working hours, resolution in 27,
waiting does not count. What was met and what was late, by how much, is computed once
more from the file alone, without the addon. Exit status 1 where the two differ.
"""

import json
import tempfile
from collections import Counter
from pathlib import Path

from . import database, helpdesk_expected, paths, setup, shell, templates
from .console import DevError, say, step, warn

DATABASE = "crm_replay"
MARK = "made by dev replay"
PLAYER = paths.ROOT / "dev" / "play_helpdesk.py"
#: differences that are shown one by one
SHOWN = 20


def add_arguments(parser) -> None:
    """Add the options of ``replay``."""
    parser.add_argument("file", metavar="FILE", help="the ticket log")
    parser.add_argument(
        "--db",
        default=DATABASE,
        metavar="NAME",
        help="the database, dropped and made anew (default: %(default)s)",
    )
    setup.add_arguments(parser)


def run(args) -> int:
    """Play the log, compare, print; return the exit status."""
    path = log_file(args.file)
    text = path.read_text(encoding="utf-8", errors="replace")
    expected = helpdesk_expected.outcomes(text)
    if not expected:
        raise DevError(f"{path} has no event in it that can be read.")
    with setup.ensure_all(args):
        prepare(args.db)
        with step(f"Play {path.name}"):
            outcome = play(args.db, path)
    found = [helpdesk_expected.Outcome(*each) for each in outcome["results"]]
    for line in report(outcome, found):
        say(f"   {line}")
    wrong = differences(expected, found)
    for line in wrong[:SHOWN]:
        warn(line)
    if wrong:
        raise DevError(
            f"{len(wrong)} of {len(expected)} outcomes differ from what the file says."
        )
    say(f"   all {len(expected):,} outcomes equal those computed from the file alone")
    say(f"   to look at them: python3 -m dev serve --db {args.db}")
    return 0


def log_file(name: str) -> Path:
    """Return the log's path."""
    path = Path(name).expanduser().resolve()
    if not path.is_file():
        raise DevError(f"There is no ticket log at {path}.")
    return path


def prepare(name: str) -> None:
    """Make the database anew; refuse to drop one that another command made."""
    if database.exists(name) and database.comment(name) != MARK:
        raise DevError(
            f"The database {name} was not made by a replay; choose another: --db NAME"
        )
    template = templates.addons_template(with_demo=False)
    with step(f"Database {name}"):
        database.drop(name)
        database.clone(template, name)
        database.set_comment(name, MARK)


def play(name: str, path: Path) -> dict:
    """Have Odoo play the log; return what it tells."""
    with tempfile.TemporaryDirectory() as folder:
        result = Path(folder) / "result.json"
        shell.check_script(name, str(PLAYER), str(path), str(result))
        return json.loads(result.read_text(encoding="utf-8"))


def report(outcome: dict, found) -> list[str]:
    """Return the lines that tell what was played and what came of it."""
    events, seconds, queries = (
        outcome[key] for key in ("events", "seconds", "queries")
    )
    lines = [f"skipped {line}" for line in outcome["bad"][:SHOWN]]
    others = ", ".join(
        f"{number:,} {what}" for what, number in outcome["counts"].items()
    )
    lines += [
        f"{outcome['cases']:,} cases, {events:,} events, {len(outcome['bad'])} bad "
        f"lines; {others}",
        f"{seconds:.0f} s, {1000 * seconds / events:.1f} ms and "
        f"{queries / events:.1f} queries an event",
        "",
        *table(found),
        "",
    ]
    return lines


def table(found) -> list[str]:
    """Return a table of what was met and late, by metric and cycle."""
    counted = Counter((each.metric, each.cycle, each.state) for each in found)
    overdue = Counter()
    for each in found:
        overdue[each.metric, each.cycle] += each.overdue
    states = [helpdesk_expected.MET, helpdesk_expected.LATE]
    states += sorted({state for _m, _c, state in counted} - set(states))
    lines = [
        f"{'metric':<15}{'cycle':>6}"
        + "".join(f"{state:>10}" for state in states)
        + f"{'overdue h':>12}"
    ]
    for metric, cycle in sorted(overdue):
        numbers = "".join(f"{counted[metric, cycle, state]:>10,}" for state in states)
        hours = overdue[metric, cycle] / 3600
        lines.append(f"{metric:<15}{cycle:>6}{numbers}{hours:>12,.1f}")
    return lines


def differences(expected, found) -> list[str]:
    """Return a line for every outcome that is missing, superfluous or another."""
    ours = {(each.case, each.metric, each.cycle): each for each in found}
    theirs = {(each.case, each.metric, each.cycle): each for each in expected}
    lines = []
    for key in sorted(ours.keys() | theirs.keys()):
        one, other = ours.get(key), theirs.get(key)
        if one != other:
            case, metric, cycle = key
            lines.append(
                f"case {case}, {metric}, cycle {cycle}: {_told(one)}, "
                f"by the file {_told(other)}"
            )
    if len(ours) != len(found):
        lines.append(f"{len(found) - len(ours)} outcomes are there twice")
    return lines


def _told(outcome) -> str:
    if outcome is None:
        return "nothing"
    return outcome.state + (f" by {outcome.overdue} s" if outcome.overdue else "")
