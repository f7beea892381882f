-- What the index of open postings in memory is kept true by, and what candidates of recommendations are found by.

-- For each posting the number of its last change, also of one that is gone. Numbers only grow, over all processes, and become
-- visible in their order, as one connection writes at a time: whoever takes in what has a greater number than they saw misses
-- nothing, and whoever saw nothing takes in everything.
CREATE TABLE job_changes (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    job_id INTEGER NOT NULL UNIQUE
) STRICT;
INSERT INTO job_changes (job_id) SELECT id FROM job_opportunities ORDER BY id;

-- Two statements each: `INSERT OR REPLACE` would follow the OR of whatever fired the trigger, and under an OR IGNORE forget
-- the change.
CREATE TRIGGER job_changes_insert AFTER INSERT ON job_opportunities BEGIN
    DELETE FROM job_changes WHERE job_id = new.id;
    INSERT INTO job_changes (job_id) VALUES (new.id);
END;
CREATE TRIGGER job_changes_update AFTER UPDATE OF posted_by, location, is_remote, experience_level, salary_min, salary_max,
    salary_currency, deadline, status, posted_at, deleted_at, is_away ON job_opportunities BEGIN
    DELETE FROM job_changes WHERE job_id = new.id;
    INSERT INTO job_changes (job_id) VALUES (new.id);
END;
CREATE TRIGGER job_changes_delete AFTER DELETE ON job_opportunities BEGIN
    DELETE FROM job_changes WHERE job_id = old.id;
    INSERT INTO job_changes (job_id) VALUES (old.id);
END;
CREATE TRIGGER job_changes_skill_insert AFTER INSERT ON job_skills BEGIN
    DELETE FROM job_changes WHERE job_id = new.job_id;
    INSERT INTO job_changes (job_id) VALUES (new.job_id);
END;
CREATE TRIGGER job_changes_skill_update AFTER UPDATE ON job_skills BEGIN
    DELETE FROM job_changes WHERE job_id = new.job_id;
    INSERT INTO job_changes (job_id) VALUES (new.job_id);
END;
CREATE TRIGGER job_changes_skill_delete AFTER DELETE ON job_skills BEGIN
    DELETE FROM job_changes WHERE job_id = old.job_id;
    INSERT INTO job_changes (job_id) VALUES (old.job_id);
END;

-- How many postings count in what skills are asked for: each score needs it.
CREATE TABLE job_market (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    open INTEGER NOT NULL CHECK (open >= 0)
) STRICT;
INSERT INTO job_market
SELECT 1, count(*) FROM job_opportunities WHERE status = 'active' AND deleted_at IS NULL AND is_away = 0;
CREATE TRIGGER job_market_insert AFTER INSERT ON job_opportunities
WHEN new.status = 'active' AND new.deleted_at IS NULL AND new.is_away = 0 BEGIN
    UPDATE job_market SET open = open + 1;
END;
CREATE TRIGGER job_market_update AFTER UPDATE OF status, deleted_at, is_away ON job_opportunities BEGIN
    UPDATE job_market SET open = open
        + (new.status = 'active' AND new.deleted_at IS NULL AND new.is_away = 0)
        - (old.status = 'active' AND old.deleted_at IS NULL AND old.is_away = 0);
END;
CREATE TRIGGER job_market_delete AFTER DELETE ON job_opportunities
WHEN old.status = 'active' AND old.deleted_at IS NULL AND old.is_away = 0 BEGIN
    UPDATE job_market SET open = open - 1;
END;

-- Courses and mentors that teach nothing of what somebody lacks are recommended by what others think of them.
CREATE INDEX courses_rated ON courses ((rating_sum + 20.0) / (total_ratings + 5)) WHERE status = 'active' AND deleted_at IS NULL;
CREATE INDEX courses_learned ON courses (total_students) WHERE status = 'active' AND deleted_at IS NULL;
CREATE INDEX mentors_rated ON mentors ((20.0 + rating_sum) / (5 + reviews_count)) WHERE status = 'approved';

-- The most of each term of a match, where an admin set others than those of the rules.
CREATE TABLE match_weights (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    skills INTEGER NOT NULL CHECK (skills >= 0),
    must_have INTEGER NOT NULL CHECK (must_have >= 0),
    level INTEGER NOT NULL CHECK (level >= 0),
    location INTEGER NOT NULL CHECK (location >= 0),
    freshness INTEGER NOT NULL CHECK (freshness >= 0),
    CHECK (skills + must_have + level + location + freshness = 100)
) STRICT;
