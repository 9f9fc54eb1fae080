from . import test_sla_clock_tools
from . import test_sla_policy
from . import test_sla_policy_tools
from . import test_transitions_tools
from . import test_complaint_life
from . import test_complaint_assign
from . import test_complaint_classify
from . import test_priority_matrix_tools
