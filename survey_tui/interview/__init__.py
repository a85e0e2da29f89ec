"""Interviews: pure, without screens, files or a clock.

* ``session`` – every change of an interview is a method here, checked before its event is emitted
* ``events`` – the event log, as it is written to the journal
* ``replay`` – the only interpreter of events; the answers of a log without its form
* ``live_state`` – the state of an interview with its form
* ``interview_state`` – answers in frames, and the environment of expressions
* ``evaluation``, ``repeats`` – values, relevance and instances, brought up to date after each change
* ``answer_input``, ``answer_types``, ``choices``, ``checks`` – from what is typed to an accepted answer
* ``navigation`` – the next and the previous screen
* ``views``, ``view_builder``, ``outline``, ``roster``, ``progress``, ``review`` – values for screens
* ``form_skeleton``, ``form_change`` – drafts whose form has another version now, or is gone
* ``outcome``, ``final_response`` – the end of a visit; canonical bytes
"""
