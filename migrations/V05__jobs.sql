-- Postings, the skills they ask for, and applications to them.

CREATE TABLE job_opportunities (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    -- None when the account is gone.
    posted_by INTEGER REFERENCES users ON DELETE SET NULL,
    title TEXT NOT NULL,
    company_name TEXT NOT NULL,
    company_logo TEXT,
    location TEXT NOT NULL,
    is_remote INTEGER NOT NULL CHECK (is_remote IN (0, 1)),
    job_type TEXT NOT NULL CHECK (job_type IN ('full-time', 'part-time', 'contract', 'internship', 'freelance')),
    experience_level TEXT CHECK (experience_level IN ('entry', 'junior', 'mid', 'senior')),
    salary_min INTEGER CHECK (salary_min >= 0),
    salary_max INTEGER CHECK (salary_max >= 0),
    salary_currency TEXT NOT NULL CHECK (length(salary_currency) = 3),
    application_url TEXT,
    deadline INTEGER,
    status TEXT NOT NULL CHECK (status IN ('active', 'closed')),
    posted_at INTEGER NOT NULL,
    -- Applications that were not withdrawn.
    total_applications INTEGER NOT NULL DEFAULT 0 CHECK (total_applications >= 0),
    views_count INTEGER NOT NULL DEFAULT 0 CHECK (views_count >= 0),
    deleted_at INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    -- Long, and therefore last: what comes before it is read without it.
    description TEXT NOT NULL,
    CHECK (salary_min <= salary_max)
) STRICT;
-- The list that everybody sees: its order, and all that it is counted by.
CREATE INDEX job_opportunities_open ON job_opportunities (posted_at DESC, id DESC, deadline, status, deleted_at)
    WHERE status = 'active' AND deleted_at IS NULL;
CREATE INDEX job_opportunities_deadline ON job_opportunities (deadline)
    WHERE status = 'active' AND deleted_at IS NULL AND deadline IS NOT NULL;
CREATE INDEX job_opportunities_poster ON job_opportunities (posted_by, posted_at DESC, id DESC);
CREATE INDEX job_opportunities_deleted ON job_opportunities (deleted_at) WHERE deleted_at IS NOT NULL;

-- What a posting asks for: must have, or nice to have. `position` keeps the poster's order.
CREATE TABLE job_skills (
    job_id INTEGER NOT NULL REFERENCES job_opportunities ON DELETE CASCADE,
    skill_id INTEGER NOT NULL REFERENCES skills,
    must INTEGER NOT NULL CHECK (must IN (0, 1)),
    position INTEGER NOT NULL,
    PRIMARY KEY (job_id, skill_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX job_skills_skill ON job_skills (skill_id, job_id);

CREATE VIRTUAL TABLE job_fts USING fts5 (
    title, company_name, description, location,
    content = 'job_opportunities', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
);
CREATE TRIGGER job_fts_insert AFTER INSERT ON job_opportunities BEGIN
    INSERT INTO job_fts (rowid, title, company_name, description, location)
    VALUES (new.id, new.title, new.company_name, new.description, new.location);
END;
CREATE TRIGGER job_fts_delete AFTER DELETE ON job_opportunities BEGIN
    INSERT INTO job_fts (job_fts, rowid, title, company_name, description, location)
    VALUES ('delete', old.id, old.title, old.company_name, old.description, old.location);
END;
CREATE TRIGGER job_fts_update AFTER UPDATE OF title, company_name, description, location ON job_opportunities BEGIN
    INSERT INTO job_fts (job_fts, rowid, title, company_name, description, location)
    VALUES ('delete', old.id, old.title, old.company_name, old.description, old.location);
    INSERT INTO job_fts (rowid, title, company_name, description, location)
    VALUES (new.id, new.title, new.company_name, new.description, new.location);
END;

CREATE TABLE job_applications (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    -- None once the posting is removed for good; title and company stay readable to the applicant.
    job_id INTEGER REFERENCES job_opportunities ON DELETE SET NULL,
    job_title TEXT NOT NULL,
    company_name TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('applied', 'interview', 'offered', 'accepted', 'rejected', 'withdrawn')),
    cover_letter TEXT NOT NULL,
    resume_id INTEGER REFERENCES resumes ON DELETE SET NULL,
    match_percentage INTEGER NOT NULL CHECK (match_percentage BETWEEN 0 AND 100),
    applied_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (user_id, job_id)
) STRICT;
CREATE INDEX job_applications_user ON job_applications (user_id, applied_at DESC, id DESC);
CREATE INDEX job_applications_job ON job_applications (job_id, applied_at DESC, id DESC);
CREATE INDEX job_applications_resume ON job_applications (resume_id) WHERE resume_id IS NOT NULL;

-- Each step of an application. Only added to.
CREATE TABLE application_changes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    application_id INTEGER NOT NULL REFERENCES job_applications ON DELETE CASCADE,
    from_status TEXT,
    to_status TEXT NOT NULL,
    by_id INTEGER REFERENCES users ON DELETE SET NULL,
    note TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX application_changes_application ON application_changes (application_id, id);
CREATE INDEX application_changes_by ON application_changes (by_id) WHERE by_id IS NOT NULL;
CREATE TRIGGER application_changes_fixed BEFORE UPDATE OF application_id, from_status, to_status, note, at ON application_changes
BEGIN SELECT RAISE (ABORT, 'a change of an application is never rewritten'); END;
