"""审核清单: written for analysts, and read as it comes back."""
