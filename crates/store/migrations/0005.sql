-- How often the worker of a job died with it, which is not the job's failure.
ALTER TABLE jobs ADD COLUMN deaths BIGINT NOT NULL DEFAULT 0;
