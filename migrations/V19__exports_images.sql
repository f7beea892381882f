-- What people take away of their data, and how a stored picture is found to be nobody's.

-- One per person: the next one takes the place of the last.
CREATE TABLE user_exports (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL UNIQUE REFERENCES users ON DELETE CASCADE,
    -- The stored archive, which belongs to this row alone; none until it is whole.
    file TEXT UNIQUE,
    file_size INTEGER CHECK (file_size > 0),
    requested_at INTEGER NOT NULL,
    finished_at INTEGER,
    expires_at INTEGER,
    CHECK ((file IS NULL) = (finished_at IS NULL)),
    CHECK ((file IS NULL) = (file_size IS NULL)),
    CHECK ((file IS NULL) = (expires_at IS NULL))
) STRICT;
CREATE INDEX user_exports_expiry ON user_exports (expires_at) WHERE expires_at IS NOT NULL;

CREATE INDEX users_picture ON users (profile_picture) WHERE profile_picture IS NOT NULL;
CREATE INDEX courses_thumbnail ON courses (thumbnail) WHERE thumbnail IS NOT NULL;
CREATE INDEX projects_thumbnail ON projects (thumbnail) WHERE thumbnail IS NOT NULL;
CREATE INDEX job_opportunities_logo ON job_opportunities (company_logo) WHERE company_logo IS NOT NULL;
