"""What is due in an episode, and why."""
