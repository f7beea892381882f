-- What reaches open streams, and the tickets that open them.

-- For each person the number of the last change of what they were told and have not read. Numbers only grow, over all people
-- and processes, and become visible in their order, as one connection writes at a time: whoever asks for what has a greater
-- number than they saw misses nothing. No foreign key: the row of a person who goes is removed with what they were told.
CREATE TABLE notification_changes (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL UNIQUE
) STRICT;
CREATE TRIGGER notifications_told AFTER INSERT ON notifications WHEN NEW.in_app = 1 BEGIN
    INSERT OR REPLACE INTO notification_changes (user_id) VALUES (NEW.user_id);
END;
CREATE TRIGGER notifications_changed AFTER UPDATE OF is_read, title, message ON notifications WHEN NEW.in_app = 1 BEGIN
    INSERT OR REPLACE INTO notification_changes (user_id) VALUES (NEW.user_id);
END;
CREATE TRIGGER notifications_removed AFTER DELETE ON notifications WHEN OLD.in_app = 1 AND OLD.is_read = 0 BEGIN
    INSERT OR REPLACE INTO notification_changes (user_id) VALUES (OLD.user_id);
END;

-- What a stream has missed is read from here.
CREATE INDEX notifications_stream ON notifications (user_id, id) WHERE in_app = 1;

-- A ticket opens one stream, for a browser cannot send a token with it. Only its digest is kept.
CREATE TABLE stream_tickets (
    hash TEXT NOT NULL PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    -- The stream ends with one of these.
    sign_in_id INTEGER REFERENCES sign_ins ON DELETE CASCADE,
    api_token_id INTEGER REFERENCES api_tokens ON DELETE CASCADE,
    expires_at INTEGER NOT NULL,
    CHECK ((sign_in_id IS NULL) <> (api_token_id IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX stream_tickets_user ON stream_tickets (user_id);
CREATE INDEX stream_tickets_sign_in ON stream_tickets (sign_in_id) WHERE sign_in_id IS NOT NULL;
CREATE INDEX stream_tickets_api_token ON stream_tickets (api_token_id) WHERE api_token_id IS NOT NULL;
CREATE INDEX stream_tickets_age ON stream_tickets (expires_at);
