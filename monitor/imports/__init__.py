"""What people and platforms hand over as files: tables of listings, and pages saved in a browser.

The room turns a file into listings, row by row or page by page in flat memory, and gives them the way a
crawled page goes: joined with what is known, classified, kept as evidence, committed in one transaction with
how far the file was read. It fetches nothing, and knows neither Scrapy nor SQL nor the command line.
"""
