/* The statements of a release's public file. For this room only. */
#ifndef VARDE_PUBLISHED_SQL_H
#define VARDE_PUBLISHED_SQL_H

#include "migrate/migrate.h"

/* Order of published_sql[] (sql.c). */
enum published_stmt {
	P_TABLE_ADD,
	P_DIMENSION_ADD,
	P_CATEGORY_ADD,
	P_NOTE_ADD,
	P_CELL_ADD,
	P_TABLES,
	P_DIMENSIONS,
	P_CATEGORIES,
	P_NOTES,
	P_CELLS,
	P_COUNTS,
	P_END,
};
extern const char *const published_sql[P_END];
extern const struct migrate_set published_migrations;

#endif
