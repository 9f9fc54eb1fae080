from . import test_ledger_post
from . import test_ledger_histories
