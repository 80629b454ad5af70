"""Which leads are one person, and what becomes of those that are: pure, and free of order.

Leads are nodes of a graph, and evidence that two of them are one person is an edge. Each connected part has one root,
the lead of the strongest identity in it; the others are merged into it. An edge lies under its weaker end. A lead that
has several stronger neighbors hangs under one of them and links the others to that one, so every edge that follows from
others follows from weaker leads alone: there is nothing to run in circles.
"""

from leadlight.merge.copies import in_force
from leadlight.merge.kin import Kin, resolved
from leadlight.merge.link import Link, Member, evidence
from leadlight.merge.roots import roots, united

__all__ = ["Kin", "Link", "Member", "evidence", "in_force", "resolved", "roots", "united"]
