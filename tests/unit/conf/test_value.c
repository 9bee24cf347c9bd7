/* SPDX-License-Identifier: Apache-2.0 */
/* conf/test_value.c - texts become values, or a sentence says why not */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "conf/schema.h"
#include "conf/value.h"
#include "suites.h"

static const struct cti_key whole = {.type = CTI_KEY_INT, .min = -5, .max = 60};
static const struct cti_key truth = {.type = CTI_KEY_BOOL};
static const struct cti_key word = {.type = CTI_KEY_WORD,
				    .words = "none|end|full"};
static const struct cti_key text = {.type = CTI_KEY_TEXT, .max = 10};
static const struct cti_key some = {.type = CTI_KEY_TEXT, .min = 1, .max = 10};
static const struct cti_key digits = {.type = CTI_KEY_TEXT,
				      .max = 10,
				      .pattern = "^[0-9]+$",
				      .form = "digits"};
static const struct cti_key list = {.type = CTI_KEY_LIST,
				    .min = 1,
				    .max = 3,
				    .pattern = "^[0-9]+$",
				    .form = "digits"};

/* what: NULL = accepted; number counts for INT and BOOL. */
static const struct {
	const struct cti_key *key;
	const char *text;
	const char *what;
	int64_t number;
} cases[] = {
	{&whole, "0", NULL, 0},
	{&whole, "60", NULL, 60},
	{&whole, "-5", NULL, -5},
	{&whole, "007", NULL, 7},
	{&whole, "61", "61 is over 60", 0},
	{&whole, "-6", "-6 is under -5", 0},
	{&whole, "", "\"\" is not a whole number", 0},
	{&whole, " 1", "\" 1\" is not a whole number", 0},
	{&whole, "1 ", "\"1 \" is not a whole number", 0},
	{&whole, "0x10", "\"0x10\" is not a whole number", 0},
	{&whole, "5s", "\"5s\" is not a whole number", 0},
	{&whole, "1.5", "\"1.5\" is not a whole number", 0},
	{&whole, "99999999999999999999", "99999999999999999999 is over 60", 0},
	{&whole, "-99999999999999999999", "-99999999999999999999 is under -5",
	 0},
	{&truth, "true", NULL, 1},
	{&truth, "Yes", NULL, 1},
	{&truth, "on", NULL, 1},
	{&truth, "1", NULL, 1},
	{&truth, "false", NULL, 0},
	{&truth, "no", NULL, 0},
	{&truth, "OFF", NULL, 0},
	{&truth, "0", NULL, 0},
	{&truth, "maybe", "\"maybe\" is not true or false", 0},
	{&word, "none", NULL, 0},
	{&word, "full", NULL, 0},
	{&word, "ful", "\"ful\" is not one of none|end|full (full?)", 0},
	{&word, "Full", "\"Full\" is not one of none|end|full (full?)", 0},
	{&word, "", "\"\" is not one of none|end|full", 0},
	{&word, "everything", "\"everything\" is not one of none|end|full", 0},
	{&word, "none|end", "\"none|end\" is not one of none|end|full", 0},
	{&text, "", NULL, 0},
	{&text, "0123456789", NULL, 0},
	{&text, "01234567890", "\"01234567...\" is over 10 bytes", 0},
	{&text, "a\nb", "the text has a control character", 0},
	{&text, "a\177b", "the text has a control character", 0},
	{&text, "a\xff", "the text is not UTF-8", 0},
	{&text, "\xc3\xa4", NULL, 0},
	{&some, "", "it must not be empty", 0},
	{&digits, "", NULL, 0},
	{&digits, "12a", "\"12a\" is not digits", 0},
	{&list, "1", NULL, 0},
	{&list, " 1 ,\t2,3", NULL, 0},
	{&list, "", "0 items are under 1", 0},
	{&list, "1,2,3,4", "4 items are over 3", 0},
	{&list, "1,,3", "item 2 is empty", 0},
	{&list, "1,x", "\"x\" is not digits", 0},
};

static int take(struct cti_value *value, const struct cti_key *key,
		const char *string, struct cti_err *err)
{
	struct cti_texts texts = {0};
	int e;

	if (key->type == CTI_KEY_LIST)
		ck_assert_int_eq(cti_texts_split(&texts, string), 0);
	else
		ck_assert_int_eq(cti_texts_add(&texts, string, strlen(string)),
				 0);
	e = cti_value_take(value, key, &texts, err);
	cti_texts_fini(&texts);
	return e;
}

START_TEST(a_value_is_taken_or_refused_with_a_sentence)
{
	struct cti_value value = {0};
	struct cti_err err = {0};
	int e = take(&value, cases[_i].key, cases[_i].text, &err);

	if (cases[_i].what) {
		ck_assert_int_eq(e, -EINVAL);
		ck_assert_str_eq(err.text, cases[_i].what);
		ck_assert_uint_eq(value.texts.count, 0);
	} else {
		ck_assert_int_eq(e, 0);
		ck_assert_int_eq(value.number, cases[_i].number);
		ck_assert_uint_gt(value.texts.count, 0);
	}
	cti_value_fini(&value);
}
END_TEST

/* Keys whose form is easily made too narrow. */
static const struct {
	const char *key;
	const char *text;
	int err;
} forms[] = {
	{"http.listen", "127.0.0.1:0,[::1]:22550,[::ffff:1.2.3.4]:1", 0},
	{"http.listen", "127.0.0.1:65535,127.0.0.1:9999", 0},
	{"http.listen", "127.0.0.1:65536", -EINVAL},
	{"http.listen", "127.0.0.1:99999", -EINVAL},
	{"http.legacy_listen", "127.0.0.1:36729", 0},
	{"http.legacy_listen", "127.0.0.1:70000", -EINVAL},
	{"baresip.control", "localhost:70000", -EINVAL},
	{"http.listen", "localhost:1", -EINVAL},
	{"http.listen", "127.0.0.1", -EINVAL},
	{"http.listen", "::1:22550", -EINVAL},
	{"http.allowed_peers", "172.17.0.0/16, fd00::1", 0},
	{"http.allowed_peers", "gateway", -EINVAL},
	{"http.public_origins", "https://cti.example.com:8443", 0},
	{"http.public_origins", "https://cti.example.com/", -EINVAL},
	{"sap.origins", "https://my300000.crm.ondemand.com", 0},
	{"sap.origins", "my300000.crm.ondemand.com", -EINVAL},
	{"sap.origins", "*", -EINVAL},
	{"sap.pair_suffixes", "crm.cloud.sap", 0},
	{"sap.pair_suffixes", "com", -EINVAL},
	{"sap.pair_suffixes", ".crm.cloud.sap", -EINVAL},
	{"sap_fields.BP", "CHANNEL(caller_id)", 0},
	{"sap_fields.BP", "two words", -EINVAL},
	{"number.region", "DE", 0},
	{"number.region", "DEU", -EINVAL},
	{"dial.international_prefix", "+", 0},
	{"dial.international_prefix", "00", 0},
	{"dial.international_prefix", "*9#", -EINVAL},
	{"dial.international_prefix", "0 0", -EINVAL},
	{"dial.outside_line", "0", 0},
	{"dial.outside_line", "0w", -EINVAL},
	{"dial.countries", "DE,AT,+41,49", 0},
	{"dial.countries", "Germany", -EINVAL},
	{"dial.premium", "0900,+4919", 0},
	{"dial.feature_codes", "*21#", 0},
	{"telephony.driver", "", -EINVAL},
	{"baresip.control", "[::1]:4444", 0},
	{"baresip.control", "localhost:4444", 0},
	{"baresip.account", "sip:ada@example.com;transport=tcp", 0},
	{"baresip.domain", "example.com:5070", 0},
	{"asterisk.host", "pbx-1.example.com", 0},
	{"asterisk.host", "pbx\r\nAction: x", -EINVAL},
	{"asterisk.auto_answer", "PJSIP_HEADER(add,x)", 0},
};

START_TEST(a_key_takes_what_its_users_write)
{
	const struct cti_key *key = cti_schema_find(forms[_i].key);
	struct cti_value value = {0};
	struct cti_err err = {0};

	ck_assert_ptr_nonnull(key);
	ck_assert_msg(take(&value, key, forms[_i].text, &err) == forms[_i].err,
		      "%s: %s", forms[_i].text, err.text);
	cti_value_fini(&value);
}
END_TEST

START_TEST(a_list_is_split_at_commas_without_blanks)
{
	struct cti_texts texts = {0};

	ck_assert_int_eq(cti_texts_split(&texts, " a b ,c,\t"), 0);
	ck_assert_uint_eq(texts.count, 3);
	ck_assert_str_eq(texts.items[0], "a b");
	ck_assert_str_eq(texts.items[1], "c");
	ck_assert_str_eq(texts.items[2], "");
	cti_texts_fini(&texts);
	ck_assert_int_eq(cti_texts_split(&texts, " \t "), 0);
	ck_assert_uint_eq(texts.count, 0);
	cti_texts_fini(&texts);
}
END_TEST

START_TEST(a_refused_value_leaves_the_old_one)
{
	struct cti_value value = {0};
	struct cti_err err = {0};

	ck_assert_int_eq(take(&value, &whole, "12", &err), 0);
	ck_assert_int_eq(take(&value, &whole, "x", &err), -EINVAL);
	ck_assert_int_eq(value.number, 12);
	ck_assert_str_eq(value.texts.items[0], "12");
	ck_assert_int_eq(take(&value, &whole, "13", &err), 0);
	ck_assert_int_eq(value.number, 13);
	cti_value_fini(&value);
}
END_TEST

START_TEST(a_long_wrong_value_is_cut_in_the_sentence)
{
	struct cti_value value = {0};
	struct cti_err err = {0};
	char longest[301];

	memset(longest, '7', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	ck_assert_int_eq(take(&value, &list, longest, &err), -EINVAL);
	ck_assert_str_eq(err.text, "\"77777777...\" is over 255 bytes");
	longest[0] = 'x';
	ck_assert_int_eq(take(&value, &word, longest, &err), -EINVAL);
	ck_assert_uint_lt(strlen(err.text), 100);
	cti_value_fini(&value);
}
END_TEST

Suite *suite_value(void)
{
	Suite *suite = suite_create("value");
	TCase *tc = tcase_create("value");

	tcase_add_loop_test(tc, a_value_is_taken_or_refused_with_a_sentence, 0,
			    sizeof(cases) / sizeof(cases[0]));
	tcase_add_loop_test(tc, a_key_takes_what_its_users_write, 0,
			    sizeof(forms) / sizeof(forms[0]));
	tcase_add_test(tc, a_list_is_split_at_commas_without_blanks);
	tcase_add_test(tc, a_refused_value_leaves_the_old_one);
	tcase_add_test(tc, a_long_wrong_value_is_cut_in_the_sentence);
	suite_add_tcase(suite, tc);
	return suite;
}
