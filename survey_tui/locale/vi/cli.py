MESSAGES: dict[str, str] = {
    # what standard error says
    "error": "Lỗi: {message}",
    "warning": "Lưu ý: {message}",
    "interrupted": "Đã dừng. Mọi câu trả lời đã ghi vẫn còn trong bản nháp.",
    "crash": "Chương trình gặp lỗi ngoài dự kiến ({kind}). Mọi câu trả lời đã ghi vẫn còn; hãy mở lại chương trình. "
    "Nếu lỗi lặp lại, gửi tệp {report} cho người phụ trách (tệp không chứa câu trả lời).",
    "crash_unwritten": "Chương trình gặp lỗi ngoài dự kiến ({kind}) và không ghi được báo cáo lỗi. Mọi câu trả lời đã "
    "ghi vẫn còn; hãy mở lại chương trình và báo cho người phụ trách nếu lỗi lặp lại.",
    # help
    "usage": "Cách dùng:",
    "options": "Tùy chọn",
    "commands": "Lệnh",
    "help": "Khảo sát xã hội số trên máy của điều tra viên, không cần mạng. Không kèm lệnh nào thì mở màn hình chính.",
    "help_start": "Mở ngay một cuộc phỏng vấn.\n\nSURVEY là mã phiếu (xem: survey-tui forms list).",
    "help_ask": "Phỏng vấn từng dòng một, không dùng cả màn hình.\n\nDành cho trình đọc màn hình, máy cũ và kịch bản: "
    "đọc câu trả lời từ bàn phím hoặc từ tệp, mỗi câu một dòng. Gõ /help để xem các lệnh trong cuộc phỏng vấn.",
    "help_responses": "Xem và xuất các phiếu trên máy này.",
    "help_responses_list": "Danh sách phiếu.",
    "help_responses_show": "Xem một phiếu.\n\nID có thể gõ vài ký tự đầu, miễn là đủ để phân biệt.",
    "help_responses_export": "Xuất phiếu đã hoàn tất ra JSON Lines hoặc CSV.\n\nCó --output thì mỗi nhóm lặp thành "
    "một tệp CSV riêng; không có thì mỗi nhóm lặp là một ô JSON.",
    "help_forms": "Xem và kiểm tra bảng hỏi.",
    "help_forms_list": "Danh sách phiếu khảo sát dùng được.",
    "help_forms_check": "Kiểm tra một tệp bảng hỏi hoặc một thư mục.\n\nMỗi phát hiện nêu rõ tệp, dòng, câu hỏi, cột "
    "và cách sửa.",
    "help_forms_show": "Xem các câu hỏi của một phiếu khảo sát.",
    "help_store": "Kiểm tra và sửa kho dữ liệu trên máy này.",
    "help_store_check": "Đọc toàn bộ kho và báo chỗ hỏng; không thay đổi gì.",
    "help_store_repair": "Tách các dòng hỏng ra tệp riêng và ghi lại kho từ các dòng còn tốt.",
    "help_completion": "In kịch bản hoàn thành lệnh cho bash, zsh hoặc fish.",
    "option_help": "Hiện trợ giúp này rồi thoát.",
    "option_version": "Hiện phiên bản rồi thoát.",
    "option_home": "Thư mục chứa mọi dữ liệu (biến môi trường: SURVEY_TUI_HOME).",
    "option_language": "Ngôn ngữ: vi hoặc en (biến môi trường: SURVEY_TUI_LANGUAGE).",
    "option_json": "In JSON cho chương trình khác đọc.",
    "option_commune": "Mã xã, phường, đặc khu (5 chữ số) nơi phỏng vấn.",
    "option_area": "Số địa bàn điều tra trong xã (hai chữ số).",
    "option_household": "Số thứ tự hộ trong địa bàn (1–99).",
    "option_surveyor": "Mã điều tra viên (hai chữ in hoa và ba chữ số, ví dụ AB123).",
    "option_plain": "Hỏi đáp từng dòng, không màu, không mã điều khiển (luôn như vậy).",
    "option_response": "Làm tiếp phiếu nháp có mã này.",
    "option_status": "Chỉ các phiếu ở trạng thái này.",
    "option_survey": "Chỉ các phiếu của khảo sát này.",
    "option_format": "jsonl (mỗi phiếu một dòng, đúng từng byte đã khóa) hoặc csv.",
    "option_output": "Ghi ra tệp này thay vì in ra màn hình.",
    "option_bom": "Thêm dấu UTF-8 ở đầu tệp CSV để Excel đọc đúng tiếng Việt.",
}
