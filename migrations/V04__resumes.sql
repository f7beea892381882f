-- Résumés. What lists do not show lies in a table of its own.

CREATE TABLE resumes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    label TEXT NOT NULL,
    original_filename TEXT NOT NULL,
    -- The name of the stored file, which belongs to this row alone.
    file TEXT NOT NULL UNIQUE,
    file_type TEXT NOT NULL CHECK (file_type IN ('pdf', 'docx', 'odt', 'txt')),
    file_size INTEGER NOT NULL CHECK (file_size > 0),
    pages INTEGER NOT NULL CHECK (pages >= 0),
    sha256 TEXT NOT NULL,
    is_primary INTEGER NOT NULL CHECK (is_primary IN (0, 1)),
    -- Counts the upload and each analysis asked for later: what belongs to an earlier one has no effect.
    run INTEGER NOT NULL DEFAULT 1,
    analysis_status TEXT NOT NULL DEFAULT 'pending'
        CHECK (analysis_status IN ('pending', 'analyzing', 'completed', 'failed', 'needs_ocr')),
    reason TEXT,
    -- The figures of the last analysis that ended, as lists show them.
    extracted_skills TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(extracted_skills)),
    skill_gaps TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(skill_gaps)),
    experience_level TEXT CHECK (experience_level IN ('entry', 'junior', 'mid', 'senior', 'lead')),
    skill_score REAL CHECK (skill_score BETWEEN 0 AND 100),
    total_score INTEGER CHECK (total_score BETWEEN 0 AND 100),
    model_version TEXT,
    analyzed_at INTEGER,
    -- When the run was asked for.
    queued_at INTEGER NOT NULL,
    -- When its owner last looked at it; kept to the day and for failed ones only.
    seen_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (user_id, sha256)
) STRICT;
CREATE UNIQUE INDEX resumes_primary ON resumes (user_id) WHERE is_primary = 1;
CREATE INDEX resumes_user ON resumes (user_id, created_at DESC, id DESC);
CREATE INDEX resumes_open ON resumes (queued_at) WHERE analysis_status IN ('pending', 'analyzing');
CREATE INDEX resumes_failed ON resumes (seen_at) WHERE analysis_status = 'failed';

CREATE TABLE resume_contents (
    resume_id INTEGER PRIMARY KEY REFERENCES resumes ON DELETE CASCADE,
    -- The run for which the document was read, and what came of it: a text, or why there is none.
    read_run INTEGER NOT NULL,
    text TEXT NOT NULL,
    failure TEXT,
    warnings TEXT NOT NULL CHECK (json_valid(warnings)),
    -- The whole result of the last analysis that ended.
    result TEXT CHECK (json_valid(result))
) STRICT;
