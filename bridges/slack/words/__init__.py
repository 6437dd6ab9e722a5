"""What people write in Slack as neutral Markdown, and neutral Markdown as Slack shows it."""
