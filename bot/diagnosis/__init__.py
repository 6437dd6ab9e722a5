"""What `brygga check` tries, one file a concern: each step looks at one thing outside and says what it found."""
