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

-- What admins list accounts by, in use or not.
CREATE INDEX users_joined ON users (created_at DESC, id DESC);
CREATE INDEX users_last_login ON users (last_login DESC, id DESC);

-- Whether the poster's account waits to be erased: nobody sees the posting meanwhile, and it counts for no skill.
ALTER TABLE job_opportunities ADD COLUMN is_away INTEGER NOT NULL DEFAULT 0 CHECK (is_away IN (0, 1));
DROP INDEX job_opportunities_open;
CREATE INDEX job_opportunities_open ON job_opportunities (posted_at DESC, id DESC, deadline, status, deleted_at, is_away)
    WHERE status = 'active' AND deleted_at IS NULL AND is_away = 0;
CREATE TRIGGER job_opportunities_leave AFTER UPDATE OF erase_at ON users
WHEN (old.erase_at IS NULL) <> (new.erase_at IS NULL) BEGIN
    UPDATE skills SET job_demand = job_demand + iif(new.erase_at IS NULL, 1, -1) * (
        SELECT count(*) FROM job_opportunities j JOIN job_skills a ON a.job_id = j.id
        WHERE j.posted_by = new.id AND j.status = 'active' AND j.deleted_at IS NULL AND a.skill_id = skills.id)
    WHERE id IN (
        SELECT a.skill_id FROM job_opportunities j JOIN job_skills a ON a.job_id = j.id
        WHERE j.posted_by = new.id AND j.status = 'active' AND j.deleted_at IS NULL);
    UPDATE job_opportunities SET is_away = new.erase_at IS NOT NULL WHERE posted_by = new.id;
END;
