"""The knowledge of the classifiers: YAML that staff edit, checked by a schema when it is read."""

from monitor.classifiers.lexicon.lexicon import SHIPPED, Lexicon, load_lexicon
from monitor.classifiers.lexicon.source import LexiconError

__all__ = ["SHIPPED", "Lexicon", "LexiconError", "load_lexicon"]
