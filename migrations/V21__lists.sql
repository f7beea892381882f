-- The lists of courses and projects show active ones and the caller's own drafts, newest first: one index finds and counts both.
DROP INDEX courses_active;
CREATE INDEX courses_listed ON courses (created_at DESC, id DESC, status, instructor_id) WHERE deleted_at IS NULL;
DROP INDEX projects_active;
CREATE INDEX projects_listed ON projects (created_at DESC, id DESC, status, created_by) WHERE deleted_at IS NULL;
