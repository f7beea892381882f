-- One index over everything that a stranger may find.

-- A document is numbered by its kind and the id of its row: kind << 48 | id. The kinds: 0 posts, 1 jobs, 2 users, 3 courses,
-- 4 projects, 5 mentors, 6 skills. `+` and `#` are part of words here: C++ and C# are not C.
CREATE VIRTUAL TABLE search_index USING fts5 (
    title, names, skills, text,
    content = '', contentless_delete = 1, tokenize = "unicode61 remove_diacritics 2 tokenchars '+#'", prefix = '1 2 3'
);
-- How many documents hold a word.
CREATE VIRTUAL TABLE search_terms USING fts5vocab (search_index, 'row');

-- What is known of each document besides its words.
CREATE TABLE search_entries (
    document INTEGER PRIMARY KEY,
    -- What it is shown as.
    title TEXT NOT NULL,
    -- What newer means.
    at INTEGER NOT NULL,
    -- When it stops to be found; null: never by itself.
    until INTEGER
) STRICT;

-- Every word that a document held since the last rebuild, folded, for finding what a mistyped one may mean.
CREATE TABLE search_words (
    length INTEGER NOT NULL,
    word TEXT NOT NULL,
    PRIMARY KEY (length, word)
) STRICT, WITHOUT ROWID;

-- Documents that changed in this transaction: marked by the triggers below, made anew before it is committed, each once
-- however many of its rows changed.
CREATE TABLE search_changes (
    kind INTEGER NOT NULL,
    id INTEGER NOT NULL,
    PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;

-- Whether a document was made of every row. An instance that has rows from before is given its index at the next start.
CREATE TABLE search_state (is_whole INTEGER NOT NULL CHECK (is_whole IN (0, 1))) STRICT;
INSERT INTO search_state SELECT NOT EXISTS (SELECT 1 FROM users) AND NOT EXISTS (SELECT 1 FROM skills);

CREATE TRIGGER search_post_insert AFTER INSERT ON community_posts BEGIN
    INSERT OR IGNORE INTO search_changes VALUES (0, new.id);
END;
CREATE TRIGGER search_post_update AFTER UPDATE OF title, tags, hidden_at, is_away, deleted_at, content ON community_posts BEGIN
    INSERT OR IGNORE INTO search_changes VALUES (0, new.id);
END;
CREATE TRIGGER search_post_delete AFTER DELETE ON community_posts BEGIN
    INSERT OR IGNORE INTO search_changes VALUES (0, old.id);
END;

CREATE TRIGGER search_job_insert AFTER INSERT ON job_opportunities BEGIN
    INSERT OR IGNORE INTO search_changes VALUES (1, new.id);
END;
CREATE TRIGGER search_job_update AFTER UPDATE OF title, company_name, location, deadline, status, posted_at, deleted_at,
    description ON job_opportunities BEGIN
    INSERT OR IGNORE INTO search_changes VALUES (1, new.id);
END;
CREATE TRIGGER search_job_delete AFTER DELETE ON job_opportunities BEGIN
    INSERT OR IGNORE INTO search_changes VALUES (1, old.id);
END;
CREATE TRIGGER search_job_skill_insert AFTER INSERT ON job_skills BEGIN
    INSERT OR IGNORE INTO search_changes VALUES (1, new.job_id);
END;
CREATE TRIGGER search_job_skill_update AFTER UPDATE OF skill_id, position ON job_skills BEGIN
    INSERT OR IGNORE INTO search_changes VALUES (1, new.job_id);
END;
CREATE TRIGGER search_job_skill_delete AFTER DELETE ON job_skills BEGIN
    INSERT OR IGNORE INTO search_changes VALUES (1, old.job_id);
END;

CREATE TRIGGER search_user_insert AFTER INSERT ON users BEGIN
    INSERT OR IGNORE INTO search_changes VALUES (2, new.id);
END;
CREATE TRIGGER search_user_update AFTER UPDATE OF username, first_name, last_name, title, bio, location, is_active ON users BEGIN
    INSERT OR IGNORE INTO search_changes VALUES (2, new.id);
END;
CREATE TRIGGER search_user_delete AFTER DELETE ON users BEGIN
    INSERT OR IGNORE INTO search_changes VALUES (2, old.id);
END;
CREATE TRIGGER search_user_skill_insert AFTER INSERT ON user_skills BEGIN
    INSERT OR IGNORE INTO search_changes VALUES (2, new.user_id);
END;
CREATE TRIGGER search_user_skill_update AFTER UPDATE OF skill_id ON user_skills BEGIN
    INSERT OR IGNORE INTO search_changes VALUES (2, new.user_id);
END;
CREATE TRIGGER search_user_skill_delete AFTER DELETE ON user_skills BEGIN
    INSERT OR IGNORE INTO search_changes VALUES (2, old.user_id);
END;

CREATE TRIGGER search_course_insert AFTER INSERT ON courses BEGIN
    INSERT OR IGNORE INTO search_changes VALUES (3, new.id);
END;
CREATE TRIGGER search_course_update AFTER UPDATE OF title, description, category, status, deleted_at ON courses BEGIN
    INSERT OR IGNORE INTO search_changes VALUES (3, new.id);
END;
CREATE TRIGGER search_course_delete AFTER DELETE ON courses BEGIN
    INSERT OR IGNORE INTO search_changes VALUES (3, old.id);
END;
CREATE TRIGGER search_course_skill_insert AFTER INSERT ON course_skills BEGIN
    INSERT OR IGNORE INTO search_changes VALUES (3, new.course_id);
END;
CREATE TRIGGER search_course_skill_update AFTER UPDATE OF skill_id, position ON course_skills BEGIN
    INSERT OR IGNORE INTO search_changes VALUES (3, new.course_id);
END;
CREATE TRIGGER search_course_skill_delete AFTER DELETE ON course_skills BEGIN
    INSERT OR IGNORE INTO search_changes VALUES (3, old.course_id);
END;

CREATE TRIGGER search_project_insert AFTER INSERT ON projects BEGIN
    INSERT OR IGNORE INTO search_changes VALUES (4, new.id);
END;
CREATE TRIGGER search_project_update AFTER UPDATE OF title, description, requirements, category, status, deleted_at ON projects
BEGIN
    INSERT OR IGNORE INTO search_changes VALUES (4, new.id);
END;
CREATE TRIGGER search_project_delete AFTER DELETE ON projects BEGIN
    INSERT OR IGNORE INTO search_changes VALUES (4, old.id);
END;
CREATE TRIGGER search_project_skill_insert AFTER INSERT ON project_skills BEGIN
    INSERT OR IGNORE INTO search_changes VALUES (4, new.project_id);
END;
CREATE TRIGGER search_project_skill_update AFTER UPDATE OF skill_id, position ON project_skills BEGIN
    INSERT OR IGNORE INTO search_changes VALUES (4, new.project_id);
END;
CREATE TRIGGER search_project_skill_delete AFTER DELETE ON project_skills BEGIN
    INSERT OR IGNORE INTO search_changes VALUES (4, old.project_id);
END;

CREATE TRIGGER search_mentor_insert AFTER INSERT ON mentors BEGIN
    INSERT OR IGNORE INTO search_changes VALUES (5, new.id);
END;
CREATE TRIGGER search_mentor_update AFTER UPDATE OF bio, status ON mentors BEGIN
    INSERT OR IGNORE INTO search_changes VALUES (5, new.id);
END;
CREATE TRIGGER search_mentor_delete AFTER DELETE ON mentors BEGIN
    INSERT OR IGNORE INTO search_changes VALUES (5, old.id);
END;
CREATE TRIGGER search_mentor_skill_insert AFTER INSERT ON mentor_skills BEGIN
    INSERT OR IGNORE INTO search_changes VALUES (5, new.mentor_id);
END;
CREATE TRIGGER search_mentor_skill_update AFTER UPDATE OF skill_id, position ON mentor_skills BEGIN
    INSERT OR IGNORE INTO search_changes VALUES (5, new.mentor_id);
END;
CREATE TRIGGER search_mentor_skill_delete AFTER DELETE ON mentor_skills BEGIN
    INSERT OR IGNORE INTO search_changes VALUES (5, old.mentor_id);
END;
CREATE TRIGGER search_mentor_person AFTER UPDATE OF username, first_name, last_name, title, is_active ON users BEGIN
    INSERT OR IGNORE INTO search_changes SELECT 5, id FROM mentors WHERE user_id = new.id;
END;

CREATE TRIGGER search_skill_insert AFTER INSERT ON skills BEGIN
    INSERT OR IGNORE INTO search_changes VALUES (6, new.id);
END;
CREATE TRIGGER search_skill_update AFTER UPDATE OF name, description, synonyms ON skills BEGIN
    INSERT OR IGNORE INTO search_changes VALUES (6, new.id);
END;
CREATE TRIGGER search_skill_delete AFTER DELETE ON skills BEGIN
    INSERT OR IGNORE INTO search_changes VALUES (6, old.id);
END;
-- Whatever names a skill that is renamed is a changed document as well.
CREATE TRIGGER search_skill_rename AFTER UPDATE OF name ON skills WHEN old.name IS NOT new.name COLLATE BINARY BEGIN
    INSERT OR IGNORE INTO search_changes SELECT 1, job_id FROM job_skills WHERE skill_id = new.id;
    INSERT OR IGNORE INTO search_changes SELECT 2, user_id FROM user_skills WHERE skill_id = new.id;
    INSERT OR IGNORE INTO search_changes SELECT 3, course_id FROM course_skills WHERE skill_id = new.id;
    INSERT OR IGNORE INTO search_changes SELECT 4, project_id FROM project_skills WHERE skill_id = new.id;
    INSERT OR IGNORE INTO search_changes SELECT 5, mentor_id FROM mentor_skills WHERE skill_id = new.id;
END;
