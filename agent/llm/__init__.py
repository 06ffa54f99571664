"""Language models: how they are asked, what they cost, what they may not see. Everything else asks ``core.turns``."""
