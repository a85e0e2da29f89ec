"""A conversation in progress: pure, without screen, file or clock of its own.

* ``session`` – the way in: everything that can happen in an interview is a method there
* ``events`` – what happened, as it is written to the journal; a replay of the events gives the same session
* ``views`` – what screens show: immutable values, text rendered in the running language
* ``input`` – what people type → the canonical text of an answer

Inside, from the ground up:

* ``environment``, ``state`` – what expressions may know; frames with the answers
* ``evaluation``, ``triggers``, ``repeats`` – values and relevance kept true after a change; instances
* ``answers``, ``choices``, ``checks`` – canonical forms; what a select offers; what is wrong with an answer
* ``navigation`` – which screen comes next
* ``core`` – the parts put together, and what each event does to them
* ``recorder``, ``answering``, ``travelling`` – may a step be taken; if so, sink first, then memory
* ``questions``, ``outline``, ``review``, ``pace``, ``nodes``, ``final`` – looking at it all
"""
