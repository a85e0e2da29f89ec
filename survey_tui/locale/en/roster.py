MESSAGES: dict[str, str] = {
    "correct": "correct",
    "correct_tip": "Go to the question of this cell to correct it",
    "add": "add row",
    "add_tip": "Add a row to the table",
    "remove": "delete row",
    "remove_tip": "Delete the selected row (press twice)",
    "row": "Row {row}",
    "empty": "The table has no rows yet.",
    "not_asked": "This cell is not asked.",
    "sure": "Delete row {row} with all its answers? Press Del again to delete.",
}
