"""The demo city: fictional data, letters with known truth, and their way through the real service."""
