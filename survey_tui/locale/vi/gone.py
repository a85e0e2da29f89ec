"""Lời của phiếu mà khảo sát không còn."""

MESSAGES: dict[str, str] = {
    "finish": "kết thúc",
    "finish_tip": "Kết thúc phiếu với các câu trả lời đã có (phải nhấn hai lần)",
    "why": (
        "Cuộc khảo sát của phiếu này không còn trên máy (plugin đã gỡ hoặc đã tắt). Các câu trả lời vẫn "
        "còn nguyên. Muốn hỏi tiếp thì bật hoặc cài lại plugin; không thì nhấn ^F để kết thúc phiếu như "
        "đang có."
    ),
    "sure": (
        "Kết thúc phiếu với đúng các câu trả lời trên đây? Nhấn ^F lần nữa để kết thúc; phím khác để thôi."
    ),
    "stored": "Phiếu đã kết thúc và được lưu, chờ gửi.",
}
