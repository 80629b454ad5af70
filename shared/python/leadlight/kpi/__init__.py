"""KPIs: additive measures by day, and what they come to over a window."""

from leadlight.kpi.kpis import kpis
from leadlight.kpi.measures import DayMeasures, Engagement, measure
from leadlight.kpi.spend import Spend
from leadlight.kpi.window import Kpi

__all__ = ["DayMeasures", "Engagement", "Kpi", "Spend", "kpis", "measure"]
