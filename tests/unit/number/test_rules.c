/* SPDX-License-Identifier: Apache-2.0 */
/* number/test_rules.c - rules from a configuration, and senseless ones */
#include <errno.h>

#include "cti/conf.h"
#include "table.h"

static struct cti_numbers *numbers_of(const struct cti_conf_flag *flags,
				      size_t count)
{
	static const char *const none[] = {NULL};
	struct cti_conf_source source = {
		.files = none, .env = none, .flags = flags, .nflags = count};
	struct cti_numbers *n = NULL;
	struct cti_conf *conf = NULL;
	struct cti_buf errors;

	cti_buf_init(&errors, 4096);
	ck_assert_msg(cti_conf_load(&conf, &source, &errors) == 0, "%s",
		      cti_buf_text(&errors));
	cti_buf_fini(&errors);
	ck_assert_int_eq(cti_numbers_new(&n, conf), 0);
	cti_conf_destroy(conf); /* numbers keep nothing of it */
	return n;
}

START_TEST(the_default_configuration_dials_saps_example)
{
	struct cti_numbers *n = numbers_of(NULL, 0);
	struct cti_number out;

	ck_assert_int_eq(cti_number_outbound(n, &out, "+1 6503054000", NULL),
			 0);
	ck_assert_str_eq(out.e164, "+16503054000");
	ck_assert_str_eq(out.dialed, "0016503054000");
	cti_numbers_destroy(n);
}
END_TEST

START_TEST(every_key_of_the_configuration_counts)
{
	static const struct cti_conf_flag flags[] = {
		{"number.region", "DE"},
		{"dial.outside_line", "0"},
		{"dial.own_country", "national"},
		{"dial.extension_digits", "3"},
		{"dial.countries", "DE,US"},
		{"dial.premium", "0700"},
		{"dial.emergency", "116117"},
		{"dial.feature_codes", "*97,*98"},
	};
	struct cti_numbers *n =
		numbers_of(flags, sizeof(flags) / sizeof(*flags));
	struct cti_number out;

	ck_assert_int_eq(cti_number_outbound(n, &out, "0301234567", NULL), 0);
	ck_assert_str_eq(out.dialed, "00301234567");
	ck_assert_int_eq(cti_number_outbound(n, &out, "*98", NULL), 0);
	ck_assert_int_eq(cti_number_outbound(n, &out, "+16503054000", NULL), 0);
	ck_assert_int_eq(cti_number_outbound(n, &out, "+4311234567", NULL),
			 -EACCES);
	ck_assert_int_eq(cti_number_outbound(n, &out, "070012345678", NULL),
			 -EACCES);
	ck_assert_int_eq(cti_number_outbound(n, &out, "116117", NULL), -EACCES);
	cti_numbers_destroy(n);
}
END_TEST

static int new_with(struct number_rules rules)
{
	struct cti_numbers *n = NULL;
	int err = cti_numbers_new_rules(&n, &rules);

	ck_assert_int_eq(err == 0, n != NULL);
	cti_numbers_destroy(n);
	return err;
}

static int new_with_item(size_t list, const char *item)
{
	struct number_rules rules = {.region = "DE"};
	struct number_list *lists[] = {&rules.countries, &rules.premium,
				       &rules.emergency, &rules.feature_codes};

	lists[list]->items = &item;
	lists[list]->count = 1;
	return new_with(rules);
}

START_TEST(senseless_rules_are_refused)
{
	ck_assert_int_eq(new_with((struct number_rules){.region = "XX"}),
			 -EINVAL);
	ck_assert_int_eq(new_with((struct number_rules){.region = "Germany"}),
			 -EINVAL);
	ck_assert_int_eq(new_with((struct number_rules){.outside_line = "0w"}),
			 -EINVAL);
	ck_assert_int_eq(new_with((struct number_rules){.international_prefix =
								"00\r\n"}),
			 -EINVAL);
	ck_assert_int_eq(
		new_with((struct number_rules){.outside_line = "123456789012"}),
		-EINVAL);
	ck_assert_int_eq(new_with((struct number_rules){.region = "de"}), 0);
	ck_assert_int_eq(new_with((struct number_rules){.region = NULL}), 0);
}
END_TEST

START_TEST(senseless_list_entries_are_refused)
{
	static const struct {
		size_t list;
		const char *item;
		int err;
	} rows[] = {
		{0, "DE", 0},	       {0, "at", 0},
		{0, "49", 0},	       {0, "+1", 0},
		{0, "XX", -EINVAL},    {0, "DEU", -EINVAL},
		{0, "999", -EINVAL},   {0, "", -EINVAL},
		{0, "+4930", -EINVAL}, {1, "0900", 0},
		{1, "+49900", 0},      {1, "09x", -EINVAL},
		{1, "", -EINVAL},      {2, "112", 0},
		{2, "+112", -EINVAL},  {2, "*112", -EINVAL},
		{3, "*97", 0},	       {3, "+97", -EINVAL},
		{3, "*", -EINVAL},     {3, "*9a", -EINVAL},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		ck_assert_msg(new_with_item(rows[i].list, rows[i].item) ==
				      rows[i].err,
			      "list %zu, \"%s\"", rows[i].list, rows[i].item);
}
END_TEST

Suite *rules_suite(void)
{
	Suite *s = suite_create("rules");
	TCase *tc = tcase_create("rules");

	tcase_add_test(tc, the_default_configuration_dials_saps_example);
	tcase_add_test(tc, every_key_of_the_configuration_counts);
	tcase_add_test(tc, senseless_rules_are_refused);
	tcase_add_test(tc, senseless_list_entries_are_refused);
	suite_add_tcase(s, tc);
	return s;
}
