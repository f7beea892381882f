-- Projects, and who works on them.

CREATE TABLE projects (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    -- None when the account is gone.
    created_by INTEGER REFERENCES users ON DELETE SET NULL,
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    requirements TEXT NOT NULL,
    difficulty TEXT NOT NULL CHECK (difficulty IN ('beginner', 'intermediate', 'advanced')),
    category TEXT NOT NULL,
    estimated_hours REAL CHECK (estimated_hours BETWEEN 0.5 AND 1000),
    icon_emoji TEXT NOT NULL,
    color_gradient TEXT NOT NULL,
    thumbnail TEXT,
    status TEXT NOT NULL CHECK (status IN ('active', 'inactive', 'archived')),
    -- Kept by triggers, so that they stay exact whatever removes a row: a mean is the sum by the count.
    total_submissions INTEGER NOT NULL DEFAULT 0 CHECK (total_submissions >= 0),
    rating_sum INTEGER NOT NULL DEFAULT 0 CHECK (rating_sum >= 0),
    total_ratings INTEGER NOT NULL DEFAULT 0 CHECK (total_ratings >= 0),
    views_count INTEGER NOT NULL DEFAULT 0 CHECK (views_count >= 0),
    deleted_at INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX projects_active ON projects (created_at DESC, id DESC) WHERE status = 'active' AND deleted_at IS NULL;
CREATE INDEX projects_creator ON projects (created_by, created_at DESC, id DESC);
CREATE INDEX projects_deleted ON projects (deleted_at) WHERE deleted_at IS NOT NULL;

-- What a project practises. `position` keeps the creator's order.
CREATE TABLE project_skills (
    project_id INTEGER NOT NULL REFERENCES projects ON DELETE CASCADE,
    skill_id INTEGER NOT NULL REFERENCES skills,
    position INTEGER NOT NULL,
    PRIMARY KEY (project_id, skill_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX project_skills_skill ON project_skills (skill_id, project_id);

CREATE TABLE project_prerequisites (
    project_id INTEGER NOT NULL REFERENCES projects ON DELETE CASCADE,
    prerequisite_id INTEGER NOT NULL REFERENCES projects ON DELETE CASCADE,
    position INTEGER NOT NULL,
    PRIMARY KEY (project_id, prerequisite_id),
    CHECK (project_id <> prerequisite_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX project_prerequisites_prerequisite ON project_prerequisites (prerequisite_id);

CREATE VIRTUAL TABLE project_fts USING fts5 (
    title, description, category,
    content = 'projects', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
);
CREATE TRIGGER project_fts_insert AFTER INSERT ON projects BEGIN
    INSERT INTO project_fts (rowid, title, description, category)
    VALUES (new.id, new.title, new.description, new.category);
END;
CREATE TRIGGER project_fts_delete AFTER DELETE ON projects BEGIN
    INSERT INTO project_fts (project_fts, rowid, title, description, category)
    VALUES ('delete', old.id, old.title, old.description, old.category);
END;
CREATE TRIGGER project_fts_update AFTER UPDATE OF title, description, category ON projects BEGIN
    INSERT INTO project_fts (project_fts, rowid, title, description, category)
    VALUES ('delete', old.id, old.title, old.description, old.category);
    INSERT INTO project_fts (rowid, title, description, category)
    VALUES (new.id, new.title, new.description, new.category);
END;

CREATE TABLE user_project_progress (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    project_id INTEGER NOT NULL REFERENCES projects ON DELETE CASCADE,
    status TEXT NOT NULL CHECK (status IN ('in_progress', 'submitted', 'completed')),
    submission_url TEXT,
    submission_notes TEXT NOT NULL DEFAULT '',
    rating INTEGER CHECK (rating BETWEEN 1 AND 5),
    feedback TEXT,
    reviewed_by INTEGER REFERENCES users ON DELETE SET NULL,
    -- Of each review, so that each is told once.
    reviews INTEGER NOT NULL DEFAULT 0,
    started_at INTEGER NOT NULL,
    -- The last time; once set, the person counts among those who submitted.
    submitted_at INTEGER,
    completed_at INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (user_id, project_id),
    CHECK ((status = 'completed') = (completed_at IS NOT NULL)),
    CHECK (status = 'in_progress' OR (submitted_at IS NOT NULL AND submission_url IS NOT NULL))
) STRICT;
CREATE INDEX user_project_progress_user ON user_project_progress (user_id, started_at DESC, id DESC);
CREATE INDEX user_project_progress_project ON user_project_progress (project_id, status, rating DESC, submitted_at);
CREATE INDEX user_project_progress_reviewer ON user_project_progress (reviewed_by) WHERE reviewed_by IS NOT NULL;
-- A row begins without a submission. A rating counts once the work is accepted.
CREATE TRIGGER user_project_progress_submit AFTER UPDATE OF submitted_at ON user_project_progress
WHEN (old.submitted_at IS NULL) <> (new.submitted_at IS NULL) BEGIN
    UPDATE projects SET total_submissions = total_submissions + iif(new.submitted_at IS NULL, -1, 1)
    WHERE id = new.project_id;
END;
CREATE TRIGGER user_project_progress_complete AFTER UPDATE OF status ON user_project_progress
WHEN old.status <> 'completed' AND new.status = 'completed' AND new.rating IS NOT NULL BEGIN
    UPDATE projects SET rating_sum = rating_sum + new.rating, total_ratings = total_ratings + 1
    WHERE id = new.project_id;
END;
CREATE TRIGGER user_project_progress_delete AFTER DELETE ON user_project_progress BEGIN
    UPDATE projects SET total_submissions = total_submissions - (old.submitted_at IS NOT NULL),
        rating_sum = rating_sum - iif(old.status = 'completed', coalesce(old.rating, 0), 0),
        total_ratings = total_ratings - (old.status = 'completed' AND old.rating IS NOT NULL)
    WHERE id = old.project_id;
END;
