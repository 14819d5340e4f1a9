-- Who added a VEX document: the role, and the access key with which it asked or signed in.
-- Of documents from before it is not known.
ALTER TABLE vex_documents ADD COLUMN principal @text;
ALTER TABLE vex_documents ADD COLUMN access_key @text;
