"""Kết quả kiểm tra bảng hỏi: sai ở đâu và cần làm gì."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "error": "lỗi",
    "warning": "cảnh báo",
    "did_you_mean": "Có phải ý bạn là “{nearest}”?",
    "only_in": "(Chỉ gặp trong khảo sát: {survey}. Nếu mô-đun không thuộc khảo sát đó, hãy nêu các khảo sát còn lại "
    "trong surveys = [ … ].)",
    "more": "… và {count} phát hiện nữa. Hãy sửa những chỗ trên rồi kiểm tra lại.",
    # các kiểu giá trị
    "kind_text": "văn bản trong dấu ngoặc kép",
    "kind_flag": "true hoặc false",
    "kind_texts": 'danh sách văn bản: ["…", "…"]',
    "kind_list": "danh sách",
    "kind_table": "bảng",
    "kind_tables": "các bảng mở đầu bằng hai dấu ngoặc vuông",
    "kind_number": "số",
    "kind_integer": "số nguyên",
    "kind_date": "ngày hoặc giờ",
    "kind_translated": "văn bản cho từng ngôn ngữ (label.vi, label.en)",
    # tệp
    "unreadable": "Không đọc được tệp này: {reason}. Hãy kiểm tra xem tệp có tồn tại và bạn có quyền mở không.",
    "not_a_file": "Đây không phải là tệp thông thường. Hãy chỉ định một tệp .toml hoặc một thư mục bảng hỏi.",
    "file_too_large": "Tệp lớn hơn {limit} KB. Hãy tách thành nhiều mô-đun.",
    "reader": "{message}",
    "not_utf8": "Tệp không phải văn bản UTF-8 (byte {byte}). Hãy lưu lại với bảng mã UTF-8.",
    "file_type": "Chưa có plugin nào đọc được tệp {suffix} nên tệp này được đọc như TOML. Máy này đọc được: {known}. "
    "Hãy cài plugin đọc loại tệp này: survey-tui plugins install PATH",
    "bad_toml": "Tệp sai cú pháp TOML: {reason}. Hãy sửa dòng này; phần phía sau chưa đọc được.",
    "toml_dots": "Khóa này có hơn 20 phần nối bằng dấu chấm. Hãy viết theo dạng cột.ngôn-ngữ.",
    "toml_depth": "Các dấu ngoặc lồng nhau quá sâu. Hãy đặt mỗi câu hỏi dưới một dòng [[question]] riêng.",
    "bad_table": "Tệp không phải bảng CSV hợp lệ: {reason}. Hãy lưu lại bảng tính dạng CSV (dấu phẩy, UTF-8).",
    "table_without_name": "Bảng không có cột này. Hãy ghi tên các cột ở dòng đầu tiên: name, label.vi, label.en.",
    "no_questionnaires": "Không có tệp .toml nào trong surveys/, modules/ hay lists/ ở đây. Hãy chỉ định thư mục chứa "
    "các thư mục này.",
    "unknown_key": "Khóa này không có nghĩa ở đây. Hãy bỏ đi, hoặc xem vị trí đúng trong docs/questionnaires.md.",
    "missing_key": "Khóa này còn thiếu hoặc để trống. Hãy bổ sung ở đầu tệp hoặc đầu bảng.",
    "bad_cell": "Chỗ này cần {expected}, nhưng lại là {found}. Hãy viết lại cho đúng dạng.",
    "file_name": "Tệp {file} chứa mô-đun mang tên khác. Hãy đổi tên tệp thành {expected}: khảo sát tìm mô-đun theo tên tệp.",
    "seal_key": "Khóa niêm phong (seal_key) không đúng dạng: phải là hpke-x25519: và 43 ký tự, như lệnh survey-tui keys new in ra. Hãy chép lại cả dòng.",
    "default_language": "Ngôn ngữ mặc định “{language}” không nằm trong các ngôn ngữ đã khai ({known}). Hãy bổ sung hoặc "
    "chọn ngôn ngữ khác.",
    "no_modules": 'Khảo sát chưa nêu mô-đun nào. Hãy liệt kê theo thứ tự: modules = ["household", …].',
    "unknown_module": "Không có mô-đun nào tên như vậy. Hãy kiểm tra chính tả, hoặc đặt tệp vào thư mục modules/.",
    "module_twice": "Khảo sát nêu mô-đun này hai lần. Hãy giữ lại một.",
    "survey_twice": "Đã có khảo sát khác dùng mã này ({other}) nên tệp này bị bỏ qua. Hãy đặt mã khác.",
    "addition_place": 'Phần hỏi thêm cần đúng một vị trí chèn: after = "tên mục" hoặc at_end = true.',
    "addition_communes": "Phần hỏi thêm chưa nêu xã, phường nào nên sẽ không bao giờ được hỏi. Hãy ghi mã xã vào communes.",
    "commune_code": "“{commune}” không phải mã xã. Hãy viết đủ năm chữ số trong dấu ngoặc kép.",
    # các dòng
    "no_type": 'Câu hỏi chưa có kiểu. Hãy bổ sung, ví dụ type = "text".',
    "unknown_type": "Không có kiểu câu hỏi “{type}”. Xem các kiểu trong docs/questionnaires.md.",
    "select_without_list": 'Kiểu “{type}” cần kèm tên danh sách. Ví dụ: "{type} yn".',
    "unknown_column": "Không có cột này. Hãy bỏ đi hoặc sửa lại tên cột.",
    "column_not_here": "Không dùng được cột này với kiểu “{type}”. Hãy bỏ đi.",
    "not_translatable": "Cột này không có bản dịch. Hãy viết một lần duy nhất: {translatable}.",
    "group_not_closed": '{type} này chưa được đóng. Hãy thêm dòng kiểu "end_{type}" sau câu hỏi cuối cùng của nó.',
    "end_without_begin": 'Ở đây không có nhóm hay nhóm lặp nào đang mở. Hãy bỏ dòng này, hoặc thêm dòng "begin_{type}".',
    "wrong_end": "Dòng này đóng {type}, nhưng {opened} (dòng {line}) vẫn đang mở. Hãy đóng {opened} trước, hoặc sửa lại tên.",
    "too_deep": "Các nhóm lồng nhau quá {limit} tầng. Hãy bớt đi vài tầng.",
    "too_many_rows": "Có {rows} dòng, chỉ đọc được {limit} dòng. Hãy tách tệp.",
    "too_long": "Văn bản dài {length} ký tự, chỉ hiển thị được {limit}. Hãy rút gọn.",
    "control_character": "Văn bản chứa ký tự điều khiển không nhìn thấy ({character}). Hãy xóa đi và gõ lại.",
    "bad_parameter": "Không hiểu được tham số “{parameter}”. Hãy viết tên=giá-trị, cách nhau bằng dấu cách.",
    # tên
    "empty_form": "Bảng hỏi không có câu hỏi nào. Hãy thêm ít nhất một mô-đun có câu hỏi.",
    "no_name": "Dòng này chưa có tên. Hãy đặt tên: đó là tên cột trong dữ liệu.",
    "bad_name": "Tên không hợp lệ. Chỉ dùng tối đa {limit} ký tự gồm chữ không dấu, chữ số và _, không bắt đầu bằng chữ "
    "số: {better}",
    "reserved_name": "Tên này dành riêng cho định dạng của bảng hỏi. Hãy chọn tên khác.",
    "duplicate_name": "Tên này đã được dùng ở {file}, dòng {line}. Mỗi câu hỏi cần một tên riêng.",
    "unknown_name": "Không có câu hỏi “{name}”. Hãy sửa lại tên, hoặc thêm mô-đun chứa câu hỏi đó.",
    # văn bản
    "no_label": "Chưa có nội dung để hiển thị. Hãy bổ sung label.{language}.",
    "missing_translation": "Thiếu bản dịch “{language}” nên ngôn ngữ mặc định được hiển thị thay. Hãy bổ sung.",
    "unknown_language": "Khảo sát không có ngôn ngữ này. Hãy sửa mã ngôn ngữ, hoặc thêm vào languages của khảo sát.",
    "rule_without_message": "Điều tra viên sẽ không biết vì sao câu trả lời bị từ chối hay bị hỏi lại. Hãy bổ sung {message}.",
    "message_without_rule": "Thông báo này không bao giờ hiện ra vì cột {rule} để trống. Hãy thêm điều kiện, hoặc bỏ "
    "thông báo.",
    # lựa chọn
    "unknown_list": "Không có danh sách “{list}”. Hãy thêm [[list]] tên như vậy, hoặc sửa lại kiểu câu hỏi.",
    "empty_list": "Danh sách này chưa có lựa chọn. Hãy bổ sung choices = [ … ].",
    "list_twice": "Đã có danh sách cùng tên nhưng khác nội dung ({other}, dòng {line}). Hãy đổi tên một danh sách.",
    "choice_without_name": "Một lựa chọn trong danh sách này chưa có tên. Tên là giá trị được lưu: hãy đặt tên.",
    "choice_without_label": "Lựa chọn này chưa có nội dung để hiển thị. Hãy bổ sung label.{language}.",
    "duplicate_choice": "Danh sách đã có lựa chọn này ({file}, dòng {line}). Hãy bỏ bớt hoặc đổi tên.",
    "space_in_choice": "Tên lựa chọn không được chứa dấu cách: câu trả lời nhiều lựa chọn được lưu cách nhau bằng dấu "
    "cách. Hãy viết {better}",
    "unknown_choice_column": "Danh sách “{list}” không có cột “{word}”. Hãy thêm cột vào các lựa chọn; nếu là câu hỏi thì "
    "viết ${{{word}}}.",
    # thiết lập
    "unknown_appearance": "Không có kiểu hiển thị “{word}” nên thiết lập này không có tác dụng.",
    "unknown_allow": '“{word}” không phải mã trả lời thiếu. Hãy dùng "dk" (không biết) hoặc "refused" (từ chối).',
    "unknown_parameter": "Kiểu “{type}” không có tham số “{parameter}”. Hãy bỏ đi.",
    "bad_range": "Không số nào nằm trong khoảng từ {start} đến {end} với bước {step}. Hãy sửa start, end và step.",
    "bad_default": "Đây không phải câu trả lời thuộc kiểu “{type}”. Hãy sửa hoặc bỏ giá trị mặc định.",
    "default_not_a_choice": "Giá trị mặc định “{choice}” không có trong danh sách. Hãy dùng tên của lựa chọn, không dùng nhãn.",
    "consent_default": "Sự đồng ý phải do người trả lời đưa ra, không được đặt sẵn (Luật 91/2025/QH15). Hãy bỏ cột này.",
    "useless_column": "Cột này không có tác dụng với kiểu “{type}”. Hãy bỏ đi.",
    "no_calculation": "Kiểu calculate cần có biểu thức. Hãy bổ sung calculation.",
    "trigger_without_calculation": "Cột trigger chỉ dùng để chạy một phép tính, nhưng ở đây không có. Hãy thêm calculation "
    "hoặc bỏ trigger.",
    # biểu thức
    "expression": "{reason} Trong: {expression}",
    "bad_regex": "Mẫu {pattern} không hợp lệ ({reason}). Hãy sửa lại, rồi thử với một câu trả lời đúng và một câu sai.",
    "cycle": "Các mục này phụ thuộc vòng tròn vào nhau: {path}. Hãy bỏ một mục ra khỏi biểu thức.",
    # khả năng được hỏi
    "not_a_choice": "“{choice}” không phải lựa chọn của {question} (danh sách {list}) nên phép so sánh này không bao giờ "
    "đúng. Hãy dùng tên của lựa chọn.",
    "never_relevant": "Điều kiện không bao giờ đúng nên mục này không bao giờ được hỏi: {relevant}. Hãy sửa điều kiện hoặc "
    "bỏ dòng này.",
    "unreachable": "Mục này không bao giờ được hỏi: ở đây {question} phải là {needs}, nhưng {other} lại đòi {other_needs}. "
    "Hãy sửa một trong hai điều kiện.",
}
