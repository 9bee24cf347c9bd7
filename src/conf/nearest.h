/* SPDX-License-Identifier: Apache-2.0 */
/* conf/nearest.h - the known word a mistyped one was meant to be */
#ifndef CONF_NEAREST_H
#define CONF_NEAREST_H

#include <stdbool.h>
#include <stddef.h>

/**
 * The edits (insert, delete, replace, swap of neighbours) from a to b,
 * without regard to case; at most CTI_NEAREST_MAX bytes of each count.
 */
size_t cti_nearest_distance(const char *a, const char *b);

enum {
	CTI_NEAREST_MAX = 64,
};

/** Follows one word after the other and keeps the nearest. */
struct cti_nearest {
	const char *text; /* what was typed, lent */
	const char *best; /* lent from cti_nearest_offer; NULL = none is near */
	size_t distance;
};

void cti_nearest_init(struct cti_nearest *nearest, const char *text);
/**
 * Keeps word when it is nearer than all before. Near is: edits up to a third
 * of the typed text's length, but at least 2 (1 where it has at most 3
 * letters). True when kept.
 */
bool cti_nearest_offer(struct cti_nearest *nearest, const char *word);

#endif /* CONF_NEAREST_H */
