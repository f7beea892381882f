-- What a search of posts must leave out is few, and found at once.
CREATE INDEX community_posts_unseen ON community_posts (id)
    WHERE deleted_at IS NOT NULL OR hidden_at IS NOT NULL OR is_away <> 0;
-- The order by pay is read from the index, which holds all that such a list is narrowed by.
DROP INDEX job_opportunities_pay;
CREATE INDEX job_opportunities_pay
    ON job_opportunities (salary_max DESC, id DESC, salary_min, deadline, status, deleted_at, is_away)
    WHERE status = 'active' AND deleted_at IS NULL AND is_away = 0;
