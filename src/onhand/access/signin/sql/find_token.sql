-- An access token by its digest, while it holds and, if somebody said yes to it, they may sign in.
SELECT token.id, token.scopes, client.name, token.user_id, person.username
FROM allauth_idp_oidc_token AS token
JOIN allauth_idp_oidc_client AS client ON client.id = token.client_id
LEFT JOIN access_person AS person ON person.id = token.user_id
WHERE token.type = 'at' AND token.hash = %s AND token.expires_at > clock_timestamp()
    AND (token.user_id IS NULL OR person.is_active)
