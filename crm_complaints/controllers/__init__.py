from . import portal
from . import portal_new
from . import public_form
from . import satisfaction
from . import webhook
