MESSAGES: dict[str, str] = {
    # plugins
    "plugin_load": "Không nạp được plugin {plugin} ({distribution}): {reason}. Chương trình vẫn chạy mà không có "
    "plugin này; hãy cài lại hoặc gỡ plugin, hay báo cho người phụ trách plugin.",
    "plugin_register": "Plugin {plugin} ({distribution}) không đăng ký được: {reason}. Có thể plugin trùng tên với "
    "plugin khác hoặc được viết cho phiên bản khác; hãy cập nhật hoặc gỡ plugin.",
    "plugin_hook": "Plugin {plugin} ({distribution}) gặp lỗi khi chạy: {reason}. Phần của plugin này bị bỏ qua; "
    "hãy báo cho người phụ trách plugin.",
    # cli
    "cli_no_such_command": "Không có lệnh “{name}”. Xem các lệnh: {command} --help",
    "cli_no_such_option": "Không có tùy chọn “{name}”. Xem các tùy chọn: {command} --help",
    "cli_missing": "Thiếu {what}. Xem cách dùng: {command} --help",
    "cli_bad_value": "Giá trị của {what} không hợp lệ; giá trị dùng được: {allowed}. Xem cách dùng: {command} --help",
    "cli_usage": "Không hiểu dòng lệnh: {reason}. Xem cách dùng: {command} --help",
    "cli_no_terminal": "Chương trình cần một cửa sổ dòng lệnh (bàn phím và màn hình). Trong kịch bản, hoặc khi chuyển "
    "hướng dữ liệu, hãy dùng: survey-tui ask SURVEY --plain (mã phiếu: survey-tui forms list)",
    "cli_dumb_terminal": "Cửa sổ dòng lệnh này (TERM={term}) không vẽ được cả màn hình. Hãy dùng: survey-tui ask SURVEY "
    "--plain (mã phiếu: survey-tui forms list)",
    "cli_small_terminal": "Cửa sổ quá nhỏ: {columns} cột × {rows} dòng, cần ít nhất {need_columns} × {need_rows}. Hãy "
    "phóng to cửa sổ, thu nhỏ chữ, hoặc dùng: survey-tui ask SURVEY --plain",
}
