from . import test_ledger_post
from . import test_earning_tools
from . import test_sale_earn
from . import test_sale_redeem
