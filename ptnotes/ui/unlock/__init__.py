"""The door: the passphrase that opens the clinic file."""
