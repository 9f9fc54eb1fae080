from . import test_ledger_post
from . import test_earning_tools
