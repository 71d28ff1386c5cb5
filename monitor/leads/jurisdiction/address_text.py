"""Address text as people and platforms write it → text that names can be looked up in.

Full width, traditional characters, labels, postcodes and spaces inside names are dealt with here; what
separates parts of an address becomes one `BREAK`.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from opencc_purepy import OpenCC

#: Stands for whatever separated two parts of an address.
BREAK = " "
#: Characters that are read; no address is longer.
LONGEST = 300

_LABEL = re.compile(
    r"^(?:(?:实际|主要|公司|企业|单位|店铺|商家|卖家|工厂|生产|注册|登记|联系|详细|经营|营业|办公)*"
    r"(?:地址|住所地|住所|场所|所在地|经营地|厂址|住址)(?:\([^)]*\))?\s*[::]?\s*)+"
)
_COUNTRY = re.compile(r"^(?:中华人民共和国|中国)(?![^\s]{0,2}(?:路|街|城|大厦))\s*")
_FREE_TRADE = re.compile(r"^(?:中国)?\((\w{2,3})\)自由贸易试验区")
_POSTCODE = re.compile(r"^\(?\d{6}\)?(?!\d)\s*")
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
_SEPARATORS = re.compile(r"[\s,,。;;、/\\|·・.>\-_—–~()\[\]【】{}<>《》“”\"'「」*#]+")
_LONE_RANK = re.compile(r" (?=[省市县区](?: |$))")
_LONE_CHARACTER = re.compile(r"(?:^|(?<= ))(\S) ")
_HAN = re.compile(r"[一-鿿]")


@cache
def _converter() -> OpenCC:
    return OpenCC("t2s")


def simplified(text: str) -> str:
    """Return `text` in simplified characters; names and addresses go through the same table."""
    return str(_converter().convert(text))


def readable(text: str) -> str:
    """Return `text` with names that can be looked up, its parts separated by `BREAK`; empty without Han."""
    plain = text[:LONGEST].encode("utf-8", "replace").decode()
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFKC", plain))
    plain = simplified(plain).strip()
    if not _HAN.search(plain):
        return ""
    plain = _POSTCODE.sub("", _LABEL.sub("", plain))
    plain = _FREE_TRADE.sub(r"\1 ", plain)
    plain = _COUNTRY.sub("", plain)
    plain = _SEPARATORS.sub(BREAK, plain).strip()
    parts = plain.split(BREAK)
    if len(plain) - len(parts) + 1 < 2 * len(parts):
        return "".join(parts)
    return _LONE_CHARACTER.sub(r"\1", _LONE_RANK.sub("", plain))
