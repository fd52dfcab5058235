"""Files beside the page: its tables and figures, and the page itself as a PDF."""
