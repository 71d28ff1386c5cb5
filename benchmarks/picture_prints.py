"""How near the fingerprints of pictures stay that were uploaded anew, and how far those of others are.

    python benchmarks/picture_prints.py [PICTURES] [SEED]

The pictures are drawn (`drawn_pictures.py`), many before a white wall; real ones may lie closer together.
"""

from __future__ import annotations

import random
import sys
import time
from itertools import combinations

from drawn_pictures import CHANGES, drawn, packed

from monitor.matching.picture_print import distance, print_of
from monitor.matching.relisting_rules import relisting_rules


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    rng = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 11)
    pictures = [drawn(rng) for _ in range(count)]
    files = [packed(each, 90) for each in pictures]
    begun = time.perf_counter()
    prints = [print_of(each).fingerprint or "0" for each in files]
    each = (time.perf_counter() - begun) / count
    limit = relisting_rules().picture.to
    print(f"{count} pictures of 600 × 600: {each * 1e3:.1f} ms each; linked up to {limit} bits")
    for name, change in CHANGES.items():
        apart = sorted(
            distance(before, print_of(change(picture)).fingerprint or "0")
            for before, picture in zip(prints, pictures, strict=True)
        )
        within = sum(bits <= limit for bits in apart) / count
        print(f"{name:24} median {apart[count // 2]:3}, at most {apart[-1]:3}: {within:6.1%} within")
    apart = sorted(distance(*pair) for pair in combinations(prints, 2))
    within = sum(bits <= limit for bits in apart)
    print(f"{len(apart)} pairs of different pictures: nearest {apart[0]} bits, {within} within")


if __name__ == "__main__":
    main()
