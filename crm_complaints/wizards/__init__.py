from . import base_partner_merge
from . import crm_complaint_action
from . import crm_complaint_handover
from . import crm_sla_preview
from . import crm_sla_reapply
from . import crm_complaint_intake
from . import crm_complaint_intake_overview
from . import crm_complaint_contact
