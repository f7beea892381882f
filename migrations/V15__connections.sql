-- Who is connected with whom, and who asked.

CREATE TABLE connections (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    requester_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    addressee_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    message TEXT NOT NULL CHECK (length(message) <= 300),
    status TEXT NOT NULL CHECK (status IN ('pending', 'accepted', 'declined')),
    answered_at INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CHECK (requester_id <> addressee_id),
    CHECK ((status = 'pending') = (answered_at IS NULL))
) STRICT;
-- One row per pair, whoever asked.
CREATE UNIQUE INDEX connections_pair ON connections (min(requester_id, addressee_id), max(requester_id, addressee_id));
CREATE INDEX connections_requester ON connections (requester_id, status, created_at DESC, id DESC, addressee_id);
CREATE INDEX connections_addressee ON connections (addressee_id, status, created_at DESC, id DESC, requester_id);

-- Who may know somebody: holders of the same skills, and people of the same place.
CREATE INDEX user_skills_holders ON user_skills (skill_id, user_id);
CREATE INDEX users_location ON users (location COLLATE NOCASE, points DESC) WHERE is_active = 1 AND location <> '';
