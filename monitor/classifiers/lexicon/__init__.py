"""The knowledge of the classifiers: YAML that staff edit, checked by a schema when it is read."""

from monitor.classifiers.lexicon.lexicon import SEVEN_GROUP, SHIPPED, Lexicon, load_lexicon
from monitor.classifiers.lexicon.source import LexiconError

__all__ = ["SEVEN_GROUP", "SHIPPED", "Lexicon", "LexiconError", "load_lexicon"]
