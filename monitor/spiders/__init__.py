"""Ways to reach listings. A spider fetches and reads pages; it never writes to the database.

Each works through *units* (a query, a shop, a detail page, a licence page) that the Checkpoint extension
hands to it, and gives for every page its listings and then one `PageRead`, the unit's checkpoint.
"""
