"""monitor watches e-commerce for unsafe children's products.

A campaign fires, spiders turn pages into listings, classifiers find what is suspicious in them, and people
get lists and letters they can act on. `docs/architecture.md` is the plan of the house.
"""

__version__ = "0.1.0"
