"""What this start was told: settings and where they were written, the data folder, logging."""
