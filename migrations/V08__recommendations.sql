-- Which recommendations were followed. Computed lists are rows of `cached`.

CREATE TABLE recommendation_clicks (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('job', 'course', 'mentor', 'skill', 'connection')),
    target_id INTEGER NOT NULL,
    -- Where it stood in its list, from 1.
    position INTEGER CHECK (position >= 1),
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX recommendation_clicks_user ON recommendation_clicks (user_id);
CREATE INDEX recommendation_clicks_at ON recommendation_clicks (at, kind, position);

-- Which postings somebody was told of because they fit: each once.
CREATE TABLE job_matches_told (
    user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    job_id INTEGER NOT NULL REFERENCES job_opportunities ON DELETE CASCADE,
    at INTEGER NOT NULL,
    PRIMARY KEY (user_id, job_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX job_matches_told_job ON job_matches_told (job_id);
