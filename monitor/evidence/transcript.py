"""The readable record in Chinese: the fields of the 电子数据提取笔录, with what is inference named so.

Fields after the domain study, §6.3: the elements of 《电子数据提取笔录》 (市场监督管理行政执法电子数据
取证暂行规定, 2024), the comparable points of 最高检规定 §37, and DB3202/T 1024—2021. The study read no
official form with its layout, so choice and order of fields are an inference of ours; the document says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import TYPE_CHECKING, Any

from monitor.config import SHANGHAI

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


@dataclass(frozen=True, kw_only=True, slots=True)
class PackedListing:
    """One preserved page of one listing."""

    listing_id: int
    key: str
    file: str
    sequence: int
    run_id: int
    campaign: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """One preserved page of a listing."""

    listing: PackedListing
    #: description of the record
    facts: Mapping[str, Any]
    head: str
    #: file within the pack
    warc: str


#: A table row: field, its values, whether they are inference.
_Row = tuple[str, "Sequence[str]", bool]


def transcript(number: int, pages: Sequence[Page], now: datetime) -> str:
    """Return the HTML document of one listing.

    Args:
        number: the listing's.
        pages: its preserved pages, oldest first.
        now: when the document is made.

    """
    sections = "".join(_section(each, position) for position, each in enumerate(pages, 1))
    return _DOCUMENT.format(
        number=number,
        campaigns=escape("、".join(dict.fromkeys(each.listing.campaign for each in pages))),
        made=_time(now.isoformat()),
        pages=len(pages),
        sections=sections,
    )


def _section(page: Page, position: int) -> str:
    facts = page.facts
    table = "".join(_row(*row) for row in (*_what(page), *_how(facts), *_integrity(page), *_inferred(page)))
    return (
        f"<section><h2>第 {position} 页　{_time(facts['collected_at'])}</h2><table>{table}</table></section>"
    )


def _what(page: Page) -> Iterable[_Row]:
    if "supplied" in page.facts:
        yield from _supplied(page)
        return
    if "screenshot" in page.facts:
        yield from _screenshot(page.facts)
        return
    if (purpose := _PURPOSES.get(page.facts["kind"])) is not None:
        yield "页面用途", [purpose], True
    exchanges = page.facts["exchanges"]
    yield "网络地址（最终）", [exchanges[-1]["url"]], False
    yield "网络地址（请求）", [exchanges[0]["url"]], False
    yield "跳转过程", [f"{each['status']}　{each['url']}" for each in exchanges[:-1]] or ["无跳转"], False
    yield "目标 IP 地址", [_address(each) for each in exchanges], False
    for label, key in (("请求时间", "requested_at"), ("响应时间", "received_at")):
        yield label, [_time(exchanges[-1][key])], False
    yield "HTTP 状态", [str(exchanges[-1]["status"])], False
    yield "TLS 连接与证书", [*_tls(exchanges[-1])], False


def _supplied(page: Page) -> Iterable[_Row]:
    """Say what a person handed in. Who it was and how they came by it is theirs to sign for."""
    said = page.facts["supplied"]
    yield "来源", ["由人员提供的文件，不是本程序从网络采集"], False
    yield "文件名", [said["file"]], False
    yield "文件 SHA-256", [f"{said['sha256']}（{said['bytes']} 字节）"], False
    if (row := said.get("rows", {}).get(page.listing.key)) is not None:
        yield "行号", [str(row["row"])], False
        yield "该行内容", [f"{name}：{value}" for name, value in row["fields"].items()], False
        return
    yield "文件内位置", [f"第 {said['number']} 个页面"], False
    yield "网络地址（据文件记载）", [page.facts["page"]["url"]], False
    claimed = _time(said["claimed_at"]) if said.get("claimed_at") else "文件未记载"
    yield "保存时间（据文件记载）", [claimed], False


def _screenshot(facts: Mapping[str, Any]) -> Iterable[_Row]:
    said = facts["screenshot"]
    yield "网络地址（最终）", [said["url"]], False
    yield "网络地址（请求）", [facts["page"]["url"]], False
    yield "网页标题", [said["title"]], False
    yield "HTTP 状态", [str(said["status"] or "未知")], False
    yield "浏览器", [said["browser"]], False
    cut = f"，页面下部 {said['left_out']} 像素未截取" if said["left_out"] else ""
    yield "截图尺寸", [f"{said['width']}×{said['height']} 像素{cut}"], False
    yield "连接的地址", [f"{place}（{ip}）" for place, ip in sorted(said["reached"].items())], False
    yield "未予连接的地址", sorted(said["refused"]) or ["无"], False


def _how(facts: Mapping[str, Any]) -> Iterable[_Row]:
    collector = facts["collector"]
    yield "提取时间", [_time(facts["collected_at"])], False
    yield "时间校对", [_clock(facts["clock"])], False
    yield (
        "提取工具",
        [f"{collector['software']}（Scrapy {collector['scrapy']}，Python {collector['python']}）"],
        False,
    )
    yield "提取环境", [f"主机 {collector['host']}，{collector['system']}，用户 {collector['user']}"], False
    if "screenshot" in facts:
        yield "提取方法", [_SHOWN], False
        yield "任务与步骤", [f"采集任务 {facts['run']}"], False
        return
    supplied, unit = "supplied" in facts, facts["unit"]
    yield "提取方法", [_IMPORTED if supplied else _CRAWLED], False
    unit_kind = _UNITS.get(unit["kind"], unit["kind"])
    where = f"采集任务 {facts['run']}，采集单元 {unit['id']}（{unit_kind}：{unit['key']}）"
    if supplied:
        yield "任务与步骤", [where], False
        return
    yield "任务与步骤", [f"{where}，第 {facts['page']['number']} 页"], False
    yield "robots.txt", [_robots(each) for each in facts["robots"]], False


def _integrity(page: Page) -> Iterable[_Row]:
    facts = page.facts
    if "supplied" in facts or "screenshot" in facts:
        for part in facts["parts"]:
            label = "截图 SHA-256" if "screenshot" in facts else "页面 SHA-256"
            yield label, [f"{part['sha256']}（{part['bytes']} 字节）"], False
    else:
        yield from _bytes_of_exchange(facts)
    yield "保存位置", [f"{page.warc}，链内第 {facts['sequence']} 号记录"], False
    yield "前一链值", [facts["previous"]], False
    yield "链头（锚定值）", [page.head], False


def _bytes_of_exchange(facts: Mapping[str, Any]) -> Iterable[_Row]:
    last = facts["exchanges"][-1]
    parts = {each["id"]: each for each in facts["parts"]}
    yield "原始响应 SHA-256", [parts[last["response"]]["sha256"]], False
    yield "原始请求 SHA-256", [parts[last["request"]]["sha256"]], False
    yield "响应正文 SHA-256", [f"{last['body_sha256']}（{last['body_bytes']} 字节，未解压）"], False
    kept = ["与网络传输逐字节一致" if last["exact"] else "由程序解析结果还原，报文头的写法可能与传输时不同"]
    if last.get("masked"):
        kept.append(f"请求头 {'、'.join(last['masked'])} 的值是接口凭证，已用等长的 * 代替，其余不变")
    yield "保存方式", kept, False


def _inferred(page: Page) -> Iterable[_Row]:
    inference = page.facts["inference"]
    if (check := inference.get("check")) is not None:
        yield "下架判断", [_GONE.get(check["outcome"], check["outcome"]), check["rests_on"] or ""], True
    facts = inference["suspects"]
    mine = next((each for each in facts if each["key"] == page.listing.key), None)
    if mine is None:
        return
    yield "商品标题", [mine["title"]], True
    yield "商品链接", [mine["url"]], True
    yield "疑点理由", list(mine["reasons"]), True
    yield "风险值", [f"{mine['risk']}（词库版本 {mine['lexicon_version']}）"], True


_CRAWLED = "网络在线提取：程序自动访问公开网页，未登录，未绕过验证码或其他访问限制"
_SHOWN = "浏览器打开网页并整页截图：未登录；页面脚本照常运行，截图是浏览器显示的结果，不是服务器原始数据"
_IMPORTED = "文件导入：内容由提供人取得并交来，本程序未访问该网页，只保存和读取文件"
#: What a page that offers nothing is kept for.
_PURPOSES = {
    "licence": "经营者亮照页：网站上与该商品经营者关联的证照信息",
    "gone": "商品页已不再提供该商品：下架标记、页面不存在或同类提示",
    "picture": "商品主图：网站上该商品使用的图片，用于比对该商品是否重新上架",
}
_GONE = {
    "marker says gone": "页面自身标明商品已下架或失效",
    "404/410": "服务器答复页面不存在；一次答复不足以认定下架，须间隔一天以上复查",
    "soft 404": "页面内容提示不存在；一次答复不足以认定下架，须间隔一天以上复查",
}
_UNITS = {
    "search": "搜索",
    "shop": "店铺",
    "detail": "商品页",
    "licence": "亮照页",
    "recheck": "复查",
    "file": "导入文件",
    "picture": "主图",
}
_DECISIONS = {
    "allowed": "允许访问",
    "not obeyed": "该站点配置为不依据 robots.txt",
    "unavailable": "未能取得 robots.txt，按允许处理",
}


def _robots(each: Mapping[str, Any]) -> str:
    said = _DECISIONS.get(each["decision"], str(each["decision"]))
    if each["decision"] == "unavailable" and each["snapshot_status"]:
        return f"网站没有提供 robots.txt（HTTP {each['snapshot_status']}），按允许处理"
    if each["decision"] != "allowed":
        return said
    rule = f"依据：{each['rule']}" if each["rule"] else "没有适用的禁止规则"
    snapshot = f"；快照 SHA-256 {each['snapshot_sha256']}" if each["snapshot_sha256"] else ""
    return f"{said}，{rule}{snapshot}"


def _clock(clock: Mapping[str, Any]) -> str:
    if clock["synchronised"] is None:
        return "本机时钟与标准时间的偏差未知"
    if not clock["synchronised"]:
        return "系统报告时钟未与时间服务器同步，与标准时间的偏差未知"
    bound = clock["largest_error_seconds"]
    return f"系统报告时钟已同步，偏差 {clock['offset_seconds']:.6f} 秒，最大误差 {bound:.3f} 秒"


def _address(each: Mapping[str, Any]) -> str:
    if each["proxy"]:
        return f"{each['ip'] or '未知'}（经代理 {each['proxy']}）"
    return str(each["ip"] or "未知")


def _tls(exchange: Mapping[str, Any]) -> Iterable[str]:
    if not exchange["tls"]:
        yield "未使用 TLS"
        return
    yield exchange["tls"]
    for each in exchange["certificates"][:1]:
        yield f"主体 {each['subject']}；颁发者 {each['issuer']}"
        yield f"有效期 {_time(each['not_before'])} 至 {_time(each['not_after'])}；SHA-256 {each['sha256']}"


def _time(text: str) -> str:
    at = datetime.fromisoformat(text)
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S} 北京时间（UTC {at:%Y-%m-%d %H:%M:%S.%f}）"


def _row(label: str, values: Sequence[str], inferred: bool) -> str:
    mark = '<span class="inferred">推断</span>' if inferred else ""
    cells = "<br>".join(escape(str(each)) for each in values)
    return f"<tr><th>{escape(label)}{mark}</th><td>{cells}</td></tr>"


_DOCUMENT = """<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>电子数据提取笔录　商品 {number}</title>
<style>
body {{ font: 14px/1.6 "Noto Serif CJK SC", SimSun, serif; max-width: 60em; margin: 2em auto }}
h1 {{ text-align: center; font-size: 22px; letter-spacing: .2em }}
h2 {{ font-size: 16px; margin: 2em 0 .5em }}
table {{ border-collapse: collapse; width: 100%; table-layout: fixed }}
th, td {{ border: 1px solid #444; padding: 4px 8px; vertical-align: top; text-align: left }}
th, td {{ overflow-wrap: anywhere }}
th {{ width: 11em; font-weight: normal; background: #f3f3f3 }}
.inferred {{ border: 1px solid #a60; color: #a60; font-size: 12px; margin-left: .5em; padding: 0 .3em }}
.sign td {{ height: 3em }}
section {{ break-inside: avoid }}
</style>
</head>
<body>
<h1>电子数据提取笔录</h1>
<table>
<tr><th>案由／任务</th><td>{campaigns}</td></tr>
<tr><th>商品编号</th><td>{number}</td></tr>
<tr><th>提取页面数</th><td>{pages}</td></tr>
<tr><th>笔录生成时间</th><td>{made}</td></tr>
</table>
<p>本笔录由程序依据保存的原始记录生成。标有“推断”的内容是程序根据网页内容作出的判断，不是网站公布的事实，须由执法人员核实。</p>
<p>笔录栏目参照电子数据取证有关规定归并，栏目的取舍和次序亦属推断，以主管部门印发的文书格式为准。</p>
{sections}
<h2>签名</h2>
<table class="sign">
<tr><th>提取人</th><td></td><th>日期</th><td></td></tr>
<tr><th>见证人／复核人</th><td></td><th>日期</th><td></td></tr>
<tr><th>备注</th><td colspan="3"></td></tr>
</table>
</body>
</html>
"""
