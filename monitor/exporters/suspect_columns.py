"""The columns of the list of suspects (疑似清单), and what each of them says and does not say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.classifiers import FindingKind, Severity
from monitor.config import SHANGHAI
from monitor.exporters.labels import labels, named
from monitor.exporters.sheets.cells import Marked, Money, masked, merged
from monitor.exporters.sheets.columns import Column, Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from monitor.storage.suspects import SuspectRow

#: Worst first.
_SEVERITIES = list(Severity)
_SEPARATOR = "、"


def prose(value: str | None) -> str | None:
    """Give what somebody wrote, without the numbers of people."""
    return masked(value) if value else None


def _listed(values: Iterable[str]) -> str | None:
    return _SEPARATOR.join(dict.fromkeys(values)) or None


def marked_title(row: SuspectRow) -> Marked:
    """Give the title with the words that findings rest on."""
    spans = [(f.start, f.end) for f in row.findings if f.field == "title"]
    return Marked(masked(row.title), merged(spans, len(row.title)))


def _products(kind: FindingKind) -> Callable[[SuspectRow], str | None]:
    def value(row: SuspectRow) -> str | None:
        return _listed(named(f) for f in row.findings if f.kind is kind)

    return value


def _severity(row: SuspectRow) -> str | None:
    found = {f.severity for f in row.findings}
    return next((labels().severity[each] for each in _SEVERITIES if each in found), None)


def _reasons(row: SuspectRow) -> str | None:
    if len(row.reasons) == 1:
        return masked(row.reasons[0])
    return "\n".join(f"{n}. {masked(reason)}" for n, reason in enumerate(row.reasons, 1)) or None


def _words(row: SuspectRow) -> str | None:
    found = (f"{labels().field(f.field)}：{masked(f.matched)}" for f in row.findings if f.matched)
    return "\n".join(dict.fromkeys(found)) or None


def _evasions(row: SuspectRow) -> str | None:
    return _listed(labels().evasion[f.evasion] for f in row.findings if f.evasion is not None)


def _basis(row: SuspectRow) -> str | None:
    # with blanks between them Excel breaks the line between codes, not within one
    return " ".join(dict.fromkeys(code.value for f in row.findings for code in f.basis)) or None


def _confidence(row: SuspectRow) -> float | None:
    return max((f.confidence for f in row.findings if f.kind is FindingKind.HAZARD), default=None)


def attribute(key: str) -> Callable[[SuspectRow], str | None]:
    """Give the column value that a unified attribute (`extraction/attributes.yaml`) has."""
    return lambda row: prose(row.attributes.get(key))


def shown(moment: datetime) -> datetime:
    """Turn a stored time into what people read: that of Asia/Shanghai, without a zone."""
    return moment.astimezone(SHANGHAI).replace(tzinfo=None)


def category(row: SuspectRow) -> str | None:
    """Name the category."""
    return labels().categories.get(row.category, row.category) if row.category else None


def _whereabouts(row: SuspectRow) -> str:
    if row.gone_at is not None:
        return "已下架"
    return "在售" if row.back_at is None else "曾下架，又在售"


def _relisted(row: SuspectRow) -> str | None:
    lines = (
        f"疑为已下架的编号 {line.gone_listing_id}（相似 {line.score:.0%}）：{'；'.join(line.reasons)}"
        for line in row.relisted_from
    )
    return masked("\n".join(lines)) or None


def suspect_columns() -> tuple[Column[SuspectRow], ...]:
    """Give the columns, in the order in which an analyst reads: how bad, what, why, who, where, when."""
    return _JUDGEMENT + _GOODS + _SELLER + _TRACE


_JUDGEMENT: tuple[Column[SuspectRow], ...] = (
    Column(
        title="编号",
        kind=Kind.COUNT,
        width=7,
        about="系统内的商品信息编号，各次导出不变",
        value=lambda row: row.id,
    ),
    Column(
        title="风险",
        kind=Kind.SHARE,
        width=9,
        about="0–1，由规则累加得出，仅用于排序和分流，不是违法认定",
        value=lambda row: row.risk,
    ),
    Column(
        title="严重程度",
        kind=Kind.LEVEL,
        width=9,
        about="所命中各条中最高的一级：极高、高、中、低（分级为推断，非官方）",
        value=_severity,
    ),
    Column(
        title="商品标题",
        kind=Kind.MARKED,
        width=42,
        about="页面原文；红色为命中的文字。手机号、身份证号以 * 遮盖，不可见的控制字符以图形符号代替",
        value=marked_title,
    ),
    Column(
        title="商品链接",
        kind=Kind.LINK,
        width=22,
        about="点击打开商品页面",
        value=lambda row: row.url,
    ),
    Column(
        title="疑点说明",
        kind=Kind.WRAPPED,
        width=46,
        about="为什么列入，最要紧的在前。缺少某项信息只是线索，不等于违法",
        value=_reasons,
    ),
    Column(
        title="危险品种",
        kind=Kind.WRAPPED,
        width=14,
        about="疑似在售的危险品种（拟查处）",
        value=_products(FindingKind.HAZARD),
    ),
    Column(
        title="重点产品",
        kind=Kind.WRAPPED,
        width=14,
        about="属于专项行动的重点产品（拟质量抽查）",
        value=_products(FindingKind.FOCUS),
    ),
    Column(
        title="名单",
        kind=Kind.WRAPPED,
        width=14,
        about="与已导入的召回、不合格、投诉或媒体名单相符；依据见疑点说明，品名相近的须人工核对",
        value=_products(FindingKind.WATCHLIST),
    ),
    Column(
        title="命中文字",
        kind=Kind.WRAPPED,
        width=24,
        about="命中的原文及其所在栏目，未经改写",
        value=_words,
    ),
    Column(
        title="规避手法",
        kind=Kind.WRAPPED,
        width=14,
        about="原文与通常写法不同之处；空白表示写法正常",
        value=_evasions,
    ),
    Column(
        title="依据代码",
        kind=Kind.WRAPPED,
        width=14,
        about="可能涉及的依据，含义见下表；须由办案人员核定。仅有 ADV 的不能单独作为线索",
        value=_basis,
    ),
    Column(
        title="把握度",
        kind=Kind.SHARE,
        width=8,
        about="0–1，规则认为确实在售该危险品种的把握，取各条最高者",
        value=_confidence,
    ),
)

_GOODS: tuple[Column[SuspectRow], ...] = (
    Column(
        title="价格",
        kind=Kind.MONEY,
        width=11,
        about="页面标价；有区间的取最低价",
        value=lambda row: Money(row.price, row.currency) if row.price is not None else None,
    ),
    Column(
        title="币种",
        kind=Kind.SHORT,
        width=7,
        about="ISO 4217 代码",
        value=lambda row: row.currency if row.price is not None else None,
    ),
    Column(
        title="类别",
        kind=Kind.SHORT,
        width=11,
        about="儿童玩具、学生文具、儿童服装、儿童口罩、婴童用品；空白表示未能归类",
        value=category,
    ),
    Column(
        title="CCC证书编号",
        kind=Kind.TEXT,
        width=19,
        about="页面所示，未向认监委核验；空白可能是未标注，也可能是未采到详情",
        value=attribute("ccc_number"),
    ),
    Column(
        title="执行标准",
        kind=Kind.WRAPPED,
        width=18,
        about="页面所示，原文",
        value=attribute("standard"),
    ),
    Column(
        title="适用年龄",
        kind=Kind.WRAPPED,
        width=12,
        about="页面所示，原文",
        value=attribute("age"),
    ),
    Column(
        title="生产企业",
        kind=Kind.WRAPPED,
        width=24,
        about="页面所示，原文",
        value=attribute("manufacturer"),
    ),
)

_SELLER: tuple[Column[SuspectRow], ...] = (
    Column(
        title="平台",
        kind=Kind.TEXT,
        width=14,
        about="平台或网站名称",
        value=lambda row: row.site_title,
    ),
    Column(
        title="店铺",
        kind=Kind.WRAPPED,
        width=20,
        about="页面所示店铺名",
        value=lambda row: prose(row.seller_name),
    ),
    Column(
        title="主体名称",
        kind=Kind.WRAPPED,
        width=26,
        about="营业执照公示页（亮照）上的名称",
        value=lambda row: prose(row.licence_name),
    ),
    Column(
        title="统一社会信用代码",
        kind=Kind.TEXT,
        width=21,
        about="亮照页所示，以文本保存；未经登记机关核验",
        value=lambda row: row.credit_code,
    ),
    Column(
        title="公示地址",
        kind=Kind.WRAPPED,
        width=30,
        about="亮照页或店铺页公示的地址",
        value=lambda row: prose(row.address),
    ),
    Column(
        title="页面所在地",
        kind=Kind.WRAPPED,
        width=13,
        about="平台所示发货地或所在地，仅供参考，不能据以确定管辖",
        value=lambda row: prose(row.stated_place),
    ),
    Column(
        title="店铺链接",
        kind=Kind.LINK,
        width=20,
        about="点击打开店铺页面",
        value=lambda row: row.seller_url,
    ),
)

_TRACE: tuple[Column[SuspectRow], ...] = (
    Column(
        title="采集与固证",
        kind=Kind.SHORT,
        width=13,
        about="详情已采：已读取该商品的详情页；仅列表：只见于搜索或列表页。已固证：有保全的网页证据；未固证：尚无",
        # no page is preserved before the evidence store stands; then this is a question to the row
        value=lambda row: (
            f"{'详情已采' if row.detail_seen else '仅列表'}，{'已固证' if row.preserved else '未固证'}"
        ),
    ),
    Column(
        title="在售状态",
        kind=Kind.SHORT,
        width=10,
        about="已下架：商品页面自己表明不再出售，或相隔一天以上两次复查页面均不存在。最近一次未见到不算下架",
        value=_whereabouts,
    ),
    Column(
        title="疑似重新上架",
        kind=Kind.WRAPPED,
        width=34,
        about="与某个已下架商品相似、在其下架后出现：编号、相似程度和理由。只是线索，须人工比对；图片只比对地址",
        value=_relisted,
    ),
    Column(
        title="首次发现",
        kind=Kind.TIME,
        width=17,
        about="北京时间",
        value=lambda row: shown(row.first_seen_at),
    ),
    Column(
        title="最近所见",
        kind=Kind.TIME,
        width=17,
        about="北京时间",
        value=lambda row: shown(row.last_seen_at),
    ),
)
