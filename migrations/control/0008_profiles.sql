-- What a data owner does not share: the name of a file in schemas/profiles. Who chose
-- it, when and why is an action here and an event in the tenant's own file.
ALTER TABLE tenant ADD COLUMN profile TEXT NOT NULL DEFAULT 'full'
	CHECK (profile GLOB '[a-z]*' AND profile NOT GLOB '*[^a-z0-9-]*' AND length(profile) <= 40);

-- Whether /validate says if the statutory duty to notify looks likely.
ALTER TABLE tenant ADD COLUMN notification_help INTEGER NOT NULL DEFAULT 0
	CHECK (notification_help IN (0, 1));
