# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""How urgent a complaint is: from urgency, impact and difficulty to P1 .. P4.

A matrix is ``{(urgency, impact, difficulty): priority}``, levels 1 (low) to 3 (high),
priorities 1 (most urgent) to 4. It is stored as ``{"321": 1}``. More of anything is
never less urgent.
"""

from itertools import product

LEVELS = (1, 2, 3)
PRIORITIES = (1, 2, 3, 4)
CELLS = tuple(product(LEVELS, repeat=3))
AXES = ("urgency", "impact", "difficulty")
# A danger, or what is very serious, is never anything but P1 (reference d5).
FORCED_PRIORITY = 1
# Urgency and impact count double; at least so many points for P1, P2, P3.
DEFAULT_STEPS = ((13, 1), (11, 2), (8, 3))


class MatrixError(ValueError):
    """A matrix that cannot be used.

    :ivar code: ``missing`` (no priority), ``value`` (none of 1 to 4), ``unknown`` (no
        such cell) or ``order`` (less urgent than ``other``, which asks for less)
    :ivar cell: where, as stored
    :ivar other: the cell it contradicts, for ``order``
    """

    def __init__(self, code, cell, other=None):
        super().__init__(f"{code}: {cell}")
        self.code = code
        self.cell = cell
        self.other = other


def default_matrix():
    """The shipped matrix: a medium complaint is P3, all high is P1, all low P4."""
    matrix = {}
    for urgency, impact, difficulty in CELLS:
        points = 2 * urgency + 2 * impact + difficulty
        matrix[urgency, impact, difficulty] = next(
            (priority for least, priority in DEFAULT_STEPS if points >= least), 4
        )
    return matrix


def pack(matrix):
    """The matrix as it is stored: ``{"321": 1}``."""
    return {"".join(map(str, cell)): priority for cell, priority in matrix.items()}


def unpack(cells):
    """Read and check a stored matrix.

    :param cells: ``{"321": 1}``; a number may come as text
    :return: ``{(3, 2, 1): 1}``, complete and in order
    :raise MatrixError: naming the first cell that is wrong
    """
    names = {"".join(map(str, cell)): cell for cell in CELLS}
    if not isinstance(cells, dict):
        raise MatrixError("missing", next(iter(names)))
    for name in cells:
        if name not in names:
            raise MatrixError("unknown", str(name))
    matrix = {}
    for name, cell in names.items():
        if name not in cells:
            raise MatrixError("missing", name)
        value = cells[name]
        # True would pass as 1, and 1.5 would be cut off
        if isinstance(value, bool) or str(value) not in map(str, PRIORITIES):
            raise MatrixError("value", name)
        matrix[cell] = int(value)
    check_order(matrix)
    return matrix


def check_order(matrix):
    """Refuse a matrix in which more of something is less urgent.

    Comparing neighbours is enough: every pair is joined by a chain of them.

    :raise MatrixError: ``order``
    """
    for cell in CELLS:
        for axis in range(len(AXES)):
            below = list(cell)
            below[axis] -= 1
            below = tuple(below)
            if below in matrix and matrix[cell] > matrix[below]:
                raise MatrixError(
                    "order", "".join(map(str, cell)), "".join(map(str, below))
                )


def priority_of(matrix, urgency, impact, difficulty, is_forced=False):
    """Priority 1 (most urgent) to 4 of a complaint.

    :param is_forced: safety is concerned, or it is very serious
    """
    if is_forced:
        return FORCED_PRIORITY
    return matrix[urgency, impact, difficulty]
