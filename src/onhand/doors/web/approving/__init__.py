"""Acts that can do harm: confirmed by who does them, or approved by a second person."""
