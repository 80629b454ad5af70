"""Files through the HTTP API: mapped row by row, in batches, as backfill; again where it was interrupted."""
