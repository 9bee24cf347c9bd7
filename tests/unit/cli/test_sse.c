/* SPDX-License-Identifier: Apache-2.0 */
/* cli/test_sse.c - Server-Sent Events, cut wherever a network cuts them */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/sse.h"
#include "suites.h"

enum { SEEN = 512, PARTS = 4 };

static char seen[SEEN];
static int stop_after, count;

static int note(void *arg, const char *id, const char *name, const char *data)
{
	size_t len = strlen(seen);

	ck_assert_ptr_eq(arg, seen);
	(void)snprintf(seen + len, sizeof(seen) - len, "[%s|%s|%s]", id, name,
		       data);
	return ++count == stop_after ? 7 : 0;
}

static void setup(void)
{
	seen[0] = '\0';
	stop_after = count = 0;
}

static const struct {
	const char *stream;
	const char *events;
} cases[] = {
	{"", ""},
	{"\n\n", ""},
	{": beat\n\n", ""},
	{"retry: 2000\n\n", ""},
	{"data: x\n\n", "[|message|x]"},
	{"id: 5\nevent: call\ndata: {}\n\n", "[5|call|{}]"},
	{"id:5\nevent:call\ndata:{}\n\n", "[5|call|{}]"},
	{"data:  two\n\n", "[|message| two]"},
	{"data: a\ndata: b\n\n", "[|message|a\nb]"},
	{"data\n\n", "[|message|]"},
	{"data: x\n", ""},
	{"event: call\n\ndata: x\n\n", "[|message|x]"},
	{"id: 1\ndata: x\n\ndata: y\n\n", "[1|message|x][1|message|y]"},
	{"id: 1\ndata: x\n\nid: 2\ndata: y\n\n", "[1|message|x][2|message|y]"},
	{"id: 1\r\ndata: x\r\n\r\ndata: y\r\n\r\n",
	 "[1|message|x][1|message|y]"},
	{"event: call\r\ndata: a\r\ndata: b\r\n\r\n", "[|call|a\nb]"},
	{"data: x\r\rdata: y\r\r", "[|message|x][|message|y]"},
	{"unknown: z\ndata: x\n\n", "[|message|x]"},
	{"data: x\n: comment: here\n\n", "[|message|x]"},
	{"data: a:b\n\n", "[|message|a:b]"},
};

enum { CASES = sizeof(cases) / sizeof(cases[0]) };

/* Each case in parts of 1, 2, 3 bytes and more at a time. */
START_TEST(events_are_read_however_they_are_cut)
{
	const char *stream = cases[_i / PARTS].stream;
	size_t len = strlen(stream), part = (size_t)(_i % PARTS) + 1;
	struct cti_sse sse;

	if (part == PARTS)
		part = SEEN;
	cti_sse_init(&sse, note, seen);
	for (size_t at = 0; at < len; at += part)
		ck_assert_int_eq(
			cti_sse_feed(&sse, stream + at,
				     len - at < part ? len - at : part),
			0);
	ck_assert_str_eq(seen, cases[_i / PARTS].events);
	cti_sse_fini(&sse);
}
END_TEST

START_TEST(who_listens_can_stop_it)
{
	static const char stream[] = "data: a\n\ndata: b\n\ndata: c\n\n";
	struct cti_sse sse;

	stop_after = 2;
	cti_sse_init(&sse, note, seen);
	ck_assert_int_eq(cti_sse_feed(&sse, stream, sizeof(stream) - 1), 7);
	ck_assert_str_eq(seen, "[|message|a][|message|b]");
	cti_sse_fini(&sse);
}
END_TEST

START_TEST(an_event_without_end_is_refused)
{
	static char much[1024 * 1024];
	struct cti_sse sse;
	int err = 0;

	memset(much, 'x', sizeof(much));
	cti_sse_init(&sse, note, seen);
	for (int i = 0; i < 9 && !err; i++)
		err = cti_sse_feed(&sse, much, sizeof(much));
	ck_assert_int_eq(err, -ENOBUFS);
	ck_assert_int_eq(count, 0);
	cti_sse_fini(&sse);
}
END_TEST

START_TEST(long_names_and_ids_are_cut)
{
	char stream[256], id[128], wanted[256];
	struct cti_sse sse;

	memset(id, '7', sizeof(id) - 1);
	id[sizeof(id) - 1] = '\0';
	(void)snprintf(stream, sizeof(stream), "id: %s\ndata: x\n\n", id);
	cti_sse_init(&sse, note, seen);
	ck_assert_int_eq(cti_sse_feed(&sse, stream, strlen(stream)), 0);
	(void)snprintf(wanted, sizeof(wanted), "[%.*s|message|x]",
		       CTI_SSE_ID - 1, id);
	ck_assert_str_eq(seen, wanted);
	cti_sse_fini(&sse);
}
END_TEST

Suite *suite_sse(void)
{
	Suite *suite = suite_create("sse");
	TCase *tc = tcase_create("sse");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_loop_test(tc, events_are_read_however_they_are_cut, 0,
			    CASES * PARTS);
	tcase_add_test(tc, who_listens_can_stop_it);
	tcase_add_test(tc, an_event_without_end_is_refused);
	tcase_add_test(tc, long_names_and_ids_are_cut);
	suite_add_tcase(suite, tc);
	return suite;
}
