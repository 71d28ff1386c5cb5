"""What is not imported, and why: codes for programs, words for those who mend the file."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class Reason(StrEnum):
    """Why a row or page is not imported."""

    NO_TITLE = "no_title"
    NO_URL = "no_url"
    BAD_URL = "bad_url"
    #: a number that is text (credit code, CCC number) came as 9.1350E+17
    LOST_DIGITS = "lost_digits"
    #: bytes that are not of the file's encoding
    UNDECODABLE = "undecodable"
    #: more cells than the table has columns
    TOO_MANY_CELLS = "too_many_cells"
    TOO_LONG = "too_long"
    #: quotes that do not end, JSON that does not parse
    BROKEN = "broken"
    #: a page whose address nothing tells
    NO_PAGE_URL = "no_page_url"
    #: no listing was found on the page
    NO_LISTING = "no_listing"
    #: a captcha or a login stands before the content
    BLOCKED = "blocked"
    #: the page says that the item is no longer offered
    GONE = "gone"
    #: packed in a way that cannot be undone here
    UNREADABLE = "unreadable"

    @property
    def chinese(self) -> str:
        """For those who mend the file."""
        return _CHINESE[self]


_CHINESE = {
    Reason.NO_TITLE: "没有商品标题",
    Reason.NO_URL: "没有商品链接",
    Reason.BAD_URL: "商品链接不是可用的 http(s) 网址",
    Reason.LOST_DIGITS: "编号被存成了科学计数法或数值，末尾数字已丢失；请在原表中设为文本格式后重新导出",
    Reason.UNDECODABLE: "有无法识别的字节，与文件编码不符",
    Reason.TOO_MANY_CELLS: "单元格比表头多，列可能错位",
    Reason.TOO_LONG: "内容过长",
    Reason.BROKEN: "格式损坏，无法解析",
    Reason.NO_PAGE_URL: "无法得知页面的网址；单个文件可用 --url 指明",
    Reason.NO_LISTING: "页面上没有找到商品",
    Reason.BLOCKED: "保存的是验证码或登录页面，不是商品页面",
    Reason.GONE: "页面显示商品已下架",
    Reason.UNREADABLE: "内容的压缩方式无法还原",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Reject:
    """One row or page that is not imported."""

    #: of the row as a spreadsheet counts them, the header being 1; of the page within its file
    number: int
    reason: Reason
    #: what exactly: the column, the parser's words
    detail: str = ""
    #: as they stood in the file
    fields: Mapping[str, str] = field(default_factory=dict)
