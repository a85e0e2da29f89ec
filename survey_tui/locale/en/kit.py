"""The author's kit: beginning, checking, previewing and packing a plugin."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "error": "error",
    "warning": "warning",
    # beginning
    "begun": "The plugin is in {path}, for {place} (the province of today). If it is only for the area before 2025-07-01, delete the folder and begin again with --legacy. Next: survey-tui plugins preview {path}",
    "begun_legacy": "The plugin is in {path}, for the area of {place} before 2025-07-01. Next: survey-tui plugins preview {path}",
    # checking
    "about": "{name} {version}: applies in {communes} communes; surveys: {surveys}",
    "progress": "Trying random respondents: {held}/{interviews}",
    "visits": "{count} interviews of tests/ were held.",
    "asked": "How many of {interviews} interviews asked this question:",
    "ready": "No errors, {warnings} warnings. It can be packed: survey-tui plugins pack",
    "not_ready": "{errors} errors, {warnings} warnings. Mend the errors and check again.",
    # remarks on reading
    "untranslated": "the text in {language} is missing. Add it in plugin.toml.",
    "no_readme": "The folder has no README.md. Write a few lines: whose plugin it is, what it asks, whom to contact.",
    "no_module": "there is no file modules/{item}.toml. Make it, or correct the name in [[addition]].",
    "unknown_survey": "there is no survey “{survey}”. The surveys are: {known}.",
    "unknown_anchor": "no survey has an item “{after}” to stand behind. Did you mean “{nearest}”? See the items with survey-tui forms show.",
    "no_anchor_in": "the survey {survey} has no item “{after}” and does not take the questions in. Remove it from surveys, or choose another place.",
    "nowhere": "No survey takes this plugin's questions in. Check after, surveys and [area] in plugin.toml.",
    "prefix": "The questions' names do not begin alike ({names}). Begin each with the province's letters and _, so that none is also another province's.",
    "bad_check": "the expression of this [[check]] cannot be used: {reason}. Mend expression or relevant.",
    "check_question": "question names “{question}”, which no survey has. Did you mean “{nearest}”?",
    "figure_question": "this figure names the question “{question}”, which no survey has. Did you mean “{nearest}”?",
    "figure_caveat": "a figure that is only partly comparable needs a caveat in both languages that says how it differs.",
    # remarks after trying
    "never_asked": "in {interviews} interviews this was never asked. Check relevant, of the question and of its group; if it is for very rare cases, never mind.",
    "stuck": "is required, but no answer was accepted ({count}/{interviews} interviews): a surveyor would be stuck here. Check constraint and choice_filter, or add allow.",
    "no_consent": "is asked of people who did not agree to take part ({count}/{interviews} interviews). Put on the group: relevant = \"${{consent_main}} = '1' and ${{n_elig}} > 0\"",
    "no_sensitive_consent": "is sensitive but asked of people who did not agree to such questions ({count}/{interviews} interviews). Add to relevant: ${{consent_sens}} = '1'",
    "no_adult": "is asked in households without anybody old enough for an interview ({count}/{interviews} interviews). Add to the group's relevant: ${{n_elig}} > 0",
    "blocks": "keeps {count}/{interviews} interviews from being finished although everything was asked. Check required and constraint.",
    "blocks_unfinished": "keeps interviews that were broken off from being stored ({count} interviews). Write: required = \"${{result}} = '' or ${{result}} = 'done'\"",
    "failing": "an expression of this question fails: {reason}",
    "endless": "{count} interviews never came to an end. Check the repeats (repeat_count).",
    "always_said": "Every review says: “{message}” ({count} interviews). The expression of that [[check]] may be the wrong way round: it must be true when all is well.",
    "bad_visits": "cannot be read: {reason}. See the example in docs/plugins.md.",
    "visit_failed": "went otherwise than expected:\n{reason}",
    # previewing
    "waiting": "Waiting for you to save a change in {path} … (Ctrl+C to stop)",
    "skipped": "{name}: not asked of the plainest respondent; only if {relevant}",
}
