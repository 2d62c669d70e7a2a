"""notifications: public events for partners, sent as webhooks and kept as a feed."""
