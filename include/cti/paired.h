/* SPDX-License-Identifier: Apache-2.0 */
/* cti/paired.h - the pages that a person has allowed on /pair */
#ifndef CTI_PAIRED_H
#define CTI_PAIRED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cti/attr.h"
#include "cti/loop.h"
#include "cti/origin.h"

/*
 * Kept in a small text file beside the journal, not in it: the journal grows,
 * is purged and is set aside when it is damaged, and none of that may change
 * who may dial.
 */
struct cti_paired;

enum {
	CTI_PAIRED_MAX = 32,	 /* origins, … */
	CTI_PAIRED_BYTES = 2048, /* … and all their text: they go in a header */
	CTI_PAIRED_CHANGE = 8,	 /* origins in one change */
};

struct cti_pair {
	char origin[CTI_ORIGIN_SIZE];
	int64_t at_ms; /* Unix ms */
};

/** A missing file is an empty list; lines that are no pair are left out, with
 * a warning. One that cannot be read is an empty list that refuses changes. */
int cti_paired_open(struct cti_paired **pairedp, struct cti_loop *loop,
		    const char *path) CTI_NODISCARD;
/** Changes that are under way are told -ECANCELED and may yet be stored. */
void cti_paired_destroy(struct cti_paired *paired);

/** What is committed; the oldest first, lent until the next turn. */
size_t cti_paired_count(const struct cti_paired *paired);
const struct cti_pair *cti_paired_at(const struct cti_paired *paired,
				     size_t index);

/** All of it or nothing. */
struct cti_paired_change {
	const char *const *origins; /* passed cti_origin_check() */
	size_t count;
	bool remove;
	int64_t at_ms; /* for those that are new */
};

/** result: how many were added or removed, after they were committed; 0 =
 * nothing had to be done; -ENOBUFS: the list is full; -ENOSPC, -EROFS …: it
 * could not be written and is as before. */
typedef void cti_paired_fn(void *arg, int result);

/** fn runs exactly once, from the top of the loop, in order of submission.
 * -ENOMEM, -E2BIG: it will not. */
int cti_paired_submit(struct cti_paired *paired,
		      const struct cti_paired_change *change, cti_paired_fn *fn,
		      void *arg) CTI_NODISCARD;

#endif /* CTI_PAIRED_H */
