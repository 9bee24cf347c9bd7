/* SPDX-License-Identifier: Apache-2.0 */
/* number/test_gate.c - hostile and odd texts stop at the gate */
#include <errno.h>
#include <string.h>

#include "table.h"

#define BAD "bad_number"

static const struct table_row hostile_rows[] = {
	{NULL, DE, BAD, NULL, NULL},
	{"", DE, BAD, NULL, NULL},
	{" ", DE, BAD, NULL, NULL},
	{"\xc2\xa0", DE, BAD, NULL, NULL},
	{"+", DE, BAD, NULL, NULL},
	{"()-./", DE, BAD, NULL, NULL},
	{"7", DE, BAD, NULL, NULL},
	{"+7", DE, BAD, NULL, NULL},
	{"++49301234567", DE, BAD, NULL, NULL},
	{"49+301234567", DE, BAD, NULL, NULL},
	{"+49 30 +123456", DE, BAD, NULL, NULL},
	{"030123;ext=5", DE, BAD, NULL, NULL},
	{"030123456;ext=5", DE, BAD, NULL, NULL},
	{"030123456,,5", DE, BAD, NULL, NULL},
	{"030123456x5", DE, BAD, NULL, NULL},
	{"030123456 ext. 5", DE, BAD, NULL, NULL},
	{"123\r\nAction: Originate", DE, BAD, NULL, NULL},
	{"+493012345\r\n", DE, BAD, NULL, NULL},
	{"+493012345\n", DE, BAD, NULL, NULL},
	{"+4930...,112&Action: Originate\r\n", DE, BAD, NULL, NULL},
	{"123&SIP/evil", DE, BAD, NULL, NULL},
	{"123,30,g", DE, BAD, NULL, NULL},
	{"123|x", DE, BAD, NULL, NULL},
	{"123/n", DE, BAD, NULL, NULL},
	{"123;30", DE, BAD, NULL, NULL},
	{"123@evil", DE, BAD, NULL, NULL},
	{"123<4>", DE, BAD, NULL, NULL},
	{"123%0d%0a", DE, BAD, NULL, NULL},
	{"${EXTEN}", DE, BAD, NULL, NULL},
	{"123{4}", DE, BAD, NULL, NULL},
	{"123\\4", DE, BAD, NULL, NULL},
	{"123'4", DE, BAD, NULL, NULL},
	{"123\"4", DE, BAD, NULL, NULL},
	{"123=4", DE, BAD, NULL, NULL},
	{"123_4", DE, BAD, NULL, NULL},
	{"123~4", DE, BAD, NULL, NULL},
	{"123:4", DE, BAD, NULL, NULL},
	{"[030]1234567", DE, BAD, NULL, NULL},
	{"sip:x@y", DE, BAD, NULL, NULL},
	{"sip:+49301234567@pbx", DE, BAD, NULL, NULL},
	{"tel:+49301234567", DE, BAD, NULL, NULL},
	{"callto:030123456", DE, BAD, NULL, NULL},
	{"1-800-FLOWERS", US, BAD, NULL, NULL},
	{"+1 800 FLOWERS", PLAIN, BAD, NULL, NULL},
	{"anonymous", DE, BAD, NULL, NULL},
	{"\xef\xbc\x91\xef\xbc\x91\xef\xbc\x92", DE, BAD, NULL, NULL},
	{"\xef\xbc\x8b"
	 "49301234567",
	 DE, BAD, NULL, NULL},
	{"\xd9\xa1\xd9\xa1\xd9\xa2", DE, BAD, NULL, NULL},
	{"\xdb\xb1\xdb\xb1\xdb\xb2", DE, BAD, NULL, NULL},
	{"\xe0\xa5\xa7\xe0\xa5\xa7\xe0\xa5\xa8", DE, BAD, NULL, NULL},
	{"\xe2\x80\x8f+49301234567", DE, BAD, NULL, NULL},
	{"\xe2\x80\xad+49301234567\xe2\x80\xac", DE, BAD, NULL, NULL},
	{"030\xe2\x80\x8b"
	 "1234567",
	 DE, BAD, NULL, NULL},
	{"030\xe2\x80\x93"
	 "1234567",
	 DE, BAD, NULL, NULL},
	{"030\t1234567", DE, BAD, NULL, NULL},
	{"030\xa0"
	 "1234567",
	 DE, BAD, NULL, NULL},
	{"030\xc0\xb0", DE, BAD, NULL, NULL},
	{"030\xed\xa0\x80", DE, BAD, NULL, NULL},
	{"030\xf4\x90\x80\x80", DE, BAD, NULL, NULL},
	{"030123456\xe2\x80", DE, BAD, NULL, NULL},
	{"*21*0900#", DE, BAD, NULL, NULL},
	{"*21*0900#", DE_PBX, BAD, NULL, NULL},
	{"*97", DE, BAD, NULL, NULL},
	{"*98", DE_PBX, BAD, NULL, NULL},
	{"*97#", DE_PBX, BAD, NULL, NULL},
	{"*9 7", DE_PBX, BAD, NULL, NULL},
	{"911#", DE, BAD, NULL, NULL},
	{"#", DE, BAD, NULL, NULL},
};

START_TEST(what_is_no_number_is_refused)
{
	TABLE_RUN(hostile_rows);
}
END_TEST

static const struct table_row filler_rows[] = {
	{"+49 (30) 123-456", DE, NULL, "+4930123456", "004930123456"},
	{"+49.30.123/456", DE, NULL, "+4930123456", "004930123456"},
	{" +49 30 123456 ", DE, NULL, "+4930123456", "004930123456"},
	{"(+49) 30 123456", DE, NULL, "+4930123456", "004930123456"},
	{"+49\xc2\xa0"
	 "30\xe2\x80\xaf"
	 "123456",
	 DE, NULL, "+4930123456", "004930123456"},
	{"(0 30) 12 34 56", DE, NULL, "+4930123456", "004930123456"},
	{"030/123456", DE, NULL, "+4930123456", "004930123456"},
};

START_TEST(blanks_and_punctuation_do_not_matter)
{
	TABLE_RUN(filler_rows);
}
END_TEST

/* What the agent reads. */
static const struct {
	const char *text;
	const char *sentence;
} sentences[] = {
	{"1-800-FLOWERS",
	 "The letter 'F' at position 7 is not part of a number."},
	{"030123;ext=5",
	 "The character ';' at position 7 is not part of a number."},
	{"123\r\nAction", "The control character U+000D at position 4 is not "
			  "part of a number."},
	{"\xef\xbc\x91\xef\xbc\x91",
	 "The full-width digit U+FF11 at position 1 is not part of a number."},
	{"+49\xc2\xa0\xe2\x80\x8f"
	 "30",
	 "The invisible mark U+200F at position 5 is not part of a number."},
	{"030\xf0\x9f\x93\x9e",
	 "The character U+1F4DE at position 4 is not part of a number."},
	{"++49",
	 "The '+' at position 2 is not at the beginning of the number."},
	{"911#", "The character '#' at position 4 is only allowed in a code "
		 "that dial.feature_codes lists."},
	{"03\xff", "Byte 3 of the number is not UTF-8."},
	{"", "There is no number."},
	{"+ ", "There is no digit in the number."},
	{"5", "One digit is no number."},
};

START_TEST(a_refusal_names_the_character_and_its_position)
{
	struct cti_numbers *n = table_numbers(DE);
	struct cti_number out;

	for (size_t i = 0; i < sizeof(sentences) / sizeof(*sentences); i++) {
		struct cti_err err = {.code = CTI_OK};

		ck_assert_int_eq(
			cti_number_outbound(n, &out, sentences[i].text, &err),
			-EINVAL);
		ck_assert_str_eq(err.text, sentences[i].sentence);
	}
	cti_numbers_destroy(n);
}
END_TEST

START_TEST(a_text_of_64_kib_is_refused_at_once)
{
	static char text[65536 + 1];
	struct cti_numbers *n = table_numbers(DE);
	struct cti_err err = {.code = CTI_OK};
	struct cti_number out;

	memset(text, '1', sizeof(text) - 1);
	ck_assert_int_eq(cti_number_outbound(n, &out, text, &err), -EINVAL);
	ck_assert_int_eq(err.code, CTI_ERR_BAD_NUMBER);
	text[CTI_NUMBER_MAX] = '\0';
	ck_assert_int_eq(cti_number_outbound(n, &out, text, &err), -EINVAL);
	ck_assert_int_eq(cti_number_outbound(n, &out, text, NULL), -EINVAL);
	cti_numbers_destroy(n);
}
END_TEST

START_TEST(every_byte_but_the_allowed_ones_is_refused)
{
	struct cti_numbers *n = table_numbers(DE);

	for (int c = 1; c < 256; c++) {
		char text[] = "0301?23456";
		struct cti_number out;
		int rc;

		text[4] = (char)c;
		rc = cti_number_outbound(n, &out, text, NULL);
		ck_assert_msg((rc == 0) == !!strchr("0123456789 -./()", c),
			      "byte %02x: %d", (unsigned int)c, rc);
	}
	cti_numbers_destroy(n);
}
END_TEST

Suite *gate_suite(void)
{
	Suite *s = suite_create("gate");
	TCase *tc = tcase_create("gate");

	tcase_add_test(tc, what_is_no_number_is_refused);
	tcase_add_test(tc, blanks_and_punctuation_do_not_matter);
	tcase_add_test(tc, a_refusal_names_the_character_and_its_position);
	tcase_add_test(tc, a_text_of_64_kib_is_refused_at_once);
	tcase_add_test(tc, every_byte_but_the_allowed_ones_is_refused);
	suite_add_tcase(s, tc);
	return s;
}
