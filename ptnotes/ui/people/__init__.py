"""People of the clinic: who can open the file, what each may, the recovery key, reading in an emergency."""
