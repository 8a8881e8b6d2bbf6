"""The Documents tab: a progress report with its preview, and saving it as a PDF."""
