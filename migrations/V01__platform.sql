-- What every feature stands on: the event log, the queue, kept answers and kept computations.
-- Moments are microseconds since 1970 UTC unless a comment says otherwise.

CREATE TABLE events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    actor_id INTEGER,
    subject_type TEXT NOT NULL,
    subject_id INTEGER NOT NULL,
    data TEXT NOT NULL CHECK (json_valid(data))
) STRICT;
CREATE INDEX events_at ON events (at);
CREATE INDEX events_actor ON events (actor_id, at) WHERE actor_id IS NOT NULL;
CREATE INDEX events_kind ON events (kind, at);

-- The queue library's own tables. It inserts by position, so the order of columns must stay; its moments are seconds.
-- The partial indexes serve its queries: with the library's own indexes each acknowledgement scans finished rows.
CREATE TABLE Workers (
    id TEXT NOT NULL PRIMARY KEY,
    worker_type TEXT NOT NULL,
    storage_name TEXT NOT NULL,
    layers TEXT,
    last_seen INTEGER NOT NULL DEFAULT (unixepoch()),
    started_at INTEGER
);
CREATE TABLE Jobs (
    job BLOB NOT NULL CHECK (json_valid(CAST(job AS TEXT))),
    id TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 26 AND id GLOB '[0-7]*'),
    job_type TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'Pending' CHECK (status IN ('Pending', 'Queued', 'Running', 'Done', 'Failed', 'Killed')),
    attempts INTEGER NOT NULL DEFAULT 0,
    max_attempts INTEGER NOT NULL DEFAULT 25,
    run_at INTEGER NOT NULL DEFAULT (unixepoch()),
    last_result TEXT,
    lock_at INTEGER,
    lock_by TEXT,
    done_at INTEGER,
    priority INTEGER NOT NULL DEFAULT 0,
    metadata TEXT,
    idempotency_key TEXT,
    -- Ours, behind the columns of the library, which neither inserts nor reads it.
    kind TEXT GENERATED ALWAYS AS (CAST(job AS TEXT) ->> '$.kind') VIRTUAL
);
CREATE UNIQUE INDEX jobs_idempotency ON Jobs (job_type, idempotency_key);
CREATE INDEX jobs_pending ON Jobs (job_type, priority DESC, run_at, id) WHERE status = 'Pending' AND lock_by IS NULL;
CREATE INDEX jobs_failed ON Jobs (job_type, priority DESC, run_at, id) WHERE status = 'Failed' AND attempts < max_attempts;
CREATE INDEX jobs_active ON Jobs (lock_by) WHERE status IN ('Running', 'Queued');
CREATE INDEX jobs_done ON Jobs (done_at) WHERE done_at IS NOT NULL;
CREATE INDEX jobs_over ON Jobs (id) WHERE status IN ('Failed', 'Killed');
CREATE INDEX jobs_kind ON Jobs (kind, id);

-- The queue as people see it: moments in microseconds, the library's statuses as the six states of a task.
-- `status` and `done_at` are those of the library, for conditions that its indexes serve.
CREATE VIEW tasks AS SELECT
    id,
    kind,
    CAST(job AS TEXT) -> '$.args' AS args,
    CASE status
        WHEN 'Pending' THEN 'pending'
        WHEN 'Done' THEN 'done'
        WHEN 'Failed' THEN iif(attempts < max_attempts, 'failed', 'dead')
        WHEN 'Killed' THEN iif(metadata ->> '$.cancelled_at' IS NULL, 'dead', 'cancelled')
        ELSE 'running'
    END AS state,
    attempts,
    max_attempts,
    run_at * 1000000 AS run_at,
    lock_at * 1000000 AS started_at,
    iif(status IN ('Pending', 'Queued', 'Running'), NULL, done_at * 1000000) AS finished_at,
    last_result ->> '$.Err' AS error,
    idempotency_key AS dedupe_key,
    status,
    done_at
FROM Jobs;

-- Each finished run of a task. `waited` is how long it had been due when it started, in microseconds.
CREATE TABLE task_attempts (
    task_id TEXT NOT NULL REFERENCES Jobs (id) ON DELETE CASCADE,
    attempt INTEGER NOT NULL,
    kind TEXT NOT NULL,
    waited INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    finished_at INTEGER NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('done', 'failed', 'dead')),
    error TEXT,
    PRIMARY KEY (task_id, attempt)
) STRICT, WITHOUT ROWID;
CREATE INDEX task_attempts_kind ON task_attempts (kind, finished_at);

-- Answers kept under an Idempotency-Key, written by the transaction that had the effect.
CREATE TABLE idempotency (
    user_id INTEGER NOT NULL,
    path TEXT NOT NULL,
    key TEXT NOT NULL,
    body_hash TEXT NOT NULL,
    status INTEGER NOT NULL,
    location TEXT,
    body TEXT,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (user_id, path, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_age ON idempotency (created_at);

-- What a task or a request computed and may be computed again.
CREATE TABLE cached (
    key TEXT NOT NULL PRIMARY KEY,
    json TEXT NOT NULL CHECK (json_valid(json)),
    made_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX cached_expiry ON cached (expires_at);

-- Calls per route pattern, method and hour; `histogram` counts them by power of two of their microseconds.
CREATE TABLE route_usage (
    route TEXT NOT NULL,
    method TEXT NOT NULL,
    hour INTEGER NOT NULL,
    calls INTEGER NOT NULL,
    client_errors INTEGER NOT NULL,
    server_errors INTEGER NOT NULL,
    histogram TEXT NOT NULL CHECK (json_valid(histogram)),
    PRIMARY KEY (route, method, hour)
) STRICT, WITHOUT ROWID;
CREATE INDEX route_usage_hour ON route_usage (hour);
