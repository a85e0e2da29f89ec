MESSAGES: dict[str, str] = {
    # plugins
    "plugin_load": "Không nạp được plugin {plugin} ({distribution}): {reason}. Chương trình vẫn chạy mà không có "
    "plugin này; hãy cài lại hoặc gỡ plugin, hay báo cho người phụ trách plugin.",
    "plugin_register": "Plugin {plugin} ({distribution}) không đăng ký được: {reason}. Có thể plugin trùng tên với "
    "plugin khác hoặc được viết cho phiên bản khác; hãy cập nhật hoặc gỡ plugin.",
    "plugin_hook": "Plugin {plugin} ({distribution}) gặp lỗi khi chạy: {reason}. Phần của plugin này bị bỏ qua; "
    "hãy báo cho người phụ trách plugin.",
}
