-- Posts, comments, likes, tags, and what members report to moderators.

CREATE TABLE community_posts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    -- None for a post that was brought in without one.
    author_id INTEGER REFERENCES users ON DELETE SET NULL,
    title TEXT NOT NULL,
    -- The author's list in their order; post_tags is what is looked up and counted by.
    tags TEXT NOT NULL CHECK (json_valid(tags)),
    likes_count INTEGER NOT NULL DEFAULT 0 CHECK (likes_count >= 0),
    -- Comments that are neither deleted nor hidden.
    comments_count INTEGER NOT NULL DEFAULT 0 CHECK (comments_count >= 0),
    views_count INTEGER NOT NULL DEFAULT 0 CHECK (views_count >= 0),
    hot REAL NOT NULL,
    -- Since when only its author and moderators see it.
    hidden_at INTEGER,
    -- Whether its author's account waits to be erased.
    is_away INTEGER NOT NULL DEFAULT 0 CHECK (is_away IN (0, 1)),
    deleted_at INTEGER,
    is_visible INTEGER NOT NULL GENERATED ALWAYS AS (deleted_at IS NULL AND hidden_at IS NULL AND is_away = 0) VIRTUAL,
    edited_at INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    -- Long, and therefore last: what comes before it is read without it.
    content TEXT NOT NULL
) STRICT;
-- The lists that everybody sees: their orders, and all that they are counted by. A generated column would not cover them.
CREATE INDEX community_posts_created ON community_posts (created_at DESC, id DESC, deleted_at, hidden_at, is_away)
    WHERE deleted_at IS NULL AND hidden_at IS NULL AND is_away = 0;
CREATE INDEX community_posts_likes ON community_posts (likes_count DESC, id DESC, deleted_at, hidden_at, is_away)
    WHERE deleted_at IS NULL AND hidden_at IS NULL AND is_away = 0;
CREATE INDEX community_posts_comments ON community_posts (comments_count DESC, id DESC, deleted_at, hidden_at, is_away)
    WHERE deleted_at IS NULL AND hidden_at IS NULL AND is_away = 0;
CREATE INDEX community_posts_hot ON community_posts (hot DESC, id DESC, created_at, deleted_at, hidden_at, is_away)
    WHERE deleted_at IS NULL AND hidden_at IS NULL AND is_away = 0;
CREATE INDEX community_posts_author ON community_posts (author_id, created_at DESC, id DESC, deleted_at, hidden_at, is_away);
CREATE INDEX community_posts_deleted ON community_posts (deleted_at) WHERE deleted_at IS NOT NULL;

CREATE VIRTUAL TABLE post_fts USING fts5 (
    title, content, tags,
    content = 'community_posts', content_rowid = 'id', tokenize = "unicode61 remove_diacritics 2 tokenchars '+#'", prefix = '2 3'
);
CREATE TRIGGER post_fts_insert AFTER INSERT ON community_posts BEGIN
    INSERT INTO post_fts (rowid, title, content, tags) VALUES (new.id, new.title, new.content, new.tags);
END;
CREATE TRIGGER post_fts_delete AFTER DELETE ON community_posts BEGIN
    INSERT INTO post_fts (post_fts, rowid, title, content, tags)
    VALUES ('delete', old.id, old.title, old.content, old.tags);
END;
CREATE TRIGGER post_fts_update AFTER UPDATE OF title, content, tags ON community_posts BEGIN
    INSERT INTO post_fts (post_fts, rowid, title, content, tags)
    VALUES ('delete', old.id, old.title, old.content, old.tags);
    INSERT INTO post_fts (rowid, title, content, tags) VALUES (new.id, new.title, new.content, new.tags);
END;

CREATE TABLE tags (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    -- Posts that everybody sees.
    posts INTEGER NOT NULL DEFAULT 0 CHECK (posts >= 0),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX tags_posts ON tags (posts DESC, id DESC) WHERE posts > 0;

CREATE TABLE post_tags (
    post_id INTEGER NOT NULL REFERENCES community_posts ON DELETE CASCADE,
    tag_id INTEGER NOT NULL REFERENCES tags,
    PRIMARY KEY (post_id, tag_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX post_tags_tag ON post_tags (tag_id, post_id);

CREATE TABLE comments (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    post_id INTEGER NOT NULL REFERENCES community_posts ON DELETE CASCADE,
    -- None once a deleted comment is only kept for its replies.
    author_id INTEGER REFERENCES users ON DELETE SET NULL,
    -- A reply to a reply joins its parent, so that there is one level.
    parent_id INTEGER REFERENCES comments ON DELETE CASCADE,
    likes_count INTEGER NOT NULL DEFAULT 0 CHECK (likes_count >= 0),
    -- Replies that are neither deleted nor hidden.
    replies_count INTEGER NOT NULL DEFAULT 0 CHECK (replies_count >= 0),
    hidden_at INTEGER,
    is_away INTEGER NOT NULL DEFAULT 0 CHECK (is_away IN (0, 1)),
    deleted_at INTEGER,
    -- Whether everybody sees the post that it stands under.
    is_post_visible INTEGER NOT NULL DEFAULT 1 CHECK (is_post_visible IN (0, 1)),
    is_visible INTEGER NOT NULL GENERATED ALWAYS AS (deleted_at IS NULL AND hidden_at IS NULL AND is_away = 0) VIRTUAL,
    -- In lists, with a word in place of what it said when only its replies keep it there.
    is_listed INTEGER NOT NULL
        GENERATED ALWAYS AS (is_post_visible = 1 AND (is_visible = 1 OR replies_count > 0)) VIRTUAL,
    edited_at INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    -- Empty once a deleted comment is only kept for its replies.
    content TEXT NOT NULL
) STRICT;
CREATE INDEX comments_created ON comments (created_at, id) WHERE is_listed = 1;
CREATE INDEX comments_likes ON comments (likes_count, id) WHERE is_listed = 1;
CREATE INDEX comments_post ON comments (post_id, created_at, id);
CREATE INDEX comments_author ON comments (author_id, created_at, id);
CREATE INDEX comments_parent ON comments (parent_id, created_at, id) WHERE parent_id IS NOT NULL;
CREATE INDEX comments_deleted ON comments (deleted_at) WHERE deleted_at IS NOT NULL;

CREATE TABLE likes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    post_id INTEGER REFERENCES community_posts ON DELETE CASCADE,
    comment_id INTEGER REFERENCES comments ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    CHECK ((post_id IS NULL) <> (comment_id IS NULL))
) STRICT;
CREATE UNIQUE INDEX likes_post ON likes (post_id, user_id) WHERE post_id IS NOT NULL;
CREATE UNIQUE INDEX likes_comment ON likes (comment_id, user_id) WHERE comment_id IS NOT NULL;
CREATE INDEX likes_user ON likes (user_id, post_id, comment_id);

-- What was reported: one case for each post or comment.
CREATE TABLE moderation_cases (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    post_id INTEGER UNIQUE REFERENCES community_posts ON DELETE CASCADE,
    comment_id INTEGER UNIQUE REFERENCES comments ON DELETE CASCADE,
    status TEXT NOT NULL CHECK (status IN ('open', 'hidden', 'dismissed')),
    flags INTEGER NOT NULL DEFAULT 0 CHECK (flags >= 0),
    open_flags INTEGER NOT NULL DEFAULT 0 CHECK (open_flags >= 0),
    first_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CHECK ((post_id IS NULL) <> (comment_id IS NULL))
) STRICT;
CREATE INDEX moderation_cases_flags ON moderation_cases (flags DESC, id DESC);
CREATE INDEX moderation_cases_first ON moderation_cases (first_at, id);
CREATE INDEX moderation_cases_status ON moderation_cases (status, flags DESC, id DESC);

CREATE TABLE flags (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    case_id INTEGER NOT NULL REFERENCES moderation_cases ON DELETE CASCADE,
    user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    reason TEXT NOT NULL CHECK (reason IN ('spam', 'abuse', 'off-topic', 'other')),
    note TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('open', 'upheld', 'dismissed')),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (case_id, user_id)
) STRICT;
CREATE INDEX flags_user ON flags (user_id);

-- What an account wrote is hidden while it waits to be erased, by whatever way it came there or comes back. What is left of it
-- afterwards stays under the name of a deleted user.
CREATE TRIGGER community_away AFTER UPDATE OF erase_at ON users WHEN (old.erase_at IS NULL) <> (new.erase_at IS NULL)
BEGIN
    UPDATE community_posts SET is_away = new.erase_at IS NOT NULL WHERE author_id = new.id;
    UPDATE comments SET is_away = new.erase_at IS NOT NULL WHERE author_id = new.id;
    UPDATE comments SET is_post_visible = (SELECT p.is_visible FROM community_posts p WHERE p.id = comments.post_id)
        WHERE post_id IN (SELECT id FROM community_posts WHERE author_id = new.id);
    UPDATE comments SET replies_count = (SELECT count(*) FROM comments k WHERE k.parent_id = comments.id AND k.is_visible = 1)
        WHERE id IN (SELECT parent_id FROM comments WHERE author_id = new.id);
    UPDATE community_posts
        SET comments_count = (SELECT count(*) FROM comments c WHERE c.post_id = community_posts.id AND c.is_visible = 1)
        WHERE id IN (SELECT post_id FROM comments WHERE author_id = new.id);
    UPDATE community_posts SET hot = log10(2 + likes_count + 2 * comments_count) + created_at / 45000000000.0
        WHERE id IN (SELECT post_id FROM comments WHERE author_id = new.id);
    UPDATE tags SET posts = (SELECT count(*) FROM post_tags g JOIN community_posts p ON p.id = g.post_id
            WHERE g.tag_id = tags.id AND p.is_visible = 1)
        WHERE id IN (SELECT g.tag_id FROM post_tags g JOIN community_posts p ON p.id = g.post_id WHERE p.author_id = new.id);
END;
