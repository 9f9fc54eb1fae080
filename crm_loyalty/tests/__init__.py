from . import test_ledger_post
