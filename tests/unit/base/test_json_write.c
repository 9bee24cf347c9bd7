/* SPDX-License-Identifier: Apache-2.0 */
/* base/test_json_write.c - JSON as it leaves */
#include <errno.h>
#include <string.h>

#include "cti/json.h"
#include "fault.h"
#include "suites.h"

START_TEST(all_kinds_of_values_are_written)
{
	struct cti_jsonw w;
	struct cti_buf out;

	cti_buf_init(&out, 1000);
	ck_assert_int_eq(cti_jsonw_init(&w, &out), 0);
	cti_jsonw_obj(&w);
	cti_jsonw_kstr(&w, "s", "a");
	cti_jsonw_kstr(&w, "n", NULL);
	cti_jsonw_kint(&w, "i", INT64_MIN);
	cti_jsonw_kbool(&w, "b", true);
	cti_jsonw_kraw(&w, "r", "{ \"x\": 1.50 }");
	cti_jsonw_kraw(&w, "rn", NULL);
	cti_jsonw_key(&w, "a");
	cti_jsonw_arr(&w);
	cti_jsonw_int(&w, 1);
	cti_jsonw_bool(&w, false);
	cti_jsonw_raw(&w, "[]");
	cti_jsonw_obj(&w);
	cti_jsonw_obj_end(&w);
	cti_jsonw_arr_end(&w);
	cti_jsonw_obj_end(&w);
	ck_assert_int_eq(cti_jsonw_fini(&w), 0);
	ck_assert_str_eq(cti_buf_text(&out),
			 "{\"s\":\"a\",\"n\":null,\"i\":-9223372036854775808,"
			 "\"b\":true,\"r\":{ \"x\": 1.50 },\"rn\":null,"
			 "\"a\":[1,false,[],{}]}");
	cti_buf_fini(&out);
}
END_TEST

START_TEST(texts_are_escaped_and_come_back)
{
	const char *text = "\x01 \n\r\t\b\f \"q\" \\ / \x7f M\xc3\xbcller "
			   "\xf0\x9f\x98\x80 </script>";
	struct cti_jsonw w;
	struct cti_buf out;
	struct cti_json *doc = NULL;

	cti_buf_init(&out, 1000);
	ck_assert_int_eq(cti_jsonw_init(&w, &out), 0);
	cti_jsonw_obj(&w);
	cti_jsonw_kstr(&w, text, text);
	cti_jsonw_obj_end(&w);
	ck_assert_int_eq(cti_jsonw_fini(&w), 0);
	ck_assert_ptr_null(strchr(cti_buf_text(&out), '\n'));
	ck_assert_int_eq(cti_json_parse(&doc, out.data, out.len, 1000, NULL),
			 0);
	ck_assert_str_eq(cti_json_str(cti_json_root(doc), text), text);
	cti_json_destroy(doc);
	cti_buf_fini(&out);
}
END_TEST

START_TEST(moments_are_rfc_3339_in_utc)
{
	struct cti_jsonw w;
	struct cti_buf out;

	cti_buf_init(&out, 1000);
	ck_assert_int_eq(cti_jsonw_init(&w, &out), 0);
	cti_jsonw_obj(&w);
	cti_jsonw_ktime(&w, "t", INT64_C(1795329000123));
	cti_jsonw_ktime(&w, "one", 1);
	cti_jsonw_ktime(&w, "none", 0);
	cti_jsonw_ktime(&w, "last", INT64_C(253402300799999));
	cti_jsonw_ktime(&w, "over", INT64_C(253402300800000));
	cti_jsonw_ktime(&w, "under", -1);
	cti_jsonw_obj_end(&w);
	ck_assert_int_eq(cti_jsonw_fini(&w), 0);
	ck_assert_str_eq(cti_buf_text(&out),
			 "{\"t\":\"2026-11-22T06:30:00.123Z\","
			 "\"one\":\"1970-01-01T00:00:00.001Z\",\"none\":null,"
			 "\"last\":\"9999-12-31T23:59:59.999Z\","
			 "\"over\":null,\"under\":null}");
	cti_buf_fini(&out);
}
END_TEST

START_TEST(ceiling_sticks_as_the_first_error)
{
	struct cti_jsonw w;
	struct cti_buf out;

	cti_buf_init(&out, 5);
	ck_assert_int_eq(cti_jsonw_init(&w, &out), 0);
	cti_jsonw_arr(&w);
	cti_jsonw_str(&w, "too long");
	cti_jsonw_str(&w, "\xff");
	cti_jsonw_arr_end(&w);
	cti_jsonw_arr_end(&w);
	ck_assert_int_eq(cti_jsonw_fini(&w), -ENOBUFS);
	cti_buf_fini(&out);
}
END_TEST

START_TEST(bad_utf8_is_never_written)
{
	static const char *const bad[] = {"\xff", "\xc0\x80", "\xed\xa0\x80"};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct cti_jsonw w;
		struct cti_buf out;

		cti_buf_init(&out, 100);
		ck_assert_int_eq(cti_jsonw_init(&w, &out), 0);
		cti_jsonw_str(&w, bad[i]);
		ck_assert_int_eq(cti_jsonw_fini(&w), -EILSEQ);
		ck_assert_uint_eq(out.len, 0);
		cti_buf_fini(&out);
	}
}
END_TEST

START_TEST(out_of_memory_sticks)
{
	struct cti_jsonw w;
	struct cti_buf out;

	cti_buf_init(&out, 100);
	ck_assert_int_eq(cti_jsonw_init(&w, &out), 0);
	fault_at(FAULT_MEMORY, 1);
	cti_jsonw_arr(&w);
	cti_jsonw_arr_end(&w);
	fault_at(FAULT_MEMORY, 0);
	ck_assert_int_eq(cti_jsonw_fini(&w), -ENOMEM);
	cti_buf_fini(&out);
}
END_TEST

START_TEST(wrong_order_of_calls_is_an_error)
{
	struct cti_jsonw w;
	struct cti_buf out;

	cti_buf_init(&out, 100);
	ck_assert_int_eq(cti_jsonw_init(&w, &out), 0);
	cti_jsonw_obj(&w);
	cti_jsonw_int(&w, 1); /* where a key belongs */
	cti_jsonw_obj_end(&w);
	ck_assert_int_eq(cti_jsonw_fini(&w), -EINVAL);

	cti_buf_reset(&out);
	ck_assert_int_eq(cti_jsonw_init(&w, &out), 0);
	cti_jsonw_raw(&w, "");
	ck_assert_int_eq(cti_jsonw_fini(&w), -EINVAL);
	cti_buf_fini(&out);
}
END_TEST

START_TEST(escapes_are_the_short_ones_where_there_are)
{
	struct cti_jsonw w;
	struct cti_buf out;

	cti_buf_init(&out, 100);
	ck_assert_int_eq(cti_jsonw_init(&w, &out), 0);
	cti_jsonw_str(&w, "a\"\\\b\f\n\r\t\x01\x1f/\x7fz");
	ck_assert_int_eq(cti_jsonw_fini(&w), 0);
	ck_assert_str_eq(cti_buf_text(&out), "\"a\\\"\\\\\\b\\f\\n\\r\\t"
					     "\\u0001\\u001F/\x7fz\"");
	cti_buf_fini(&out);
}
END_TEST

/* Each letter a call; what the first letters make is JSON so far. */
static int order_try(const char *calls)
{
	struct cti_jsonw w;
	struct cti_buf out;
	int err;

	cti_buf_init(&out, 1000);
	ck_assert_int_eq(cti_jsonw_init(&w, &out), 0);
	for (; *calls; calls++) {
		if (*calls == '{')
			cti_jsonw_obj(&w);
		else if (*calls == '}')
			cti_jsonw_obj_end(&w);
		else if (*calls == '[')
			cti_jsonw_arr(&w);
		else if (*calls == ']')
			cti_jsonw_arr_end(&w);
		else if (*calls == 's')
			cti_jsonw_str(&w, "s");
		else
			cti_jsonw_int(&w, 1);
	}
	err = cti_jsonw_fini(&w);
	cti_buf_fini(&out);
	return err;
}

static const char *const wrong_orders[] = {
	"}",	"]",  "{]", "[}", "{s}",  "{s]", "11",	"[]1",
	"{}{}", "{1", "{[", "{{", "{s1]", "[1}", "[]]", "[[[[[[[[[[[[[[[[[",
};

START_TEST(order_that_makes_no_json_is_an_error)
{
	ck_assert_int_eq(order_try(wrong_orders[_i]), -EINVAL);
}
END_TEST

START_TEST(order_that_makes_json_is_none)
{
	ck_assert_int_eq(order_try("[]"), 0);
	ck_assert_int_eq(order_try("{s{ss}s[1s[]{}]}"), 0);
	ck_assert_int_eq(order_try("[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]"), 0);
}
END_TEST

START_TEST(writer_appends_to_what_stands_there)
{
	struct cti_jsonw w;
	struct cti_buf out;

	cti_buf_init(&out, 100);
	ck_assert_int_eq(cti_buf_str(&out, "data: "), 0);
	ck_assert_int_eq(cti_jsonw_init(&w, &out), 0);
	cti_jsonw_bool(&w, true);
	ck_assert_int_eq(cti_jsonw_fini(&w), 0);
	ck_assert_str_eq(cti_buf_text(&out), "data: true");
	cti_buf_fini(&out);
}
END_TEST

Suite *json_write_suite(void)
{
	Suite *suite = suite_create("json_write");
	TCase *tcase = tcase_create("json_write");

	tcase_add_test(tcase, all_kinds_of_values_are_written);
	tcase_add_test(tcase, texts_are_escaped_and_come_back);
	tcase_add_test(tcase, moments_are_rfc_3339_in_utc);
	tcase_add_test(tcase, ceiling_sticks_as_the_first_error);
	tcase_add_test(tcase, bad_utf8_is_never_written);
	tcase_add_test(tcase, out_of_memory_sticks);
	tcase_add_test(tcase, wrong_order_of_calls_is_an_error);
	tcase_add_test(tcase, escapes_are_the_short_ones_where_there_are);
	tcase_add_loop_test(tcase, order_that_makes_no_json_is_an_error, 0,
			    sizeof(wrong_orders) / sizeof(wrong_orders[0]));
	tcase_add_test(tcase, order_that_makes_json_is_none);
	tcase_add_test(tcase, writer_appends_to_what_stands_there);
	suite_add_tcase(suite, tcase);
	return suite;
}
