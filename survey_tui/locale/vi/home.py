MESSAGES: dict[str, str] = {
    "title": "Khảo sát xã hội số",
    "glance": "Hôm nay xong {today} · Đang dở {draft} · Chờ gửi {final} · Đã gửi {sent} · Đã nhận {received}",
    "household": "Hộ {number}",
    "nothing": "Chưa có phiếu nào. Nhấn ^N để bắt đầu phỏng vấn.",
    "nothing_found": "Không có phiếu nào khớp với chữ vừa gõ. Xóa bớt chữ để thấy lại danh sách.",
    "nothing_readable": "Không có phiếu nào đọc được.",
    "draft": "đang dở",
    "final": "xong, chờ gửi",
    "sent": "đã gửi",
    "received": "đã nhận",
    "open": "mở",
    "open_tip": "Đi tiếp phiếu đang dở từ câu dừng lại, hoặc đọc phiếu đã xong",
    "new": "phỏng vấn mới",
    "new_tip": "Phỏng vấn hộ mới, hoặc ghi kết quả lần đến nhà",
    "reopen": "mở lại",
    "reopen_tip": "Mở lại phiếu đã xong để sửa, khi chưa gửi đi",
    "discard": "bỏ phiếu",
    "discard_tip": "Bỏ hẳn phiếu đang dở (phải nhấn hai lần)",
    "sync": "gửi phiếu",
    "sync_tip": "Gửi phiếu đã xong tới máy chủ, xem phiếu nào đã tới nơi",
    "settings": "cài đặt",
    "settings_tip": "Ngôn ngữ, kiểu gõ, màu, chuột",
    "plugin_off": "tắt plugin",
    "plugin_off_tip": "Tắt plugin của tỉnh đang bị lỗi, hoặc để nguyên",
    "quit": "thoát",
    "quit_tip": "Thoát; mọi câu trả lời đã được lưu",
    "read_only": (
        "Chỉ đọc: kho phiếu đang được chương trình khác mở hoặc không ghi được. "
        "Đóng chương trình kia rồi mở lại để phỏng vấn."
    ),
    "damaged": (
        "Kho phiếu bị hỏng ({count} chỗ). Các phiếu còn nguyên vẫn mở đọc được; chưa phỏng vấn hay sửa được. "
        "Hãy thoát (^Q), sao chép thư mục dữ liệu sang nơi khác, rồi chạy: survey-tui store repair"
    ),
    "sent_already": "Phiếu đã gửi nên không sửa được nữa. Cần sửa thì báo điều phối viên.",
    "sure_reopen": "Mở lại phiếu đã xong? Nhấn ^O lần nữa để mở; phím khác để thôi.",
    "sure_discard": "Bỏ hẳn phiếu đang dở này, không lấy lại được? Nhấn ^D lần nữa để bỏ; phím khác để thôi.",
    "withdraw": "xóa theo mã",
    "withdraw_tip": "Xóa hẳn một phiếu theo mã biên nhận mà người trả lời báo",
    "sealed": "Phiếu đã niêm phong: trên máy này không mở ra được. Cần xem hay sửa thì báo điều phối viên.",
    "not_encrypted": "Dữ liệu không mã hóa (^S: cài đặt).",
}
