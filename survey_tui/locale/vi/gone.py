"""Phiếu mà khảo sát không còn trên máy."""

MESSAGES: dict[str, str] = {
    "finish": "hoàn tất",
    "finish_tip": "Hoàn tất phiếu với các câu trả lời đã có (phải nhấn hai lần)",
    "why": "Khảo sát của phiếu này không còn trên máy (plugin đã gỡ hoặc đã tắt). Các câu trả lời vẫn còn nguyên. "
    "Muốn hỏi tiếp thì bật hoặc cài lại plugin; không thì nhấn ^F để hoàn tất phiếu như đang có.",
    "sure": "Hoàn tất phiếu với đúng các câu trả lời trên đây? Nhấn ^F lần nữa để hoàn tất; phím khác để thôi.",
    "stored": "Phiếu đã hoàn tất và được lưu, chờ gửi.",
}
