"""From answers and persons to what means something to a union: workers, members, referrals, cases."""
