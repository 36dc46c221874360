-- Logins of a shop, whose tables hold each JWT as it is. Four columns must be there: token_hash,
-- user_id, expires_at, last_activity_at. All others go into the cached JSON.
--
-- An application that looks single sessions up wants an index on the hash. Postgres indexes only
-- what is immutable, which convert_to is not; for text without backslashes, such as a JWT, write
-- encode(sha256(login.jwt::bytea), 'hex') instead, and
-- CREATE INDEX ON shop.logins (encode(sha256(jwt::bytea), 'hex'));
SELECT encode(sha256(convert_to(login.jwt, 'UTF8')), 'hex') AS token_hash,
       login.account_id AS user_id,
       login.valid_until AS expires_at,
       login.seen_at AS last_activity_at,
       account.mail,
       account.language
  FROM shop.logins AS login
  JOIN shop.accounts AS account ON account.id = login.account_id
 WHERE account.closed_at IS NULL
