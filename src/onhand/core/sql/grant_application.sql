-- What the application's account may do.
GRANT USAGE ON SCHEMA public TO {onhand_app};

GRANT USAGE, CREATE ON SCHEMA {staging} TO {onhand_app};

GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {onhand_app};

GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA public TO {onhand_app};

GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {onhand_app};

REVOKE UPDATE, DELETE, TRUNCATE ON {only_add} FROM {onhand_app};

REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON {only_read} FROM {onhand_app}
