"""The scripts of benchmarks/ import each other as neighbours: put their folder on the path, as a run does."""

import sys
from pathlib import Path

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))
