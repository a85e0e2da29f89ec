MESSAGES: dict[str, str] = {
    "title": "Trợ giúp",
    "choosing_title": "Chọn câu trả lời",
    "choosing": "Nhấn số (hoặc chữ) trước lựa chọn, rồi Enter. Câu chọn nhiều: nhấn từng số để đánh dấu [x] hoặc bỏ "
    "dấu. Phím 8 và 9 thường là Không biết và Từ chối; ở câu gõ chữ, gõ số thì dùng ^K và ^X. ↑ ↓ và phím cách cũng "
    "chọn được.",
    "typing_title": "Gõ tiếng Việt",
    "typing": "Dùng bộ gõ của máy (Unikey, OpenKey, ibus) như thường. Máy không có bộ gõ: vào Cài đặt (^S ở màn "
    "hình chính), chọn Telex hoặc VNI. Khi tìm xã hoặc câu hỏi thì không cần gõ dấu.",
    "saving_title": "Lưu",
    "saving": "Mỗi câu trả lời được ghi xuống máy ngay khi nhấn Enter; có chữ “đã lưu” là chắc chắn còn, kể cả khi "
    "mất điện. Tạm dừng lúc nào cũng được; mở lại sẽ đúng câu đang hỏi.",
    "contact_title": "Cần giúp đỡ",
    "nobody": "Gọi điều phối viên của xã hoặc tỉnh.",
}
