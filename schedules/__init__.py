"""What happens by the clock: jobs that ask the database what is due and not done."""
