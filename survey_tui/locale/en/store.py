"""The store: what is the matter, and what to do (each code has a ``…_remedy``)."""

MESSAGES: dict[str, str] = {
    "in_use": "Another program is using the store, so this time it is open read-only.",
    "in_use_remedy": "Close the other survey-tui or survey-sync window, then open again.",
    "not_writable": "The data folder cannot be written, so the store is open read-only.",
    "not_writable_remedy": "Check permissions and the memory card, or choose another folder with --home.",
    "disk_full": "The disk is full, so the store is open read-only.",
    "disk_full_remedy": "Remove other files from the device (not the program's data folder), then open "
    "again.",
    "io": "The disk reports an error ({reason}), so the store is open read-only.",
    "io_remedy": "Copy the data folder to another place now, then run: survey-tui store check",
    "soft_lock": "This storage has no file locks; a lock file is used instead.",
    "soft_lock_remedy": "Everything is saved as usual. If the store still says it is in use after a crash on another device, "
    "delete the files whose names end in .soft.",
    "torn": "The very last write was cut short (power loss or sudden end). The unfinished part is kept "
    "in {copy}; every answer that was shown as saved is there.",
    "torn_remedy": "Just look again at the question that was being asked. Nothing else is needed.",
    "torn_tail": "Line {line} of {file} was only half written ({length} bytes from offset {offset}): "
    "the device went off while writing.",
    "torn_tail_remedy": "It is set aside in a .torn file at the next start; no answer that was shown as "
    "saved is lost.",
    "spare_header": "The first line of {file} (which says how the lock is opened) is damaged or lost. The second copy, in "
    "responses.header, was used; responses can be read, but the store is read-only.",
    "spare_header_remedy": "Copy the data folder to another place, then run: survey-tui store repair. The first line is "
    "written anew, the passphrase stays.",
    "erasure_pending": "Old traces of {count} sealed or erased responses are still in the store; they go when the program is closed.",
    "erasure_pending_remedy": "Nothing to do. If the program was closed already, open it once.",
    "backup_owes": "The backup in {path} still holds {count} responses that were erased or sealed on this device.",
    "backup_owes_remedy": "Put that card in (or connect that disk) and open survey-tui: they are erased from the backup by themselves.",
    "reserve_used": "The disk is full. Answers are being saved in the room kept back for this.",
    "reserve_used_remedy": "Finish this response and send what is finished, then remove other files from the "
    "device. No new interview can be started before that.",
    "migrated": "The store was brought up to date from version {version}. The old file is kept as {copy}.",
    "migrated_remedy": "Nothing needs to be done. Delete the old file only when the coordinator agrees.",
    "older_version": "The store was made by an older version (format {version}) and is not read as it is.",
    "older_version_remedy": "Open survey-tui once: it brings the store up to date and keeps the old file.",
    "migration_failed": "The store of an older version is damaged at line {line}, so it was not brought up to date.",
    "migration_failed_remedy": "The old file is as it was. Restore a backup, or send the data folder to support.",
    "backup_missing": "The place for backups, {path}, is not there: is the memory card in?",
    "backup_missing_remedy": "Answers are saved on this device all the same. Put the card in; the backup catches up by itself.",
    "backup_full": "There is no room for the backup in {path}.",
    "backup_full_remedy": "Answers are saved on this device all the same. Remove other files from the card, or use another one.",
    "backup_failed": "The backup to {path} failed ({reason}).",
    "backup_failed_remedy": "Answers are saved on this device all the same. Try another memory card, and run: survey-tui store backup",
    "backup_unread": "What was read back from the backup in {path} is not what was written.",
    "backup_unread_remedy": "Do not use this memory card any more. Answers are saved on this device all the same.",
    "backup_damaged": "The store is damaged, so the backup in {path} stays as it was.",
    "backup_damaged_remedy": "Run survey-tui store check to see what is damaged. Do not delete the backup.",
    "backup_nothing": "There is no store to back up yet.",
    "backup_nothing_remedy": "Nothing needs to be done.",
    "newer_version": "The store was made by a newer version (format {version}), so it is open read-only.",
    "newer_version_remedy": "Update survey-tui. Do not change anything in the file {file}.",
    "damaged": "Line {line} of {file} is damaged ({length} bytes from offset {offset}). Responses that "
    "may be affected: {response}. The store is open read-only.",
    "damaged_remedy": "Copy the data folder to another place, then run: survey-tui store repair. After "
    "that look through those responses.",
    "missing": "{count} lines are missing before line {line} of {file}.",
    "missing_remedy": "If there is a backup, use it. If not, run: survey-tui store repair, then look "
    "through the drafts.",
    "out_of_order": "Line {line} of {file} is out of order (copied twice, or from another file) and "
    "does not count.",
    "out_of_order_remedy": "Run: survey-tui store repair. The line is kept in a .damaged file.",
    "orphan": "Line {line} of {file} belongs to response {response}, whose beginning is lost.",
    "orphan_remedy": "If there is a backup, use it. If not, run: survey-tui store repair; the line is "
    "kept in a .damaged file.",
    "events_missing": "Response {response} lacks {count} recorded steps, so it is not opened.",
    "events_missing_remedy": "Run: survey-tui store repair, then open the response and look through "
    "every answer.",
    "hash_mismatch": "The frozen content of response {response} does not match its SHA-256.",
    "hash_mismatch_remedy": "Do not send this response. Tell the coordinator, and keep the data folder "
    "as it is.",
    "set_aside": "The file {file} keeps data that was set aside earlier.",
    "set_aside_remedy": "It can be given to support. Delete it only when the coordinator agrees.",
    "readable_by_others": "Other users of this device may be able to read the file {file}.",
    "readable_by_others_remedy": "Run chmod 600 on this file and chmod 700 on its folder.",
    "erasure_owed": "A response was erased (or sealed), but the disk did not let the store be written anew, so old traces are still on it.",
    "erasure_owed_remedy": "Free some room on the disk and open the program again: the erasing goes on by itself.",
    "not_encrypted": "Data on this device is not encrypted.",
    "not_encrypted_remedy": "To lock it with a passphrase, run: survey-tui lock set (needs the library: pip install 'survey-tui[crypto]').",
}
