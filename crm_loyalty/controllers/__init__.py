from . import crm_referral
