"""Widgets: they know how a thing looks, and nothing of where it comes from."""
