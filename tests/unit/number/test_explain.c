/* SPDX-License-Identifier: Apache-2.0 */
/* number/test_explain.c - every step is told, and the verdict */
#include <string.h>

#include "cti/json.h"
#include "table.h"

enum { EXPLAIN_MAX = 16384 };

/** An explanation, read back. */
struct told {
	struct cti_json *doc;
	const struct cti_json_value *outbound;
	const struct cti_json_value *inbound;
};

static struct told told(enum table_rules rules, const char *text)
{
	struct cti_numbers *n = table_numbers(rules);
	struct cti_buf buf;
	struct told t = {.doc = NULL};
	const struct cti_json_value *root;

	cti_buf_init(&buf, EXPLAIN_MAX);
	ck_assert_int_eq(cti_number_explain(n, &buf, text), 0);
	ck_assert_int_eq(
		cti_json_parse(&t.doc, buf.data, buf.len, EXPLAIN_MAX, NULL),
		0);
	root = cti_json_root(t.doc);
	ck_assert_ptr_nonnull(cti_json_str(root, "number"));
	t.outbound = cti_json_find(root, "outbound");
	t.inbound = cti_json_find(root, "inbound");
	cti_buf_fini(&buf);
	cti_numbers_destroy(n);
	return t;
}

static const struct cti_json_value *told_step(const struct cti_json_value *way,
					      const char *name)
{
	const struct cti_json_value *steps = cti_json_find(way, "steps");
	const struct cti_json_value *step;

	ck_assert_ptr_nonnull(steps);
	for (step = steps->first; step; step = step->next) {
		if (strcmp(cti_json_str(step, "step"), name) == 0)
			return step;
	}
	return NULL;
}

static void assert_step(const struct cti_json_value *way, const char *name,
			const char *in, const char *out)
{
	const struct cti_json_value *step = told_step(way, name);

	ck_assert_ptr_nonnull(step);
	ck_assert_str_eq(cti_json_str(step, "in"), in);
	ck_assert_pstr_eq(cti_json_str(step, "out"), out);
	ck_assert_ptr_nonnull(cti_json_str(step, "note"));
}

START_TEST(a_dialed_number_shows_each_rewrite)
{
	struct told t = told(DE_PBX, "+49 (30) 123-456");

	ck_assert(cti_json_bool(t.outbound, "ok", false));
	ck_assert_ptr_null(cti_json_str(t.outbound, "code"));
	ck_assert_str_eq(cti_json_str(t.outbound, "kind"), "public");
	ck_assert_str_eq(cti_json_str(t.outbound, "e164"), "+4930123456");
	ck_assert_str_eq(cti_json_str(t.outbound, "shown"), "+49 30 123456");
	ck_assert_str_eq(cti_json_str(t.outbound, "dialed"), "0030123456");
	assert_step(t.outbound, "gate", "+49 (30) 123-456", "+4930123456");
	assert_step(t.outbound, "emergency_raw", "+4930123456", "+4930123456");
	assert_step(t.outbound, "parse", "+4930123456", "+4930123456");
	assert_step(t.outbound, "policy", "+4930123456", "+4930123456");
	assert_step(t.outbound, "dial_string", "+4930123456", "0030123456");
	assert_step(t.outbound, "emergency_dialed", "0030123456", "0030123456");
	ck_assert_str_eq(cti_json_str(t.inbound, "ani"), "+4930123456");
	assert_step(t.inbound, "parse", "+4930123456", "+4930123456");
	cti_json_destroy(t.doc);
}
END_TEST

START_TEST(a_refused_number_shows_the_step_and_the_fix)
{
	struct told t = told(DE, "0900123456");
	const struct cti_json_value *step = told_step(t.outbound, "policy");

	ck_assert(!cti_json_bool(t.outbound, "ok", true));
	ck_assert_str_eq(cti_json_str(t.outbound, "code"), "number_blocked");
	ck_assert_ptr_nonnull(cti_json_str(t.outbound, "fix"));
	ck_assert_ptr_null(cti_json_str(t.outbound, "dialed"));
	ck_assert_ptr_null(cti_json_str(t.outbound, "kind"));
	assert_step(t.outbound, "policy", "+49900123456", NULL);
	ck_assert_str_eq(cti_json_str(step, "note"),
			 cti_json_str(t.outbound, "detail"));
	ck_assert_ptr_null(told_step(t.outbound, "dial_string"));
	cti_json_destroy(t.doc);
}
END_TEST

START_TEST(a_number_outside_all_plans_is_noted)
{
	struct told t = told(PLAIN, "+1 555 123 4567");
	const struct cti_json_value *notes = cti_json_find(t.outbound, "notes");

	ck_assert(cti_json_bool(t.outbound, "ok", false));
	ck_assert_ptr_nonnull(notes->first);
	ck_assert_ptr_nonnull(strstr(notes->first->text, "plan"));
	cti_json_destroy(t.doc);
}
END_TEST

START_TEST(an_extension_is_called_one)
{
	struct told t = told(DE, "101");

	ck_assert_str_eq(cti_json_str(t.outbound, "kind"), "extension");
	ck_assert_ptr_null(told_step(t.outbound, "parse"));
	ck_assert(cti_json_bool(t.inbound, "extension", false));
	ck_assert_ptr_null(cti_json_str(t.inbound, "ani"));
	ck_assert_str_eq(cti_json_str(t.inbound, "shown"), "101");
	cti_json_destroy(t.doc);
}
END_TEST

START_TEST(any_bytes_can_be_explained)
{
	static const char *const texts[] = {
		NULL,
		"",
		"\xff\xfe",
		"\r\n\x01",
		"\xed\xa0\x80",
		"\"\\<script>",
		"\xe2\x80\x8f+49",
	};
	char longest[300];

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct told t = told(DE, texts[i]);

		ck_assert(!cti_json_bool(t.outbound, "ok", true));
		cti_json_destroy(t.doc);
	}
	memset(longest, '\xc3', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	cti_json_destroy(told(DE, longest).doc);
}
END_TEST

Suite *explain_suite(void)
{
	Suite *s = suite_create("explain");
	TCase *tc = tcase_create("explain");

	tcase_add_test(tc, a_dialed_number_shows_each_rewrite);
	tcase_add_test(tc, a_refused_number_shows_the_step_and_the_fix);
	tcase_add_test(tc, a_number_outside_all_plans_is_noted);
	tcase_add_test(tc, an_extension_is_called_one);
	tcase_add_test(tc, any_bytes_can_be_explained);
	suite_add_tcase(s, tc);
	return s;
}
