"""Who a seller is, where it does business, and which authority is competent, with the rule that says so."""
