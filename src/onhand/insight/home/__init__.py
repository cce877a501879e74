"""What needs doing now: tasks, ranked by what letting them wait costs."""
