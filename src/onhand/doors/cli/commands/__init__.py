"""The commands of ``onhand``, a file for each kind. What a command needs it imports itself, so that help is instant."""
