"""A small realistic mall to crawl without the internet: two sites on loopback, and the truth about them.

`mall` says what is offered on which day, `server` serves it, `weather` spoils it, `synthetic` makes it
endless. The goods stand in `catalogue/*.yaml`, labelled for tests; nothing here knows spiders or classifiers.
"""
