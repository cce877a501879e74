"""The machines' door: REST over JSON, documented by itself."""
