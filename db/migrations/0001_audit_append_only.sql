CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append only', TG_TABLE_NAME USING ERRCODE = '42501';
END $$;
--> statement-breakpoint
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
-- bodies are read whole and are often compressed already: no second compression
ALTER TABLE bodies ALTER COLUMN bytes SET STORAGE EXTERNAL;
--> statement-breakpoint
-- the prefix of an identity is looked up as a range, in byte order
ALTER TABLE deaths ALTER COLUMN identity TYPE text COLLATE "C";
