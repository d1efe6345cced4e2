#include "published/sql.h"

const struct migrate_set published_migrations = { .name = "release", .application_id = 0x56524450 };

/* Reading trusts no schema but its own: what should never be NULL is "" instead. */
const char *const published_sql[P_END] = {
	[P_TABLE_ADD] = "INSERT INTO statistic_table (id, position, audience, clock, time_unit, "
			"label_nb, label_en, description_nb, description_en) "
			"VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
	[P_DIMENSION_ADD] = "INSERT INTO dimension (table_id, position, code, role, total, "
			    "label_nb, label_en) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
	[P_CATEGORY_ADD] = "INSERT INTO category (table_id, dimension, position, code, parent, "
			   "label_nb, label_en) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
	[P_NOTE_ADD] = "INSERT INTO note (table_id, position, dimension, category, mandatory, "
		       "text_nb, text_en) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
	[P_CELL_ADD] = "INSERT INTO cell (table_id, position, value, mark) VALUES (?1, ?2, ?3, ?4)",
	[P_TABLES] = "SELECT ifnull(id, ''), audience, clock, time_unit, ifnull(label_nb, ''), "
		     "ifnull(label_en, ''), ifnull(description_nb, ''), ifnull(description_en, '') "
		     "FROM statistic_table ORDER BY position",
	[P_DIMENSIONS] = "SELECT ifnull(code, ''), role, total, ifnull(label_nb, ''), "
			 "ifnull(label_en, '') FROM dimension "
			 "WHERE table_id = ?1 ORDER BY position",
	[P_CATEGORIES] = "SELECT ifnull(code, ''), parent, ifnull(label_nb, ''), "
			 "ifnull(label_en, '') FROM category "
			 "WHERE table_id = ?1 AND dimension = ?2 ORDER BY position",
	[P_NOTES] = "SELECT ifnull(dimension, ''), ifnull(category, ''), mandatory, "
		    "ifnull(text_nb, ''), ifnull(text_en, '') FROM note "
		    "WHERE table_id = ?1 ORDER BY position",
	[P_CELLS] = "SELECT position, value, mark FROM cell WHERE table_id = ?1 ORDER BY position",
	/* How much room to make. */
	[P_COUNTS] = "SELECT (SELECT count(*) FROM statistic_table), "
		     "(SELECT count(*) FROM dimension WHERE table_id = ?1), "
		     "(SELECT count(*) FROM category WHERE table_id = ?1 AND dimension = ?2), "
		     "(SELECT count(*) FROM note WHERE table_id = ?1), "
		     "(SELECT count(*) FROM cell WHERE table_id = ?1)",
};
