-- Clients of OAuth, and how many tokens of each open something now.
SELECT client.id, client.name, CASE WHEN client.type = 'public' THEN 'people' ELSE 'machine' END, client.scopes,
       client.created_at,
       (SELECT count(*) FROM allauth_idp_oidc_token AS token
        WHERE token.client_id = client.id AND token.type = 'at' AND token.expires_at > now())
FROM allauth_idp_oidc_client AS client
ORDER BY client.created_at DESC, client.id
LIMIT 500
