"""What people do in Slack and what it means: sharing, answering, pressing, deciding."""
