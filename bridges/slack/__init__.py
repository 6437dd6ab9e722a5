"""The road to and from Slack: what people do there comes in, cards and answers go out."""
