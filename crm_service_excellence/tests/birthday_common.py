# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from .common import CareCommon


class BirthdayCommon(CareCommon):
    def _born(self, calendar, month, day, year=0, **values):
        return self._create_partner(
            f"{calendar} {month}/{day}",
            crm_birth_calendar=calendar,
            crm_birth_month=month,
            crm_birth_day=day,
            crm_birth_year=year,
            **values,
        )

    def _birthday(self, partner):
        return (
            partner.crm_birth_calendar,
            partner.crm_birth_year,
            partner.crm_birth_month,
            partner.crm_birth_day,
            partner.crm_birth_leap,
        )
