from . import test_ledger_post
from . import test_earning_tools
from . import test_sale_earn
from . import test_sale_redeem
from . import test_sale_base
from . import test_sale_cancel
from . import test_sale_edit
