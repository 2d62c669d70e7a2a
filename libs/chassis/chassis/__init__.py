"""How a service of Ba Không runs: REST routes, database, outbox and inbox, who is calling and what they may see."""
