/* SPDX-License-Identifier: Apache-2.0 */
/* conf/test_help.c - help and example say what the table says */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/schema.h"
#include "fixture.h"
#include "suites.h"

static char *example_text(void)
{
	struct cti_buf buf;
	char *text;

	cti_buf_init(&buf, 256 * 1024);
	ck_assert_int_eq(cti_conf_example(&buf), 0);
	ck_assert_int_eq(cti_buf_take(&buf, &text), 0);
	return text;
}

static bool is_setting(const char *line, size_t len)
{
	size_t word = strcspn(line, " \n");

	return !strncmp(line + word, " = ", 3) || line[len - 1] == '{' ||
	       line[len - 1] == '}';
}

/* Takes the "# " before every "name = value" and every brace away. */
static void uncomment(char *text)
{
	for (char *line = text; *line; line += strcspn(line, "\n") + 1) {
		char *mark = line + strspn(line, "\t");

		if (!strncmp(mark, "# ", 2) &&
		    is_setting(mark + 2, strcspn(mark + 2, "\n")))
			memcpy(mark, "  ", 2);
	}
}

START_TEST(the_example_parses_back_clean_and_sets_nothing)
{
	char *text = example_text();
	size_t count;
	const struct cti_key *keys = cti_schema_keys(&count);

	fixture_findings(text, "");
	for (size_t i = 0; i < count; i++) {
		char dotted[CTI_KEY_SIZE];

		cti_schema_dotted(dotted, &keys[i]);
		ck_assert(!cti_conf_given(fix.conf, dotted));
	}
	free(text);
}
END_TEST

START_TEST(the_example_uncommented_sets_every_key_to_its_default)
{
	char *text = example_text();
	size_t count;
	const struct cti_key *keys = cti_schema_keys(&count);

	uncomment(text);
	fixture_findings(text, "");
	for (size_t i = 0; i < count; i++) {
		char dotted[CTI_KEY_SIZE];

		cti_schema_dotted(dotted, &keys[i]);
		ck_assert_msg(cti_schema_titled(&keys[i]) ||
				      cti_conf_given(fix.conf, dotted),
			      "%s", dotted);
	}
	ck_assert_uint_eq(cti_conf_count(fix.conf, "http.listen"), 2);
	ck_assert_int_eq(cti_conf_int(fix.conf, "simulator.talk_ms"), 30000);
	ck_assert_uint_eq(cti_conf_agents(fix.conf), 1);
	ck_assert_str_eq(cti_conf_agent_id(fix.conf, 0), "SERVICEAGENT01");
	free(text);
}
END_TEST

START_TEST(help_has_every_key_with_sentence_and_variable)
{
	size_t count;
	const struct cti_key *keys = cti_schema_keys(&count);
	struct cti_buf buf;

	cti_buf_init(&buf, 256 * 1024);
	ck_assert_int_eq(cti_conf_help(&buf), 0);
	for (size_t i = 0; i < count; i++) {
		char env[CTI_KEY_SIZE];

		cti_schema_env(env, &keys[i]);
		ck_assert_ptr_nonnull(strstr(buf.data, keys[i].help));
		ck_assert_int_eq(cti_schema_titled(&keys[i]),
				 strstr(buf.data, env) == NULL);
	}
	cti_buf_fini(&buf);
}
END_TEST

/* What is told of each key, until it is enough. */
struct told {
	size_t count, enough;
};

static int key_told(void *arg, const struct cti_conf_about *about)
{
	const struct cti_key *key =
		cti_schema_find_in(about->section, about->name);
	struct told *told = arg;

	ck_assert_ptr_nonnull(key);
	ck_assert_str_eq(about->help, key->help);
	ck_assert_int_eq(about->titled, about->env == NULL);
	ck_assert_ptr_nonnull(about->range);
	if (key->type == CTI_KEY_LIST)
		ck_assert_int_eq(about->fallback[0], '{');
	return ++told->count == told->enough ? -ECANCELED : 0;
}

START_TEST(each_key_is_told_until_it_is_enough)
{
	struct told told = {.enough = 0};
	size_t count;

	(void)cti_schema_keys(&count); /* how many there are */
	ck_assert_int_eq(cti_conf_each(key_told, &told), 0);
	ck_assert_uint_eq(told.count, count);
	told = (struct told){.enough = 3};
	ck_assert_int_eq(cti_conf_each(key_told, &told), -ECANCELED);
	ck_assert_uint_eq(told.count, 3);
}
END_TEST

START_TEST(a_full_buffer_is_an_error)
{
	struct cti_buf buf;

	for (size_t ceiling = 0; ceiling < 2000; ceiling += 37) {
		cti_buf_init(&buf, ceiling);
		ck_assert_int_eq(cti_conf_help(&buf), -ENOBUFS);
		cti_buf_fini(&buf);
		cti_buf_init(&buf, ceiling);
		ck_assert_int_eq(cti_conf_example(&buf), -ENOBUFS);
		cti_buf_fini(&buf);
	}
}
END_TEST

Suite *suite_help(void)
{
	Suite *suite = suite_create("help");
	TCase *tc = tcase_create("help");

	tcase_add_checked_fixture(tc, fixture_setup, fixture_teardown);
	tcase_add_test(tc, the_example_parses_back_clean_and_sets_nothing);
	tcase_add_test(tc,
		       the_example_uncommented_sets_every_key_to_its_default);
	tcase_add_test(tc, help_has_every_key_with_sentence_and_variable);
	tcase_add_test(tc, each_key_is_told_until_it_is_enough);
	tcase_add_test(tc, a_full_buffer_is_an_error);
	suite_add_tcase(suite, tc);
	return suite;
}
