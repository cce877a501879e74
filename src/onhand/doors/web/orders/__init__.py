"""Orders: the list's rows opened, what people do with one or with many, and what became of them in words."""
