"""Where backups go, and how the latest one stands."""
