-- A client of OAuth, as allauth keeps it.
INSERT INTO allauth_idp_oidc_client
    (id, name, secret, scopes, default_scopes, type, grant_types, redirect_uris, cors_origins, response_types,
     skip_consent, created_at, owner_id, allow_uri_wildcards, data)
VALUES
    (%(id)s, %(name)s, %(secret)s, %(scopes)s, %(scopes)s, %(type)s, %(grants)s, '', '', '',
     false, %(now)s, NULL, false, NULL)
