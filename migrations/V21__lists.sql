-- The lists of courses and projects show active ones and the caller's own drafts, newest first: one index finds and counts both.
DROP INDEX courses_active;
CREATE INDEX courses_listed ON courses (created_at DESC, id DESC, status, instructor_id) WHERE deleted_at IS NULL;
DROP INDEX projects_active;
CREATE INDEX projects_listed ON projects (created_at DESC, id DESC, status, created_by) WHERE deleted_at IS NULL;

-- Postings of an account that is being left are not found, and are found again when it is restored.
DROP TRIGGER search_job_update;
CREATE TRIGGER search_job_update AFTER UPDATE OF title, company_name, location, deadline, status, posted_at, deleted_at,
    is_away, description ON job_opportunities BEGIN
    INSERT OR IGNORE INTO search_changes VALUES (1, new.id);
END;
