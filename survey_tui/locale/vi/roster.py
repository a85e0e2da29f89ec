MESSAGES: dict[str, str] = {
    "correct": "sửa ô",
    "correct_tip": "Tới câu hỏi của ô đang chọn để sửa",
    "add": "thêm dòng",
    "add_tip": "Thêm một dòng vào bảng",
    "remove": "xóa dòng",
    "remove_tip": "Xóa dòng đang chọn (phải nhấn hai lần)",
    "row": "Dòng {row}",
    "empty": "Bảng chưa có dòng nào.",
    "not_asked": "Ô này không phải hỏi.",
    "sure": "Xóa dòng {row} cùng mọi câu trả lời trong dòng? Nhấn Del lần nữa để xóa.",
}
