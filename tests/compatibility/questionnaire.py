"""The survey of the fixtures in two versions, as files of a declarative plugin."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

_MANIFEST = """
name = "so_nho"
version = "{version}"
requires_api = 1
title.vi = "Sổ nhỏ của tỉnh"
title.en = "The province's small book"
"""

_SURVEY = """
id = "{survey}"
version = "{version}"
title.vi = "Sổ nhỏ: Bà Rịa và Phường Đông Hưng Thuận"
title.en = "Small book"
languages = ["vi", "en"]
default_language = "vi"
{seal}
modules = ["so_nho"]
"""

_MODULE = """
name = "so_nho"
version = "{version}"

[[list]]
name = "yn"
choices = [
  {{ name = "1", label.vi = "Có", label.en = "Yes" }},
  {{ name = "0", label.vi = "Không", label.en = "No" }},
]

[[list]]
name = "net"
choices = [
  {{ name = "4g", label.vi = "Mạng 4G", label.en = "4G" }},
  {{ name = "wifi", label.vi = "Wi-Fi ở nhà", label.en = "Wi-Fi at home" }},
{net}]

[[list]]
name = "device"
choices = [
  {{ name = "phone", label.vi = "Điện thoại thông minh", label.en = "Smartphone" }},
  {{ name = "tablet", label.vi = "Máy tính bảng", label.en = "Tablet" }},
  {{ name = "laptop", label.vi = "Máy tính xách tay", label.en = "Laptop" }},
]

[[question]]
type = "begin_group"
name = "m0"
label.vi = "Mở đầu"
label.en = "Opening"

[[question]]
type = "text"
name = "ea_code"
label.vi = "Địa bàn điều tra"
label.en = "Enumeration area"

[[question]]
type = "text"
name = "hh_no"
label.vi = "Hộ số"
label.en = "Household number"

[[question]]
type = "select_one yn"
name = "consent_main"
label.vi = "Ông/Bà có đồng ý trả lời không?"
label.en = "Do you agree to take part?"
required = true

[[question]]
type = "calculate"
name = "withdraw_rnd"
calculation = "once(random())"

[[question]]
type = "calculate"
name = "withdraw_code"
calculation = "concat(${{ea_code}}, '-', ${{hh_no}}, '-', int(${{withdraw_rnd}} * 900000) + 100000)"
relevant = "${{consent_main}} = '1'"

[[question]]
type = "end_group"
name = "m0"

[[question]]
type = "begin_group"
name = "b"
label.vi = "Hộ"
label.en = "Household"
relevant = "${{consent_main}} = '1'"

[[question]]
type = "note"
name = "hello"
label.vi = "Xin hỏi Ông/Bà vài câu."
label.en = "A few questions."

[[question]]
type = "integer"
name = "age"
label.vi = "Ông/Bà bao nhiêu tuổi?"
label.en = "How old are you?"
hint.vi = "Tuổi tròn"
required = true
constraint = ". >= 0 and . <= 120"
constraint_message.vi = "Tuổi từ 0 đến 120."
constraint_message.en = "Ages are 0 to 120."
warning = ". <= 100"
warning_message.vi = "Hơn 100 tuổi?"
warning_message.en = "Over 100?"
allow = ["dk", "refused"]

[[question]]
type = "select_multiple device"
name = "devices"
label.vi = "Nhà có những máy nào?"
label.en = "Which devices are there?"

[[question]]
type = "select_one net"
name = "net"
label.vi = "Nhà dùng mạng nào?"
label.en = "Which network?"
allow = ["dk", "refused"]

[[question]]
type = "decimal"
name = "income"
label.vi = "Thu nhập tháng trước, triệu đồng?"
label.en = "Income last month, million dong?"
allow = ["dk", "refused"]
{since}
[[question]]
type = "text"
name = "words"
label.vi = "Ông/Bà muốn nói thêm gì?"
label.en = "Anything else?"
{extra}
[[question]]
type = "begin_repeat"
name = "member"
label.vi = "Thành viên"
label.en = "Member"

[[question]]
type = "integer"
name = "m_age"
label.vi = "Người này bao nhiêu tuổi?"
label.en = "Age of this person?"

[[question]]
type = "text"
name = "m_work"
label.vi = "Người này làm gì?"
label.en = "What does this person do?"
relevant = "${{m_age}} >= 15"

[[question]]
type = "end_repeat"
name = "member"

[[question]]
type = "calculate"
name = "oldest"
calculation = "max(${{m_age}})"

[[question]]
type = "end_group"
name = "b"
"""

_DROPPED_CHOICE = '  { name = "none", label.vi = "Không có mạng", label.en = "None" },\n'
_DROPPED_QUESTION = """
[[question]]
type = "date"
name = "since"
label.vi = "Dùng điện thoại từ ngày nào?"
label.en = "Phone since when?"
"""
_NEW_QUESTION = """
[[question]]
type = "integer"
name = "distance"
label.vi = "Nhà cách trụ sở xã bao nhiêu km?"
label.en = "Kilometres to the commune's office?"
"""

_ADDITION = """
name = "phu_luc"
version = "2.0"
requires_api = 1
title.vi = "Phụ lục Bến Tre"
title.en = "Appendix"

[area]
communes = ["32059"]

[[addition]]
module = "phu_luc"
after = "b"
surveys = ["vneid"]
"""
_ADDITION_MODULE = """
name = "phu_luc"
version = "2.0"

[[question]]
type = "integer"
name = "pl_n"
label.vi = "Đến xã mấy lần?"
label.en = "How many visits?"
relevant = "${consent_main} = '1'"
"""


def small_book(version: str, *, survey: str = "so_nho", seal_key: str = "") -> dict[str, str]:
    """Files of the survey. Version 2.0 lacks the question ``since`` and the choice ``none`` and asks
    ``distance``. The title is written decomposed (NFD), as some editors do."""
    first = version == "1.0"
    facts: Mapping[str, str] = {
        "version": version,
        "survey": survey,
        "seal": f'seal_key = "{seal_key}"' if seal_key else "",
        "net": _DROPPED_CHOICE if first else "",
        "since": _DROPPED_QUESTION if first else "",
        "extra": "" if first else _NEW_QUESTION,
    }
    return {
        "plugin.toml": _MANIFEST.format_map(facts),
        f"surveys/{survey}.toml": unicodedata.normalize("NFD", _SURVEY.format_map(facts)),
        "modules/so_nho.toml": _MODULE.format_map(facts),
    }


def appendix() -> dict[str, str]:
    """Files of a plugin that adds a question to a national survey in one commune."""
    return {"plugin.toml": _ADDITION, "modules/phu_luc.toml": _ADDITION_MODULE}
