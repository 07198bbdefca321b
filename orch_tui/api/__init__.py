"""How things travel: JSON over HTTP in, domain values or one typed problem out."""
