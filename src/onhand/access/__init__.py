"""Access: who may. Here live the keys machines sign their requests with."""
