-- What is erased with an account: what the audit says of things that were theirs, and the names of their résumés.
ALTER TABLE audit_entries ADD COLUMN owner_id INTEGER REFERENCES users;
CREATE INDEX audit_entries_owner ON audit_entries (owner_id) WHERE owner_id IS NOT NULL;
UPDATE events SET data = json_remove(data, '$.Analyzed.name') WHERE kind = 'resumes.analyzed';
