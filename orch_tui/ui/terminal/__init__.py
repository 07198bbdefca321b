"""The terminal itself: what comes from it, what goes to it, and how it is given back."""
