"""What posts and pages in Slack look like: cards, answers, desk posts, notices and the app's home."""
