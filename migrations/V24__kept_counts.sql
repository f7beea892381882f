-- Figures that would take a look at every row are kept.
--
-- What a row adds to them stands in one view per table. Triggers take off what a row added before a change and add what it adds
-- behind it; a recount sums the same views. `what` names a figure, `key` one of its classes: a status, a place, a day. Days are
-- counted from 1970, hours and quarters of an hour as well; keys are numbers where they are compared as numbers.
CREATE TABLE kept_counts (
    what TEXT NOT NULL,
    key ANY NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (what, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX kept_counts_most ON kept_counts (what, count DESC, key);

-- Who did something in which month, each once.
CREATE TABLE event_actors (
    month TEXT NOT NULL,
    actor_id INTEGER NOT NULL,
    PRIMARY KEY (month, actor_id)
) STRICT, WITHOUT ROWID;

-- The kinds of events that heatmaps show, and whether one of them is something done: signing in is none.
CREATE TABLE event_kinds (
    kind TEXT NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;
INSERT INTO event_kinds (kind) VALUES ('community.posted'), ('community.commented'), ('community.liked'), ('jobs.applied'),
    ('courses.enrolled'), ('courses.module_completed'), ('projects.submitted'), ('resumes.uploaded'), ('sessions.requested'),
    ('sessions.scheduled'), ('sessions.completed'), ('skills.added'), ('skills.changed'), ('skills.endorsed'),
    ('users.signed_in');

-- Accounts in use, and how many of them have how many points: ranks are counted in these.
CREATE VIEW kept_users (id, what, key, count) AS
    SELECT id, 'users', 'active', 1 FROM users WHERE is_active = 1
    UNION ALL
    SELECT id, 'users', 'mentors', 1 FROM users WHERE is_active = 1 AND is_mentor = 1
    UNION ALL
    SELECT id, 'users', 'premium', 1 FROM users WHERE is_active = 1 AND is_premium = 1
    UNION ALL
    SELECT id, 'users', 'points', points FROM users WHERE is_active = 1
    UNION ALL
    SELECT id, 'users.points', points, 1 FROM users WHERE is_active = 1
    UNION ALL
    SELECT id, 'users.place', location, 1 FROM users WHERE is_active = 1 AND location <> '';
CREATE TRIGGER kept_users_insert AFTER INSERT ON users BEGIN
    INSERT INTO kept_counts (what, key, count) SELECT what, key, count FROM kept_users WHERE id = new.id
        ON CONFLICT (what, key) DO UPDATE SET count = count + excluded.count;
END;
CREATE TRIGGER kept_users_delete BEFORE DELETE ON users BEGIN
    INSERT INTO kept_counts (what, key, count) SELECT what, key, -count FROM kept_users WHERE id = old.id
        ON CONFLICT (what, key) DO UPDATE SET count = count + excluded.count;
END;
CREATE TRIGGER kept_users_leave BEFORE UPDATE OF is_active, is_mentor, is_premium, points, location ON users
WHEN (old.is_active, old.is_mentor, old.is_premium, old.points, old.location) IS NOT (new.is_active, new.is_mentor, new.is_premium, new.points, new.location) BEGIN
    INSERT INTO kept_counts (what, key, count) SELECT what, key, -count FROM kept_users WHERE id = old.id
        ON CONFLICT (what, key) DO UPDATE SET count = count + excluded.count;
END;
CREATE TRIGGER kept_users_enter AFTER UPDATE OF is_active, is_mentor, is_premium, points, location ON users
WHEN (old.is_active, old.is_mentor, old.is_premium, old.points, old.location) IS NOT (new.is_active, new.is_mentor, new.is_premium, new.points, new.location) BEGIN
    INSERT INTO kept_counts (what, key, count) SELECT what, key, count FROM kept_users WHERE id = new.id
        ON CONFLICT (what, key) DO UPDATE SET count = count + excluded.count;
END;

-- When accounts were made, which of them were seen 30 days later, and in which hour those in use were seen last.
CREATE VIEW kept_times (id, what, key, count) AS
    SELECT id, 'users.joined', created_at / 86400000000, 1 FROM users
    UNION ALL
    SELECT id, 'users.stayed', created_at / 86400000000, 1 FROM users WHERE last_active >= created_at + 2592000000000
    UNION ALL
    SELECT id, 'users.seen', last_active / 3600000000, 1 FROM users WHERE is_active = 1 AND last_active IS NOT NULL;
CREATE TRIGGER kept_times_insert AFTER INSERT ON users BEGIN
    INSERT INTO kept_counts (what, key, count) SELECT what, key, count FROM kept_times WHERE id = new.id
        ON CONFLICT (what, key) DO UPDATE SET count = count + excluded.count;
END;
CREATE TRIGGER kept_times_delete BEFORE DELETE ON users BEGIN
    INSERT INTO kept_counts (what, key, count) SELECT what, key, -count FROM kept_times WHERE id = old.id
        ON CONFLICT (what, key) DO UPDATE SET count = count + excluded.count;
END;
CREATE TRIGGER kept_times_leave BEFORE UPDATE OF is_active, last_active, created_at ON users
WHEN (old.is_active, old.last_active, old.created_at) IS NOT (new.is_active, new.last_active, new.created_at) BEGIN
    INSERT INTO kept_counts (what, key, count) SELECT what, key, -count FROM kept_times WHERE id = old.id
        ON CONFLICT (what, key) DO UPDATE SET count = count + excluded.count;
END;
CREATE TRIGGER kept_times_enter AFTER UPDATE OF is_active, last_active, created_at ON users
WHEN (old.is_active, old.last_active, old.created_at) IS NOT (new.is_active, new.last_active, new.created_at) BEGIN
    INSERT INTO kept_counts (what, key, count) SELECT what, key, count FROM kept_times WHERE id = new.id
        ON CONFLICT (what, key) DO UPDATE SET count = count + excluded.count;
END;

-- Postings; `jobs.listed` are those of the public list and those whose deadline has passed since, by type and level.
CREATE VIEW kept_jobs (id, what, key, count) AS
    SELECT id, 'jobs.status', status, 1 FROM job_opportunities WHERE deleted_at IS NULL
    UNION ALL
    SELECT id, 'jobs.type', job_type, 1 FROM job_opportunities WHERE deleted_at IS NULL
    UNION ALL
    SELECT id, 'jobs.place', location, 1 FROM job_opportunities WHERE deleted_at IS NULL
    UNION ALL
    SELECT id, 'jobs.company', company_name, 1 FROM job_opportunities WHERE deleted_at IS NULL
    UNION ALL
    SELECT id, 'jobs.day', posted_at / 86400000000, 1 FROM job_opportunities WHERE deleted_at IS NULL
    UNION ALL
    SELECT id, 'jobs.listed', job_type || ':' || coalesce(experience_level, ''), 1 FROM job_opportunities WHERE status = 'active' AND deleted_at IS NULL AND is_away = 0;
CREATE TRIGGER kept_jobs_insert AFTER INSERT ON job_opportunities BEGIN
    INSERT INTO kept_counts (what, key, count) SELECT what, key, count FROM kept_jobs WHERE id = new.id
        ON CONFLICT (what, key) DO UPDATE SET count = count + excluded.count;
END;
CREATE TRIGGER kept_jobs_delete BEFORE DELETE ON job_opportunities BEGIN
    INSERT INTO kept_counts (what, key, count) SELECT what, key, -count FROM kept_jobs WHERE id = old.id
        ON CONFLICT (what, key) DO UPDATE SET count = count + excluded.count;
END;
CREATE TRIGGER kept_jobs_leave BEFORE UPDATE OF status, job_type, experience_level, location, company_name, posted_at, deleted_at, is_away ON job_opportunities
WHEN (old.status, old.job_type, old.experience_level, old.location, old.company_name, old.posted_at, old.deleted_at, old.is_away) IS NOT (new.status, new.job_type, new.experience_level, new.location, new.company_name, new.posted_at, new.deleted_at, new.is_away) BEGIN
    INSERT INTO kept_counts (what, key, count) SELECT what, key, -count FROM kept_jobs WHERE id = old.id
        ON CONFLICT (what, key) DO UPDATE SET count = count + excluded.count;
END;
CREATE TRIGGER kept_jobs_enter AFTER UPDATE OF status, job_type, experience_level, location, company_name, posted_at, deleted_at, is_away ON job_opportunities
WHEN (old.status, old.job_type, old.experience_level, old.location, old.company_name, old.posted_at, old.deleted_at, old.is_away) IS NOT (new.status, new.job_type, new.experience_level, new.location, new.company_name, new.posted_at, new.deleted_at, new.is_away) BEGIN
    INSERT INTO kept_counts (what, key, count) SELECT what, key, count FROM kept_jobs WHERE id = new.id
        ON CONFLICT (what, key) DO UPDATE SET count = count + excluded.count;
END;

CREATE VIEW kept_applications (id, what, key, count) AS
    SELECT id, 'applications', status, 1 FROM job_applications;
CREATE TRIGGER kept_applications_insert AFTER INSERT ON job_applications BEGIN
    INSERT INTO kept_counts (what, key, count) SELECT what, key, count FROM kept_applications WHERE id = new.id
        ON CONFLICT (what, key) DO UPDATE SET count = count + excluded.count;
END;
CREATE TRIGGER kept_applications_delete BEFORE DELETE ON job_applications BEGIN
    INSERT INTO kept_counts (what, key, count) SELECT what, key, -count FROM kept_applications WHERE id = old.id
        ON CONFLICT (what, key) DO UPDATE SET count = count + excluded.count;
END;
CREATE TRIGGER kept_applications_leave BEFORE UPDATE OF status ON job_applications
WHEN old.status IS NOT new.status BEGIN
    INSERT INTO kept_counts (what, key, count) SELECT what, key, -count FROM kept_applications WHERE id = old.id
        ON CONFLICT (what, key) DO UPDATE SET count = count + excluded.count;
END;
CREATE TRIGGER kept_applications_enter AFTER UPDATE OF status ON job_applications
WHEN old.status IS NOT new.status BEGIN
    INSERT INTO kept_counts (what, key, count) SELECT what, key, count FROM kept_applications WHERE id = new.id
        ON CONFLICT (what, key) DO UPDATE SET count = count + excluded.count;
END;

CREATE VIEW kept_posts (id, what, key, count) AS
    SELECT id, 'posts', 'visible', 1 FROM community_posts WHERE deleted_at IS NULL AND hidden_at IS NULL AND is_away = 0
    UNION ALL
    SELECT id, 'posts.day', created_at / 86400000000, 1 FROM community_posts WHERE deleted_at IS NULL AND hidden_at IS NULL AND is_away = 0;
CREATE TRIGGER kept_posts_insert AFTER INSERT ON community_posts BEGIN
    INSERT INTO kept_counts (what, key, count) SELECT what, key, count FROM kept_posts WHERE id = new.id
        ON CONFLICT (what, key) DO UPDATE SET count = count + excluded.count;
END;
CREATE TRIGGER kept_posts_delete BEFORE DELETE ON community_posts BEGIN
    INSERT INTO kept_counts (what, key, count) SELECT what, key, -count FROM kept_posts WHERE id = old.id
        ON CONFLICT (what, key) DO UPDATE SET count = count + excluded.count;
END;
CREATE TRIGGER kept_posts_leave BEFORE UPDATE OF deleted_at, hidden_at, is_away, created_at ON community_posts
WHEN (old.deleted_at, old.hidden_at, old.is_away, old.created_at) IS NOT (new.deleted_at, new.hidden_at, new.is_away, new.created_at) BEGIN
    INSERT INTO kept_counts (what, key, count) SELECT what, key, -count FROM kept_posts WHERE id = old.id
        ON CONFLICT (what, key) DO UPDATE SET count = count + excluded.count;
END;
CREATE TRIGGER kept_posts_enter AFTER UPDATE OF deleted_at, hidden_at, is_away, created_at ON community_posts
WHEN (old.deleted_at, old.hidden_at, old.is_away, old.created_at) IS NOT (new.deleted_at, new.hidden_at, new.is_away, new.created_at) BEGIN
    INSERT INTO kept_counts (what, key, count) SELECT what, key, count FROM kept_posts WHERE id = new.id
        ON CONFLICT (what, key) DO UPDATE SET count = count + excluded.count;
END;

CREATE VIEW kept_resumes (id, what, key, count) AS
    SELECT id, 'resumes', 'all', 1 FROM resumes;
CREATE TRIGGER kept_resumes_insert AFTER INSERT ON resumes BEGIN
    INSERT INTO kept_counts (what, key, count) SELECT what, key, count FROM kept_resumes WHERE id = new.id
        ON CONFLICT (what, key) DO UPDATE SET count = count + excluded.count;
END;
CREATE TRIGGER kept_resumes_delete BEFORE DELETE ON resumes BEGIN
    INSERT INTO kept_counts (what, key, count) SELECT what, key, -count FROM kept_resumes WHERE id = old.id
        ON CONFLICT (what, key) DO UPDATE SET count = count + excluded.count;
END;

CREATE VIEW kept_courses (id, what, key, count) AS
    SELECT id, 'courses', 'all', 1 FROM courses WHERE deleted_at IS NULL;
CREATE TRIGGER kept_courses_insert AFTER INSERT ON courses BEGIN
    INSERT INTO kept_counts (what, key, count) SELECT what, key, count FROM kept_courses WHERE id = new.id
        ON CONFLICT (what, key) DO UPDATE SET count = count + excluded.count;
END;
CREATE TRIGGER kept_courses_delete BEFORE DELETE ON courses BEGIN
    INSERT INTO kept_counts (what, key, count) SELECT what, key, -count FROM kept_courses WHERE id = old.id
        ON CONFLICT (what, key) DO UPDATE SET count = count + excluded.count;
END;
CREATE TRIGGER kept_courses_leave BEFORE UPDATE OF deleted_at ON courses
WHEN old.deleted_at IS NOT new.deleted_at BEGIN
    INSERT INTO kept_counts (what, key, count) SELECT what, key, -count FROM kept_courses WHERE id = old.id
        ON CONFLICT (what, key) DO UPDATE SET count = count + excluded.count;
END;
CREATE TRIGGER kept_courses_enter AFTER UPDATE OF deleted_at ON courses
WHEN old.deleted_at IS NOT new.deleted_at BEGIN
    INSERT INTO kept_counts (what, key, count) SELECT what, key, count FROM kept_courses WHERE id = new.id
        ON CONFLICT (what, key) DO UPDATE SET count = count + excluded.count;
END;

CREATE VIEW kept_enrolments (id, what, key, count) AS
    SELECT id, 'enrolments', status, 1 FROM user_course_progress
    UNION ALL
    SELECT id, 'courses.completed', course_id, 1 FROM user_course_progress WHERE status = 'completed';
CREATE TRIGGER kept_enrolments_insert AFTER INSERT ON user_course_progress BEGIN
    INSERT INTO kept_counts (what, key, count) SELECT what, key, count FROM kept_enrolments WHERE id = new.id
        ON CONFLICT (what, key) DO UPDATE SET count = count + excluded.count;
END;
CREATE TRIGGER kept_enrolments_delete BEFORE DELETE ON user_course_progress BEGIN
    INSERT INTO kept_counts (what, key, count) SELECT what, key, -count FROM kept_enrolments WHERE id = old.id
        ON CONFLICT (what, key) DO UPDATE SET count = count + excluded.count;
END;
CREATE TRIGGER kept_enrolments_leave BEFORE UPDATE OF status, course_id ON user_course_progress
WHEN (old.status, old.course_id) IS NOT (new.status, new.course_id) BEGIN
    INSERT INTO kept_counts (what, key, count) SELECT what, key, -count FROM kept_enrolments WHERE id = old.id
        ON CONFLICT (what, key) DO UPDATE SET count = count + excluded.count;
END;
CREATE TRIGGER kept_enrolments_enter AFTER UPDATE OF status, course_id ON user_course_progress
WHEN (old.status, old.course_id) IS NOT (new.status, new.course_id) BEGIN
    INSERT INTO kept_counts (what, key, count) SELECT what, key, count FROM kept_enrolments WHERE id = new.id
        ON CONFLICT (what, key) DO UPDATE SET count = count + excluded.count;
END;

CREATE VIEW kept_awards (id, what, key, count) AS
    SELECT id, 'awards', 'held', 1 FROM user_achievements WHERE revoked_at IS NULL;
CREATE TRIGGER kept_awards_insert AFTER INSERT ON user_achievements BEGIN
    INSERT INTO kept_counts (what, key, count) SELECT what, key, count FROM kept_awards WHERE id = new.id
        ON CONFLICT (what, key) DO UPDATE SET count = count + excluded.count;
END;
CREATE TRIGGER kept_awards_delete BEFORE DELETE ON user_achievements BEGIN
    INSERT INTO kept_counts (what, key, count) SELECT what, key, -count FROM kept_awards WHERE id = old.id
        ON CONFLICT (what, key) DO UPDATE SET count = count + excluded.count;
END;
CREATE TRIGGER kept_awards_leave BEFORE UPDATE OF revoked_at ON user_achievements
WHEN old.revoked_at IS NOT new.revoked_at BEGIN
    INSERT INTO kept_counts (what, key, count) SELECT what, key, -count FROM kept_awards WHERE id = old.id
        ON CONFLICT (what, key) DO UPDATE SET count = count + excluded.count;
END;
CREATE TRIGGER kept_awards_enter AFTER UPDATE OF revoked_at ON user_achievements
WHEN old.revoked_at IS NOT new.revoked_at BEGIN
    INSERT INTO kept_counts (what, key, count) SELECT what, key, count FROM kept_awards WHERE id = new.id
        ON CONFLICT (what, key) DO UPDATE SET count = count + excluded.count;
END;

CREATE VIEW kept_held (id, what, key, count) AS
    SELECT id, 'skills', 'endorsed', 1 FROM user_skills WHERE endorsements_count > 0
    UNION ALL
    SELECT id, 'skills.endorsements', skill_id, endorsements_count FROM user_skills WHERE endorsements_count > 0
    UNION ALL
    SELECT id, 'skills.experts', skill_id, 1 FROM user_skills WHERE proficiency_level = 'expert';
CREATE TRIGGER kept_held_insert AFTER INSERT ON user_skills BEGIN
    INSERT INTO kept_counts (what, key, count) SELECT what, key, count FROM kept_held WHERE id = new.id
        ON CONFLICT (what, key) DO UPDATE SET count = count + excluded.count;
END;
CREATE TRIGGER kept_held_delete BEFORE DELETE ON user_skills BEGIN
    INSERT INTO kept_counts (what, key, count) SELECT what, key, -count FROM kept_held WHERE id = old.id
        ON CONFLICT (what, key) DO UPDATE SET count = count + excluded.count;
END;
CREATE TRIGGER kept_held_leave BEFORE UPDATE OF endorsements_count, proficiency_level, skill_id ON user_skills
WHEN (old.endorsements_count, old.proficiency_level, old.skill_id) IS NOT (new.endorsements_count, new.proficiency_level, new.skill_id) BEGIN
    INSERT INTO kept_counts (what, key, count) SELECT what, key, -count FROM kept_held WHERE id = old.id
        ON CONFLICT (what, key) DO UPDATE SET count = count + excluded.count;
END;
CREATE TRIGGER kept_held_enter AFTER UPDATE OF endorsements_count, proficiency_level, skill_id ON user_skills
WHEN (old.endorsements_count, old.proficiency_level, old.skill_id) IS NOT (new.endorsements_count, new.proficiency_level, new.skill_id) BEGIN
    INSERT INTO kept_counts (what, key, count) SELECT what, key, count FROM kept_held WHERE id = new.id
        ON CONFLICT (what, key) DO UPDATE SET count = count + excluded.count;
END;

CREATE VIEW kept_sessions (id, what, key, count) AS
    SELECT id, 'sessions', status, 1 FROM mentor_sessions
    UNION ALL
    SELECT id, 'sessions.held', mentor_user_id, 1 FROM mentor_sessions WHERE status = 'completed';
CREATE TRIGGER kept_sessions_insert AFTER INSERT ON mentor_sessions BEGIN
    INSERT INTO kept_counts (what, key, count) SELECT what, key, count FROM kept_sessions WHERE id = new.id
        ON CONFLICT (what, key) DO UPDATE SET count = count + excluded.count;
END;
CREATE TRIGGER kept_sessions_delete BEFORE DELETE ON mentor_sessions BEGIN
    INSERT INTO kept_counts (what, key, count) SELECT what, key, -count FROM kept_sessions WHERE id = old.id
        ON CONFLICT (what, key) DO UPDATE SET count = count + excluded.count;
END;
CREATE TRIGGER kept_sessions_leave BEFORE UPDATE OF status, mentor_user_id ON mentor_sessions
WHEN (old.status, old.mentor_user_id) IS NOT (new.status, new.mentor_user_id) BEGIN
    INSERT INTO kept_counts (what, key, count) SELECT what, key, -count FROM kept_sessions WHERE id = old.id
        ON CONFLICT (what, key) DO UPDATE SET count = count + excluded.count;
END;
CREATE TRIGGER kept_sessions_enter AFTER UPDATE OF status, mentor_user_id ON mentor_sessions
WHEN (old.status, old.mentor_user_id) IS NOT (new.status, new.mentor_user_id) BEGIN
    INSERT INTO kept_counts (what, key, count) SELECT what, key, count FROM kept_sessions WHERE id = new.id
        ON CONFLICT (what, key) DO UPDATE SET count = count + excluded.count;
END;

-- What happened in each quarter of an hour: every time zone is whole quarters off UTC.
CREATE VIEW kept_events (id, what, key, count) AS
    SELECT id, 'events.counted', at / 900000000, 1 FROM events WHERE actor_id IS NOT NULL AND kind IN (SELECT kind FROM event_kinds)
    UNION ALL
    SELECT id, 'events.done', at / 900000000, 1 FROM events WHERE actor_id IS NOT NULL AND kind <> 'users.signed_in';
CREATE TRIGGER kept_events_insert AFTER INSERT ON events BEGIN
    INSERT INTO kept_counts (what, key, count) SELECT what, key, count FROM kept_events WHERE id = new.id
        ON CONFLICT (what, key) DO UPDATE SET count = count + excluded.count;
END;
CREATE TRIGGER kept_events_delete BEFORE DELETE ON events BEGIN
    INSERT INTO kept_counts (what, key, count) SELECT what, key, -count FROM kept_events WHERE id = old.id
        ON CONFLICT (what, key) DO UPDATE SET count = count + excluded.count;
END;
CREATE TRIGGER kept_events_leave BEFORE UPDATE OF at, kind, actor_id ON events
WHEN (old.at, old.kind, old.actor_id) IS NOT (new.at, new.kind, new.actor_id) BEGIN
    INSERT INTO kept_counts (what, key, count) SELECT what, key, -count FROM kept_events WHERE id = old.id
        ON CONFLICT (what, key) DO UPDATE SET count = count + excluded.count;
END;
CREATE TRIGGER kept_events_enter AFTER UPDATE OF at, kind, actor_id ON events
WHEN (old.at, old.kind, old.actor_id) IS NOT (new.at, new.kind, new.actor_id) BEGIN
    INSERT INTO kept_counts (what, key, count) SELECT what, key, count FROM kept_events WHERE id = new.id
        ON CONFLICT (what, key) DO UPDATE SET count = count + excluded.count;
END;

-- The month of an event, and of whoever did it.
CREATE TRIGGER event_actors_insert AFTER INSERT ON events WHEN new.actor_id IS NOT NULL BEGIN
    INSERT OR IGNORE INTO event_actors (month, actor_id)
    VALUES (strftime('%Y-%m', new.at / 1000000, 'unixepoch'), new.actor_id);
END;
CREATE TRIGGER event_actors_delete AFTER DELETE ON events WHEN old.actor_id IS NOT NULL BEGIN
    DELETE FROM event_actors
    WHERE month = strftime('%Y-%m', old.at / 1000000, 'unixepoch') AND actor_id = old.actor_id AND NOT EXISTS (
        SELECT 1 FROM events e WHERE e.actor_id = old.actor_id
            AND e.at >= unixepoch(old.at / 1000000, 'unixepoch', 'start of month') * 1000000
            AND e.at < unixepoch(old.at / 1000000, 'unixepoch', 'start of month', '+1 month') * 1000000);
END;
CREATE TRIGGER kept_months_insert AFTER INSERT ON event_actors BEGIN
    INSERT INTO kept_counts (what, key, count) VALUES ('events.months', new.month, 1)
        ON CONFLICT (what, key) DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER kept_months_delete AFTER DELETE ON event_actors BEGIN
    UPDATE kept_counts SET count = count - 1 WHERE what = 'events.months' AND key = old.month;
END;

-- All that is kept, as the rows say it.
CREATE VIEW kept_rows (what, key, count) AS
    SELECT what, key, sum(count) FROM (
        SELECT what, key, count FROM kept_users
        UNION ALL
        SELECT what, key, count FROM kept_times
        UNION ALL
        SELECT what, key, count FROM kept_jobs
        UNION ALL
        SELECT what, key, count FROM kept_applications
        UNION ALL
        SELECT what, key, count FROM kept_posts
        UNION ALL
        SELECT what, key, count FROM kept_resumes
        UNION ALL
        SELECT what, key, count FROM kept_courses
        UNION ALL
        SELECT what, key, count FROM kept_enrolments
        UNION ALL
        SELECT what, key, count FROM kept_awards
        UNION ALL
        SELECT what, key, count FROM kept_held
        UNION ALL
        SELECT what, key, count FROM kept_sessions
        UNION ALL
        SELECT what, key, count FROM kept_events
        UNION ALL
        SELECT 'events.months', month, 1 FROM event_actors)
    GROUP BY what, key;

-- An instance that has rows from before.
INSERT INTO event_actors (month, actor_id)
    SELECT DISTINCT strftime('%Y-%m', at / 1000000, 'unixepoch'), actor_id FROM events WHERE actor_id IS NOT NULL;
INSERT OR REPLACE INTO kept_counts (what, key, count) SELECT what, key, count FROM kept_rows;
