-- The catalogue of skills, who holds which, and who vouches for it.

CREATE TABLE skills (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL COLLATE NOCASE,
    category TEXT NOT NULL DEFAULT 'other' CHECK (category IN ('frontend', 'backend', 'fullstack', 'mobile',
        'data-science', 'devops', 'design', 'security', 'business', 'soft-skills', 'other')),
    description TEXT NOT NULL DEFAULT '',
    synonyms TEXT NOT NULL DEFAULT '[]' CHECK (json_type(synonyms) = 'array'),
    -- Its name is an everyday word or a letter as well, so that in a text it counts only with support around it.
    context INTEGER NOT NULL DEFAULT 0 CHECK (context IN (0, 1)),
    -- Kept: holders, by the triggers below; distinct open jobs that ask for it, by the jobs.
    users INTEGER NOT NULL DEFAULT 0 CHECK (users >= 0),
    job_demand INTEGER NOT NULL DEFAULT 0 CHECK (job_demand >= 0),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX skills_name ON skills (name, id);
CREATE INDEX skills_users ON skills (users DESC, id DESC);
CREATE INDEX skills_demand ON skills (job_demand DESC, id DESC);

-- Every name and synonym in lower case: no two skills share one.
CREATE TABLE skill_names (
    key TEXT NOT NULL PRIMARY KEY,
    skill_id INTEGER NOT NULL REFERENCES skills ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX skill_names_skill ON skill_names (skill_id);

-- `+` and `#` are part of words here: C++ and C# are not C.
CREATE VIRTUAL TABLE skills_fts USING fts5(
    name, synonyms, content = 'skills', content_rowid = 'id',
    tokenize = "unicode61 remove_diacritics 2 tokenchars '+#'"
);
CREATE TRIGGER skills_fts_insert AFTER INSERT ON skills BEGIN
    INSERT INTO skills_fts (rowid, name, synonyms) VALUES (new.id, new.name, new.synonyms);
END;
CREATE TRIGGER skills_fts_delete AFTER DELETE ON skills BEGIN
    INSERT INTO skills_fts (skills_fts, rowid, name, synonyms) VALUES ('delete', old.id, old.name, old.synonyms);
END;
CREATE TRIGGER skills_fts_update AFTER UPDATE OF name, synonyms ON skills BEGIN
    INSERT INTO skills_fts (skills_fts, rowid, name, synonyms) VALUES ('delete', old.id, old.name, old.synonyms);
    INSERT INTO skills_fts (rowid, name, synonyms) VALUES (new.id, new.name, new.synonyms);
END;

CREATE TABLE user_skills (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    skill_id INTEGER NOT NULL REFERENCES skills,
    proficiency_level TEXT NOT NULL CHECK (proficiency_level IN ('beginner', 'intermediate', 'advanced', 'expert')),
    level_rank INTEGER NOT NULL GENERATED ALWAYS AS (CASE proficiency_level
        WHEN 'beginner' THEN 1 WHEN 'intermediate' THEN 2 WHEN 'advanced' THEN 3 ELSE 4 END) VIRTUAL,
    years_of_experience REAL NOT NULL DEFAULT 0
        CHECK (years_of_experience BETWEEN 0 AND 60 AND years_of_experience * 2 = round(years_of_experience * 2)),
    -- Kept by the triggers below.
    endorsements_count INTEGER NOT NULL DEFAULT 0 CHECK (endorsements_count >= 0),
    source TEXT NOT NULL CHECK (source IN ('manual', 'resume', 'import')),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (user_id, skill_id)
) STRICT;
CREATE INDEX user_skills_skill ON user_skills (skill_id, proficiency_level, endorsements_count);
CREATE INDEX user_skills_created ON user_skills (created_at, skill_id);

CREATE TABLE skill_endorsements (
    -- Never used again: points are booked under it, and endorsing once more after a withdrawal is booked once more.
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_skill_id INTEGER NOT NULL REFERENCES user_skills ON DELETE CASCADE,
    endorser_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    UNIQUE (user_skill_id, endorser_id)
) STRICT;
CREATE INDEX skill_endorsements_endorser ON skill_endorsements (endorser_id);

-- Triggers keep these counters, because rows also go when the account they belong to is erased.
CREATE TRIGGER user_skills_counted AFTER INSERT ON user_skills BEGIN
    UPDATE skills SET users = users + 1 WHERE id = new.skill_id;
END;
CREATE TRIGGER user_skills_uncounted AFTER DELETE ON user_skills BEGIN
    UPDATE skills SET users = users - 1 WHERE id = old.skill_id;
END;
CREATE TRIGGER user_skills_moved AFTER UPDATE OF skill_id ON user_skills BEGIN
    UPDATE skills SET users = users - 1 WHERE id = old.skill_id;
    UPDATE skills SET users = users + 1 WHERE id = new.skill_id;
END;
CREATE TRIGGER skill_endorsements_counted AFTER INSERT ON skill_endorsements BEGIN
    UPDATE user_skills SET endorsements_count = endorsements_count + 1 WHERE id = new.user_skill_id;
END;
CREATE TRIGGER skill_endorsements_uncounted AFTER DELETE ON skill_endorsements BEGIN
    UPDATE user_skills SET endorsements_count = endorsements_count - 1 WHERE id = old.user_skill_id;
END;
CREATE TRIGGER skill_endorsements_moved AFTER UPDATE OF user_skill_id ON skill_endorsements BEGIN
    UPDATE user_skills SET endorsements_count = endorsements_count - 1 WHERE id = old.user_skill_id;
    UPDATE user_skills SET endorsements_count = endorsements_count + 1 WHERE id = new.user_skill_id;
END;

-- What the analyses of résumés changed, oldest first per held skill; an edit by its holder ends the pile.
-- `before_level` is null where the analysis added the skill.
CREATE TABLE skill_syncs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_skill_id INTEGER NOT NULL REFERENCES user_skills ON DELETE CASCADE,
    resume_id INTEGER NOT NULL,
    before_level TEXT CHECK (before_level IN ('beginner', 'intermediate', 'advanced', 'expert')),
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX skill_syncs_user_skill ON skill_syncs (user_skill_id, id);
CREATE INDEX skill_syncs_resume ON skill_syncs (resume_id, id);

CREATE TABLE skill_suggestions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    name TEXT NOT NULL,
    -- The name in lower case: nobody suggests the same thing twice.
    key TEXT NOT NULL,
    category TEXT CHECK (category IN ('frontend', 'backend', 'fullstack', 'mobile', 'data-science', 'devops', 'design',
        'security', 'business', 'soft-skills', 'other')),
    why TEXT NOT NULL DEFAULT '',
    status TEXT NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'accepted', 'rejected', 'merged')),
    skill_id INTEGER REFERENCES skills ON DELETE SET NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (user_id, key)
) STRICT;
CREATE INDEX skill_suggestions_status ON skill_suggestions (status, id);
CREATE INDEX skill_suggestions_skill ON skill_suggestions (skill_id) WHERE skill_id IS NOT NULL;
