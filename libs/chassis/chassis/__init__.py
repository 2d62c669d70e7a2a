"""How any service of Ba Không runs: its doors, its database, its outbox and inbox, who is calling and what they may see."""
