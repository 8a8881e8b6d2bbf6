"""The first start: who the clinic and the therapist are, and the passphrase that keeps the file closed."""
