/* SPDX-License-Identifier: Apache-2.0 */
/* drivers/test_netstring.c - frames of ctrl_tcp */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "drivers/baresip/netstring.h"
#include "suites.h"

static const struct {
	const char *data;
	int err;
	size_t len, used;
} cases[] = {
	{"", -ENODATA, 0, 0},
	{"5", -ENODATA, 0, 0},
	{"5:", -ENODATA, 0, 0},
	{"5:hello", -ENODATA, 0, 0},
	{"5:hello,", 0, 5, 8},
	{"5:hello,5:wo", 0, 5, 8},
	{"0:,", 0, 0, 3},
	{":,", -EBADMSG, 0, 0},
	{"x", -EBADMSG, 0, 0},
	{"\r\n5:hello,", -EBADMSG, 0, 0},
	{"05:hello,", -EBADMSG, 0, 0},
	{"-5:hello,", -EBADMSG, 0, 0},
	{"5;hello,", -EBADMSG, 0, 0},
	{"5:helloX", -EBADMSG, 0, 0},
	{"65537:x", -EMSGSIZE, 0, 0},
	{"99999", -ENODATA, 0, 0},
	{"999999", -EMSGSIZE, 0, 0},
	{"{\"event\":true}", -EBADMSG, 0, 0},
};

START_TEST(frame_is_found_or_refused)
{
	struct cti_netstring frame = {NULL, 99, 99};
	int err = cti_netstring_decode(&frame, cases[_i].data,
				       strlen(cases[_i].data));

	ck_assert_msg(err == cases[_i].err, "%s: %d", cases[_i].data, err);
	ck_assert_uint_eq(frame.len, err ? 99 : cases[_i].len);
	ck_assert_uint_eq(frame.used, err ? 99 : cases[_i].used);
}
END_TEST

START_TEST(what_is_encoded_is_decoded)
{
	struct cti_netstring frame;
	struct cti_buf buf;

	cti_buf_init(&buf, CTI_NETSTRING_ROOM);
	ck_assert_int_eq(cti_netstring_encode(&buf, "a,b:c", 5), 0);
	ck_assert_str_eq(cti_buf_text(&buf), "5:a,b:c,");
	ck_assert_int_eq(cti_netstring_decode(&frame, buf.data, buf.len), 0);
	ck_assert(frame.len == 5 && memcmp(frame.text, "a,b:c", 5) == 0);
	cti_buf_fini(&buf);
}
END_TEST

START_TEST(what_does_not_fit_leaves_the_buffer_as_it_was)
{
	struct cti_buf buf;
	char *big = calloc(1, CTI_NETSTRING_MAX + 1);

	ck_assert_ptr_nonnull(big);
	cti_buf_init(&buf, 10);
	ck_assert_int_eq(cti_netstring_encode(&buf, "abc", 3), 0);
	ck_assert_int_eq(cti_netstring_encode(&buf, "hello", 5), -ENOBUFS);
	ck_assert_str_eq(cti_buf_text(&buf), "3:abc,");
	ck_assert_int_eq(cti_netstring_encode(&buf, big, CTI_NETSTRING_MAX + 1),
			 -EMSGSIZE);
	cti_buf_fini(&buf);
	free(big);
}
END_TEST

Suite *netstring_suite(void)
{
	Suite *suite = suite_create("netstring");
	TCase *tcase = tcase_create("frames");

	tcase_add_loop_test(tcase, frame_is_found_or_refused, 0,
			    sizeof(cases) / sizeof(cases[0]));
	tcase_add_test(tcase, what_is_encoded_is_decoded);
	tcase_add_test(tcase, what_does_not_fit_leaves_the_buffer_as_it_was);
	suite_add_tcase(suite, tcase);
	return suite;
}
