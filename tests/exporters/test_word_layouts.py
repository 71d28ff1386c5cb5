from __future__ import annotations

import pytest

from monitor.exporters.sampling.form import FormField, FormSection
from monitor.exporters.sampling.sampling_fields import VALUES, SamplingField, SamplingFields, sampling_fields
from monitor.exporters.sampling.sampling_form import LAYOUT
from monitor.exporters.templates import LayoutError, layout


def test_the_shipped_layout_is_found():
    assert layout(LAYOUT).is_file()


def test_an_office_s_own_layout_goes_first(tmp_path):
    own = tmp_path / "templates" / LAYOUT
    own.parent.mkdir()
    own.write_bytes(b"own")
    assert layout(LAYOUT, tmp_path) == own


def test_a_layout_that_is_nowhere_names_the_folders(tmp_path):
    with pytest.raises(LayoutError, match=r"没有\.docx is in none of .*templates"):
        layout("没有.docx", tmp_path)


def test_lines_of_a_form_hold_a_wide_field_or_two_others():
    def field(title: str, *, wide: bool = False) -> FormField:
        return FormField(title=title, text="", wide=wide, blank=True)

    section = FormSection(
        title="s", fields=(field("a"), field("B", wide=True), field("c"), field("d"), field("e"))
    )
    assert [[each.title for each in line] for line in section.lines] == [["a"], ["B"], ["c", "d"], ["e"]]


def test_every_field_says_what_it_rests_on_and_what_the_buyer_fills_in_is_blank():
    fields = sampling_fields().fields
    assert all(field.source for field in fields)
    assert {field.title for field in fields if field.value is None} >= {
        "订单号",
        "快递公司及单号",
        "封样编号",
    }
    assert {field.value for field in fields if field.value} == set(VALUES)


@pytest.mark.parametrize("change", [{"value": "colour"}, {"form": "nowhere"}])
def test_fields_that_cannot_be_shown_are_refused(change):
    field = {"title": "x", "list": 1, "form": "-", "about": "x", "source": "推断"} | change
    with pytest.raises(ValueError, match="is called"):
        SamplingFields(sections=("任务",), fields=(SamplingField(**field),))
