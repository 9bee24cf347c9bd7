/* SPDX-License-Identifier: Apache-2.0 */
/* unit/http/test_query.c - what a query means, and what it must not say */
#include <stdio.h>
#include <string.h>

#include "fixture.h"
#include "suites.h"

static struct fixture *f;

static void setup(void)
{
	static struct fixture fixture;

	f = &fixture;
	fixture_setup(f);
}

static void teardown(void)
{
	fixture_teardown(f);
}

static int ask(const char *query)
{
	char line[1024];

	(void)snprintf(line, sizeof(line), "GET /api/v1/query%s", query);
	return client_get(f, line, "");
}

START_TEST(values_are_decoded)
{
	static const struct {
		const char *query;
		const char *value;
	} rows[] = {
		{"", "(null)"},	     {"?", "(null)"},
		{"?x=1", "(null)"},  {"?q", ""},
		{"?q=", ""},	     {"?q=1", "1"},
		{"?a=b&q=1&c", "1"}, {"?q=%2B49+30%20x", "+49 30 x"},
		{"?q=a=b", "a=b"},   {"?q=a?b", "a?b"},
		{"?%71=z", "z"},     {"?q=%c3%A9", "\xc3\xa9"},
		{"?q=%26%3d", "&="},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ck_assert_msg(ask(rows[i].query) == 200, "%s", rows[i].query);
		ck_assert_str_eq(strstr(f->answer, "\r\n\r\n") + 4,
				 rows[i].value);
	}
}
END_TEST

START_TEST(bad_queries_are_400)
{
	static const char *const rows[] = {
		"?q=1&q=2",
		"?q=1&%71=2",
		"?q=%",
		"?q=%4",
		"?q=%g0",
		"?q=%0g",
		"?q=%0a",
		"?q=%7f",
		"?q=%ff",
		"?q=%c0%80",
		"?=1",
		"?&",
		"?q=1&",
		"?a=1&&b=2",
		"?%=1",
		"?q=%ed%a0%80",
		("?a&b&c&d&e&f&g&h&i&j&k&l&m&n&o&p&q&r&s&t&u&v&w&x&y&z"
		 "&A&B&C&D&E&F&G"),
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ck_assert_msg(ask(rows[i]) == 400, "%s", rows[i]);
		ck_assert(answered(f, "\"code\":\"bad_request\""));
	}
	ck_assert_uint_eq(f->handled, 0);
}
END_TEST

Suite *query_suite(void)
{
	Suite *suite = suite_create("query");
	TCase *tc = tcase_create("query");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, values_are_decoded);
	tcase_add_test(tc, bad_queries_are_400);
	suite_add_tcase(suite, tc);
	return suite;
}
