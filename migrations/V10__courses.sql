-- Courses, their modules, and who learns them.

CREATE TABLE courses (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    -- None when the account is gone.
    instructor_id INTEGER REFERENCES users ON DELETE SET NULL,
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    difficulty TEXT NOT NULL CHECK (difficulty IN ('beginner', 'intermediate', 'advanced')),
    category TEXT NOT NULL,
    duration_hours REAL NOT NULL CHECK (duration_hours BETWEEN 0.5 AND 1000),
    thumbnail TEXT,
    color_gradient TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('active', 'inactive', 'archived')),
    -- Kept by triggers, so that they stay exact whatever removes a row: a mean is the sum by the count.
    rating_sum INTEGER NOT NULL DEFAULT 0 CHECK (rating_sum >= 0),
    total_ratings INTEGER NOT NULL DEFAULT 0 CHECK (total_ratings >= 0),
    total_students INTEGER NOT NULL DEFAULT 0 CHECK (total_students >= 0),
    views_count INTEGER NOT NULL DEFAULT 0 CHECK (views_count >= 0),
    deleted_at INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX courses_active ON courses (created_at DESC, id DESC) WHERE status = 'active' AND deleted_at IS NULL;
CREATE INDEX courses_instructor ON courses (instructor_id, created_at DESC, id DESC);
CREATE INDEX courses_deleted ON courses (deleted_at) WHERE deleted_at IS NOT NULL;

-- What is to be known beforehand, and what is taught. `position` keeps the instructor's order.
CREATE TABLE course_skills (
    course_id INTEGER NOT NULL REFERENCES courses ON DELETE CASCADE,
    skill_id INTEGER NOT NULL REFERENCES skills,
    taught INTEGER NOT NULL CHECK (taught IN (0, 1)),
    position INTEGER NOT NULL,
    PRIMARY KEY (course_id, skill_id, taught)
) STRICT, WITHOUT ROWID;
CREATE INDEX course_skills_skill ON course_skills (skill_id, course_id);

-- What counts as taught: what is said to be, and where nothing is said, what is required.
CREATE VIEW course_teaches (course_id, skill_id) AS
    SELECT s.course_id, s.skill_id FROM course_skills s
    WHERE s.taught = 1 OR NOT EXISTS (SELECT 1 FROM course_skills t WHERE t.course_id = s.course_id AND t.taught = 1);

CREATE TABLE course_prerequisites (
    course_id INTEGER NOT NULL REFERENCES courses ON DELETE CASCADE,
    prerequisite_id INTEGER NOT NULL REFERENCES courses ON DELETE CASCADE,
    position INTEGER NOT NULL,
    PRIMARY KEY (course_id, prerequisite_id),
    CHECK (course_id <> prerequisite_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX course_prerequisites_prerequisite ON course_prerequisites (prerequisite_id);

CREATE VIRTUAL TABLE course_fts USING fts5 (
    title, description, category,
    content = 'courses', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
);
CREATE TRIGGER course_fts_insert AFTER INSERT ON courses BEGIN
    INSERT INTO course_fts (rowid, title, description, category)
    VALUES (new.id, new.title, new.description, new.category);
END;
CREATE TRIGGER course_fts_delete AFTER DELETE ON courses BEGIN
    INSERT INTO course_fts (course_fts, rowid, title, description, category)
    VALUES ('delete', old.id, old.title, old.description, old.category);
END;
CREATE TRIGGER course_fts_update AFTER UPDATE OF title, description, category ON courses BEGIN
    INSERT INTO course_fts (course_fts, rowid, title, description, category)
    VALUES ('delete', old.id, old.title, old.description, old.category);
    INSERT INTO course_fts (rowid, title, description, category)
    VALUES (new.id, new.title, new.description, new.category);
END;

CREATE TABLE course_modules (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    course_id INTEGER NOT NULL REFERENCES courses ON DELETE CASCADE,
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    content_type TEXT NOT NULL CHECK (content_type IN ('video', 'text', 'quiz', 'exercise', 'resource')),
    content TEXT NOT NULL,
    video_url TEXT,
    -- The stored file, and what its sender called it.
    file TEXT,
    file_name TEXT,
    duration_minutes INTEGER NOT NULL CHECK (duration_minutes BETWEEN 0 AND 6000),
    position INTEGER NOT NULL CHECK (position >= 1),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (course_id, position),
    CHECK ((file IS NULL) = (file_name IS NULL))
) STRICT;
CREATE UNIQUE INDEX course_modules_file ON course_modules (file) WHERE file IS NOT NULL;

CREATE TABLE user_course_progress (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    course_id INTEGER NOT NULL REFERENCES courses ON DELETE CASCADE,
    status TEXT NOT NULL CHECK (status IN ('in_progress', 'completed', 'dropped')),
    started_at INTEGER NOT NULL,
    completed_at INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (user_id, course_id),
    CHECK ((status = 'completed') = (completed_at IS NOT NULL))
) STRICT;
CREATE INDEX user_course_progress_user ON user_course_progress (user_id, started_at DESC, id DESC);
CREATE INDEX user_course_progress_course ON user_course_progress (course_id, status, started_at DESC, id DESC);
CREATE TRIGGER user_course_progress_insert AFTER INSERT ON user_course_progress BEGIN
    UPDATE courses SET total_students = total_students + 1 WHERE id = new.course_id;
END;
CREATE TRIGGER user_course_progress_delete AFTER DELETE ON user_course_progress BEGIN
    UPDATE courses SET total_students = total_students - 1 WHERE id = old.course_id;
END;

-- How far somebody has come is the number of these rows; there is no second place to keep in step.
CREATE TABLE module_completions (
    progress_id INTEGER NOT NULL REFERENCES user_course_progress ON DELETE CASCADE,
    module_id INTEGER NOT NULL REFERENCES course_modules ON DELETE CASCADE,
    completed_at INTEGER NOT NULL,
    PRIMARY KEY (progress_id, module_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX module_completions_module ON module_completions (module_id);

CREATE TABLE course_ratings (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    course_id INTEGER NOT NULL REFERENCES courses ON DELETE CASCADE,
    user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    rating INTEGER NOT NULL CHECK (rating BETWEEN 1 AND 5),
    review TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (course_id, user_id)
) STRICT;
CREATE INDEX course_ratings_course ON course_ratings (course_id, created_at DESC, id DESC);
CREATE INDEX course_ratings_user ON course_ratings (user_id);
CREATE TRIGGER course_ratings_insert AFTER INSERT ON course_ratings BEGIN
    UPDATE courses SET rating_sum = rating_sum + new.rating, total_ratings = total_ratings + 1 WHERE id = new.course_id;
END;
CREATE TRIGGER course_ratings_update AFTER UPDATE OF rating ON course_ratings BEGIN
    UPDATE courses SET rating_sum = rating_sum + new.rating - old.rating WHERE id = new.course_id;
END;
CREATE TRIGGER course_ratings_delete AFTER DELETE ON course_ratings BEGIN
    UPDATE courses SET rating_sum = rating_sum - old.rating, total_ratings = total_ratings - 1 WHERE id = old.course_id;
END;
