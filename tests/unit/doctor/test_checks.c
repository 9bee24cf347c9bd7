/* SPDX-License-Identifier: Apache-2.0 */
/* unit/doctor/test_checks.c - the list of findings and its JSON */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cti/buf.h"
#include "cti/conf.h"
#include "doctor/cert.h"
#include "doctor/doctor.h"
#include "suites.h"

static struct cti_checks checks;

static void setup(void)
{
	memset(&checks, 0, sizeof(checks));
}

static void add(const char *name, enum cti_verdict verdict)
{
	cti_check_say(cti_checks_add(&checks, name), verdict, CTI_SIDE_SWITCH,
		      "It is %s.", name);
}

START_TEST(only_what_warns_or_fails_is_not_well)
{
	add("one", CTI_VERDICT_OK);
	add("two", CTI_VERDICT_SKIPPED);
	ck_assert(cti_checks_ok(&checks));
	add("three", CTI_VERDICT_WARN);
	ck_assert(!cti_checks_ok(&checks));
}
END_TEST

START_TEST(the_worst_comes_first_and_equals_stay_in_order)
{
	static const char *const order[] = {"d", "b", "e", "a", "f", "c"};

	add("a", CTI_VERDICT_OK);
	add("b", CTI_VERDICT_WARN);
	add("c", CTI_VERDICT_SKIPPED);
	add("d", CTI_VERDICT_FAIL);
	add("e", CTI_VERDICT_WARN);
	add("f", CTI_VERDICT_OK);
	cti_checks_sort(&checks);
	for (size_t i = 0; i < checks.n; i++)
		ck_assert_str_eq(checks.item[i].name, order[i]);
}
END_TEST

START_TEST(more_checks_than_there_is_room_for_are_left_out)
{
	for (int i = 0; i < CTI_CHECKS_MAX + 5; i++)
		add("x", CTI_VERDICT_OK);
	ck_assert_uint_eq(checks.n, CTI_CHECKS_MAX);
}
END_TEST

START_TEST(a_long_text_is_cut_at_a_character)
{
	char text[2 * CTI_CHECK_TEXT];
	struct cti_check *check = cti_checks_add(&checks, "x");

	for (size_t i = 0; i + 1 < sizeof(text); i += 2)
		memcpy(text + i, "\xc3\xa4", 2);
	text[sizeof(text) - 2] = '\0';
	cti_check_say(check, CTI_VERDICT_OK, CTI_SIDE_SAP, "a%s", text);
	ck_assert(
		cti_utf8_valid(check->sentence, strlen(check->sentence), NULL));
	ck_assert_uint_ge(strlen(check->sentence), CTI_CHECK_TEXT - 3);
}
END_TEST

START_TEST(what_is_written_as_json_reads_back)
{
	struct cti_checks back = {.n = 0};
	struct cti_json *doc = NULL;
	struct cti_jsonw w;
	struct cti_buf out;

	add("one", CTI_VERDICT_FAIL);
	cti_check_fix(&checks.item[0], "Do \"this\".");
	add("two", CTI_VERDICT_SKIPPED);
	cti_buf_init(&out, 65536);
	ck_assert_int_eq(cti_jsonw_init(&w, &out), 0);
	cti_jsonw_obj(&w);
	cti_jsonw_key(&w, "checks");
	cti_checks_write(&w, &checks);
	cti_jsonw_obj_end(&w);
	ck_assert_int_eq(cti_jsonw_fini(&w), 0);
	ck_assert_int_eq(
		cti_json_parse(&doc, cti_buf_text(&out), out.len, 65536, NULL),
		0);
	cti_checks_read(&back, cti_json_root(doc));
	ck_assert_uint_eq(back.n, 2);
	ck_assert_str_eq(back.item[0].sentence, "It is one.");
	ck_assert_str_eq(back.item[0].fix, "Do \"this\".");
	ck_assert_int_eq((int)back.item[0].verdict, (int)CTI_VERDICT_FAIL);
	ck_assert_int_eq((int)back.item[0].side, (int)CTI_SIDE_SWITCH);
	ck_assert_str_eq(back.item[1].fix, "");
	cti_json_destroy(doc);
	cti_buf_fini(&out);
}
END_TEST

START_TEST(what_is_no_check_is_passed_over)
{
	static const char text[] =
		"{\"checks\":[1,{\"name\":\"a\"},{\"name\":\"b\",\"verdict\":"
		"\"odd\",\"side\":\"sap\",\"sentence\":\"x\"},{\"name\":\"c\","
		"\"verdict\":\"ok\",\"side\":\"sap\",\"sentence\":\"y\"}]}";
	struct cti_json *doc = NULL;

	ck_assert_int_eq(cti_json_parse(&doc, text, strlen(text), 4096, NULL),
			 0);
	cti_checks_read(&checks, cti_json_root(doc));
	ck_assert_uint_eq(checks.n, 1);
	ck_assert_str_eq(checks.item[0].sentence, "y");
	cti_json_destroy(doc);
}
END_TEST

START_TEST(times_read_as_people_say_them)
{
	static const struct {
		int64_t ms;
		const char *text;
	} spans[] = {
		{-5, "0 s"},	     {1999, "1 s"},	    {119999, "119 s"},
		{120000, "2 min"},   {7199999, "119 min"},  {7200000, "2 h"},
		{172799999, "47 h"}, {172800000, "2 days"},
	};
	char out[CTI_WHEN_SIZE];

	for (size_t i = 0; i < sizeof(spans) / sizeof(spans[0]); i++)
		ck_assert_str_eq(cti_span(out, spans[i].ms), spans[i].text);
	ck_assert_str_eq(cti_when(out, 0), "never");
	ck_assert_str_eq(cti_when(out, 1795329000000),
			 "2026-11-22 06:30:00 UTC");
}
END_TEST

/* The relay reads it, which must neither wait nor read for ever. */
START_TEST(a_certificate_is_a_file_of_some_size)
{
	char folder[] = "/tmp/cti-cert-XXXXXX", path[64];
	const struct cti_conf_flag flags[] = {{"http.tls_cert_file", path},
					      {"http.tls_key_file", path}};
	const struct cti_conf_source source = {.flags = flags, .nflags = 2};
	struct cti_conf *conf = NULL;
	struct cti_cert_facts facts;
	struct cti_buf errors;

	ck_assert_ptr_nonnull(mkdtemp(folder));
	(void)snprintf(path, sizeof(path), "%s/pipe", folder);
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	cti_buf_init(&errors, 4096);
	ck_assert_int_eq(cti_conf_load(&conf, &source, &errors), 0);
	cti_buf_fini(&errors);
	cti_cert_conf(&facts, conf);
	ck_assert_int_eq(facts.err, -EBADMSG);
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(symlink("/dev/zero", path), 0);
	cti_cert_conf(&facts, conf);
	ck_assert_int_eq(facts.err, -EBADMSG);
	cti_conf_destroy(conf);
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(rmdir(folder), 0);
}
END_TEST

Suite *suite_checks(void)
{
	Suite *suite = suite_create("doctor checks");
	TCase *tcase = tcase_create("checks");

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_test(tcase, only_what_warns_or_fails_is_not_well);
	tcase_add_test(tcase, the_worst_comes_first_and_equals_stay_in_order);
	tcase_add_test(tcase, more_checks_than_there_is_room_for_are_left_out);
	tcase_add_test(tcase, a_long_text_is_cut_at_a_character);
	tcase_add_test(tcase, what_is_written_as_json_reads_back);
	tcase_add_test(tcase, what_is_no_check_is_passed_over);
	tcase_add_test(tcase, times_read_as_people_say_them);
	tcase_add_test(tcase, a_certificate_is_a_file_of_some_size);
	suite_add_tcase(suite, tcase);
	return suite;
}
