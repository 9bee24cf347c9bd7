/* SPDX-License-Identifier: Apache-2.0 */
/* number/rules.h - the settings a numbers object is made of; plain data */
#ifndef NUMBER_RULES_H
#define NUMBER_RULES_H

#include <stdbool.h>
#include <stddef.h>

#include "cti/attr.h"

struct cti_numbers;

struct number_list {
	const char *const *items;
	size_t count;
};

/** `number` and `dial` of the configuration; NULL text means "". */
struct number_rules {
	const char *region; /* ISO 3166 */
	const char *international_prefix;
	const char *outside_line;
	bool own_national; /* own country: as dialed inside it */
	size_t extension_digits;
	struct number_list countries; /* "DE", "+49", "49" */
	struct number_list premium;   /* prefixes: "+49900", "0900" */
	struct number_list emergency;
	struct number_list feature_codes;
};

/**
 * Copies what it needs of rules. -EINVAL when one makes no sense (it is
 * logged which); -ENOMEM.
 */
int cti_numbers_new_rules(struct cti_numbers **np,
			  const struct number_rules *rules) CTI_NODISCARD;

#endif /* NUMBER_RULES_H */
