"""Things to each other and to lists, with the reasons.

Sellers linked by licence number, phone or address; listings that came back under another name; listings
against lists of recalled, failed and reported products. The room knows nothing of SQL.
"""
