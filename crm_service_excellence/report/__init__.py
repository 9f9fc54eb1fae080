from . import crm_care_report
from . import crm_visit_report
from . import crm_warranty
