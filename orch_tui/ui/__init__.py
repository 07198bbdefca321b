"""How it looks: the only part that knows Textual."""
