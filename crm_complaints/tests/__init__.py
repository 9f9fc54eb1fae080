from . import test_sla_clock_tools
from . import test_sla_policy
from . import test_sla_policy_tools
from . import test_transitions_tools
from . import test_complaint_life
