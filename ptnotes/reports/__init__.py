"""Documents on paper: plain data goes in, the bytes of a PDF come out. The only room that knows ReportLab."""
