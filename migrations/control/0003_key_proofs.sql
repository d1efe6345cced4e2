-- What a key's owner was known by when the key was registered: a certificate chain
-- to a configured authority (`evidence` then is that chain), or a statement signed
-- by the key itself (`proof`, a compact JWS). NULL: neither was asked for.

ALTER TABLE signing_key ADD COLUMN proven TEXT CHECK (proven IN ('chain', 'proof'));
ALTER TABLE signing_key ADD COLUMN proof TEXT;
