/* SPDX-License-Identifier: Apache-2.0 */
/* cli/test_show.c - calls and events as lines for people */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/show.h"
#include "suites.h"

static char *out;
static struct cti_json *doc;

static void setup(void)
{
	ck_assert_int_eq(setenv("TZ", "UTC", 1), 0);
	tzset();
}

static void teardown(void)
{
	cti_json_destroy(doc);
	free(out);
	doc = NULL;
	out = NULL;
}

static const struct cti_json_value *read(const char *json)
{
	ck_assert_int_eq(cti_json_parse(&doc, json, strlen(json), 65536, NULL),
			 0);
	return cti_json_root(doc);
}

static const struct {
	long long ms;
	const char *text;
} durations[] = {
	{-1, ""},	 {0, "0:00"},	     {999, "0:00"},
	{83000, "1:23"}, {3599999, "59:59"}, {3723000, "1:02:03"},
};

START_TEST(a_duration_is_written_as_a_clock_does)
{
	char text[SHOW_TIME];

	show_duration(text, durations[_i].ms);
	ck_assert_str_eq(text, durations[_i].text);
}
END_TEST

static const struct {
	const char *iso;
	const char *date;
} dates[] = {
	{"2026-11-22T06:30:05.123Z", "2026-11-22 06:30:05"},
	{"1970-01-01T00:00:00.000Z", "1970-01-01 00:00:00"},
	{"2000-02-29T23:59:59.999Z", "2000-02-29 23:59:59"},
	{"2100-03-01T00:00:00.000Z", "2100-03-01 00:00:00"},
	{"2024-12-31T12:00:00Z", "2024-12-31 12:00:00"},
	{"yesterday", ""},
	{"", ""},
	{NULL, ""},
};

START_TEST(a_moment_is_written_in_local_time)
{
	char date[2 * SHOW_TIME], at[SHOW_TIME];

	show_date(date, dates[_i].iso);
	show_time(at, dates[_i].iso);
	ck_assert_str_eq(date, dates[_i].date);
	ck_assert_str_eq(at, *date ? date + 11 : "");
}
END_TEST

START_TEST(a_moment_follows_the_time_zone)
{
	char at[SHOW_TIME];

	ck_assert_int_eq(setenv("TZ", "TST-5:30", 1), 0);
	tzset();
	show_time(at, "2026-11-22T06:30:05.123Z");
	ck_assert_str_eq(at, "12:00:05");
}
END_TEST

START_TEST(no_text_steers_the_terminal)
{
	char text[64];

	show_text(text, sizeof(text),
		  read("{\"name\":\"a\\u001b[31mb\\u0007\\u009bc\\n\"}"),
		  "name");
	ck_assert_str_eq(text, "a[31mbc");
}
END_TEST

START_TEST(colours_are_nothing_where_they_are_off)
{
	ck_assert_str_eq(show_color(false, SHOW_RED), "");
	ck_assert_str_eq(show_color(true, SHOW_RED), "\033[31m");
	ck_assert_str_eq(show_color(true, SHOW_PLAIN), "\033[0m");
}
END_TEST

#define CALL                                                                   \
	"\"id\":\"4F0C12ABDD5608C895BDC71000000001\",\"direction\":"           \
	"\"inbound\",\"number\":\"+49306912345\",\"created_at\":"              \
	"\"2026-11-22T06:30:05.123Z\""

static const struct {
	const char *json;
	bool full, event;
	const char *line;
} lines[] = {
	{"{" CALL ",\"state\":\"ringing\",\"name\":\"Ada\"}", false, false,
	 "4F0C12AB  06:30:05  ringing   in   +49306912345                "
	 "Ada\n"},
	{"{" CALL ",\"state\":\"ended\",\"cause\":\"no_answer\","
	 "\"cause_detail\":\"SIP 408\",\"agent\":\"ADA\",\"duration_ms\":"
	 "61000}",
	 false, false,
	 "4F0C12AB  06:30:05  ended     in   +49306912345        1:01    "
	 "ADA, no answer (SIP 408)\n"},
	{"{\"id\":\"4F0C12AB\",\"direction\":\"inbound\",\"withheld\":true,"
	 "\"state\":\"active\"}",
	 false, false, "4F0C12AB            active    in   withheld\n"},
	{"{\"id\":7,\"at\":\"2026-11-22T06:30:05.123Z\",\"type\":"
	 "\"call.ended\",\"call\":{" CALL ",\"cause\":\"busy\"},\"sap\":"
	 "{\"payload\":{\"EventType\":\"UPDATEACTIVITY\",\"Action\":\"END\"}}"
	 "}",
	 false, true,
	 "06:30:05  call.ended     in   +4930*****45       4F0C12AB  busy; "
	 "sap: UPDATEACTIVITY END\n"},
	{"{\"id\":7,\"at\":\"2026-11-22T06:30:05.123Z\",\"type\":"
	 "\"call.ringing\",\"call\":{" CALL "},\"sap\":null}",
	 true, true,
	 "7  06:30:05  call.ringing   in   +49306912345       "
	 "4F0C12ABDD5608C895BDC71000000001\n"},
	{"{\"id\":8,\"at\":\"2026-11-22T06:30:05.123Z\",\"type\":"
	 "\"call.refused\",\"call\":null,\"refusal\":{\"detail\":\"No.\","
	 "\"number\":\"+49306912345\"},\"sap\":null}",
	 false, true,
	 "06:30:05  call.refused   out  +4930*****45                 No.\n"},
};

START_TEST(a_call_or_event_is_one_line)
{
	const struct cti_json_value *value = read(lines[_i].json);
	size_t size;
	struct cti_cli cli = {.out = open_memstream(&out, &size)};

	ck_assert_ptr_nonnull(cli.out);
	if (lines[_i].event)
		show_event(&cli, value, lines[_i].full);
	else
		show_call(&cli, value);
	ck_assert_int_eq(fclose(cli.out), 0);
	ck_assert_str_eq(out, lines[_i].line);
}
END_TEST

START_TEST(no_json_steers_the_terminal)
{
	static const char json[] = "{\"a\":\"\\u001B[1mM\xc3\xbcller\xc2\x9b"
				   "2J\x7f\xc2\xa0\xc2\x80\"}";
	size_t size;
	struct cti_cli cli = {.out = open_memstream(&out, &size)};

	ck_assert_ptr_nonnull(cli.out);
	show_json(&cli, json, sizeof(json) - 1);
	ck_assert_int_eq(fclose(cli.out), 0);
	ck_assert_str_eq(out, "{\"a\":\"\\u001B[1mM\xc3\xbcller\\u009B2J\\u007F"
			      "\xc2\xa0\\u0080\"}\n");
	(void)read(out); /* it is still JSON */
}
END_TEST

Suite *suite_show(void)
{
	Suite *suite = suite_create("show");
	TCase *tc = tcase_create("show");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, a_duration_is_written_as_a_clock_does, 0,
			    sizeof(durations) / sizeof(durations[0]));
	tcase_add_loop_test(tc, a_moment_is_written_in_local_time, 0,
			    sizeof(dates) / sizeof(dates[0]));
	tcase_add_test(tc, a_moment_follows_the_time_zone);
	tcase_add_test(tc, no_text_steers_the_terminal);
	tcase_add_test(tc, no_json_steers_the_terminal);
	tcase_add_test(tc, colours_are_nothing_where_they_are_off);
	tcase_add_loop_test(tc, a_call_or_event_is_one_line, 0,
			    sizeof(lines) / sizeof(lines[0]));
	suite_add_tcase(suite, tc);
	return suite;
}
