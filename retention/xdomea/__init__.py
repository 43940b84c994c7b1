"""xdomea: names, reading, building and checking of messages and packages."""

from retention.xdomea.validate import Finding, Report, inspect, validate

__all__ = ["Finding", "Report", "inspect", "validate"]
