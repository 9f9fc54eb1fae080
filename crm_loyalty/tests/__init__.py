from . import test_ledger_post
from . import test_ledger_histories
from . import test_ledger_bad_input
from . import test_ledger_jobs
from . import test_ledger_native_writes
from . import test_ledger_opening
from . import test_merge
