from . import crm_loyalty_statement_report
