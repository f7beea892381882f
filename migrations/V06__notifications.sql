-- What people are told, what they want to hear of, and the mail that leaves.

CREATE TABLE notifications (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    type TEXT NOT NULL CHECK (type IN ('achievement', 'mention', 'like', 'comment', 'job_match', 'mentor_request', 'session',
        'application', 'course', 'connection', 'system')),
    title TEXT NOT NULL CHECK (length(title) <= 200),
    message TEXT NOT NULL CHECK (length(message) <= 1000),
    link TEXT,
    related_user_id INTEGER REFERENCES users ON DELETE SET NULL,
    is_read INTEGER NOT NULL DEFAULT 0 CHECK (is_read IN (0, 1)),
    read_at INTEGER,
    -- 0: kept for its mail alone, because its type is wanted by mail and not here.
    in_app INTEGER NOT NULL CHECK (in_app IN (0, 1)),
    -- What further causes may fold into while the row is unread and young: one liked post, one job.
    fold TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CHECK ((read_at IS NULL) = (is_read = 0))
) STRICT;
CREATE INDEX notifications_user ON notifications (user_id, created_at DESC, id DESC);
CREATE INDEX notifications_unread ON notifications (user_id) WHERE is_read = 0 AND in_app = 1;
CREATE INDEX notifications_fold ON notifications (user_id, fold, created_at) WHERE fold IS NOT NULL AND is_read = 0;
CREATE INDEX notifications_related ON notifications (related_user_id) WHERE related_user_id IS NOT NULL;

-- Each cause is told once, also when its notification was folded into another one or deleted since.
CREATE TABLE notification_keys (
    user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    key TEXT NOT NULL,
    notification_id INTEGER REFERENCES notifications ON DELETE SET NULL,
    related_user_id INTEGER REFERENCES users ON DELETE SET NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (user_id, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX notification_keys_notification ON notification_keys (notification_id) WHERE notification_id IS NOT NULL;
CREATE INDEX notification_keys_related ON notification_keys (related_user_id) WHERE related_user_id IS NOT NULL;
CREATE INDEX notification_keys_age ON notification_keys (created_at);

CREATE TABLE notification_preferences (
    user_id INTEGER NOT NULL PRIMARY KEY REFERENCES users ON DELETE CASCADE,
    digest TEXT NOT NULL CHECK (digest IN ('off', 'daily', 'weekly')),
    weekly_report INTEGER NOT NULL CHECK (weekly_report IN (0, 1)),
    timezone TEXT NOT NULL,
    language TEXT NOT NULL CHECK (language IN ('en', 'uk'))
) STRICT;

-- Only what differs from the defaults of a type.
CREATE TABLE notification_choices (
    user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    type TEXT NOT NULL,
    in_app INTEGER NOT NULL CHECK (in_app IN (0, 1)),
    email INTEGER NOT NULL CHECK (email IN (0, 1)),
    PRIMARY KEY (user_id, type)
) STRICT, WITHOUT ROWID;

CREATE TABLE outgoing_mails (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER REFERENCES users ON DELETE CASCADE,
    template TEXT NOT NULL,
    -- Which notification, award or account the mail is about.
    reference TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('queued', 'sent', 'failed')),
    sent_at INTEGER,
    error TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (user_id, template, reference)
) STRICT;
CREATE INDEX outgoing_mails_age ON outgoing_mails (created_at);
