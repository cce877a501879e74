"""Django's PostgreSQL, through connections that know when a commit is in doubt; see ``core.database.Session``."""
