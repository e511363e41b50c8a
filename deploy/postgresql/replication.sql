-- The account by which the two database machines copy from each other and ask each other who takes forms. Run it once, as postgres in
-- the site's database on the machine that takes forms; then give it a password (\password replicator).
DO $$
BEGIN
    CREATE ROLE replicator LOGIN REPLICATION;
EXCEPTION WHEN duplicate_object THEN
    NULL;
END $$;
