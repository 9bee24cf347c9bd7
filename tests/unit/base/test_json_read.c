/* SPDX-License-Identifier: Apache-2.0 */
/* base/test_json_read.c - JSON as it comes, nasty or not */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cti/json.h"
#include "fault.h"
#include "suites.h"

static struct cti_json *doc_of(const char *text)
{
	struct cti_json *doc = NULL;
	struct cti_err err = {.code = CTI_OK};
	int res = cti_json_parse(&doc, text, strlen(text), CTI_JSON_WIRE_MAX,
				 &err);

	ck_assert_msg(res == 0, "%s: %s", text, err.text);
	return doc;
}

static void refuse(const char *text, size_t len)
{
	struct cti_json *doc = NULL;
	struct cti_err err = {.code = CTI_OK};
	int res = cti_json_parse(&doc, text, len, CTI_JSON_WIRE_MAX, &err);

	ck_assert_msg(res == -EINVAL, "%.*s", (int)len, text);
	ck_assert_ptr_null(doc);
	ck_assert_int_eq((int)err.code, CTI_ERR_BAD_JSON);
	ck_assert_uint_gt(strlen(err.text), 10);
	ck_assert_ptr_null(strchr(err.text, '\n'));
}

static void assert_raw(const struct cti_json_value *value, const char *raw)
{
	ck_assert_uint_eq(value->raw_len, strlen(raw));
	ck_assert_mem_eq(value->raw, raw, value->raw_len);
}

START_TEST(values_of_all_types_are_read)
{
	struct cti_json *doc = doc_of("{\"s\":\"a\",\"n\":-1.5e+3,\"t\":true,"
				      "\"f\":false,\"z\":null,\"o\":{},"
				      "\"a\":[1,[2]]}");
	const struct cti_json_value *root = cti_json_root(doc);

	ck_assert_int_eq((int)root->type, CTI_JSON_OBJECT);
	ck_assert_ptr_null(root->key);
	ck_assert_str_eq(cti_json_str(root, "s"), "a");
	ck_assert_str_eq(cti_json_find(root, "n")->text, "-1.5e+3");
	ck_assert_int_eq((int)cti_json_find(root, "n")->type, CTI_JSON_NUMBER);
	ck_assert(cti_json_bool(root, "t", false));
	ck_assert(!cti_json_bool(root, "f", true));
	ck_assert_int_eq((int)cti_json_find(root, "z")->type, CTI_JSON_NULL);
	ck_assert_ptr_null(cti_json_find(root, "o")->first);

	const struct cti_json_value *list = cti_json_find(root, "a");

	ck_assert_int_eq((int)list->type, CTI_JSON_ARRAY);
	ck_assert_str_eq(list->first->text, "1");
	ck_assert_str_eq(list->first->next->first->text, "2");
	ck_assert_ptr_null(list->first->next->next);
	ck_assert_ptr_null(list->next);
	cti_json_destroy(doc);
	cti_json_destroy(NULL);
}
END_TEST

START_TEST(getters_give_nothing_for_another_type)
{
	struct cti_json *doc = doc_of("{\"n\":1,\"l\":[\"x\"]}");
	const struct cti_json_value *root = cti_json_root(doc);

	ck_assert_ptr_null(cti_json_str(root, "n"));
	ck_assert_ptr_null(cti_json_str(root, "absent"));
	ck_assert_ptr_null(cti_json_str(NULL, "n"));
	ck_assert(cti_json_bool(root, "n", true));
	ck_assert(!cti_json_bool(root, "absent", false));
	ck_assert_ptr_null(cti_json_find(cti_json_find(root, "l"), "x"));
	cti_json_destroy(doc);
}
END_TEST

START_TEST(raw_spans_are_the_bytes_of_the_text)
{
	struct cti_json *doc =
		doc_of(" \n{ \"crm\" : { \"P\" : \"+1\\u0041\\n\" , \"k\":[ 1 ,"
		       "\t1.50, true ,null,\"\" ] } ,\"z\":-0 }\r\n ");
	const struct cti_json_value *root = cti_json_root(doc);
	const struct cti_json_value *crm = root->first;
	const struct cti_json_value *item = crm->first->next->first;

	assert_raw(root, "{ \"crm\" : { \"P\" : \"+1\\u0041\\n\" , \"k\":[ 1 ,"
			 "\t1.50, true ,null,\"\" ] } ,\"z\":-0 }");
	assert_raw(crm, "{ \"P\" : \"+1\\u0041\\n\" , \"k\":[ 1 ,"
			"\t1.50, true ,null,\"\" ] }");
	assert_raw(crm->first, "\"+1\\u0041\\n\"");
	ck_assert_str_eq(crm->first->text, "+1A\n");
	assert_raw(crm->first->next, "[ 1 ,\t1.50, true ,null,\"\" ]");
	assert_raw(item, "1");
	assert_raw(item->next, "1.50");
	assert_raw(item->next->next, "true");
	assert_raw(item->next->next->next, "null");
	assert_raw(item->next->next->next->next, "\"\"");
	assert_raw(crm->next, "-0");
	cti_json_destroy(doc);
}
END_TEST

START_TEST(scalar_alone_is_a_document)
{
	static const char *const texts[] = {"1",     "-12.5e3", "true", "null",
					    "\"x\"", "0",	"[]"};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct cti_json *doc = doc_of(texts[i]);

		assert_raw(cti_json_root(doc), texts[i]);
		cti_json_destroy(doc);
	}
}
END_TEST

START_TEST(escapes_are_decoded)
{
	struct cti_json *doc =
		doc_of("[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\",\"\\u00e4\\u20AC\","
		       "\"\\ud83d\\uDE00\",\"\\\\u0000\",\"\\\\ud800\"]");
	const struct cti_json_value *item = cti_json_root(doc)->first;

	ck_assert_str_eq(item->text, "\"\\/\b\f\n\r\t");
	item = item->next;
	ck_assert_str_eq(item->text, "\xc3\xa4\xe2\x82\xac");
	item = item->next;
	ck_assert_str_eq(item->text, "\xf0\x9f\x98\x80");
	item = item->next;
	ck_assert_str_eq(item->text, "\\u0000");
	ck_assert_str_eq(item->next->text, "\\ud800");
	cti_json_destroy(doc);
}
END_TEST

START_TEST(bad_syntax_is_refused)
{
	static const char *const texts[] = {
		" ",
		"{",
		"[",
		"[1",
		"\"",
		"\"abc",
		"{\"a\"",
		"{\"a\":",
		"{\"a\":1",
		"{\"a\":1,}",
		"{,}",
		"[1,]",
		"[,1]",
		"[1 2]",
		"{\"a\" 1}",
		"{a:1}",
		"{1:1}",
		"{'a':1}",
		"{\"a\":1}x",
		"{\"a\":1}{}",
		"1 2",
		"[]]",
		"tru",
		"truex",
		"True",
		"nul",
		"NaN",
		"Infinity",
		"-",
		"+1",
		"01",
		"-01",
		"[01]",
		"1.",
		".5",
		"1e",
		"1e+",
		"0x10",
		"// c\n1",
		"/* c */1",
		"[1/*c*/]",
		"\"a\nb\"",
		"\"a\tb\"",
		"\"\x01\"",
		"[1,\f2]",
		"\v1",
		"{\"\":\f1}",
		"\"\\x41\"",
		"\"\\'\"",
		"\"\\u12\"",
		"\"\\u12g4\"",
		"\"\\",
		"\"\\u\"",
		"\\u0041",
		"\xef\xbb\xbf{}", /* a byte order mark is no JSON */
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		refuse(texts[i], strlen(texts[i]));
	refuse("", 0);
}
END_TEST

START_TEST(bad_utf8_is_refused)
{
	static const char *const texts[] = {
		"[\"\xc0\x80\"]",
		"[\"\xed\xa0\x80\"]",
		"[\"\xf5\x80\x80\x80\"]",
		"[\"\xf4\x90\x80\x80\"]",
		"[\"\xff\"]",
		"[\"\x80\"]",
		"[\"\xc3\"]",
		"{\"\xe0\x80\xaf\":1}",
		"[1]\xc3",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		refuse(texts[i], strlen(texts[i]));
}
END_TEST

START_TEST(nul_is_refused_in_each_form)
{
	static const char raw[] = "[\"a\0b\"]";
	static const char behind[] = "[1]\0";

	refuse(raw, sizeof(raw) - 1);
	refuse(behind, sizeof(behind) - 1);
	refuse("[\"a\\u0000b\"]", 12);
	refuse("{\"a\\u0000\":1}", 13);
	refuse("[\"\\\\\\u0000\"]", 12);
}
END_TEST

START_TEST(lone_surrogates_are_refused)
{
	static const char *const texts[] = {
		"[\"\\ud800\"]",
		"[\"\\uDBFF\"]",
		"[\"\\udc00\"]",
		"[\"\\uDFFF x\"]",
		"[\"\\ud800\\ud800\"]",
		"[\"\\ud83dx\\ude00\"]",
		"[\"\\ud83d\\n\"]",
		"[\"\\ude00\\ud83d\"]",
		"{\"\\ud800\":1}",
		"[\"\\ud83d\\u0041\"]",
		"[\"\\ud83d\\ude00\\ude00\"]",
		"[\"\\ud83d\\ude0",
		"\"\\ud800",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		refuse(texts[i], strlen(texts[i]));
}
END_TEST

START_TEST(key_twice_in_one_object_is_refused)
{
	struct cti_json *doc;

	refuse("{\"a\":1,\"a\":2}", 13);
	refuse("{\"a\":1,\"b\":2,\"\\u0061\":3}", 24);
	refuse("{\"\":1,\"\":1}", 11);
	refuse("[{\"x\":{\"a\":1,\"b\":{\"a\":1},\"a\":2}}]", 34);
	doc = doc_of("{\"a\":{\"a\":1,\"b\":[{\"a\":1},{\"a\":2}]},\"A\":1}");
	cti_json_destroy(doc);
}
END_TEST

START_TEST(key_twice_from_a_switch_is_the_first_one)
{
	static const char text[] =
		"{\"a\":\"1\",\"b\":{\"c\":1,\"c\":2},\"a\":\"2\"}";
	struct cti_json *doc = NULL;
	struct cti_err err = {0};

	ck_assert_int_eq(
		cti_json_parse_lax(&doc, text, sizeof(text) - 1, 100, &err), 0);
	ck_assert_str_eq(cti_json_str(cti_json_root(doc), "a"), "1");
	cti_json_destroy(doc);
	doc = NULL;
	ck_assert_int_eq(
		cti_json_parse_lax(&doc, text, sizeof(text) - 1, 10, &err),
		-EMSGSIZE);
	ck_assert_int_eq(cti_json_parse_lax(&doc, "{\"a\":}", 6, 10, &err),
			 -EINVAL);
	ck_assert_ptr_null(doc);
}
END_TEST

START_TEST(depth_8_is_read_and_depth_9_refused)
{
	struct cti_json *doc = doc_of("[[[[[[[[1]]]]]]]]");

	cti_json_destroy(doc);
	doc = doc_of("{\"a\":[{\"a\":[{\"a\":[{\"a\":[]}]}]}]}");
	cti_json_destroy(doc);
	refuse("[[[[[[[[[1]]]]]]]]]", 19);
	refuse("{\"a\":[{\"a\":[{\"a\":[{\"a\":[{}]}]}]}]}", 37);
}
END_TEST

START_TEST(endless_nesting_costs_nothing)
{
	enum { LEN = CTI_JSON_WIRE_MAX };
	char *text = malloc(LEN);

	ck_assert_ptr_nonnull(text);
	memset(text, '[', LEN);
	refuse(text, LEN);
	memset(text, '{', LEN);
	refuse(text, LEN);
	memset(text, '\\', LEN);
	refuse(text, LEN);
	memset(text, '"', LEN);
	refuse(text, LEN);
	memset(text, ',', LEN);
	refuse(text, LEN);
	free(text);
}
END_TEST

START_TEST(text_over_its_limit_is_refused)
{
	struct cti_json *doc = NULL;
	struct cti_err err;

	ck_assert_int_eq(cti_json_parse(&doc, "[1,2]", 5, 4, &err), -EMSGSIZE);
	ck_assert_int_eq((int)err.code, CTI_ERR_BODY_TOO_LARGE);
	ck_assert_ptr_null(doc);
	ck_assert_int_eq(cti_json_parse(&doc, "[1,2]", 5, 5, &err), 0);
	cti_json_destroy(doc);
}
END_TEST

START_TEST(error_says_at_which_byte)
{
	struct cti_json *doc = NULL;
	struct cti_err err;

	ck_assert_int_eq(cti_json_parse(&doc, "[\"\xff\"]", 5, 99, &err),
			 -EINVAL);
	ck_assert_ptr_nonnull(strstr(err.text, "at byte 2"));
	ck_assert_int_eq(cti_json_parse(&doc, "[1,\"\\u0000\"]", 12, 99, &err),
			 -EINVAL);
	ck_assert_ptr_nonnull(strstr(err.text, "at byte 4"));
	ck_assert_int_eq(cti_json_parse(&doc, "[1 2]", 5, 99, &err), -EINVAL);
	ck_assert_ptr_nonnull(strstr(err.text, "at byte 4"));
	ck_assert_int_eq(
		cti_json_parse(&doc, "{\"a\":1,\"a\":2}", 13, 99, &err),
		-EINVAL);
	ck_assert_ptr_nonnull(strstr(err.text, "twice"));
	ck_assert_int_eq(cti_json_parse(&doc, "[", 1, 99, NULL), -EINVAL);
}
END_TEST

START_TEST(many_values_fit_whatever_their_shape)
{
	struct cti_buf text;
	struct cti_json *doc;
	const struct cti_json_value *value;
	size_t count = 0;

	cti_buf_init(&text, CTI_JSON_WIRE_MAX);
	ck_assert_int_eq(cti_buf_str(&text, "[0"), 0);
	while (text.len < 60000)
		ck_assert_int_eq(cti_buf_str(&text, ",\"\",[],{},1"), 0);
	ck_assert_int_eq(cti_buf_str(&text, "]"), 0);
	doc = doc_of(cti_buf_text(&text));
	for (value = cti_json_root(doc)->first; value; value = value->next)
		count++;
	ck_assert_uint_gt(count, 20000);
	cti_json_destroy(doc);
	cti_buf_fini(&text);
}
END_TEST

/* An object with count keys. */
static void object_make(struct cti_buf *text, int count)
{
	cti_buf_reset(text);
	for (int i = 0; i < count; i++)
		ck_assert_int_eq(
			cti_buf_fmt(text, "%s\"k%d\":\"\"", i ? "," : "{", i),
			0);
	ck_assert_int_eq(cti_buf_str(text, "}"), 0);
}

START_TEST(keys_of_an_object_have_a_ceiling)
{
	struct cti_buf text;
	struct cti_json *doc;

	cti_buf_init(&text, CTI_JSON_WIRE_MAX);
	object_make(&text, 2048);
	doc = doc_of(cti_buf_text(&text));
	ck_assert_str_eq(cti_json_str(cti_json_root(doc), "k2047"), "");
	cti_json_destroy(doc);
	object_make(&text, 2049);
	refuse(text.data, text.len);
	cti_buf_fini(&text);
}
END_TEST

START_TEST(text_is_copied)
{
	char text[] = "{\"a\":\"b\"}";
	struct cti_json *doc = doc_of(text);

	memset(text, 'X', sizeof(text) - 1);
	ck_assert_str_eq(cti_json_str(cti_json_root(doc), "a"), "b");
	assert_raw(cti_json_root(doc), "{\"a\":\"b\"}");
	cti_json_destroy(doc);
}
END_TEST

START_TEST(out_of_memory_is_told)
{
	struct cti_json *doc = NULL;
	struct cti_err err = {.code = CTI_OK};

	fault_at(FAULT_MEMORY, 1);
	ck_assert_int_eq(cti_json_parse(&doc, "[1]", 3, 99, &err), -ENOMEM);
	fault_at(FAULT_MEMORY, 0);
	ck_assert_ptr_null(doc);
	ck_assert_int_eq((int)err.code, CTI_ERR_INTERNAL);
}
END_TEST

Suite *json_read_suite(void)
{
	Suite *suite = suite_create("json_read");
	TCase *tcase = tcase_create("json_read");

	tcase_add_test(tcase, values_of_all_types_are_read);
	tcase_add_test(tcase, getters_give_nothing_for_another_type);
	tcase_add_test(tcase, raw_spans_are_the_bytes_of_the_text);
	tcase_add_test(tcase, scalar_alone_is_a_document);
	tcase_add_test(tcase, escapes_are_decoded);
	tcase_add_test(tcase, bad_syntax_is_refused);
	tcase_add_test(tcase, bad_utf8_is_refused);
	tcase_add_test(tcase, nul_is_refused_in_each_form);
	tcase_add_test(tcase, lone_surrogates_are_refused);
	tcase_add_test(tcase, key_twice_in_one_object_is_refused);
	tcase_add_test(tcase, key_twice_from_a_switch_is_the_first_one);
	tcase_add_test(tcase, depth_8_is_read_and_depth_9_refused);
	tcase_add_test(tcase, endless_nesting_costs_nothing);
	tcase_add_test(tcase, text_over_its_limit_is_refused);
	tcase_add_test(tcase, error_says_at_which_byte);
	tcase_add_test(tcase, many_values_fit_whatever_their_shape);
	tcase_add_test(tcase, keys_of_an_object_have_a_ceiling);
	tcase_add_test(tcase, text_is_copied);
	tcase_add_test(tcase, out_of_memory_is_told);
	suite_add_tcase(suite, tcase);
	return suite;
}
