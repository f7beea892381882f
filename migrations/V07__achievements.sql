-- What can be earned, and who earned it.

CREATE TABLE achievements (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    icon TEXT,
    rarity TEXT NOT NULL CHECK (rarity IN ('common', 'rare', 'epic', 'legendary')),
    points_awarded INTEGER NOT NULL CHECK (points_awarded BETWEEN 0 AND 1000),
    metric TEXT NOT NULL,
    target INTEGER NOT NULL CHECK (target >= 1),
    built_in INTEGER NOT NULL CHECK (built_in IN (0, 1)),
    is_active INTEGER NOT NULL CHECK (is_active IN (0, 1)),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE user_achievements (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    achievement_id INTEGER NOT NULL REFERENCES achievements ON DELETE RESTRICT,
    -- What was booked for it, whatever the achievement awards by now.
    points INTEGER NOT NULL CHECK (points >= 0),
    earned_at INTEGER NOT NULL,
    awarded_by INTEGER REFERENCES users ON DELETE SET NULL,
    -- A revoked award stands in no list and keeps the achievement from being earned again by itself.
    revoked_at INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX user_achievements_once ON user_achievements (user_id, achievement_id) WHERE revoked_at IS NULL;
CREATE INDEX user_achievements_user ON user_achievements (user_id, earned_at DESC, id DESC);
CREATE INDEX user_achievements_achievement ON user_achievements (achievement_id);
CREATE INDEX user_achievements_awarded_by ON user_achievements (awarded_by) WHERE awarded_by IS NOT NULL;

-- The round sums of points that somebody was told of, each once.
CREATE TABLE point_milestones (
    user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    points INTEGER NOT NULL,
    reached_at INTEGER NOT NULL,
    PRIMARY KEY (user_id, points)
) STRICT, WITHOUT ROWID;
