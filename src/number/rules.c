/* SPDX-License-Identifier: Apache-2.0 */
/* number/rules.c - the rules as the configuration has them */
#include "number/rules.h"

#include <errno.h>
#include <stdlib.h>

#include "cti/conf.h"
#include "cti/number.h"

enum { LIST_COUNT = 4 };

/** An array of texts that belong to the configuration. */
struct rules_items {
	const char **items;
	size_t count;
};

static int items_read(struct rules_items *out, const struct cti_conf *conf,
		      const char *key)
{
	size_t count = cti_conf_count(conf, key);
	const char **items = calloc(count + 1, sizeof(*items));

	if (!items)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		items[i] = cti_conf_item(conf, key, i);
	out->items = items;
	out->count = count;
	return 0;
}

static int rules_read(struct number_rules *rules,
		      struct rules_items items[LIST_COUNT],
		      const struct cti_conf *conf)
{
	const struct {
		const char *key;
		struct number_list *list;
	} lists[LIST_COUNT] = {
		{"dial.countries", &rules->countries},
		{"dial.premium", &rules->premium},
		{"dial.emergency", &rules->emergency},
		{"dial.feature_codes", &rules->feature_codes},
	};

	for (size_t i = 0; i < LIST_COUNT; i++) {
		int err = items_read(&items[i], conf, lists[i].key);

		if (err)
			return err;
		lists[i].list->items = items[i].items;
		lists[i].list->count = items[i].count;
	}
	return 0;
}

int cti_numbers_new(struct cti_numbers **np, const struct cti_conf *conf)
{
	struct rules_items items[LIST_COUNT] = {{NULL, 0}};
	struct number_rules rules = {
		.region = cti_conf_str(conf, "number.region"),
		.international_prefix =
			cti_conf_str(conf, "dial.international_prefix"),
		.outside_line = cti_conf_str(conf, "dial.outside_line"),
		.own_national =
			cti_conf_is(conf, "dial.own_country", "national"),
		.extension_digits =
			(size_t)cti_conf_int(conf, "dial.extension_digits"),
	};
	int err = rules_read(&rules, items, conf);

	if (!err)
		err = cti_numbers_new_rules(np, &rules);
	for (size_t i = 0; i < LIST_COUNT; i++)
		free(items[i].items); /* the texts are conf's */
	return err;
}
