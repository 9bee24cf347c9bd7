/* SPDX-License-Identifier: Apache-2.0 */
/* base/test_buf.c - the growing buffer */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cti/buf.h"
#include "fault.h"
#include "suites.h"

START_TEST(fresh_buffer_reads_as_empty_text)
{
	struct cti_buf buf;

	cti_buf_init(&buf, 10);
	ck_assert_str_eq(cti_buf_text(&buf), "");
	ck_assert_ptr_null(buf.data);
	cti_buf_drop(&buf, 0);
	cti_buf_reset(&buf);
	cti_buf_fini(&buf);
	cti_buf_fini(NULL);
}
END_TEST

START_TEST(text_grows_over_many_additions)
{
	struct cti_buf buf;

	cti_buf_init(&buf, 100000);
	for (int i = 0; i < 10000; i++)
		ck_assert_int_eq(cti_buf_add(&buf, "0123456789", 10), 0);
	ck_assert_uint_eq(buf.len, 100000);
	ck_assert_uint_eq(strlen(buf.data), 100000);
	ck_assert_uint_le(buf.size, 100001);
	ck_assert_int_eq(cti_buf_str(&buf, "x"), -ENOBUFS);
	ck_assert_uint_eq(buf.len, 100000);
	cti_buf_fini(&buf);
}
END_TEST

START_TEST(ceiling_is_reached_but_never_passed)
{
	struct cti_buf buf;

	cti_buf_init(&buf, 3);
	ck_assert_int_eq(cti_buf_str(&buf, "abcd"), -ENOBUFS);
	ck_assert_ptr_null(buf.data);
	ck_assert_int_eq(cti_buf_str(&buf, "abc"), 0);
	ck_assert_int_eq(cti_buf_fmt(&buf, "%d", 1), -ENOBUFS);
	ck_assert_int_eq(cti_buf_add(&buf, "", 0), 0);
	ck_assert_int_eq(cti_buf_add(&buf, "x", SIZE_MAX), -ENOBUFS);
	ck_assert_str_eq(cti_buf_text(&buf), "abc");
	cti_buf_fini(&buf);
}
END_TEST

START_TEST(formatted_text_is_appended)
{
	struct cti_buf buf;
	char big[600];

	memset(big, 'y', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	cti_buf_init(&buf, 1000);
	ck_assert_int_eq(cti_buf_fmt(&buf, "%s=%d;", "a", 7), 0);
	ck_assert_int_eq(cti_buf_fmt(&buf, "%s", big), 0);
	ck_assert_uint_eq(buf.len, 4 + 599);
	ck_assert_int_eq(strncmp(buf.data, "a=7;yyy", 7), 0);
	cti_buf_fini(&buf);
}
END_TEST

START_TEST(bytes_may_hold_nul)
{
	struct cti_buf buf;

	cti_buf_init(&buf, 10);
	ck_assert_int_eq(cti_buf_add(&buf, "a\0b", 3), 0);
	ck_assert_uint_eq(buf.len, 3);
	ck_assert_mem_eq(buf.data, "a\0b", 4);
	cti_buf_fini(&buf);
}
END_TEST

START_TEST(dropped_bytes_leave_the_rest)
{
	struct cti_buf buf;

	cti_buf_init(&buf, 10);
	ck_assert_int_eq(cti_buf_str(&buf, "abcdef"), 0);
	cti_buf_drop(&buf, 2);
	ck_assert_str_eq(cti_buf_text(&buf), "cdef");
	cti_buf_drop(&buf, 4);
	ck_assert_str_eq(cti_buf_text(&buf), "");
	ck_assert_int_eq(cti_buf_str(&buf, "0123456789"), 0);
	cti_buf_fini(&buf);
}
END_TEST

START_TEST(reset_keeps_memory)
{
	struct cti_buf buf;

	cti_buf_init(&buf, 10);
	ck_assert_int_eq(cti_buf_str(&buf, "abc"), 0);

	const char *before = buf.data;

	cti_buf_reset(&buf);
	ck_assert_str_eq(cti_buf_text(&buf), "");
	ck_assert_int_eq(cti_buf_str(&buf, "d"), 0);
	ck_assert_ptr_eq(buf.data, before);
	cti_buf_fini(&buf);
}
END_TEST

START_TEST(taken_text_belongs_to_the_caller)
{
	struct cti_buf buf;
	char *text = NULL;

	cti_buf_init(&buf, 10);
	ck_assert_int_eq(cti_buf_str(&buf, "abc"), 0);
	ck_assert_int_eq(cti_buf_take(&buf, &text), 0);
	ck_assert_str_eq(text, "abc");
	ck_assert_uint_eq(buf.len, 0);
	free(text);

	ck_assert_int_eq(cti_buf_take(&buf, &text), 0);
	ck_assert_str_eq(text, "");
	free(text);
	ck_assert_int_eq(cti_buf_str(&buf, "0123456789a"), -ENOBUFS);
	cti_buf_fini(&buf);
}
END_TEST

START_TEST(out_of_memory_leaves_the_text)
{
	struct cti_buf buf;
	char *text = NULL;
	char big[300] = {0};

	cti_buf_init(&buf, 1000);
	fault_at(FAULT_MEMORY, 1);
	ck_assert_int_eq(cti_buf_take(&buf, &text), -ENOMEM);
	ck_assert_ptr_null(text);
	ck_assert_int_eq(cti_buf_str(&buf, "abc"), 0);
	fault_at(FAULT_MEMORY, 1);
	ck_assert_int_eq(cti_buf_add(&buf, big, sizeof(big)), -ENOMEM);
	fault_at(FAULT_MEMORY, 1);
	ck_assert_int_eq(cti_buf_fmt(&buf, "%0300d", 1), -ENOMEM);
	ck_assert_str_eq(cti_buf_text(&buf), "abc");
	fault_at(FAULT_MEMORY, 0);
	cti_buf_fini(&buf);
}
END_TEST

START_TEST(endless_ceiling_is_no_overflow)
{
	struct cti_buf buf;

	cti_buf_init(&buf, SIZE_MAX);
	ck_assert_int_eq(cti_buf_str(&buf, "abc"), 0);
	ck_assert_int_eq(cti_buf_add(&buf, "x", SIZE_MAX / 2), -ENOBUFS);
	cti_buf_fini(&buf);
}
END_TEST

Suite *buf_suite(void)
{
	Suite *suite = suite_create("buf");
	TCase *tcase = tcase_create("buf");

	tcase_add_test(tcase, fresh_buffer_reads_as_empty_text);
	tcase_add_test(tcase, text_grows_over_many_additions);
	tcase_add_test(tcase, ceiling_is_reached_but_never_passed);
	tcase_add_test(tcase, formatted_text_is_appended);
	tcase_add_test(tcase, bytes_may_hold_nul);
	tcase_add_test(tcase, dropped_bytes_leave_the_rest);
	tcase_add_test(tcase, reset_keeps_memory);
	tcase_add_test(tcase, taken_text_belongs_to_the_caller);
	tcase_add_test(tcase, out_of_memory_leaves_the_text);
	tcase_add_test(tcase, endless_ceiling_is_no_overflow);
	suite_add_tcase(suite, tcase);
	return suite;
}
