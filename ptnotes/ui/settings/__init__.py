"""Details of the clinic, and what PT Notes is made with."""
