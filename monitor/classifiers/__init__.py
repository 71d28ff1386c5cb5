"""A listing's text in; category, hazards, focus products, claims, marks and risk out, each with its words.

The room knows nothing of Scrapy, of databases or of the web, and holds no domain word in its code: those
stand in `lexicon/*.yaml`, with their sources. Everything here is a plain function over frozen objects.
"""

from monitor.classifiers.finding import Basis, Classification, Evasion, Finding, FindingKind, Severity

__all__ = ["Basis", "Classification", "Evasion", "Finding", "FindingKind", "Severity"]
