"""Whole screens: layout, keys, one worker that follows the server, one for each command."""
