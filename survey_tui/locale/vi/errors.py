MESSAGES: dict[str, str] = {
    # plugins
    "plugin_load": "Không nạp được plugin {plugin} ({distribution}): {reason}. Chương trình vẫn chạy mà không có "
    "plugin này; hãy cài lại hoặc gỡ plugin, hay báo cho người viết plugin.",
    "plugin_hook": "Plugin {plugin} ({distribution}) gặp lỗi khi chạy: {reason}. Phần của plugin này bị bỏ qua; hãy "
    "báo cho người viết plugin.",
    "plugin_manifest": "{place} không dùng được: {reason}. Plugin này bị bỏ qua; hãy sửa tệp theo docs/plugins.md hoặc báo "
    "cho người viết plugin.",
    "plugin_state": "Không đọc được {path}: {reason}. Mọi plugin của tỉnh tạm không chạy; hãy sửa hoặc xóa tệp này (xóa thì phải đặt lại plugin tắt/bật và khóa tin cậy).",
    "plugin_state_write": "Không ghi được {path}: {reason}. Hãy kiểm tra dung lượng và quyền ghi của thư mục dữ liệu.",
    "plugin_name": "Tên plugin “{plugin}” ({distribution}) không hợp lệ: chỉ dùng chữ thường không dấu, chữ số và _. Plugin bị bỏ qua; hãy báo cho người viết.",
    "plugin_name_twice": "Có hai plugin cùng tên {plugin}: {other} và {distribution}. Chỉ dùng {other}; hãy gỡ một trong hai.",
    "plugin_empty": "Thư mục {distribution} không phải plugin: thiếu plugin.toml. Hãy cài lại bằng survey-tui plugins install hoặc xóa thư mục này.",
    "plugin_other_name": "Plugin {plugin}: tệp {place} ghi tên là “{said}”. Tên thư mục và tên trong tệp phải giống nhau; hãy sửa một trong hai.",
    "plugin_api": "Plugin {plugin} ({distribution}) cần chương trình mới hơn (API {needs}; máy này có API {has}). Hãy cập nhật survey-tui hoặc dùng bản plugin cũ hơn.",
    "plugin_area": "Plugin {plugin}: {place} nêu nơi không có trong danh mục: {reason}. Hãy sửa mục [area]; mã trước và sau 01/7/2025 là hai loại mã khác nhau.",
    "plugin_manners": "Plugin {plugin} ({distribution}) làm việc không được phép: {reason}. Chương trình đã ngăn "
    "lại; hãy báo cho người viết plugin.",
    "plugin_clash": "Plugin {plugin} ({distribution}): {what} đã có trong {other} nên bị bỏ qua. Hãy đổi tên trong plugin hoặc gỡ một trong hai.",
    "plugin_addition": "Plugin {plugin} ({distribution}): phần hỏi thêm bị bỏ khỏi khảo sát {survey} vì có lỗi: "
    "{reason}. Cứ phỏng vấn tiếp và báo cho người viết plugin.",
    "plugin_anchor": "Plugin {plugin} ({distribution}): khảo sát {survey} không có mục “{after}” nên phần hỏi thêm {module} không được đưa vào. Phỏng vấn vẫn tiếp tục với bảng hỏi chung. Hãy báo cho người viết plugin sửa after trong plugin.toml.",
    "plugin_died": "Lần trước chương trình bị dừng đột ngột trong lúc plugin {plugin} đang chạy. Hãy báo cho người viết plugin.",
    "plugin_off_now": "Plugin {plugin} đã bị tắt vì lỗi nhiều lần liên tiếp ({reason}). Bật lại sau khi sửa: survey-tui plugins enable {plugin}",
    "plugin_function": "Hàm {name} của plugin {plugin} bị lỗi: {reason}. Cứ phỏng vấn tiếp và báo cho người viết plugin.",
    "plugin_signature_none": "Plugin {plugin} ({distribution}) không có chữ ký, mà máy này chỉ nhận plugin có chữ ký tin cậy. Hãy cài bản do điều phối viên ký.",
    "plugin_signature_damaged": "Tệp chữ ký của plugin {plugin} ({distribution}) bị hỏng. Hãy xin lại gói từ điều phối viên.",
    "plugin_signature_files": "Nội dung plugin {plugin} ({distribution}) khác với nội dung đã ký: có tệp bị sửa, thêm hoặc bớt. Không dùng gói này; hãy xin lại từ điều phối viên.",
    "plugin_signature_key": "Plugin {plugin} ({distribution}) được ký bằng khóa mà máy này chưa tin. Nếu biết chắc người ký: survey-tui plugins keys trust TÊN KHÓA",
    "plugin_signature_wrong": "Chữ ký của plugin {plugin} ({distribution}) không đúng với khóa ghi trong đó. Không dùng gói này; hãy báo cho điều phối viên.",
    "plugin_archive_bomb": "{entry}: dữ liệu giải nén lớn bất thường. Gói này không an toàn nên không cài; hãy xin "
    "lại từ người gửi.",
    "plugin_archive_empty": "{entry} không có tệp nào. Hãy kiểm tra lại đường dẫn.",
    "plugin_archive_encoding": "{entry}: tên tệp trong gói không theo UTF-8. Hãy đóng gói lại bằng survey-tui plugins sign hoặc một công cụ nén đời mới.",
    "plugin_archive_encrypted": "{entry}: gói có mật khẩu. Hãy xin gói không đặt mật khẩu.",
    "plugin_archive_link": "{entry} là liên kết hoặc tệp thiết bị, có thể trỏ ra ngoài thư mục plugin. Gói này không được cài; hãy thay bằng tệp thường.",
    "plugin_archive_long_name": "{entry}: tên tệp quá dài hoặc quá nhiều cấp thư mục. Hãy đặt tên ngắn hơn rồi đóng gói lại.",
    "plugin_archive_name": "{entry}: tên tệp không an toàn (đường dẫn tuyệt đối, “..”, ký tự đặc biệt hoặc tên dành riêng). Gói này không được cài; hãy đổi tên rồi đóng gói lại.",
    "plugin_archive_no_zip": "Không đọc được {entry}: không phải tệp zip hoặc tệp bị hỏng. Hãy chép lại tệp.",
    "plugin_archive_too_large": "{entry} quá lớn. Plugin chỉ gồm vài tệp chữ; hãy bỏ bớt tệp không cần.",
    "plugin_archive_too_many": "{entry} có quá nhiều tệp. Plugin chỉ gồm vài tệp chữ; hãy bỏ bớt tệp không cần.",
    "plugin_archive_twice": "{entry}: có hai tệp trùng tên trong gói. Hãy đóng gói lại.",
    "plugin_archive_unreadable": "Không đọc được {entry}. Hãy kiểm tra quyền đọc hoặc chép lại.",
    "plugin_foreign_file": "{entry}: plugin khai báo không được chứa loại tệp này. Chỉ dùng .toml, .csv, .xlsx, .md, .txt và SIGNATURE.json.",
    "plugin_no_plugin": "{entry} không phải plugin: không có plugin.toml và cũng không phải gói Python (wheel). Hãy kiểm tra lại tệp.",
    "plugin_wheel": "{entry}: không dùng được gói Python này: {reason}. Hãy báo cho người viết plugin.",
    "plugin_exists_elsewhere": "Plugin {plugin} đã có ở {other}. Hãy gỡ bản đó trước khi cài bản này.",
    "plugin_unknown": "Không có plugin nào tên {plugin}. Đang có: {known}.",
    "plugin_core": "{plugin} là phần của chính chương trình nên không tắt hay gỡ được.",
    "plugin_not_in_home": "Plugin {plugin} được cài bằng công cụ khác ({distribution}). Hãy gỡ bằng pip uninstall, hoặc tắt: survey-tui plugins disable {plugin}.",
    "plugin_write": "Không ghi được {path}: {reason}. Hãy kiểm tra dung lượng và quyền ghi.",
    "plugin_crypto": "Máy này thiếu thư viện cryptography để tạo khóa, ký và kiểm tra chữ ký. Hãy cài: pip install 'survey-tui[crypto]'",
    "plugin_key_file": "Không dùng được tệp khóa {path}: {reason}. Hãy kiểm tra đường dẫn.",
    "plugin_key": "“{said}” không phải khóa công khai (64 chữ số thập lục phân). Khóa in ra khi chạy survey-tui plugins keys new.",
    "plugin_command": "Plugin {plugin} không có lệnh {command}. Các lệnh: {known}.",
    "plugin_run": "Plugin {plugin} gặp lỗi khi chạy {command}: {reason}. Hãy báo cho người viết plugin.",
    # cli
    "cli_no_such_command": "Không có lệnh “{name}”. Xem các lệnh: {command} --help",
    "cli_no_such_option": "Không có tùy chọn “{name}”. Xem các tùy chọn: {command} --help",
    "cli_missing": "Thiếu {what}. Xem cách dùng: {command} --help",
    "cli_bad_value": "Giá trị của {what} không hợp lệ; giá trị dùng được: {allowed}. Xem cách dùng: {command} --help",
    "cli_usage": "Không hiểu dòng lệnh: {reason}. Xem cách dùng: {command} --help",
    "cli_no_terminal": "Chương trình cần một cửa sổ dòng lệnh (bàn phím và màn hình). Trong kịch bản lệnh, hoặc khi "
    "chuyển hướng dữ liệu, hãy dùng: survey-tui ask SURVEY --plain (mã khảo sát: survey-tui forms list)",
    "cli_dumb_terminal": "Cửa sổ dòng lệnh này (TERM={term}) không vẽ được cả màn hình. Hãy dùng: survey-tui ask "
    "SURVEY --plain (mã khảo sát: survey-tui forms list)",
    "cli_small_terminal": "Cửa sổ quá nhỏ: {columns} cột × {rows} dòng, cần ít nhất {need_columns} × {need_rows}. Hãy "
    "phóng to cửa sổ, thu nhỏ chữ, hoặc dùng: survey-tui ask SURVEY --plain",
    # cli: ask, responses, export
    "cli_not_text": "Dòng {line} không phải là văn bản UTF-8 (hoặc có ký tự điều khiển) nên không được ghi. Hãy gõ lại, "
    "hoặc lưu tệp đầu vào dạng UTF-8.",
    "cli_line_too_long": "Dòng {line} dài hơn {limit} byte nên không được ghi. Hãy rút ngắn rồi nhập lại.",
    "cli_no_such_choice": "Không có mục “{said}”. Hãy gõ số từ 1 đến {last} đứng trước mục, hoặc đúng tên mục.",
    "cli_answer_refused": "Câu trả lời cho {question} chưa được ghi: {reason} Hãy nhập lại.",
    "cli_no_such_order": "Không có lệnh “/{said}”. Gõ /help để xem các lệnh.",
    "cli_yes_or_no": "Không hiểu “{said}”. Hãy gõ c (có) hoặc k (không).",
    "cli_go_where": "Không tìm thấy đúng một câu tên “{said}”. Gõ /outline để xem tên các câu; trong nhóm lặp, gõ cả "
    "đường dẫn, ví dụ r/person[2]/p_age.",
    "cli_which_language": "Không có ngôn ngữ “{said}”; có: {known}. Ví dụ: /language vi",
    "cli_already_final": "Phiếu {id} đã hoàn tất nên không còn câu nào để hỏi. Xem phiếu: survey-tui responses show {id}",
    "cli_other_survey": "Phiếu {id} thuộc khảo sát {form}, không phải {survey}. Làm tiếp bằng: survey-tui ask {form} "
    "--plain --response {id}",
    "cli_bad_area": "Số địa bàn “{area}” không hợp lệ. Hãy gõ hai chữ số (01–99), hoặc cả mã địa bàn, ví dụ 32059-01.",
    "cli_area_elsewhere": "Địa bàn {area} không thuộc xã {commune}. Mã địa bàn bắt đầu bằng mã xã; hãy kiểm tra --commune "
    "và --area.",
    "cli_area_alone": "Có --area {area} mà chưa có --commune. Hãy thêm --commune CODE (mã xã 5 chữ số).",
    "cli_bad_household": "Số hộ “{household}” không hợp lệ. Hãy gõ số từ 1 đến 99.",
    "cli_bad_surveyor": "Mã điều tra viên “{surveyor}” không hợp lệ. Mã gồm hai chữ in hoa và ba chữ số, ví dụ AB123.",
    "cli_no_response": "Trên máy này không có phiếu nào có mã bắt đầu bằng “{id}”. Xem danh sách: survey-tui responses list",
    "cli_many_responses": "Có {count} phiếu có mã bắt đầu bằng “{id}”. Hãy gõ thêm ký tự; xem danh sách: survey-tui "
    "responses list",
    "cli_many_surveys": "Bảng CSV chỉ chứa một khảo sát, mà kho phiếu có: {surveys}. Hãy thêm --survey ID, hoặc "
    "dùng --format jsonl.",
    "cli_home_no_directory": "{path} là một tệp, không phải thư mục, nên không chứa dữ liệu được. Hãy chọn thư mục khác bằng --home.",
    "cli_output": "Không ghi được {path}: {reason}. Hãy kiểm tra ổ đĩa, quyền ghi, hoặc chọn tệp khác bằng --output.",
    "cli_no_path": "Không có tệp hay thư mục {path}. Hãy kiểm tra lại đường dẫn.",
    "cli_survey_gone": "Phiếu {id} thuộc khảo sát “{survey}”, nay không còn được cài (hiện có: {known}). Hãy cài "
    "lại gói của khảo sát rồi làm lại; hoặc mở phiếu trong survey-tui để đọc và hoàn tất.",
    # forms
    "forms_invalid": "{file} có lỗi ({count} lỗi), lỗi đầu tiên ở {first}. Hãy chạy: survey-tui forms check, rồi sửa các lỗi đó.",
    "forms_file_type": "Chưa có plugin nào đọc được tệp {suffix} nên không dùng được {path}. Máy này đọc được: {known}. Hãy cài plugin đọc loại tệp này: survey-tui plugins install PATH",
    "forms_no_survey": "Không có khảo sát “{survey}”. Hiện có: {known}. Xem danh sách: survey-tui forms list.",
    "form_cycle": "Các phép tính hoặc điều kiện trong bảng hỏi phụ thuộc vòng tròn vào nhau: {path}. Hãy bỏ một mục ra.",
    # store
    "store_disk_full": "Hết chỗ trên ổ đĩa nên câu trả lời vừa rồi CHƯA được lưu; mọi câu đã lưu trước "
    "đó vẫn còn. Hãy xóa bớt tệp khác trên máy (không xóa {path}), rồi nhập lại câu này.",
    "store_disk_nearly_full": "Ổ đĩa gần hết chỗ nên chưa mở phiếu mới được, vì có thể không lưu hết. Các phiếu nháp vẫn "
    "làm tiếp và gửi được. Hãy xóa bớt tệp khác trên máy (không xóa {path}), rồi thử lại.",
    "store_older_version": "Kho phiếu {path} do phiên bản cũ của chương trình tạo ra. Hãy mở survey-tui một lần: chương "
    "trình tự chuyển kho sang định dạng mới và giữ lại tệp cũ.",
    "store_migration_failed": "Kho phiếu của phiên bản cũ, {path}, bị hỏng ở dòng {line} nên không chuyển sang định dạng mới "
    "được. Hãy khôi phục từ bản sao lưu (survey-tui store restore), hoặc gửi thư mục dữ liệu cho người hỗ trợ.",
    "store_backup_missing": "Không thấy nơi sao lưu {path}. Hãy cắm thẻ nhớ, hoặc chọn nơi khác bằng --to.",
    "store_backup_nothing": "Chưa có kho phiếu nào ở {path} để sao lưu.",
    "store_backup_full": "Không đủ chỗ cho bản sao lưu ở {path}. Hãy xóa bớt tệp khác ở đó, hoặc dùng thẻ nhớ khác.",
    "store_backup_failed": "Không sao lưu được vào {path}: {reason}. Kho phiếu không thay đổi; hãy thử thẻ nhớ khác.",
    "store_backup_unread": "Đọc lại {path} thì thấy khác với dữ liệu đã ghi. Đừng dùng thẻ nhớ này nữa; kho phiếu "
    "không thay đổi.",
    "store_no_backup_place": "Chưa chọn nơi sao lưu. Hãy chỉ rõ: survey-tui store backup --to DIR (thêm --remember thì từ "
    "nay tự sao lưu vào đó).",
    "store_not_a_backup": "{path} không phải là bản sao lưu của kho phiếu, hoặc phần đầu tệp bị hỏng. Hãy chọn tệp "
    "khác; kho phiếu không thay đổi.",
    "store_not_writable": "Không ghi được vào {path}: ổ đĩa chỉ cho đọc hoặc không có quyền ghi. Các "
    "phiếu đã lưu vẫn còn; hãy kiểm tra thẻ nhớ và quyền ghi, hoặc chọn thư mục khác bằng --home.",
    "store_io": "Ổ đĩa báo lỗi ở {path}: {reason}. Câu trả lời vừa rồi chưa được lưu. Hãy sao lưu thư "
    "mục này sang nơi khác, rồi chạy: survey-tui store check",
    "store_in_use": "Một chương trình khác đang ghi vào kho phiếu ({path}). Hãy đóng cửa sổ survey-tui "
    "kia rồi thử lại.",
    "store_read_only": "Kho phiếu đang mở ở chế độ chỉ đọc nên không lưu được ({path}). Hãy chạy "
    "survey-tui store check để biết lý do và cách xử lý.",
    "store_no_response": "Không có phiếu {response} trên máy này. Xem danh sách: survey-tui responses list",
    "store_not_a_draft": "Phiếu {response} đã hoàn tất nên không sửa hay xóa được. Hãy mở lại phiếu "
    "trước (chỉ được khi chưa gửi).",
    "store_not_final": "Phiếu {response} chưa hoàn tất. Hãy hoàn tất phiếu trước.",
    "store_already_sent": "Phiếu {response} đã gửi đi nên không mở lại được. Nếu cần sửa, hãy báo điều phối viên.",
    "store_id_taken": "Đã có phiếu mang mã {response}. Hãy bắt đầu lại cuộc phỏng vấn để nhận mã mới.",
    "store_damaged": "Dữ liệu ở vị trí {offset} trong {path} bị hỏng, nên phiếu này có thể thiếu câu trả lời và "
    "không được mở. Hãy chạy: survey-tui store check, rồi survey-tui store repair",
    "store_bad_text": "Nội dung vừa nhập có ký tự hỏng nên chưa được lưu. Hãy xóa rồi gõ lại.",
    "store_unknown_event": "Phiếu có dữ liệu do phiên bản mới hơn của chương trình ghi. Hãy cập nhật "
    "survey-tui rồi mở lại.",
    "store_newer_version": "Kho phiếu {path} do phiên bản mới hơn của chương trình tạo ra nên chỉ mở "
    "được để đọc. Hãy cập nhật survey-tui.",
    # ui
    "ui_settings_write": "Không lưu được cài đặt vào {path}: {reason}. Cài đặt vẫn có hiệu lực tới khi thoát; hãy kiểm tra "
    "dung lượng đĩa và quyền ghi thư mục.",
    # interview
    "interview_no_such_path": "Bảng hỏi này không có câu “{path}”. Hãy chọn câu trong mục lục.",
    "interview_no_question": "“{path}” không phải là câu để hỏi. Hãy chọn câu khác trong mục lục.",
    "interview_no_such_group": "“{path}” không phải là một nhóm câu hỏi. Hãy chọn nhóm trong mục lục.",
    "interview_no_such_repeat": "Bảng hỏi này không có bảng “{path}”. Hãy chọn bảng trong mục lục.",
    "interview_no_such_instance": "Bảng không có dòng “{path}”. Hãy mở lại bảng và chọn dòng.",
    "interview_nothing_here": "Trong phần “{path}” hiện không có câu nào cần hỏi.",
    "interview_not_relevant": "Câu “{path}” hiện không cần hỏi, do các câu trả lời trước. Nếu cần, hãy sửa câu trả lời "
    "trước đó (xem lý do trong mục lục).",
    "interview_read_only": "Câu “{path}” chỉ để xem, không sửa được.",
    "interview_finished": "Phiếu đã hoàn tất nên không sửa được. Hãy mở lại phiếu trước khi sửa.",
    "interview_incomplete": "Phiếu chưa hoàn tất được: còn {count} điều cần xem lại. Hãy mở phần rà soát và xem từng điều.",
    "interview_missing_not_allowed": "Câu “{path}” không có lựa chọn “không biết” hoặc “từ chối”. Hãy chọn một câu trả "
    "lời.",
    "interview_no_warning": "Câu “{path}” không có gì cần xác nhận.",
    "interview_cannot_add": "Không thêm được dòng vào “{path}”: số dòng do câu trả lời trước quyết định, hoặc phần này "
    "không cần hỏi.",
    "interview_no_such_language": "Bảng hỏi này không có ngôn ngữ “{language}”.",
    "interview_no_start": "Nhật ký của phiếu không có phần mở đầu nên không mở lại được. Hãy báo cho người hỗ trợ.",
    "interview_not_a_choice": "“{text}” không có trong các lựa chọn. Hãy chọn trong danh sách.",
    "interview_ambiguous_choice": "“{text}” ứng với nhiều lựa chọn. Hãy gõ số thứ tự hoặc gõ thêm chữ.",
    "interview_out_of_range": "Giá trị phải từ {low} đến {high}, mỗi bước {step}.",
    "interview_bad_integer": "“{text}” không phải là số nguyên. Hãy gõ chữ số, nhiều nhất 9 chữ số (ví dụ: 12).",
    "interview_bad_decimal": "“{text}” không phải là số. Hãy gõ số, phần lẻ sau dấu phẩy (ví dụ: 2,5).",
    "interview_bad_date": "“{text}” không phải là ngày. Hãy gõ ngày/tháng/năm (ví dụ: 21/11/2026) hoặc “hôm nay”.",
    "interview_bad_time": "“{text}” không phải là giờ. Hãy gõ giờ và phút (ví dụ: 8h30 hoặc 08:30).",
    "interview_bad_datetime": "“{text}” không phải là ngày giờ. Hãy gõ ngày rồi đến giờ (ví dụ: 21/11/2026 8h30).",
    "interview_bad_geopoint": "“{text}” không phải là tọa độ. Hãy gõ vĩ độ, kinh độ (ví dụ: 10.2434, 106.3756).",
    "interview_bad_geotrace": "“{text}” không phải là chuỗi tọa độ. Hãy gõ các điểm, cách nhau bằng dấu chấm phẩy.",
    "interview_bad_geoshape": "“{text}” không phải là chuỗi tọa độ. Hãy gõ các điểm, cách nhau bằng dấu chấm phẩy.",
    "interview_bad_acknowledge": "“{text}” chưa rõ. Khi đã đọc xong, hãy gõ “ok”.",
    # cli: output
    "cli_reader_gone": "Chương trình nhận dữ liệu đã đóng trước khi nhận hết. Hãy chạy lại nếu cần đủ dữ liệu.",
    # places
    "place_unknown_commune": "Không có xã, phường, đặc khu nào ứng với “{said}”. Gần nhất: {nearest}. Hãy chọn một trong "
    "số đó, hoặc gõ tên (không cần dấu) để tìm.",
    "place_no_commune": "Không có xã, phường, đặc khu nào ứng với “{said}”. Mã xã gồm 5 chữ số; hãy xem lại mã, hoặc gõ "
    "tên xã kèm tên tỉnh (không cần dấu) để tìm.",
    "place_unknown_province": "Không có tỉnh, thành phố nào mang mã “{said}” (mã từ 01/7/2025). Các mã hiện có: {known}.",
    "place_unknown_legacy_province": "Trước 01/7/2025 không có tỉnh, thành phố nào là “{said}”. Hãy dùng mã hoặc tên cũ, "
    "ví dụ: {known}.",
    "place_bad_area": "Địa bàn “{text}” viết chưa đúng. Địa bàn gồm mã xã 5 chữ số, dấu gạch nối và số thứ tự 2 chữ số từ "
    "01 đến 99, ví dụ 32047-02.",
    # expressions
    "expressions_syntax": "Ở vị trí {position} (đếm từ 0) có “{found}”, nhưng chỗ này phải là {expected}. Hãy sửa "
    "lại biểu thức.",
    "expressions_syntax_end": "Biểu thức hết giữa chừng: ở cuối còn thiếu một giá trị, dấu nháy hoặc dấu ngoặc. Hãy "
    "viết nốt phần còn thiếu.",
    "expressions_syntax_value": "Ở vị trí {position} (đếm từ 0) có “{found}”, nhưng chỗ này phải là một giá trị: số, chữ "
    "trong dấu nháy, ${{tên câu}} hoặc một hàm.",
    "expressions_syntax_operator": "Ở vị trí {position} (đếm từ 0) có “{found}”, nhưng sau một giá trị phải là phép toán (+ "
    "- * div mod = != < > and or) hoặc hết biểu thức.",
    "expressions_syntax_name": "Ở vị trí {position} (đếm từ 0) có “{found}”, nhưng sau dấu / phải là tên, dấu . hoặc dấu "
    ".. Hãy sửa lại đường dẫn.",
    "expressions_too_long": "Biểu thức hoặc chuỗi dài {length} ký tự, quá giới hạn {limit}. Hãy tách ra thành nhiều "
    "câu tính (calculate).",
    "expressions_too_deep": "Các dấu ngoặc lồng nhau quá sâu (hơn {limit} lớp) ở vị trí {position}. Hãy tách ra thành "
    "nhiều câu tính (calculate).",
    "expressions_unknown_name": "Không có câu hỏi, nhóm hay cột nào tên là “{name}” (vị trí {position}). Hãy kiểm tra lại "
    "tên.",
    "expressions_unknown_name_near": "Không có câu hỏi, nhóm hay cột nào tên là “{name}” (vị trí {position}). Có phải là "
    "“{suggestion}” không?",
    "expressions_ambiguous_name": "Có nhiều câu cùng tên “{name}”: {paths}. Hãy đổi tên để mỗi câu một tên.",
    "expressions_unknown_function": "Không có hàm nào tên là “{name}” (vị trí {position}). Xem các hàm trong "
    "docs/expressions.md; tên hàm phân biệt chữ hoa, chữ thường.",
    "expressions_unknown_function_near": "Không có hàm nào tên là “{name}” (vị trí {position}). Có phải là “{suggestion}” không?",
    "expressions_arguments": "Hàm {name} cần {wanted} tham số, nhưng ở vị trí {position} có {given}. Hãy thêm hoặc bớt "
    "tham số.",
    "expressions_bare_word": "Chữ “{name}” ở vị trí {position} không nằm trong dấu nháy và không phải là tên cột. Có "
    "lẽ nên viết {suggestion}",
    "expressions_quoted_name": "Trong dấu nháy, “{text}” chỉ là chữ, không được thay bằng câu trả lời. Hãy bỏ dấu nháy, "
    "hoặc ghép bằng concat().",
    "expressions_unsupported": "Không dùng được “{what}” ở vị trí {position}. Hãy viết cách khác; xem "
    "docs/expressions.md.",
    "expressions_no_parent": "Đường dẫn ở vị trí {position} có quá nhiều dấu .. nên đi ra ngoài bảng hỏi. Hãy bớt dấu "
    ".. đi.",
    "expressions_not_a_path": "Hàm {function} ở vị trí {position} cần một câu hỏi hay nhóm lặp, ví dụ ${{ten_cau}}, "
    "không nhận giá trị tính ra.",
    "expressions_not_around": "Trong indexed-repeat (vị trí {position}), nhóm lặp “{repeat}” không bao ngoài câu "
    "“{field}”. Hãy ghi đúng nhóm lặp chứa câu ấy.",
    "expressions_repeated": "“{name}” có {count} giá trị vì nằm trong nhóm lặp, mà chỗ này chỉ nhận một. Hãy dùng "
    "indexed-repeat(), sum(), count() hoặc join(). Biểu thức: {expression}",
    "expressions_text_wanted": "Hàm {function} chỉ nhận chữ (mã các mục chọn), không nhận số, ngày hay đúng/sai. Hãy đặt "
    "giá trị trong dấu nháy hoặc dùng string(). Biểu thức: {expression}",
    "expressions_type": "Không đổi được giá trị thành số trong biểu thức: {expression}",
    "expressions_date": "“{value}” không phải là ngày giờ hợp lệ; dạng đúng là 2026-11-21 hoặc 2026-11-21T09:30. "
    "Biểu thức: {expression}",
    "expressions_date_format": "Mẫu ngày “{pattern}” có “{field}” là ký hiệu không dùng được. Sau dấu % chỉ dùng: "
    "{fields}",
    "expressions_regex": "Mẫu so khớp “{pattern}” viết sai: {reason}. Hãy sửa lại mẫu.",
    "expressions_regex_slow": "Mẫu so khớp “{pattern}” chạy quá {seconds} giây với câu trả lời này nên đã dừng. Hãy "
    "viết mẫu đơn giản hơn.",
    "expressions_library": "“{expression}” cần thư viện {library} mà máy này chưa cài. Hãy cài: pip install 'survey-tui[crypto]'",
    "expressions_digest": "Hàm digest không có thuật toán “{algorithm}” hoặc cách mã hóa “{encoding}”. Dùng MD5, "
    "SHA-1, SHA-256, SHA-384, SHA-512 với hex hoặc base64.",
    "expressions_geography": "Hàm {function} cần tọa độ, nhưng nhận được “{value}”. Mỗi điểm viết: vĩ độ kinh độ, các "
    "điểm cách nhau bằng dấu ;",
    "expressions_no_list": "Không có danh sách hay bảng nào tên là “{name}”. Hãy kiểm tra tên trong instance() hoặc "
    "pulldata().",
    "expressions_weights": "weighted-checklist có {flags} điều kiện nhưng {weights} trọng số. Mỗi điều kiện cần một "
    "trọng số.",
    "expressions_answer": "“{answer}” không phải là giá trị kiểu {type}. Hãy nhập lại theo đúng kiểu.",
    "expressions_evaluation": "Không tính được biểu thức vì số hoặc ngày quá lớn, hay lồng nhau quá sâu ({reason}): "
    "{expression}",
    # --- at rest: seals, keys, the device's passphrase, withdrawal
    "crypto_missing": "Máy này chưa cài thư viện mã hóa “cryptography”, nên không làm được việc này. Hãy cài: pip install 'survey-tui[crypto]'",
    "seal_needs_library": "Khảo sát {form} phải niêm phong phiếu, mà máy này chưa cài thư viện mã hóa. Hãy cài trước khi phỏng vấn: pip install 'survey-tui[crypto]'",
    "seal_not_opened": "Không mở được phiếu niêm phong: nội dung đã bị thay đổi, hoặc không dùng đúng khóa. Hãy lấy "
    "lại bản gốc từ máy đã phỏng vấn.",
    "seal_not_an_envelope": "Đây không phải là phiếu niêm phong. Hãy kiểm tra lại tệp.",
    "seal_other_key": "Phiếu {response} được niêm phong cho khóa {key_id}, mà tệp khóa riêng không có khóa này. Hãy dùng tệp có khóa đó.",
    "key_bad_public": "“{text}” không phải là khóa công khai. Khóa đúng có dạng hpke-x25519:… như lệnh survey-tui keys new in ra.",
    "key_file_exists": "Đã có tệp {path}; không ghi đè lên tệp khóa. Hãy chọn tên khác, hoặc đổi khóa bằng: survey-tui keys rotate",
    "key_unreadable": "Không đọc được tệp khóa {path} ({reason}). Hãy kiểm tra đường dẫn và quyền đọc.",
    "key_bad_private": "Tệp {path} không phải là tệp khóa riêng của survey-tui. Hãy chọn tệp do lệnh survey-tui keys new tạo ra.",
    "lock_foreign_record": "Có dòng trong kho phiếu không phải do kho này ghi ở chỗ này. Hãy chạy: survey-tui store check",
    "lock_passphrase_needed": "Kho phiếu được khóa bằng mật khẩu. Hãy nhập mật khẩu; trong kịch bản lệnh thì dùng --passphrase-file TỆP.",
    "lock_damaged": "Phần mô tả khóa ở đầu kho phiếu không dùng được. Hãy dùng bản sao lưu và báo điều phối viên.",
    "lock_too_short": "Mật khẩu ngắn quá: cần ít nhất {shortest} ký tự. Vài từ ghép lại thì vừa dài vừa dễ nhớ.",
    "cli_passphrase_file": "Không đọc được mật khẩu trong tệp {path}. Hãy kiểm tra đường dẫn, quyền đọc và mã UTF-8.",
    "lock_mismatch": "Hai lần nhập mật khẩu không giống nhau. Hãy nhập lại.",
    "lock_no_recovery": "Khóa này không mở được kho phiếu (khóa khôi phục đã đặt: {key_id}). Hãy dùng tệp khóa riêng của điều phối viên.",
    "lock_wait": "Nhập sai nhiều lần. Hãy đợi {seconds} giây rồi nhập lại; dữ liệu không bị xóa.",
    "lock_other_store": "Kho phiếu này không phải là kho đã khóa trên máy này (tệp bị thay bằng của máy khác?). Hãy báo điều phối viên; nếu chính điều phối viên chép sang thì xóa tệp {path} rồi mở lại.",
    "lock_none": "Kho phiếu trên máy này không đặt mật khẩu, nên không có gì để mở.",
    "lock_wrong_passphrase": "Mật khẩu không đúng (lần {count}). Hãy thử lại; dữ liệu không bị xóa.",
    "store_sealed": "Phiếu {response} đã niêm phong: trên máy này không mở ra được nữa. Nếu cần sửa hay xem, hãy "
    "báo điều phối viên.",
    "withdraw_unknown": "Không có phiếu nào trên máy này có mã biên nhận “{code}”. Hãy xem lại mã, hoặc báo điều phối viên nếu phiếu đã chuyển đi.",
    "withdraw_not_sure": "Chưa xóa gì cả, vì chữ xác nhận nhập vào không phải là {word}.",
    # sync: errors while sending
    "sync_not_enrolled": "Máy này chưa đăng ký với máy chủ. Hãy xin điều phối viên một mã, rồi chạy: survey-sync enrol "
    "ĐỊA_CHỈ MÃ",
    "sync_bad_code": "Máy chủ {host} không nhận mã đăng ký này (gõ sai, đã dùng hoặc quá hạn). Hãy kiểm tra lại từng ký "
    "tự, hoặc xin điều phối viên mã mới.",
    "sync_token": "Máy chủ {host} không nhận ra máy này. Các phiếu vẫn còn trên máy; hãy xin mã mới và chạy lại: survey-sync "
    "enrol ĐỊA_CHỈ MÃ",
    "sync_revoked": "Điều phối viên đã khóa máy này ở {host}. Các phiếu vẫn còn trên máy; hãy gọi điều phối viên.",
    "sync_bad_url": "“{url}” không phải là địa chỉ máy chủ. Dạng đúng: https://ten-may-chu.vn (không kèm tên đăng nhập).",
    "sync_not_https": "Địa chỉ {url} không dùng HTTPS nên dữ liệu của hộ dân có thể bị đọc trộm trên đường truyền. Hãy dùng "
    "địa chỉ bắt đầu bằng https://",
    "sync_no_line": "Không kết nối được với {host} ({reason}). Các phiếu vẫn an toàn trên máy; hãy thử lại khi có mạng.",
    "sync_slow": "Máy chủ {host} trả lời quá lâu. Phần chưa có biên nhận vẫn còn trên máy; hãy thử lại ở nơi sóng tốt hơn.",
    "sync_garbled": "Câu trả lời của {host} bị hỏng trên đường truyền nên không được tính. Chương trình sẽ gửi lại.",
    "sync_stranger": "Nơi trả lời không phải là máy chủ {host} (trạng thái {status}): thường là trang đăng nhập của Wi-Fi. "
    "Chưa phiếu nào được coi là đã gửi. Hãy mở trình duyệt, đăng nhập Wi-Fi rồi thử lại.",
    "sync_other_protocol": "Máy chủ {host} chỉ hiểu giao thức {versions}. Hãy cập nhật chương trình, hoặc báo điều phối viên.",
    "sync_long_reply": "{host} trả về quá {limit} byte nên chương trình dừng đọc. Hãy báo điều phối viên.",
    "sync_certificate": "Không tin được chứng chỉ của {host}: {reason}. Chưa gửi gì. Hãy xem ngày giờ của máy có đúng không; "
    "nếu đúng, đừng dùng mạng này và báo điều phối viên.",
    "sync_busy_server": "Máy chủ {host} đang bận (trạng thái {status}). Các phiếu vẫn còn trên máy; chương trình sẽ thử lại sau.",
    "sync_server_failed": "Máy chủ {host} gặp lỗi (trạng thái {status}). Các phiếu vẫn còn trên máy; hãy thử lại sau, và báo "
    "điều phối viên nếu lỗi kéo dài.",
    "sync_rejected": "Máy chủ không nhận yêu cầu ({problem}, trạng thái {status}). Các phiếu vẫn còn trên máy; hãy báo điều "
    "phối viên mã lỗi này. {detail}",
    "sync_no_receipt": "Máy chủ không gửi biên nhận cho {count} phiếu, nên các phiếu đó vẫn được coi là chưa gửi.",
    "sync_limit": "Đã tới giới hạn {limit} byte cho lần gửi này. Phần còn lại chờ lần gửi tới (survey-sync push).",
    "sync_stopped": "Đã dừng theo yêu cầu. Phiếu có biên nhận thì đã tới nơi, các phiếu khác vẫn chờ gửi trên máy.",
    "sync_busy": "Một chương trình khác đang gửi từ kho phiếu này. Hãy đợi chương trình đó xong, rồi thử lại.",
    "sync_server_damaged": "Tệp {path} bị hỏng hoặc không đọc được. Hãy đổi tên tệp rồi đăng ký lại: survey-sync enrol ĐỊA_CHỈ MÃ",
    "sync_file_damaged": "Tệp {path} bị hỏng hoặc không đọc được. Hãy đổi tên tệp, đưa tệp đó cho người hỗ trợ xem, "
    "rồi chạy lại câu lệnh.",
    "sync_destination": "Nơi nhận “{name}” (plugin) gặp lỗi: {reason}. Các phiếu vẫn còn trên máy; hãy báo cho "
    "người viết plugin.",
    "sync_no_destination": "Không có nơi nhận nào tên là “{name}”. Hiện có: {known}.",
    # sync: bundles and keys
    "sync_key_missing": "Máy này chưa có khóa ký và thư viện tạo khóa chưa được cài. Hãy cài: pip install 'survey-tui[crypto]'",
    "sync_key_damaged": "Tệp khóa {path} không dùng được. Hãy lấy lại bản sao lưu của tệp; nếu không có, đổi tên tệp để tạo khóa "
    "mới và báo điều phối viên.",
    "sync_bad_key": "“{typed}” không phải là khóa công khai (64 ký tự 0–9, a–f). Hãy chép lại cả dòng mà survey-sync key in ra.",
    "sync_bundle_unreadable": "Không đọc được {path}: {reason}. Hãy cắm lại USB rồi thử lại.",
    "sync_bundle_unwritable": "Không ghi được vào {path}: {reason}. Các phiếu vẫn còn trên máy; hãy dùng USB khác.",
    "sync_bundle_not": "{path} không phải là gói dữ liệu của survey-sync. Hãy chọn đúng tệp .svb hoặc .svr.",
    "sync_bundle_newer": "{path} do phiên bản mới hơn tạo ra (định dạng {version}). Hãy cập nhật chương trình.",
    "sync_bundle_damaged": "{path} bị hỏng hoặc bị cắt ngắn, nên không phiếu nào trong đó được nhận. Hãy tạo lại "
    "gói dữ liệu trên máy của điều tra viên.",
    "sync_bundle_signature": "Chữ ký của {path} sai: tệp đã bị sửa. Không nhận gì. Hãy tạo lại gói dữ liệu và hỏi ai đã giữ USB.",
    "sync_bundle_other_key": "{path} mang tên máy {device} nhưng ký bằng khóa khác ({fingerprint}) với lần trước. Nếu máy đã "
    "được cài lại, hãy hỏi điều tra viên đọc khóa (survey-sync key) rồi chạy lại với --accept {fingerprint}",
    "sync_bundle_too_large": "{path} chứa một phiếu dài quá {limit} byte. Không nhận gì; hãy báo cho người hỗ trợ.",
    "sync_receipts_untrusted": "{path} được ký bằng khóa {public} mà máy này chưa tin. Nếu đó là khóa của điều phối viên, hãy "
    "chạy: survey-sync trust TÊN {public}",
    "sync_no_server": "Chưa cài phần máy chủ. Hãy cài: pip install 'survey-tui[server]'",
    # survey-sync: server
    "server_bad_database": "Không hiểu cơ sở dữ liệu “{database}”. Hãy ghi đường dẫn một tệp SQLite, hoặc "
    "postgresql://người-dùng@máy/tên.",
    "server_no_database": "Không mở được cơ sở dữ liệu {database}: {reason}. Hãy kiểm tra đường dẫn, quyền ghi và xem máy "
    "chủ cơ sở dữ liệu có đang chạy không.",
    "server_newer_database": "Cơ sở dữ liệu thuộc phiên bản mới hơn (bước {found}; chương trình này biết đến bước {known}). "
    "Không thay đổi gì; hãy cập nhật survey-sync.",
    "server_needs_tls": "Phục vụ trên {host} cần HTTPS. Hãy thêm --certificate và --key; hoặc --behind-https nếu phía trước "
    "có máy chủ proxy dùng HTTPS; hoặc chỉ phục vụ trên 127.0.0.1.",
    "server_bad_certificate": "Không dùng được chứng chỉ {path}: {reason}. Hãy kiểm tra tệp chứng chỉ và khóa (PEM).",
    "server_cannot_listen": "Không mở được cổng {port} trên {host}: {reason}. Hãy chọn cổng khác bằng --port, hoặc tắt "
    "chương trình đang dùng cổng này.",
    "server_no_such_device": "Không có máy nào là “{said}”. Hãy xem danh sách: survey-sync devices",
    "server_many_devices": "Có nhiều máy ứng với “{said}”: {devices}. Hãy ghi mã đầy đủ.",
    "server_account_exists": "Đã có tài khoản “{name}”. Hãy chọn tên khác, hoặc đặt lại mật khẩu cho tài khoản này.",
    "server_account_role": "Vai trò “{role}” không đăng nhập trang web. Hãy chọn coordinator hoặc analyst.",
    "server_no_account": "Không có tài khoản “{name}”. Hãy xem danh sách tài khoản.",
    "server_backup_postgres": "PostgreSQL có công cụ sao lưu riêng. Hãy chạy: {command}",
    "server_backup_exists": "Đã có tệp {path}, không ghi đè. Hãy chọn tên khác.",
    "server_backup_failed": "Không ghi được bản sao lưu {path}: {reason}. Cơ sở dữ liệu không bị ảnh hưởng; hãy "
    "kiểm tra thư mục có chưa, chỗ trống và quyền ghi.",
    # kit
    "kit_no_plugin": "{path} không có plugin: không thấy plugin.toml, cũng không thấy pyproject.toml. Hãy chỉ đúng thư mục plugin, hoặc tạo mới: survey-tui plugins new",
    "kit_no_entry_point": "{path} không khai báo đúng một entry point trong [project.entry-points.survey_tui] ({reason}). Hãy sửa theo docs/plugins.md.",
    "kit_bad_name": "Tên “{name}” không dùng được: chỉ chữ thường không dấu, chữ số và dấu _, bắt đầu bằng chữ, từ 2 đến 40 ký tự, ví dụ hau_giang.",
    "kit_exists": "{path} đã có. Hãy chọn tên khác, hoặc nơi khác với --into.",
    "kit_not_there": "Plugin {plugin} không hỏi gì trong khảo sát {survey} ở xã {commune}. Hãy chọn xã khác bằng "
    "--commune, hoặc xem lại [area] và [[addition]] trong plugin.toml.",
    # sync: packages from the coordinator
    "plugin_no_room": "Hết chỗ trên ổ đĩa nên chưa cài được plugin {plugin} ({path}). Hãy xóa bớt ảnh, phim trên máy rồi cài lại; đừng xóa thư mục dữ liệu.",
    "plugin_read_only": "Không có quyền ghi vào {path} nên chưa cài được plugin {plugin}. Hãy kiểm tra ổ đĩa hay thẻ nhớ có bị khóa ghi không, rồi cài lại.",
    "plugin_unsound": "Gói {plugin} có {count} lỗi trong câu hỏi nên không cài ({reason}). Hãy báo người gửi gói chạy survey-tui plugins check rồi gửi bản đã sửa.",
    "plugin_package_name": "Gói gửi dưới tên {plugin} nhưng bên trong là {said} nên không cài. Hãy báo điều phối viên gửi lại cho đúng.",
    "plugin_needs": "Plugin {plugin} cần gói Python chưa có trên máy này: {names}. Hãy cài các gói đó bằng pip, "
    "hoặc báo cho người viết plugin.",
    "sync_install_read_only": "Kho phiếu đang được chương trình khác mở, hoặc không ghi được, nên chưa cài. Hãy "
    "đóng chương trình kia (hoặc kiểm tra ổ đĩa) rồi thử lại; các gói vẫn chờ cài.",
    "sync_fetch_no_room": "Hết chỗ trên ổ đĩa nên chưa nhận được tin và gói cập nhật của điều phối viên. Hãy xóa "
    "bớt ảnh, phim rồi thử lại; phiếu không mất gì.",
    "sync_fetch_disk": "Không ghi được {path} ({reason}) nên chưa nhận được tin và gói cập nhật của điều phối viên. "
    "Hãy kiểm tra quyền ghi và thẻ nhớ rồi thử lại.",
    "sync_package_too_large": "Gói dài {size} byte, quá mức {limit} byte nên không tải về. Hãy báo điều phối viên.",
    "sync_download_unreadable": "Không đọc được gói đã tải ở {path}: {reason}. Hãy thử lại; nếu vẫn lỗi, kiểm tra ổ đĩa hay thẻ nhớ.",
    "sync_download_damaged": "Gói {name} đã tải bị hỏng trên ổ đĩa. Lần gửi tới máy sẽ tải lại.",
    # survey-sync: lệnh của điều phối viên
    "sync_not_coordinator": "Máy này không được đăng ký làm điều phối viên (vai trò: {role}) nên không làm được "
    "việc này. Hãy xin người quản trị máy chủ một mã (survey-sync enrol-code --role coordinator), rồi chạy: "
    "survey-sync enrol URL CODE",
    "sync_no_update": "Không có tin hay gói nào mang số {seq}. Xem các số: survey-sync offered",
    "sync_refused": "Máy chủ từ chối ({problem}: {detail}). Chưa có gì thay đổi. Hãy xem lại những gì đã gõ; nếu "
    "đúng thì báo người quản trị máy chủ.",
    "sync_offer_too_large": "{path} dài {size} byte, máy chủ chỉ nhận {limit} byte. Chưa gửi gì. Hãy làm gói nhỏ lại (ảnh, bảng số liệu) "
    "hoặc xin nâng mức.",
    "sync_offer_version": "{name} {version} đã phát hành rồi (số {seq}) nhưng nội dung khác. Hãy tăng version trong "
    "gói, hoặc rút lại bản kia trước: survey-sync retract {seq}",
    "sync_offer_kind": "{name} đã phát hành với loại {content} (số {seq}). Hãy thêm --as {content}, hoặc rút lại "
    "bản kia trước: survey-sync retract {seq}",
    "sync_offer_no_survey": "{path} không phải là gói và không nằm trong thư mục surveys/. Hãy nêu plugin đã đóng "
    "gói (survey-tui plugins pack), thư mục plugin, hoặc tệp surveys/TÊN.toml có modules/ và lists/ cùng cấp với "
    "surveys/.",
    "sync_offer_survey_id": "{path}: mã khảo sát “{id}” không dùng làm tên gói được. Hãy dùng 2–40 chữ thường không "
    "dấu, chữ số và _, bắt đầu bằng chữ.",
    "sync_offer_unreadable": "Không đọc được {path} như một khảo sát: {reason}. Hãy kiểm tra: survey-tui forms check {path}",
    "sync_key_file": "{path} không phải là khóa riêng. Tạo khóa: survey-tui plugins keys new TỆP; hoặc bỏ --key để ký bằng khóa của "
    "máy này.",
    "sync_message_empty": "Tin trống nên chưa gửi gì. Hãy viết: survey-sync message 'NỘI DUNG'",
    "sync_message_long": "Tin dài {length} ký tự, tối đa {limit}. Chưa gửi gì. Hãy rút ngắn hoặc chia làm hai tin.",
    "sync_message_not_text": "Nội dung đọc được không phải văn bản UTF-8; chưa gửi gì. Hãy lưu lại dạng UTF-8 rồi gửi lại.",
}
