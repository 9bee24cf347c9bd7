/* SPDX-License-Identifier: Apache-2.0 */
/* store/unit.h - a unit is a list of rows, each packed into one block */
#ifndef STORE_UNIT_H
#define STORE_UNIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cti/store.h"
#include "store/sql.h"

struct store_value {
	int type;	  /* SQLITE_INTEGER, _TEXT, _BLOB or _NULL */
	int64_t number;	  /* INTEGER, else the length of data */
	const void *data; /* TEXT, BLOB */
};

/** A writing statement and what is bound to it. */
struct store_op {
	struct store_op *next;
	enum store_write which;
	int count;
	struct store_value value[]; /* then their data */
};

struct cti_unit {
	struct cti_unit *next;
	struct store_op *first, *last;
	cti_store_fn *fn;
	void *arg;
	bool intent;
};

struct store_units {
	struct cti_unit *first, *last;
	size_t count;
};

void store_units_add(struct store_units *list, struct cti_unit *unit);
/** NULL when empty. */
struct cti_unit *store_units_pop(struct store_units *list);
/** Moves all of `from` to the end of list. */
void store_units_join(struct store_units *list, struct store_units *from);
void store_units_clear(struct store_units *list);

#endif /* STORE_UNIT_H */
