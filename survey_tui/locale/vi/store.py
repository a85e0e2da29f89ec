"""Kho phiếu: tình trạng và cách xử lý (mỗi mã có thêm câu ``…_remedy``)."""

MESSAGES: dict[str, str] = {
    "in_use": "Một chương trình khác đang dùng kho phiếu, nên lần này kho chỉ mở để đọc.",
    "in_use_remedy": "Đóng cửa sổ survey-tui hoặc survey-sync kia, rồi mở lại.",
    "not_writable": "Không ghi được vào thư mục dữ liệu, nên kho phiếu chỉ mở để đọc.",
    "not_writable_remedy": "Kiểm tra quyền ghi và thẻ nhớ, hoặc chọn thư mục khác bằng --home.",
    "disk_full": "Hết chỗ trên ổ đĩa, nên kho phiếu chỉ mở để đọc.",
    "disk_full_remedy": "Xóa bớt tệp khác trên máy (không xóa thư mục dữ liệu của chương trình), rồi mở lại.",
    "io": "Ổ đĩa báo lỗi ({reason}), nên kho phiếu chỉ mở để đọc.",
    "io_remedy": "Sao chép thư mục dữ liệu sang nơi khác ngay, rồi chạy: survey-tui store check",
    "soft_lock": "Nơi lưu dữ liệu này không có khóa tệp, chương trình dùng tệp khóa thay thế.",
    "soft_lock_remedy": "Dữ liệu vẫn được lưu như thường. Nếu sau một lần tắt đột ngột trên máy khác mà kho phiếu "
    "vẫn báo đang bận, hãy xóa các tệp có đuôi .soft.",
    "torn": "Lần ghi cuối cùng bị ngắt giữa chừng (mất điện hoặc bị tắt đột ngột). Phần ghi dở được giữ riêng trong "
    "{copy}; mọi câu trả lời đã báo “đã lưu” vẫn còn.",
    "torn_remedy": "Chỉ cần xem lại câu đang hỏi khi máy tắt. Không phải làm gì thêm.",
    "torn_tail": "Dòng {line} của {file} bị ghi dở ({length} byte từ vị trí {offset}): máy tắt trong lúc ghi.",
    "torn_tail_remedy": "Lần mở tới, phần này tự được tách ra một tệp .torn; không mất câu nào đã báo "
    "“đã lưu”.",
    "spare_header": "Dòng đầu của {file} (phần ghi cách mở khóa) bị hỏng hoặc bị mất. Đã dùng bản thứ hai trong tệp "
    "responses.header; các phiếu vẫn đọc được, nhưng kho phiếu chỉ mở để đọc.",
    "spare_header_remedy": "Sao chép thư mục dữ liệu sang nơi khác, rồi chạy: survey-tui store repair. Dòng đầu được viết lại, "
    "mật khẩu vẫn như cũ.",
    "erasure_pending": "Còn dấu vết cũ của {count} phiếu đã niêm phong hoặc đã xóa trong kho phiếu; chúng được xóa "
    "khi đóng chương trình.",
    "erasure_pending_remedy": "Không phải làm gì thêm. Nếu chương trình đã đóng, chỉ cần mở lại một lần.",
    "backup_owes": "Bản sao lưu ở {path} còn giữ {count} phiếu đã xóa hoặc đã niêm phong ở máy này.",
    "backup_owes_remedy": "Hãy cắm thẻ nhớ (hoặc nối ổ đĩa) đó rồi mở survey-tui: các phiếu này tự được xóa khỏi bản sao lưu.",
    "reserve_used": "Ổ đĩa đã hết chỗ. Câu trả lời đang được lưu vào phần dung lượng dự phòng.",
    "reserve_used_remedy": "Hãy làm nốt phiếu này và gửi các phiếu đã hoàn tất, rồi xóa bớt tệp khác trên máy. Trước khi "
    "có chỗ trống thì chưa mở phiếu mới được.",
    "migrated": "Kho phiếu đã được chuyển từ định dạng {version} sang định dạng mới. Tệp cũ được giữ lại: {copy}.",
    "migrated_remedy": "Không phải làm gì thêm. Chỉ xóa tệp cũ khi điều phối viên đồng ý.",
    "older_version": "Kho phiếu do phiên bản cũ tạo ra (định dạng {version}) nên chưa đọc được ngay.",
    "older_version_remedy": "Hãy mở survey-tui một lần: chương trình tự chuyển kho phiếu sang định dạng mới và giữ lại tệp cũ.",
    "migration_failed": "Kho phiếu của phiên bản cũ bị hỏng ở dòng {line} nên không chuyển sang định dạng mới được.",
    "migration_failed_remedy": "Tệp cũ vẫn còn nguyên. Hãy khôi phục từ bản sao lưu, hoặc gửi thư mục dữ liệu cho người hỗ trợ.",
    "backup_missing": "Không thấy nơi sao lưu {path}: thẻ nhớ đã được cắm chưa?",
    "backup_missing_remedy": "Câu trả lời vẫn được lưu trên máy này. Hãy cắm thẻ vào; chương trình tự sao lưu bù.",
    "backup_full": "Nơi sao lưu {path} đã hết chỗ.",
    "backup_full_remedy": "Câu trả lời vẫn được lưu trên máy này. Hãy xóa bớt tệp khác trên thẻ nhớ, hoặc thay thẻ.",
    "backup_failed": "Không sao lưu được vào {path} ({reason}).",
    "backup_failed_remedy": "Câu trả lời vẫn được lưu trên máy này. Hãy thử thẻ nhớ khác rồi chạy: survey-tui store backup",
    "backup_unread": "Đọc lại bản sao lưu ở {path} thì thấy khác với dữ liệu đã ghi.",
    "backup_unread_remedy": "Đừng dùng thẻ nhớ này nữa. Câu trả lời vẫn được lưu trên máy này.",
    "backup_damaged": "Kho phiếu bị hỏng nên bản sao lưu ở {path} không thay đổi.",
    "backup_damaged_remedy": "Chạy survey-tui store check để biết hỏng chỗ nào. Đừng xóa bản sao lưu.",
    "backup_nothing": "Chưa có kho phiếu nào để sao lưu.",
    "backup_nothing_remedy": "Không phải làm gì thêm.",
    "newer_version": "Kho phiếu do phiên bản mới hơn tạo ra (định dạng {version}), nên chỉ mở để đọc.",
    "newer_version_remedy": "Cập nhật survey-tui. Không sửa gì trong tệp {file}.",
    "damaged": "Dòng {line} của {file} bị hỏng ({length} byte từ vị trí {offset}). Phiếu có thể bị ảnh hưởng: "
    "{response}. Kho phiếu chỉ mở để đọc.",
    "damaged_remedy": "Sao chép thư mục dữ liệu sang nơi khác, rồi chạy: survey-tui store repair. Sau "
    "đó xem lại các phiếu nói trên.",
    "missing": "Trước dòng {line} của {file} thiếu {count} dòng.",
    "missing_remedy": "Có bản sao lưu thì hãy dùng bản đó. Nếu không, chạy: survey-tui store repair, "
    "rồi xem lại các phiếu nháp.",
    "out_of_order": "Dòng {line} của {file} đứng sai thứ tự (bị chép lặp hoặc chép từ tệp khác) nên "
    "không được tính.",
    "out_of_order_remedy": "Chạy: survey-tui store repair. Dòng này được giữ riêng trong tệp .damaged.",
    "orphan": "Dòng {line} của {file} thuộc phiếu {response}, nhưng phần đầu của phiếu đó không còn.",
    "orphan_remedy": "Có bản sao lưu thì hãy dùng bản đó. Nếu không, chạy: survey-tui store repair; "
    "dòng này được giữ riêng trong tệp .damaged.",
    "events_missing": "Phiếu {response} thiếu {count} bước đã ghi, nên không mở được.",
    "events_missing_remedy": "Chạy: survey-tui store repair, rồi mở phiếu và xem lại từng câu trả lời.",
    "hash_mismatch": "Nội dung của phiếu đã hoàn tất {response} không khớp với mã kiểm tra SHA-256 của nó.",
    "hash_mismatch_remedy": "Đừng gửi phiếu này. Hãy báo điều phối viên và giữ nguyên thư mục dữ liệu.",
    "set_aside": "Tệp {file} giữ phần dữ liệu được tách ra trước đây.",
    "set_aside_remedy": "Có thể gửi tệp này cho người hỗ trợ. Chỉ xóa khi điều phối viên đồng ý.",
    "readable_by_others": "Người dùng khác trên máy này có thể đọc tệp {file}.",
    "readable_by_others_remedy": "Chạy: chmod 600 với tệp này, chmod 700 với thư mục chứa nó.",
    "erasure_owed": "Có phiếu đã xóa (hoặc đã niêm phong), nhưng chưa ghi lại được kho phiếu, nên dấu vết cũ còn nằm trên đĩa.",
    "erasure_owed_remedy": "Giải phóng chỗ trên đĩa rồi mở lại chương trình: việc xóa sẽ tự hoàn tất.",
    "not_encrypted": "Dữ liệu trên máy này không được mã hóa.",
    "not_encrypted_remedy": "Muốn khóa bằng mật khẩu, chạy: survey-tui lock set (cần cài thư viện: pip install 'survey-tui[crypto]').",
}
