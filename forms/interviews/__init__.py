"""Simulated field work: invented people, interviews on Collect's engine, sent as Collect sends.

Everything here is synthetic: names are put together at random, cards and phone numbers are drawn.
No person, card or number belongs to anybody.
"""

from forms.interviews.collect import Phone, send
from forms.interviews.interviewer import Finished, hold

__all__ = ["Finished", "Phone", "hold", "send"]
