"""KPIs: additive measures by day, and what they come to over a window."""

from leadlight.kpi.kpis import Kpi, kpis
from leadlight.kpi.measures import DayMeasures, measure
from leadlight.kpi.spend import Spend

__all__ = ["DayMeasures", "Kpi", "Spend", "kpis", "measure"]
