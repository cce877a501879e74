"""What administrators watch: misuse, the record of changes, what is known of people, health."""
