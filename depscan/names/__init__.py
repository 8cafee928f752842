"""Judging names: which popular name one imitates, by which trick, and how sure that is.

``judge.Judge`` is the entrance. Nothing here asks the network or reads packages: a name, the table of popular
names (``intel.name_table``) and the lists in ``rules/names`` are all it needs.
"""
