-- Which of these keys, and which of these tokens, still open anything.
SELECT false, id FROM access_api_key
WHERE id = ANY(%s::bigint[]) AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > clock_timestamp())
UNION ALL
SELECT true, token.id
FROM allauth_idp_oidc_token AS token
LEFT JOIN access_person AS person ON person.id = token.user_id
WHERE token.id = ANY(%s::bigint[]) AND token.expires_at > clock_timestamp()
    AND (token.user_id IS NULL OR person.is_active)
