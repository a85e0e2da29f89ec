MESSAGES: dict[str, str] = {
    "help": "trợ giúp",
    "help_tip": "Mở trang trợ giúp này (^H, F1, hoặc ? khi không gõ chữ)",
    "language": "English",
    "language_tip": "Đổi ngôn ngữ Việt – Anh ngay lập tức, ở mọi màn hình",
    "back": "quay lại",
    "back_tip": "Quay lại màn hình trước",
    "cancel": "hủy",
    "cancel_tip": "Đóng mà không lưu thay đổi",
    "too_small": (
        "Màn hình quá nhỏ ({width}×{height}). Cần ít nhất {min_width} cột, {min_height} dòng: "
        "phóng to cửa sổ hoặc giảm cỡ chữ. Các câu trả lời đã lưu vẫn còn. ^Q để thoát."
    ),
}
