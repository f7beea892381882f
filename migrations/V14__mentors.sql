-- Mentors, and the sessions that are held with them.

CREATE TABLE mentors (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL UNIQUE REFERENCES users ON DELETE CASCADE,
    bio TEXT NOT NULL,
    -- In hundredths.
    hourly_rate INTEGER CHECK (hourly_rate BETWEEN 0 AND 1000000),
    years_of_experience INTEGER NOT NULL CHECK (years_of_experience BETWEEN 0 AND 60),
    -- None: no limit.
    availability_hours_per_week INTEGER CHECK (availability_hours_per_week BETWEEN 0 AND 80),
    status TEXT NOT NULL CHECK (status IN ('pending', 'approved', 'rejected')),
    verified INTEGER NOT NULL DEFAULT 0 CHECK (verified IN (0, 1)),
    -- Kept by triggers. The rating follows from the first two and from `mentor_review_totals`.
    rating_sum INTEGER NOT NULL DEFAULT 0 CHECK (rating_sum >= 0),
    reviews_count INTEGER NOT NULL DEFAULT 0 CHECK (reviews_count >= 0),
    sessions INTEGER NOT NULL DEFAULT 0 CHECK (sessions >= 0),
    total_mentees INTEGER NOT NULL DEFAULT 0 CHECK (total_mentees >= 0),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX mentors_status ON mentors (status, created_at, id);

-- What a mentor helps with. `position` keeps the mentor's order.
CREATE TABLE mentor_skills (
    mentor_id INTEGER NOT NULL REFERENCES mentors ON DELETE CASCADE,
    skill_id INTEGER NOT NULL REFERENCES skills,
    position INTEGER NOT NULL,
    PRIMARY KEY (mentor_id, skill_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX mentor_skills_skill ON mentor_skills (skill_id, mentor_id);

-- What mentors are found by. Three tables have a part in it, so the index keeps a text of its own.
CREATE VIEW mentor_texts (id, user_id, names, specializations, bio) AS
    SELECT m.id, m.user_id, u.username || ' ' || u.first_name || ' ' || u.last_name,
        coalesce((SELECT group_concat(s.name, ', ') FROM mentor_skills a JOIN skills s ON s.id = a.skill_id
            WHERE a.mentor_id = m.id), ''),
        m.bio
    FROM mentors m JOIN users u ON u.id = m.user_id;
CREATE VIRTUAL TABLE mentor_fts USING fts5 (
    names, specializations, bio, tokenize = "unicode61 remove_diacritics 2 tokenchars '+#'", prefix = '2 3'
);
CREATE TRIGGER mentor_fts_insert AFTER INSERT ON mentors BEGIN
    INSERT INTO mentor_fts (rowid, names, specializations, bio)
    SELECT id, names, specializations, bio FROM mentor_texts WHERE id = new.id;
END;
CREATE TRIGGER mentor_fts_delete AFTER DELETE ON mentors BEGIN
    DELETE FROM mentor_fts WHERE rowid = old.id;
END;
CREATE TRIGGER mentor_fts_bio AFTER UPDATE OF bio ON mentors BEGIN
    UPDATE mentor_fts SET bio = new.bio WHERE rowid = new.id;
END;
CREATE TRIGGER mentor_fts_skill_insert AFTER INSERT ON mentor_skills BEGIN
    UPDATE mentor_fts SET specializations = (SELECT specializations FROM mentor_texts WHERE id = new.mentor_id)
    WHERE rowid = new.mentor_id;
END;
CREATE TRIGGER mentor_fts_skill_update AFTER UPDATE OF skill_id ON mentor_skills BEGIN
    UPDATE mentor_fts SET specializations = (SELECT specializations FROM mentor_texts WHERE id = new.mentor_id)
    WHERE rowid = new.mentor_id;
END;
CREATE TRIGGER mentor_fts_skill_delete AFTER DELETE ON mentor_skills BEGIN
    UPDATE mentor_fts SET specializations = (SELECT specializations FROM mentor_texts WHERE id = old.mentor_id)
    WHERE rowid = old.mentor_id AND EXISTS (SELECT 1 FROM mentors WHERE id = old.mentor_id);
END;
CREATE TRIGGER mentor_fts_names AFTER UPDATE OF username, first_name, last_name ON users
WHEN EXISTS (SELECT 1 FROM mentors WHERE user_id = new.id) BEGIN
    UPDATE mentor_fts SET names = (SELECT names FROM mentor_texts WHERE user_id = new.id)
    WHERE rowid = (SELECT id FROM mentors WHERE user_id = new.id);
END;
CREATE TRIGGER mentor_fts_skill_name AFTER UPDATE OF name ON skills WHEN old.name <> new.name BEGIN
    UPDATE mentor_fts SET specializations = (SELECT specializations FROM mentor_texts WHERE id = mentor_fts.rowid)
    WHERE rowid IN (SELECT mentor_id FROM mentor_skills WHERE skill_id = new.id);
END;

-- Both sides are accounts: what was held stays true when a mentor profile goes.
CREATE TABLE mentor_sessions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    mentor_user_id INTEGER NOT NULL REFERENCES users,
    mentee_id INTEGER NOT NULL REFERENCES users,
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    duration_minutes INTEGER NOT NULL CHECK (duration_minutes BETWEEN 15 AND 480),
    preferred_date INTEGER,
    scheduled_date INTEGER,
    ends_at INTEGER GENERATED ALWAYS AS (scheduled_date + duration_minutes * 60000000) VIRTUAL,
    status TEXT NOT NULL CHECK (status IN ('pending', 'scheduled', 'completed', 'declined', 'cancelled', 'no_show')),
    -- Which side did not come.
    missing TEXT CHECK (missing IN ('mentor', 'mentee')),
    rating INTEGER CHECK (rating BETWEEN 1 AND 5),
    feedback TEXT,
    reviewed_at INTEGER,
    reason TEXT,
    -- How often its calendar entry changed since the first one.
    sequence INTEGER NOT NULL DEFAULT 0,
    -- Which reminder went out for the time it has: none, the one of a day before, the one of an hour before.
    reminded INTEGER NOT NULL DEFAULT 0 CHECK (reminded IN (0, 1, 2)),
    requested_at INTEGER NOT NULL,
    completed_at INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CHECK (mentor_user_id <> mentee_id),
    CHECK (status NOT IN ('scheduled', 'completed', 'no_show') OR scheduled_date IS NOT NULL),
    CHECK ((status = 'completed') = (completed_at IS NOT NULL)),
    CHECK ((status = 'no_show') = (missing IS NOT NULL)),
    CHECK (rating IS NULL OR status = 'completed'),
    CHECK ((rating IS NULL) = (reviewed_at IS NULL))
) STRICT;
CREATE INDEX mentor_sessions_mentor ON mentor_sessions (mentor_user_id, requested_at DESC, id DESC);
CREATE INDEX mentor_sessions_mentee ON mentor_sessions (mentee_id, requested_at DESC, id DESC);
-- What is booked, for both sides and for reminders.
CREATE INDEX mentor_sessions_mentor_booked ON mentor_sessions (mentor_user_id, scheduled_date) WHERE scheduled_date IS NOT NULL;
CREATE INDEX mentor_sessions_mentee_booked ON mentor_sessions (mentee_id, scheduled_date) WHERE scheduled_date IS NOT NULL;
CREATE INDEX mentor_sessions_next ON mentor_sessions (scheduled_date) WHERE status = 'scheduled';
CREATE INDEX mentor_sessions_reviews ON mentor_sessions (mentor_user_id, reviewed_at DESC, id DESC) WHERE rating IS NOT NULL;
CREATE INDEX mentor_sessions_pair ON mentor_sessions (mentor_user_id, mentee_id, status);

-- The reviews of all mentors: their mean stands for what nobody has said yet of one of them.
CREATE TABLE mentor_review_totals (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    rating_sum INTEGER NOT NULL CHECK (rating_sum >= 0),
    reviews_count INTEGER NOT NULL CHECK (reviews_count >= 0)
) STRICT;
INSERT INTO mentor_review_totals (one, rating_sum, reviews_count) VALUES (1, 0, 0);

CREATE TRIGGER mentor_sessions_complete AFTER UPDATE OF status ON mentor_sessions
WHEN old.status <> 'completed' AND new.status = 'completed' BEGIN
    UPDATE mentors SET sessions = sessions + 1,
        total_mentees = total_mentees + NOT EXISTS (SELECT 1 FROM mentor_sessions o
            WHERE o.mentor_user_id = new.mentor_user_id AND o.mentee_id = new.mentee_id AND o.status = 'completed'
                AND o.id <> new.id)
    WHERE user_id = new.mentor_user_id;
END;
CREATE TRIGGER mentor_sessions_review AFTER UPDATE OF rating ON mentor_sessions WHEN old.rating IS NOT new.rating BEGIN
    UPDATE mentors SET rating_sum = rating_sum + coalesce(new.rating, 0) - coalesce(old.rating, 0),
        reviews_count = reviews_count + (new.rating IS NOT NULL) - (old.rating IS NOT NULL)
    WHERE user_id = new.mentor_user_id;
    UPDATE mentor_review_totals SET rating_sum = rating_sum + coalesce(new.rating, 0) - coalesce(old.rating, 0),
        reviews_count = reviews_count + (new.rating IS NOT NULL) - (old.rating IS NOT NULL);
END;
