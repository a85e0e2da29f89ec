"""Cuộc phỏng vấn: kiểm tra câu trả lời, mục lục, rà soát."""

MESSAGES: dict[str, str] = {
    "required": "Câu này cần có câu trả lời.",
    "constraint": "Câu trả lời không hợp lệ. Hãy kiểm tra lại với người trả lời.",
    "unusual": "Câu trả lời này ít gặp. Hãy hỏi lại; nếu đúng thì xác nhận.",
    "expression_failed": "Bảng hỏi có lỗi ở cột {column} của câu này nên không kiểm tra được. Cứ phỏng vấn tiếp và "
    "báo cho người phụ trách bảng hỏi.",
    "filter_failed": "Bảng hỏi có lỗi ở cột choice_filter của câu này nên mọi lựa chọn đều hiện ra. Chọn như người "
    "trả lời nói và báo cho người phụ trách bảng hỏi.",
    "skipped": "không thuộc diện phải hỏi",
    "skipped_because": "vì {parts}",
    "is": "“{label}”: {answer}",
    "no_answer": "chưa trả lời",
    "missing_dk": "Không biết",
    "missing_refused": "Từ chối",
    "orphan": "Câu này không còn trong bảng hỏi trên máy (plugin đã gỡ hoặc đã tắt). Câu trả lời đã ghi: {answer}",
    "advice_error": "Sai: {message}",
    "advice_warning": "Nên xem lại: {message}",
    "advice_note": "Ghi chú: {message}",
}
