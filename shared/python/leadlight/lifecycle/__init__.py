"""Where the lead is in our funnel, and the decisions that move it."""
