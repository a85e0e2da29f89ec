"""One interview: pure, without screen, file or clock of its own.

* ``session`` – the way in: every change of an interview is a method there, checked before it is emitted
* ``events`` – what happened, as it is written to the journal
* ``replay`` – the only interpreter of events; answers of a log without its form
* ``live_state`` – the state of an interview with its form; the event log
* ``interview_state`` – answers in frames; what expressions may know besides
* ``evaluation``, ``repeats`` – values, relevance and instances kept true after a change
* ``answer_types``, ``answer_input``, ``choices``, ``checks`` – canonical text of an answer; choices offered;
  findings about an answer
* ``navigation`` – the next and the previous screen
* ``views``, ``view_builder``, ``outline``, ``progress``, ``review`` – immutable values for screens
* ``form_skeleton``, ``form_change`` – a draft whose form is another version now, or gone
* ``outcome``, ``final_response`` – the end of a visit; canonical bytes
"""
