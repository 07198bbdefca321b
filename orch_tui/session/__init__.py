"""What we know now of one orchestrator, and what may be asked of it. Plain asyncio: no Textual, no HTTP."""
