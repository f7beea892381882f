-- Lists that are narrowed by what stands in a posting: each index holds all that a count asks.
CREATE INDEX job_opportunities_place ON job_opportunities (location, posted_at DESC, id DESC, deadline, status, deleted_at, is_away)
    WHERE status = 'active' AND deleted_at IS NULL AND is_away = 0;
CREATE INDEX job_opportunities_company
    ON job_opportunities (company_name, posted_at DESC, id DESC, deadline, status, deleted_at, is_away)
    WHERE status = 'active' AND deleted_at IS NULL AND is_away = 0;
CREATE INDEX job_opportunities_pay ON job_opportunities (salary_min, salary_max, deadline, status, deleted_at, is_away)
    WHERE status = 'active' AND deleted_at IS NULL AND is_away = 0;
