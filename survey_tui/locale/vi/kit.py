"""Bộ công cụ cho người viết plugin: tạo, kiểm tra, xem thử, đóng gói."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "error": "lỗi",
    "warning": "cảnh báo",
    # tạo mới
    "begun": "Đã tạo plugin trong {path} cho {place} (tỉnh, thành phố hiện nay). Nếu chỉ áp dụng cho địa bàn trước ngày 01/7/2025, hãy xóa thư mục rồi tạo lại với --legacy. Bước tiếp theo: survey-tui plugins preview {path}",
    "begun_legacy": "Đã tạo plugin trong {path} cho địa bàn {place} trước ngày 01/7/2025. Bước tiếp theo: survey-tui plugins preview {path}",
    # kiểm tra
    "about": "{name} {version}: áp dụng ở {communes} xã, phường, đặc khu; khảo sát: {surveys}",
    "progress": "Đang thử với người trả lời ngẫu nhiên: {held}/{interviews}",
    "visits": "Đã chạy {count} cuộc phỏng vấn trong tests/.",
    "asked": "Số cuộc phỏng vấn có hỏi câu này, trong {interviews} cuộc thử:",
    "ready": "Không có lỗi, {warnings} cảnh báo. Có thể đóng gói: survey-tui plugins pack",
    "not_ready": "Có {errors} lỗi, {warnings} cảnh báo. Hãy sửa lỗi rồi kiểm tra lại.",
    # nhận xét khi đọc
    "offer_untranslated": "thiếu bản dịch {language}. Hãy viết thêm trong mã.",
    "untranslated": "thiếu bản dịch {language}. Hãy viết thêm trong plugin.toml.",
    "no_readme": "Thư mục không có README.md. Hãy viết vài dòng: plugin này của ai, hỏi gì, liên hệ ai.",
    "no_module": "không có tệp modules/{item}.toml. Hãy tạo tệp này hoặc sửa tên ở [[addition]].",
    "unknown_survey": "không có khảo sát nào tên là “{survey}”. Hiện có: {known}.",
    "unknown_anchor": "không khảo sát nào có mục “{after}”. Có phải là “{nearest}”? Xem các mục bằng survey-tui forms show.",
    "no_anchor_in": "khảo sát {survey} không có mục “{after}” nên không nhận phần hỏi thêm này. Hãy bỏ nó khỏi "
    "surveys hoặc đổi vị trí chèn.",
    "nowhere": "Không khảo sát nào nhận phần hỏi thêm của plugin này. Hãy xem lại after, surveys và [area] trong plugin.toml.",
    "prefix": "Tên các câu hỏi không bắt đầu giống nhau ({names}). Hãy mở đầu mọi tên bằng chữ viết tắt của tỉnh và dấu _, để không trùng với tỉnh khác.",
    "bad_check": "biểu thức của mục [[check]] này không chạy được: {reason}. Hãy sửa expression hoặc relevant.",
    "check_question": "mục question nêu câu “{question}” không có trong khảo sát. Có phải là “{nearest}”?",
    "figure_question": "số liệu gốc này nêu câu “{question}” không có trong khảo sát. Có phải là “{nearest}”?",
    "figure_caveat": "số liệu chỉ so sánh được một phần thì phải có caveat bằng cả hai thứ tiếng, nói rõ khác nhau ở đâu.",
    # nhận xét sau khi thử
    "never_asked": "trong {interviews} cuộc thử, không lần nào câu này được hỏi. Hãy xem lại relevant của câu và "
    "của nhóm; nếu câu chỉ dành cho trường hợp rất hiếm thì bỏ qua cảnh báo này.",
    "stuck": "câu bắt buộc mà không câu trả lời nào được nhận ({count}/{interviews} cuộc thử): điều tra viên sẽ "
    "không đi tiếp được. Hãy xem lại constraint và choice_filter, hoặc thêm allow.",
    "no_consent": "được hỏi cả khi người trả lời không đồng ý tham gia ({count}/{interviews} cuộc thử). Hãy đặt ở "
    "nhóm: relevant = \"${{consent_main}} = '1' and ${{n_elig}} > 0\"",
    "no_sensitive_consent": "là dữ liệu nhạy cảm nhưng được hỏi cả khi người trả lời không đồng ý với phần này "
    "({count}/{interviews} cuộc thử). Hãy thêm vào relevant: ${{consent_sens}} = '1'",
    "no_adult": "được hỏi cả khi hộ không có người đủ tuổi để phỏng vấn ({count}/{interviews} cuộc thử). Hãy thêm "
    "vào relevant của nhóm: ${{n_elig}} > 0",
    "blocks": "làm cho {count}/{interviews} cuộc thử không hoàn tất được dù đã hỏi hết. Hãy xem lại required và constraint.",
    "blocks_unfinished": "làm cho cuộc phỏng vấn dừng giữa chừng không hoàn tất được ({count} cuộc thử). Hãy viết: "
    "required = \"${{result}} = '' or ${{result}} = 'done'\"",
    "failing": "biểu thức của câu này bị lỗi khi chạy: {reason}",
    "endless": "Có {count} cuộc thử không bao giờ kết thúc. Hãy xem lại các nhóm lặp (repeat_count).",
    "always_said": "Lần nào phần rà soát cũng nhắc: “{message}” ({count} cuộc thử). Biểu thức của [[check]] có lẽ "
    "bị ngược: nó phải đúng khi mọi việc ổn.",
    "bad_visits": "không đọc được: {reason}. Xem mẫu trong docs/plugins.md.",
    "visit_failed": "diễn ra khác với mong đợi:\n{reason}",
    # xem thử
    "waiting": "Đang chờ bạn lưu thay đổi trong {path} … (Ctrl+C để thôi)",
    "skipped": "{name}: với người trả lời đơn giản nhất thì không hỏi; chỉ hỏi khi {relevant}",
}
