from . import crm_referral_report
from . import crm_loyalty_statement_report
