"""What goes to customers and comes from them: letters, their templates, reviews."""
