from . import test_sla_policy
from . import test_sla_policy_tools
