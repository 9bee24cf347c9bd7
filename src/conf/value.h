/* SPDX-License-Identifier: Apache-2.0 */
/* conf/value.h - the value of one key, checked against its row */
#ifndef CONF_VALUE_H
#define CONF_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cti/attr.h"
#include "cti/err.h"

struct cti_key;

/** The texts of a value, as written; one but for lists. Owned. */
struct cti_texts {
	char **items;
	size_t count;
};

struct cti_value {
	struct cti_texts texts;
	int64_t number; /* of an INT; 0 or 1 of a BOOL */
	bool given;	/* by a source, not the default */
};

/** An item more at the end. */
int cti_texts_add(struct cti_texts *texts, const char *text,
		  size_t len) CTI_NODISCARD;
/** "a, b" becomes two items without blanks around; "" none. */
int cti_texts_split(struct cti_texts *texts, const char *list) CTI_NODISCARD;
void cti_texts_fini(struct cti_texts *texts);

/**
 * Checks texts against the key's type, range and form; then takes them out
 * of *texts into value, whose old ones are freed. -EINVAL: err says why, and
 * value is unchanged.
 */
int cti_value_take(struct cti_value *value, const struct cti_key *key,
		   struct cti_texts *texts, struct cti_err *err) CTI_NODISCARD;
void cti_value_fini(struct cti_value *value);

#endif /* CONF_VALUE_H */
