from . import base_partner_merge
from . import crm_customer_override
from . import resource_holiday_import
from . import crm_customer_cadence
