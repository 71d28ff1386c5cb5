"""What the Word summary says where a figure is 0 or nobody knows it: sentences that an office would send."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
import pytest

from monitor.exporters.statistics.statistics_docx import _overview, _sum

STAGES = ("商品信息", "疑似商品", "已审核", "确认", "线索", "已发出线索", "已反馈线索")


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ((0, 0, None, None, 0, 0, None), "截至统计日，本专项行动尚未采集到网络商品信息。"),
        ((1200, 0, None, None, 0, 0, None), "专项行动采集网络商品信息 1,200 条，未筛出疑似商品。"),
        ((9, 4, None, None, 0, 0, None), "筛出疑似商品 4 条；尚无审核结论；尚未立线索。"),
        ((9, 4, 3, 0, 0, 0, None), "已审核 3 条，确认 0 条；尚未立线索。"),
        ((9, 4, 3, 2, 2, 0, None), "立为线索 2 件，均尚未发出。"),
        ((9, 4, 3, 2, 2, 1, None), "立为线索 2 件，发出 1 件；反馈情况：尚未采集。"),
        ((9, 4, 3, 2, 2, 2, 1), "立为线索 2 件，发出 2 件；收到反馈 1 件。"),
    ],
)
def test_the_overview(numbers, said):
    funnel = pd.DataFrame({"环节": STAGES, "数量": pd.Series(numbers, dtype=object)})
    whole = _overview(SimpleNamespace(funnel=funnel))
    assert whole.endswith(said)
    assert "未采集 " not in whole


def test_a_table_without_a_row_says_so():
    empty = pd.DataFrame(columns=["名称", "商品信息", "疑似", "确认", "排除"])
    assert _sum("网站", empty)["more"] == "截至统计日暂无此项数据。"
    one = pd.DataFrame([{"名称": f"店{n}", "疑似": n} for n in range(17)])
    assert _sum("网站", one.head(1))["more"] == ""
    assert _sum("网站", one)["more"] == "另有 2 行，见同名 Excel。"
