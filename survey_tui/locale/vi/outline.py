MESSAGES: dict[str, str] = {
    "title": "Mục lục",
    "find": "Tìm:",
    "nothing": "Không có câu nào khớp. Xóa bớt chữ để thấy lại tất cả.",
    "go": "tới câu này",
    "go_tip": "Tới câu hỏi đang chọn",
    "review": "rà soát",
    "review_tip": "Xem còn thiếu gì và hoàn tất phiếu",
    "skipped": "Không hỏi: {reason}",
    "ahead": "Chưa hỏi, {reason}",
    "note": "Ghi chú: {reason}",
    "read_only": "chỉ đọc",
}
