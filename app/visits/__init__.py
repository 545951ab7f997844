"""Site visits: plan and team, issues to look into, what was heard, read and photographed, meetings, signatures, the report."""
