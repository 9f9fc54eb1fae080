from . import crm_referral_report
from . import crm_loyalty_statement_report
from . import crm_loyalty_report
from . import crm_loyalty_liability
from . import crm_loyalty_deferral
