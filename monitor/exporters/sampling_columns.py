"""The columns of the sampling list (网络抽样清单): the fields of the domain report §6.2."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from monitor.exporters.cells import Money
from monitor.exporters.columns import Column, Kind
from monitor.exporters.labels import named
from monitor.exporters.suspect_columns import attribute, category, marked_title, prose

if TYPE_CHECKING:
    from collections.abc import Callable

    from monitor.exporters.columns import Cell
    from monitor.leads.sampling import Proposed
    from monitor.storage.suspects import SuspectRow

#: (number in the list, what is proposed)
Numbered: TypeAlias = "tuple[int, Proposed]"


def sampling_columns(*, task: str, test: int, spare: int) -> tuple[Column[Numbered], ...]:
    """Give the columns of a list for `task`, with `test` and `spare` units to be bought of each listing."""
    return (
        _column("序号", Kind.COUNT, 7, "本清单内的顺序", lambda item: item[0]),
        _column("类别", Kind.SHORT, 11, "抽查类别", _of(category)),
        _column("商品标题", Kind.MARKED, 42, "页面原文；红色为命中的文字", _of(marked_title)),
        _column("商品链接", Kind.LINK, 24, "点击打开商品页面", _of(lambda row: row.url)),
        _column("拟抽原因", Kind.WRAPPED, 34, "为什么在候选之列，以及在本层中的抽取次序", _reason),
        _column("任务编号", Kind.WRAPPED, 16, "专项行动和采集任务", lambda _: task),
        _column("平台", Kind.TEXT, 14, "平台或网站名称", _of(lambda row: row.site_title)),
        _column("网店名称", Kind.WRAPPED, 20, "页面所示", _of(lambda row: prose(row.seller_name))),
        _column("网店链接", Kind.LINK, 20, "点击打开店铺页面", _of(lambda row: row.seller_url)),
        _column("经营者", Kind.WRAPPED, 26, "亮照页所示主体名称", _of(lambda row: prose(row.licence_name))),
        _column("统一社会信用代码", Kind.TEXT, 21, "亮照页所示，未核验", _of(lambda row: row.credit_code)),
        _column("经营者地址", Kind.WRAPPED, 30, "页面公示的地址", _of(lambda row: prose(row.address))),
        _column("页面所在地", Kind.WRAPPED, 13, "仅供参考", _of(lambda row: prose(row.stated_place))),
        _column("单价", Kind.MONEY, 11, "采集时的页面标价", _of(_price)),
        _column("抽样数量", Kind.COUNT, 9, "检验样品与备用样品之和", lambda _: test + spare),
        _column("检验样品", Kind.COUNT, 9, "件", lambda _: test),
        _column("备用样品", Kind.COUNT, 9, "件", lambda _: spare),
        _column("标称生产者", Kind.WRAPPED, 24, "页面所示", _of(attribute("manufacturer"))),
        _column("标称生产者地址", Kind.WRAPPED, 28, "页面所示", _of(attribute("manufacturer_address"))),
        _column("商标", Kind.WRAPPED, 12, "页面所示品牌", _of(attribute("brand"))),
        _column("规格型号", Kind.WRAPPED, 14, "页面所示", _of(attribute("model"))),
        _column("执行标准", Kind.WRAPPED, 18, "页面所示", _of(attribute("standard"))),
        _column("CCC证书编号", Kind.TEXT, 19, "页面所示，未核验", _of(attribute("ccc_number"))),
        *(_column(title, Kind.BLANK, width, about, lambda _: None) for title, width, about in _FOR_THE_BUYER),
    )


#: Left blank: only who buys and unpacks can know it.
_FOR_THE_BUYER = (
    ("下单时间", 17, "抽样人填写"),
    ("订单号", 20, "抽样人填写"),
    ("支付方式及流水号", 20, "抽样人填写"),
    ("发票", 12, "抽样人填写"),
    ("快递公司及单号", 20, "抽样人填写"),
    ("发出地", 14, "抽样人填写，以寄递面单为准"),
    ("收货时间", 17, "抽样人填写"),
    ("生产日期或批号", 16, "收样后按实物填写"),
    ("拆封录像文件及哈希", 24, "抽样人填写，哈希用 SHA-256"),
    ("封样编号", 16, "抽样人填写"),
    ("抽样人一", 11, "抽样人签名"),
    ("抽样人二", 11, "抽样人签名"),
    ("通知送达状态", 14, "抽样人填写"),
)


def _column(
    title: str, kind: Kind, width: float, about: str, value: Callable[[Numbered], Cell]
) -> Column[Numbered]:
    return Column(title=title, kind=kind, width=width, about=about, value=value)


def _of(value: Callable[[SuspectRow], Cell]) -> Callable[[Numbered], Cell]:
    return lambda item: value(item[1].row)


def _price(row: SuspectRow) -> Money | None:
    return Money(row.price, row.currency) if row.price is not None else None


def _reason(item: Numbered) -> str:
    proposed = item[1]
    products = "、".join(dict.fromkeys(named(f) for f in proposed.row.findings if f.id in proposed.because))
    drawn = f"本层 {proposed.stratum_size} 条中随机抽取的第 {proposed.place_in_stratum} 条"
    return f"{products}；{drawn}"
