-- What the schedule remembers, and kinds of tasks that are held back.

-- Times up to `settled` are dealt with: queued, folded into a task that had not ended, passed over while the entry was
-- off, or before its first start.
CREATE TABLE schedule_entries (
    name TEXT NOT NULL PRIMARY KEY,
    enabled INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0, 1)),
    settled INTEGER NOT NULL,
    -- When its task was queued last, and which one that is; the task itself may have been purged since.
    ran_at INTEGER,
    task_id TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE paused_kinds (
    kind TEXT NOT NULL PRIMARY KEY,
    paused_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- A waiting task of a paused kind is held by nobody: workers of every process look only for rows that no one holds, so it
-- costs them nothing. Triggers, because rows begin to wait in many ways, some of them the queue library's own. Their first
-- condition spares reading the kind while nothing is paused.
CREATE TRIGGER jobs_hold_new AFTER INSERT ON Jobs
WHEN EXISTS (SELECT 1 FROM paused_kinds) AND EXISTS (SELECT 1 FROM paused_kinds WHERE kind = NEW.kind)
BEGIN
    UPDATE Jobs SET lock_by = 'paused' WHERE id = NEW.id;
END;
CREATE TRIGGER jobs_hold_waiting AFTER UPDATE OF status, lock_by ON Jobs
WHEN ((NEW.status = 'Pending' AND NEW.lock_by IS NULL) OR (NEW.status = 'Failed' AND NEW.attempts < NEW.max_attempts))
    AND EXISTS (SELECT 1 FROM paused_kinds) AND EXISTS (SELECT 1 FROM paused_kinds WHERE kind = NEW.kind)
BEGIN
    UPDATE Jobs SET status = 'Pending', lock_by = 'paused' WHERE id = NEW.id;
END;
CREATE INDEX jobs_held ON Jobs (kind) WHERE lock_by = 'paused';

-- The monitor lists tasks by when they are due.
CREATE INDEX jobs_run_at ON Jobs (run_at, id);
DROP VIEW tasks;
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
    done_at,
    run_at AS due
FROM Jobs;
