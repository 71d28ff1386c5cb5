"""health: how units went, beside their own history, and who is told of it.

It knows numbers of pages and listings, not what a page looks like; it never fetches anything.
"""
