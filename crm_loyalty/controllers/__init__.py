from . import crm_referral
from . import portal
