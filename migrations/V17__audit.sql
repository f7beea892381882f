-- What admins did, and what touched the safety of an account. Only added to.

CREATE TABLE audit_entries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    -- None: the command line, the house itself, or somebody unknown who held a token.
    actor_id INTEGER REFERENCES users,
    action TEXT NOT NULL,
    target_type TEXT NOT NULL,
    -- A number, or the name of what has none.
    target_id TEXT NOT NULL,
    -- {field: [old, new]}, without secrets.
    changes TEXT NOT NULL CHECK (json_type(changes) = 'object'),
    note TEXT NOT NULL DEFAULT '',
    ip TEXT,
    request_id TEXT
) STRICT;
CREATE INDEX audit_entries_at ON audit_entries (at DESC, id DESC);
CREATE INDEX audit_entries_actor ON audit_entries (actor_id, at DESC, id DESC);
CREATE INDEX audit_entries_action ON audit_entries (action, at DESC, id DESC);
CREATE INDEX audit_entries_target ON audit_entries (target_type, target_id, at DESC, id DESC);
-- Erasing an account takes words out of an entry; what was done, when and by whom is never rewritten.
CREATE TRIGGER audit_entries_fixed BEFORE UPDATE OF at, actor_id, action, target_type, target_id ON audit_entries
BEGIN SELECT RAISE (ABORT, 'an audit entry is never rewritten'); END;
