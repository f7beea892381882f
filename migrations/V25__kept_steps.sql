-- Steps of applications and stops of learners, one row each, so that funnels, waits and drop-offs are read and not worked out.

-- Each step that an application took, of postings that are not deleted. `wait` is the time since the step before it in
-- hundredths of a day, as figures tell it; `is_first` marks the first time that the application came there.
CREATE TABLE job_steps (
    application_id INTEGER NOT NULL,
    change_id INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    -- 0 when the account is gone.
    poster_id INTEGER NOT NULL,
    status TEXT NOT NULL,
    wait INTEGER,
    is_first INTEGER NOT NULL,
    PRIMARY KEY (application_id, change_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX job_steps_poster ON job_steps (poster_id, status, wait, is_first, user_id);
CREATE INDEX job_steps_status ON job_steps (status, user_id);

CREATE VIEW job_step_rows (application_id, change_id, user_id, poster_id, status, wait, is_first, job_id) AS
    SELECT c.application_id, c.id, a.user_id, coalesce(j.posted_by, 0), c.to_status,
        (c.at - (SELECT p.at FROM application_changes p WHERE p.application_id = c.application_id AND p.id < c.id
            ORDER BY p.id DESC LIMIT 1) + 432000000) / 864000000,
        NOT EXISTS (SELECT 1 FROM application_changes p
            WHERE p.application_id = c.application_id AND p.id < c.id AND p.to_status = c.to_status),
        a.job_id
    FROM job_opportunities j JOIN job_applications a ON a.job_id = j.id JOIN application_changes c ON c.application_id = a.id
    WHERE j.deleted_at IS NULL;

CREATE TRIGGER job_steps_take AFTER INSERT ON application_changes BEGIN
    INSERT INTO job_steps (application_id, change_id, user_id, poster_id, status, wait, is_first)
        SELECT application_id, change_id, user_id, poster_id, status, wait, is_first FROM job_step_rows
        WHERE application_id = new.application_id AND change_id = new.id;
END;
CREATE TRIGGER job_steps_forget AFTER DELETE ON application_changes BEGIN
    DELETE FROM job_steps WHERE application_id = old.application_id AND change_id = old.id;
END;
CREATE TRIGGER job_steps_posting AFTER UPDATE OF job_id ON job_applications WHEN old.job_id IS NOT new.job_id BEGIN
    DELETE FROM job_steps WHERE application_id = new.id;
    INSERT INTO job_steps (application_id, change_id, user_id, poster_id, status, wait, is_first)
        SELECT application_id, change_id, user_id, poster_id, status, wait, is_first FROM job_step_rows
        WHERE application_id = new.id;
END;
CREATE TRIGGER job_steps_poster AFTER UPDATE OF deleted_at, posted_by ON job_opportunities
WHEN (old.deleted_at IS NULL) <> (new.deleted_at IS NULL) OR old.posted_by IS NOT new.posted_by BEGIN
    DELETE FROM job_steps WHERE application_id IN (SELECT id FROM job_applications WHERE job_id = new.id);
    INSERT INTO job_steps (application_id, change_id, user_id, poster_id, status, wait, is_first)
        SELECT application_id, change_id, user_id, poster_id, status, wait, is_first FROM job_step_rows
        WHERE job_id = new.id;
END;

-- Where each learner of a course stops: the place of the first module that they have not completed; null: past all of them,
-- as whoever completed the course is.
CREATE TABLE course_stops (
    progress_id INTEGER PRIMARY KEY,
    course_id INTEGER NOT NULL,
    place INTEGER
) STRICT;
CREATE INDEX course_stops_course ON course_stops (course_id);
CREATE VIEW course_stop_rows (progress_id, course_id, place) AS
    SELECT p.id, p.course_id, (
        SELECT min(m.position) FROM course_modules m WHERE m.course_id = p.course_id AND p.status <> 'completed'
            AND NOT EXISTS (SELECT 1 FROM module_completions d WHERE d.progress_id = p.id AND d.module_id = m.id))
    FROM user_course_progress p;
-- Courses whose modules changed in this write: where their learners stop is looked up once, at its end.
CREATE TABLE course_stop_changes (course_id INTEGER PRIMARY KEY) STRICT;

CREATE TRIGGER course_stops_enter AFTER INSERT ON user_course_progress BEGIN
    INSERT INTO course_stops (progress_id, course_id, place)
        SELECT progress_id, course_id, place FROM course_stop_rows WHERE progress_id = new.id;
END;
CREATE TRIGGER course_stops_leave AFTER DELETE ON user_course_progress BEGIN
    DELETE FROM course_stops WHERE progress_id = old.id;
END;
CREATE TRIGGER course_stops_status AFTER UPDATE OF status ON user_course_progress
WHEN (old.status = 'completed') <> (new.status = 'completed') BEGIN
    UPDATE course_stops SET place = (SELECT place FROM course_stop_rows WHERE progress_id = new.id) WHERE progress_id = new.id;
END;
CREATE TRIGGER course_stops_lesson AFTER INSERT ON module_completions BEGIN
    UPDATE course_stops SET place = (SELECT place FROM course_stop_rows WHERE progress_id = new.progress_id)
    WHERE progress_id = new.progress_id;
END;
CREATE TRIGGER course_stops_reopen AFTER DELETE ON module_completions BEGIN
    UPDATE course_stops SET place = (SELECT place FROM course_stop_rows WHERE progress_id = old.progress_id)
    WHERE progress_id = old.progress_id;
END;
CREATE TRIGGER course_stops_module AFTER INSERT ON course_modules BEGIN
    INSERT OR IGNORE INTO course_stop_changes (course_id) VALUES (new.course_id);
END;
CREATE TRIGGER course_stops_module_gone AFTER DELETE ON course_modules BEGIN
    INSERT OR IGNORE INTO course_stop_changes (course_id) VALUES (old.course_id);
END;
CREATE TRIGGER course_stops_module_moved AFTER UPDATE OF position ON course_modules BEGIN
    INSERT OR IGNORE INTO course_stop_changes (course_id) VALUES (new.course_id);
END;

-- How many came where, how long they waited, and where learners stop: kept as the other figures are. What a learner who is past
-- all modules has is the last number of their course.
CREATE VIEW kept_steps (application_id, change_id, what, key, count) AS
    SELECT application_id, change_id, 'steps', status, 1 FROM job_steps WHERE is_first = 1
    UNION ALL
    SELECT application_id, change_id, 'steps.' || status, wait, 1 FROM job_steps WHERE wait IS NOT NULL;
CREATE TRIGGER kept_steps_insert AFTER INSERT ON job_steps BEGIN
    INSERT INTO kept_counts (what, key, count)
        SELECT what, key, count FROM kept_steps WHERE application_id = new.application_id AND change_id = new.change_id
        ON CONFLICT (what, key) DO UPDATE SET count = count + excluded.count;
END;
CREATE TRIGGER kept_steps_delete BEFORE DELETE ON job_steps BEGIN
    INSERT INTO kept_counts (what, key, count)
        SELECT what, key, -count FROM kept_steps WHERE application_id = old.application_id AND change_id = old.change_id
        ON CONFLICT (what, key) DO UPDATE SET count = count + excluded.count;
END;
CREATE VIEW kept_stops (id, what, key, count) AS
    SELECT progress_id, 'courses.stops', course_id * 100000 + coalesce(place, 99999), 1 FROM course_stops;
CREATE TRIGGER kept_stops_insert AFTER INSERT ON course_stops BEGIN
    INSERT INTO kept_counts (what, key, count) SELECT what, key, count FROM kept_stops WHERE id = new.progress_id
        ON CONFLICT (what, key) DO UPDATE SET count = count + excluded.count;
END;
CREATE TRIGGER kept_stops_delete BEFORE DELETE ON course_stops BEGIN
    INSERT INTO kept_counts (what, key, count) SELECT what, key, -count FROM kept_stops WHERE id = old.progress_id
        ON CONFLICT (what, key) DO UPDATE SET count = count + excluded.count;
END;
CREATE TRIGGER kept_stops_leave BEFORE UPDATE OF place ON course_stops WHEN old.place IS NOT new.place BEGIN
    INSERT INTO kept_counts (what, key, count) SELECT what, key, -count FROM kept_stops WHERE id = old.progress_id
        ON CONFLICT (what, key) DO UPDATE SET count = count + excluded.count;
END;
CREATE TRIGGER kept_stops_enter AFTER UPDATE OF place ON course_stops WHEN old.place IS NOT new.place BEGIN
    INSERT INTO kept_counts (what, key, count) SELECT what, key, count FROM kept_stops WHERE id = new.progress_id
        ON CONFLICT (what, key) DO UPDATE SET count = count + excluded.count;
END;

DROP VIEW kept_rows;
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
        SELECT what, key, count FROM kept_steps
        UNION ALL
        SELECT what, key, count FROM kept_stops
        UNION ALL
        SELECT 'events.months', month, 1 FROM event_actors)
    GROUP BY what, key;

-- An instance that has rows from before. The triggers above count them.
INSERT INTO job_steps (application_id, change_id, user_id, poster_id, status, wait, is_first)
    SELECT application_id, change_id, user_id, poster_id, status, wait, is_first FROM job_step_rows;
INSERT INTO course_stops (progress_id, course_id, place) SELECT progress_id, course_id, place FROM course_stop_rows;

-- What offers are weighed by: courses of an instructor, or all, by their learners.
CREATE INDEX courses_learners ON courses (total_students DESC, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX job_opportunities_kinds ON job_opportunities (posted_by, deleted_at, status, job_type, location);
