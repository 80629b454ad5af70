"""KPIs: additive measures by day, and what they come to over a window."""

from leadlight.kpi.kpis import Kpi, kpis
from leadlight.kpi.measures import DayMeasures, measure

__all__ = ["DayMeasures", "Kpi", "kpis", "measure"]
