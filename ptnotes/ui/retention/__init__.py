"""How long records are kept, which are due, and disposing of them."""
