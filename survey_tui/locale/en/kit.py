"""The plugin author's kit: creating, checking, previewing and packing a plugin."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "error": "error",
    "warning": "warning",
    # beginning
    "begun": "The plugin was created in {path} for {place} (today's province). If it applies only to the area "
    "before 2025-07-01, delete the folder and create it again with --legacy. Next: survey-tui plugins preview "
    "{path}",
    "begun_legacy": "The plugin was created in {path} for the area of {place} before 2025-07-01. Next: survey-tui "
    "plugins preview {path}",
    # checking
    "about": "{name} {version}: applies to {communes} communes; surveys: {surveys}",
    "progress": "Trying random respondents: {held}/{interviews}",
    "visits": "{count} interviews in tests/ were run.",
    "asked": "How many of {interviews} interviews asked this question:",
    "ready": "No errors, {warnings} warnings. It can be packed: survey-tui plugins pack",
    "not_ready": "{errors} errors, {warnings} warnings. Correct the errors and check again.",
    # remarks on reading
    "offer_untranslated": "the text in {language} is missing. Add it in the code.",
    "untranslated": "the text in {language} is missing. Add it in plugin.toml.",
    "no_readme": "The folder has no README.md. Write a few lines: whose plugin it is, what it asks, whom to contact.",
    "no_module": "there is no file modules/{item}.toml. Create it, or correct the name in [[addition]].",
    "unknown_survey": "there is no survey “{survey}”. Available: {known}.",
    "unknown_anchor": "no survey has the item “{after}”. Did you mean “{nearest}”? List the items with survey-tui forms show.",
    "no_anchor_in": "the survey {survey} has no item “{after}” and cannot include the addition. Remove it from "
    "surveys, or choose another anchor.",
    "nowhere": "No survey includes this plugin's questions. Check after, surveys and [area] in plugin.toml.",
    "prefix": "The question names do not share a prefix ({names}). Start each with the province's initials and _, "
    "so that none clashes with another province.",
    "bad_check": "the expression of this [[check]] cannot be used: {reason}. Correct expression or relevant.",
    "check_question": "question names “{question}”, which no survey has. Did you mean “{nearest}”?",
    "figure_question": "this figure names the question “{question}”, which no survey has. Did you mean “{nearest}”?",
    "figure_caveat": "a figure that is only partly comparable needs a caveat in both languages that says how it differs.",
    # remarks after trying
    "never_asked": "in {interviews} interviews this was never asked. Check relevant, of the question and of its "
    "group; if it is for very rare cases, ignore this warning.",
    "stuck": "is required, but no answer was accepted ({count}/{interviews} interviews): a surveyor would be stuck here. Check constraint and choice_filter, or add allow.",
    "no_consent": "is asked of people who did not agree to take part ({count}/{interviews} interviews). Put on the group: relevant = \"${{consent_main}} = '1' and ${{n_elig}} > 0\"",
    "no_sensitive_consent": "is sensitive but asked of people who did not agree to such questions ({count}/{interviews} interviews). Add to relevant: ${{consent_sens}} = '1'",
    "no_adult": "is asked in households without a person old enough for an interview ({count}/{interviews} "
    "interviews). Add to the group's relevant: ${{n_elig}} > 0",
    "blocks": "prevents {count}/{interviews} interviews from being finalised although everything was asked. Check "
    "required and constraint.",
    "blocks_unfinished": "prevents interrupted interviews from being finalised ({count} interviews). Write: "
    "required = \"${{result}} = '' or ${{result}} = 'done'\"",
    "failing": "an expression of this question fails: {reason}",
    "endless": "{count} interviews never ended. Check the repeats (repeat_count).",
    "always_said": "Every review reports: “{message}” ({count} interviews). The expression of that [[check]] may be "
    "inverted: it must be true when all is well.",
    "bad_visits": "cannot be read: {reason}. See the example in docs/plugins.md.",
    "visit_failed": "did not go as expected:\n{reason}",
    # previewing
    "waiting": "Save a change in {path} to see it … (Ctrl+C to stop)",
    "skipped": "{name}: not asked of the simplest respondent; only if {relevant}",
}
