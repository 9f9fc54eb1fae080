from . import base_partner_merge
from . import crm_customer_override
from . import resource_holiday_import
from . import crm_customer_cadence
from . import crm_visit_cancel
from . import crm_visit_from_event
from . import crm_visit_reschedule
