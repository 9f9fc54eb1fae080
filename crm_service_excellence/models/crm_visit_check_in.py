# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from psycopg2.errors import UniqueViolation

from odoo import fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_datetime

from ..tools.geo import as_place, check_position, gcj02_to_wgs84, locate
from .crm_visit import OPEN_STATES

POSITION_STATES = [
    ("on_site", "On site"),
    ("off_site", "Elsewhere"),
    ("unknown", "Unknown"),
]
SYSTEMS = ("wgs84", "gcj02")
KEY_LENGTH = 64  # a phone sends a UUID; longer is nonsense


class CrmVisit(models.Model):
    """Where and when somebody was: measured, by the server's clock."""

    _inherit = "crm.visit"

    # Positions are WGS-84, whatever the phone's map uses
    check_in = fields.Datetime(string="Arrived", readonly=True, copy=False)
    check_in_key = fields.Char(readonly=True, copy=False)
    check_in_latitude = fields.Float(digits=(10, 7), readonly=True, copy=False)
    check_in_longitude = fields.Float(digits=(10, 7), readonly=True, copy=False)
    check_in_accuracy = fields.Float(
        string="Accuracy on arrival (m)", readonly=True, copy=False, aggregator=None
    )
    position_state = fields.Selection(
        selection=POSITION_STATES,
        string="Where on arrival",
        readonly=True,
        copy=False,
        help="Compared with the customer's position; unknown is not elsewhere.",
    )
    distance_m = fields.Float(
        string="Distance on arrival (m)",
        digits=(12, 0),
        readonly=True,
        copy=False,
        aggregator="avg",
    )
    check_out = fields.Datetime(string="Left", readonly=True, copy=False)
    check_out_key = fields.Char(readonly=True, copy=False)
    check_out_latitude = fields.Float(digits=(10, 7), readonly=True, copy=False)
    check_out_longitude = fields.Float(digits=(10, 7), readonly=True, copy=False)
    check_out_accuracy = fields.Float(
        string="Accuracy on leaving (m)", readonly=True, copy=False, aggregator=None
    )
    check_out_position_state = fields.Selection(
        selection=POSITION_STATES, string="Where on leaving", readonly=True, copy=False
    )
    check_out_distance_m = fields.Float(
        string="Distance on leaving (m)",
        digits=(12, 0),
        readonly=True,
        copy=False,
        aggregator="avg",
    )

    _check_check_out = models.Constraint(
        "CHECK (check_out >= check_in)", "A visit cannot end before it began."
    )

    # ACTIONS

    def action_start(self, position=None):
        """Begin the visit, now. Called again, it changes nothing and does not fail.

        A colleague's visit becomes one's own by starting it.

        :param dict position: ``latitude``, ``longitude`` (degrees), ``accuracy``
            (metres), ``system`` (``wgs84``, the default, or ``gcj02``) and ``key``
            (the client's own, the same when it tries again); each may be missing
        :raise UserError: another visit is in progress, or this one is over
        :raise ValidationError: a position that no device measures
        """
        self.ensure_one()
        self.check_access("write")
        place, accuracy, key = self._read_position(position)
        if self._is_started(key):
            return True
        self._check_none_in_progress()
        if self.user_id != self.env.user and not self.env.su:
            self._reassign(self.env.user)
        self._fill_content()
        state, metres = self._locate(place, accuracy)
        latitude, longitude = place or (0.0, 0.0)
        visit_sudo = self.sudo()  # measured: written here only; access checked above
        try:
            with self.env.cr.savepoint():
                visit_sudo.write(
                    {
                        "state": "in_progress",
                        "check_in": fields.Datetime.now(),
                        "check_in_key": key,
                        "check_in_latitude": latitude,
                        "check_in_longitude": longitude,
                        "check_in_accuracy": accuracy,
                        "position_state": state,
                        "distance_m": metres or 0.0,
                    }
                )
                visit_sudo.flush_recordset()
        except UniqueViolation as error:
            raise UserError(
                self.env._(
                    "Another visit has just been started. Finish it before you "
                    "start this one."
                )
            ) from error
        return True

    def action_finish(self, position=None):
        """End the visit, now; the report is due from here on.

        Called again, it changes nothing and does not fail.

        :param dict position: as for ``action_start``
        :raise UserError: the visit has not begun
        :raise AccessError: for anybody but who began it, or a manager
        :raise ValidationError: a position that no device measures
        """
        self.ensure_one()
        self.check_access("write")
        place, accuracy, key = self._read_position(position)
        if self.state in ("done", "reported"):
            return True
        if self.state != "in_progress":
            raise UserError(self.env._("Start the visit before you finish it."))
        self._check_visitor()
        now = fields.Datetime.now()
        if now < self.check_in:
            raise UserError(self.env._("A visit cannot end before it began."))
        state, metres = self._locate(place, accuracy)
        latitude, longitude = place or (0.0, 0.0)
        # sudo: measured, written here only; access checked above
        self.sudo().write(
            {
                "state": "done",
                "check_out": now,
                "check_out_key": key,
                "check_out_latitude": latitude,
                "check_out_longitude": longitude,
                "check_out_accuracy": accuracy,
                "check_out_position_state": state,
                "check_out_distance_m": metres or 0.0,
                "report_deadline": self._report_deadline(now),
            }
        )
        return True

    def action_set_place(self):
        """Keep the position of the arrival as the customer's, who has none yet.

        :raise UserError: nothing was measured on arrival
        """
        self.ensure_one()
        place = as_place(self.check_in_latitude, self.check_in_longitude)
        if not place:
            raise UserError(self.env._("No position was measured on arrival."))
        self.partner_id.write(
            {
                "partner_latitude": place[0],
                "partner_longitude": place[1],
                "crm_coordinate_system": "wgs84",
            }
        )
        return True

    # RULES

    def _is_started(self, key):
        """Whether the start was done before; refuse what cannot start any more.

        :raise UserError: the visit is somebody else's by now, over or cancelled
        """
        is_repeated = bool(key) and key == self.check_in_key
        if self.state in OPEN_STATES:
            return False
        if is_repeated:
            return True
        if self.state == "in_progress":
            if self.user_id == self.env.user or self.env.su:
                return True
            raise UserError(
                self.env._(
                    "%(user)s is at %(customer)s already.",
                    user=self.user_id.name,
                    customer=self.partner_id.display_name,
                )
            )
        self._check_open()
        return False

    def _check_none_in_progress(self):
        """:raise UserError: names the visit that the user has not finished."""
        user = self.user_id if self.env.su else self.env.user
        # sudo: one's own visit, even if one's rights have changed since
        running = self.sudo().search(
            [("user_id", "=", user.id), ("state", "=", "in_progress")], limit=1
        )
        if running:
            raise UserError(
                self.env._(
                    "You are still at %(customer)s since %(time)s. Finish that visit "
                    "before you start this one.",
                    customer=running.partner_id.display_name,
                    time=format_datetime(
                        self.env, running.check_in, tz=running._zone().key
                    ),
                )
            )

    # POSITION

    def _read_position(self, position):
        """What the client sent, checked.

        :return: ``(place, accuracy, key)``; place is WGS-84 or None, key may be None
        :raise ValidationError: what no device measures
        """
        position = position or {}
        if not isinstance(position, dict):
            raise ValidationError(self.env._("The position cannot be read."))
        key = position.get("key") or None
        system = position.get("system") or "wgs84"
        latitude, longitude = position.get("latitude"), position.get("longitude")
        accuracy = position.get("accuracy")
        is_key = key is None or isinstance(key, str) and len(key) <= KEY_LENGTH
        if not is_key or system not in SYSTEMS:
            raise ValidationError(self.env._("The position cannot be read."))
        if latitude is None and longitude is None:
            return None, 0.0, key
        try:
            latitude, longitude, accuracy = check_position(
                latitude, longitude, accuracy
            )
        except ValueError as error:
            raise ValidationError(
                self.env._(
                    "The position sent by the phone is none: latitude %(latitude)s, "
                    "longitude %(longitude)s, accuracy %(accuracy)s.",
                    latitude=latitude,
                    longitude=longitude,
                    accuracy=accuracy,
                )
            ) from error
        place = as_place(latitude, longitude)
        if place and system == "gcj02":
            place = gcj02_to_wgs84(place)
        return place, accuracy, key

    def _locate(self, place, accuracy):
        """Compare with where the customer is: the nearest of its places counts.

        :return: ``(state, metres)``, see ``tools.geo.locate``
        """
        self.ensure_one()
        radius = self.company_id.crm_visit_radius
        found = [locate(place, accuracy, there, radius) for there in self._places()]
        found = [(state, metres) for state, metres in found if metres is not None]
        return min(found, key=lambda item: item[1], default=("unknown", None))

    def _places(self):
        """Places, as WGS-84, of the contact met, the customer and where it receives."""
        # sudo: coordinates to compare with; some addresses are private
        partner_sudo = self.partner_id.sudo()
        receiving = partner_sudo.child_ids.filtered(
            lambda child: child.type in ("delivery", "other")
        )
        partners = self.contact_id.sudo() | partner_sudo | receiving
        places = [partner._crm_place() for partner in partners]
        return [place for place in places if place]
