-- What figures are made of.

-- The indexes of events hold all that a heatmap or a streak asks, so that neither reads the events themselves.
DROP INDEX events_at;
CREATE INDEX events_at ON events (at, kind, actor_id);
DROP INDEX events_actor;
CREATE INDEX events_actor ON events (actor_id, at, kind) WHERE actor_id IS NOT NULL;

-- `histogram` is now `{bucket: calls}`, with eight buckets for each power of two of the microseconds. What was counted by
-- power of two goes to the middle of its eight.
UPDATE route_usage SET histogram = (
    SELECT json_group_object(CASE WHEN h.key < 3 THEN h.key WHEN h.key = 3 THEN 5 ELSE (h.key - 3) * 8 + 4 END, h.value)
    FROM json_each(route_usage.histogram) h WHERE h.value > 0
) WHERE json_type(histogram) = 'array';

-- Where the hours go when they are old.
CREATE TABLE route_usage_days (
    route TEXT NOT NULL,
    method TEXT NOT NULL,
    day INTEGER NOT NULL,
    calls INTEGER NOT NULL,
    client_errors INTEGER NOT NULL,
    server_errors INTEGER NOT NULL,
    histogram TEXT NOT NULL CHECK (json_valid(histogram)),
    PRIMARY KEY (route, method, day)
) STRICT, WITHOUT ROWID;
CREATE INDEX route_usage_days_day ON route_usage_days (day);

-- The group figures at the end of each UTC day, kept for good.
CREATE TABLE daily_snapshots (
    date TEXT NOT NULL PRIMARY KEY CHECK (date = date(date)),
    figures TEXT NOT NULL CHECK (json_valid(figures)),
    made_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- How often a recommendation of a kind was shown at each place of its list, by UTC day.
CREATE TABLE recommendation_shown (
    day INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('job', 'course', 'mentor', 'skill', 'connection')),
    position INTEGER NOT NULL CHECK (position >= 1),
    shown INTEGER NOT NULL CHECK (shown > 0),
    PRIMARY KEY (day, kind, position)
) STRICT, WITHOUT ROWID;
