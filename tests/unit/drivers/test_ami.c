/* SPDX-License-Identifier: Apache-2.0 */
/* drivers/test_ami.c - the text of the manager interface, in and out */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drivers/asterisk/ami.h"
#include "suites.h"

#define BANNER "Asterisk Call Manager/11.0.0\r\n"

static struct ami_parser parser;
static struct ami_msg msg;
static struct cti_buf out;

static void setup(void)
{
	ck_assert_int_eq(ami_parser_init(&parser), 0);
	cti_buf_init(&out, AMI_SENT_MAX);
}

static void teardown(void)
{
	ami_parser_fini(&parser);
	cti_buf_fini(&out);
}

static int feed(const char *text)
{
	return ami_parser_feed(&parser, text, strlen(text));
}

static int next(void)
{
	return ami_parser_next(&parser, &msg);
}

/** After the banner. */
static void begin(void)
{
	ck_assert_int_eq(feed(BANNER), 0);
	ck_assert_int_eq(next(), 0);
}

/** "Event: Hangup|Cause: 16|": the message as text. */
static const char *told(void)
{
	cti_buf_reset(&out);
	for (size_t i = 0; i < msg.nfields; i++) {
		const struct ami_field *field = &msg.field[i];

		ck_assert_uint_eq(strlen(field->key), field->key_len);
		ck_assert_uint_eq(strlen(field->value), field->value_len);
		ck_assert_int_eq(
			cti_buf_fmt(&out, "%s:%s|", field->key, field->value),
			0);
	}
	return cti_buf_text(&out);
}

/* --- in --- */

START_TEST(banner_is_a_message_of_its_own)
{
	ck_assert_int_eq(next(), -ENODATA);
	ck_assert_int_eq(feed("\r\n" BANNER "Response: Success\r\n\r\n"), 0);
	ck_assert_int_eq(next(), 0);
	ck_assert_str_eq(told(), ":Asterisk Call Manager/11.0.0|");
	ck_assert_int_eq(next(), 0);
	ck_assert_str_eq(told(), "Response:Success|");
	ck_assert_int_eq(next(), -ENODATA);
}
END_TEST

START_TEST(banner_is_one_whatever_it_says)
{
	ck_assert_int_eq(feed("SSH: 2\n"), 0);
	ck_assert_int_eq(next(), 0);
	ck_assert_str_eq(told(), ":SSH: 2|");
}
END_TEST

/* What comes after the banner, and what is read. */
static const struct {
	const char *text, *told;
} messages[] = {
	{"Event: Hangup\r\nCause: 16\r\n\r\n", "Event:Hangup|Cause:16|"},
	{"Event: Hangup\nCause: 16\n\n", "Event:Hangup|Cause:16|"},
	{"A:1\r\nB:  2 \r\nC:\r\nD: \r\n\r\n", "A:1|B: 2 |C:|D:|"},
	{"Output: a: b\r\nOutput: c\r\n\r\n", "Output:a: b|Output:c|"},
	{"no colon\r\n: none\r\n\r\n", ":no colon|:: none|"},
	{"\r\n\r\n\nEvent: X\r\n\r\n", "Event:X|"},
	{"A: 1\r2\r\r\n\r\n", "A:1\r2\r|"},
	{"N: M\xc3\xbcller \xfc\r\n\r\n", "N:M\xc3\xbcller \xfc|"},
};

START_TEST(lines_are_cut_into_fields)
{
	begin();
	ck_assert_int_eq(feed(messages[_i].text), 0);
	ck_assert_int_eq(next(), 0);
	ck_assert_str_eq(told(), messages[_i].told);
	ck_assert_int_eq(next(), -ENODATA);
}
END_TEST

START_TEST(fields_survive_bytes_that_come_one_by_one)
{
	begin();
	for (const char *at = messages[_i].text; *at; at++) {
		ck_assert_int_eq(next(), -ENODATA);
		ck_assert_int_eq(ami_parser_feed(&parser, at, 1), 0);
	}
	ck_assert_int_eq(next(), 0);
	ck_assert_str_eq(told(), messages[_i].told);
}
END_TEST

START_TEST(message_under_way_moves_with_its_fields)
{
	begin();
	ck_assert_int_eq(feed("Event: A\r\n\r\nEvent: B\r\nOne: 1\r\nnone\r\n"),
			 0);
	ck_assert_int_eq(next(), 0);
	ck_assert_str_eq(told(), "Event:A|");
	ck_assert_int_eq(next(), -ENODATA);
	ck_assert_int_eq(feed("Two: 2\r\n\r\nEvent: C\r\n\r\n"), 0);
	ck_assert_int_eq(next(), 0);
	ck_assert_str_eq(told(), "Event:B|One:1|:none|Two:2|");
	ck_assert_int_eq(next(), 0);
	ck_assert_str_eq(told(), "Event:C|");
}
END_TEST

START_TEST(first_of_repeated_keys_is_got)
{
	begin();
	ck_assert_int_eq(feed("Event: X\r\nVar: 1\r\nVar: 2\r\nE:\r\n\r\n"), 0);
	ck_assert_int_eq(next(), 0);
	ck_assert_str_eq(ami_get(&msg, "Var"), "1");
	ck_assert_str_eq(ami_get(&msg, "E"), "");
	ck_assert_str_eq(ami_get(&msg, "var"), "");
	ck_assert_str_eq(ami_get(&msg, "Va"), "");
	ck_assert(ami_is(&msg, "Event", "X") && ami_is(&msg, "None", ""));
	ck_assert(!ami_is(&msg, "Event", "x"));
}
END_TEST

START_TEST(reset_expects_a_banner_again)
{
	begin();
	ck_assert_int_eq(feed("Event: half\r\nOf: it\r\nand"), 0);
	ck_assert_int_eq(next(), -ENODATA);
	ami_parser_reset(&parser);
	begin();
	ck_assert_str_eq(told(), ":Asterisk Call Manager/11.0.0|");
	ck_assert_int_eq(next(), -ENODATA);
}
END_TEST

/* --- ceilings --- */

static void feed_many(char byte, size_t count)
{
	char *text = malloc(count);

	ck_assert_ptr_nonnull(text);
	memset(text, byte, count);
	ck_assert_int_eq(ami_parser_feed(&parser, text, count), 0);
	free(text);
}

START_TEST(longest_line_is_read_and_one_more_is_not)
{
	begin();
	ck_assert_int_eq(feed("K:"), 0);
	feed_many('x', AMI_LINE_MAX - 2);
	ck_assert_int_eq(next(), -ENODATA);
	ck_assert_int_eq(feed("\r\n\r\nEvent: X\r\n\r\nK:"), 0);
	ck_assert_int_eq(next(), 0);
	ck_assert_uint_eq(msg.field[0].value_len, AMI_LINE_MAX - 2);
	ck_assert_int_eq(next(), 0);
	feed_many('x', AMI_LINE_MAX - 1);
	ck_assert_int_eq(feed("\r\n"), 0);
	ck_assert_int_eq(next(), -EBADMSG);
	ck_assert_int_eq(feed("Event: X\r\n\r\n"), 0);
	ck_assert_int_eq(next(), -EBADMSG);
	ami_parser_reset(&parser);
	begin();
}
END_TEST

START_TEST(line_without_an_end_is_given_up)
{
	begin();
	feed_many('x', AMI_LINE_MAX + 1);
	ck_assert_int_eq(next(), -ENODATA);
	feed_many('x', 1);
	ck_assert_int_eq(next(), -EBADMSG);
}
END_TEST

START_TEST(message_of_too_many_bytes_is_given_up)
{
	int err = 0;

	begin();
	for (int i = 0; i < AMI_MESSAGE_MAX / 8000 + 1 && !err; i++) {
		feed_many('x', 7998);
		ck_assert_int_eq(feed("\r\n"), 0);
		err = next();
		ck_assert(err == -ENODATA || i == AMI_MESSAGE_MAX / 8000);
		err = err == -ENODATA ? 0 : err;
	}
	ck_assert_int_eq(err, -EBADMSG);
}
END_TEST

START_TEST(message_of_too_many_fields_is_given_up)
{
	begin();
	for (int i = 0; i < AMI_FIELDS_MAX; i++)
		ck_assert_int_eq(feed("A: 1\r\n"), 0);
	ck_assert_int_eq(next(), -ENODATA);
	ck_assert_int_eq(feed("\r\n"), 0);
	ck_assert_int_eq(next(), 0);
	ck_assert_uint_eq(msg.nfields, AMI_FIELDS_MAX);
	for (int i = 0; i <= AMI_FIELDS_MAX; i++)
		ck_assert_int_eq(feed("A: 1\r\n"), 0);
	ck_assert_int_eq(next(), -EBADMSG);
}
END_TEST

START_TEST(nul_ends_it_after_what_was_whole)
{
	static const char bytes[] = "A: 1\r\n\r\nB\0: 2\r\n";

	begin();
	ck_assert_int_eq(ami_parser_feed(&parser, bytes, sizeof(bytes)), 0);
	ck_assert_int_eq(next(), 0);
	ck_assert_str_eq(told(), "A:1|");
	ck_assert_int_eq(next(), -EBADMSG);
	ck_assert_int_eq(feed("C: 3\r\n\r\n"), 0);
	ck_assert_int_eq(next(), -EBADMSG);
}
END_TEST

START_TEST(unread_bytes_have_a_ceiling)
{
	char *text = calloc(1, AMI_UNREAD_MAX);

	ck_assert_ptr_nonnull(text);
	memset(text, '\n', AMI_UNREAD_MAX);
	ck_assert_int_eq(ami_parser_feed(&parser, text, AMI_UNREAD_MAX), 0);
	ck_assert_int_eq(feed("\n"), -ENOBUFS);
	ck_assert_int_eq(next(), -ENODATA);
	ck_assert_int_eq(feed("\n"), 0);
	free(text);
}
END_TEST

/* --- texts --- */

static const struct {
	const char *value, *text;
} texts[] = {
	{"", ""},
	{"<unknown>", ""},
	{"Ann", "Ann"},
	{"Ann \\\"A\\\" O\\'Hara\\?", "Ann \"A\" O'Hara?"},
	{"back\\\\slash", "back\\slash"},
	{"\\\\n", "\\n"},
	{"a\\nb\\tc", "abc"},
	{"a\x01\x7f"
	 "b",
	 "ab"},
	{"\\x41\\x4a\\x4A", "AJJ"},
	{"\\xC3\\xbc", "\xc3\xbc"},
	{"\\x0", ""},
	{"\\x7g", "g"},
	{"\\xg \\q \\", "\\xg \\q \\"},
	{"M\xc3\xbcller", "M\xc3\xbcller"},
	{"M\xfcller", "M\xc3\xbcller"},
	{"M\xfc\\\"", "M\xc3\xbc\""},
	{"\xc3\xbc\xc3\xbc\xc3\xbc", "\xc3\xbc\xc3\xbc\xc3\xbc"},
};

START_TEST(text_is_left_without_escapes_and_in_utf8)
{
	char text[64] = "old";

	ami_text(text, sizeof(text), texts[_i].value);
	ck_assert_str_eq(text, texts[_i].text);
}
END_TEST

START_TEST(long_text_is_cut_at_a_character)
{
	char value[2048] = "\\\"", text[2048];

	for (size_t i = 2; i < sizeof(value) - 3; i += 2)
		memcpy(value + i, "\xc3\xbc", 3);
	ami_text(text, 6, value);
	ck_assert_str_eq(text, "\"\xc3\xbc\xc3\xbc");
	ami_text(text, 5, value);
	ck_assert_str_eq(text, "\"\xc3\xbc");
	ami_text(text, sizeof(text), value);
	ck_assert_uint_eq(strlen(text), 1023);
	ck_assert_int_eq(memcmp(text, "\"\xc3\xbc\xc3\xbc", 5), 0);
}
END_TEST

/* --- out --- */

START_TEST(action_is_written_and_read_back)
{
	ck_assert_int_eq(ami_action(&out, "Originate", "o-1.A_b"), 0);
	ck_assert_int_eq(ami_line(&out, "Exten", "*21#"), 0);
	ck_assert_int_eq(ami_line(&out, "Variable", ""), 0);
	ck_assert_int_eq(ami_line(&out, "Variable", " A=\xc3\xbc: b "), 0);
	ck_assert_int_eq(ami_end(&out), 0);
	ck_assert_str_eq(cti_buf_text(&out),
			 "Action: Originate\r\nActionID: o-1.A_b\r\n"
			 "Exten: *21#\r\nVariable: \r\n"
			 "Variable:  A=\xc3\xbc: b \r\n\r\n");
	begin();
	ck_assert_int_eq(feed(cti_buf_text(&out)), 0);
	ck_assert_int_eq(next(), 0);
	ck_assert_str_eq(told(), "Action:Originate|ActionID:o-1.A_b|"
				 "Exten:*21#|Variable:|"
				 "Variable: A=\xc3\xbc: b |");
}
END_TEST

static const struct {
	const char *key, *value;
} bad_lines[] = {
	{"Exten", "123\r\nAction: Originate"},
	{"Exten", "123\nAction: Originate"},
	{"Exten", "123\r"},
	{"Exten", "\n"},
	{"Exten", "1\t2"},
	{"Exten", "1\x7f"},
	{"Exten", "1\x1b[2J"},
	{"", "1"},
	{"Exten\r\nAction", "Originate"},
	{"Exten:", "1"},
	{"Ex ten", "1"},
	{"\xc3\xbc", "1"},
};

START_TEST(line_that_would_begin_another_is_refused)
{
	ck_assert_int_eq(ami_action(&out, "Hangup", "h1"), 0);
	ck_assert_int_eq(ami_line(&out, bad_lines[_i].key, bad_lines[_i].value),
			 -EINVAL);
	ck_assert_str_eq(cti_buf_text(&out),
			 "Action: Hangup\r\nActionID: h1\r\n");
}
END_TEST

START_TEST(action_and_its_id_have_their_letters)
{
	char id[66];

	memset(id, 'a', sizeof(id));
	id[65] = '\0';
	ck_assert_int_eq(ami_action(&out, "Ping", id), -EINVAL);
	ck_assert_int_eq(ami_action(&out, "Ping", ""), -EINVAL);
	ck_assert_int_eq(ami_action(&out, "Ping", "a\r\nb"), -EINVAL);
	ck_assert_int_eq(ami_action(&out, "Ping", "a b"), -EINVAL);
	ck_assert_int_eq(ami_action(&out, "", "a"), -EINVAL);
	ck_assert_int_eq(ami_action(&out, "Ping\r\n", "a"), -EINVAL);
	ck_assert_uint_eq(out.len, 0);
	id[64] = '\0';
	ck_assert_int_eq(ami_action(&out, "Ping", id), 0);
}
END_TEST

START_TEST(line_is_as_long_as_the_manager_takes)
{
	char value[AMI_SENT_LINE_MAX + 1];
	size_t most = AMI_SENT_LINE_MAX - strlen("Data: \r\n");

	memset(value, '7', sizeof(value));
	value[most + 1] = '\0';
	ck_assert_int_eq(ami_line(&out, "Data", value), -EINVAL);
	ck_assert_uint_eq(out.len, 0);
	value[most] = '\0';
	ck_assert_int_eq(ami_line(&out, "Data", value), 0);
	ck_assert_uint_eq(out.len, AMI_SENT_LINE_MAX);
}
END_TEST

START_TEST(action_that_does_not_fit_leaves_the_buffer)
{
	struct cti_buf small;

	cti_buf_init(&small, 40);
	ck_assert_int_eq(ami_action(&small, "Ping", "p1"), 0);
	ck_assert_int_eq(ami_line(&small, "Key", "12345678"), -ENOBUFS);
	ck_assert_str_eq(cti_buf_text(&small),
			 "Action: Ping\r\nActionID: p1\r\n");
	cti_buf_fini(&small);
}
END_TEST

/* --- what may be dialed and named --- */

static const struct {
	const char *text;
	bool exten, channel;
} names[] = {
	/* what people hand to a dialer */
	{"+49 (30) 123-456", false, false},
	{"0049301234567", true, true},
	{"+4930123456", true, true},
	{"030123;ext=5", false, false},
	{"123\r\nAction: Originate", false, false},
	{"123\n", false, false},
	{"123\t", false, false},
	{"123&SIP/evil", false, false},
	{"123,30,g", false, false},
	{"123|x", false, false},
	{"123/n", false, true}, /* a channel of technology 123 */
	{"sip:x@y", false, true},
	{"tel:+4930123", false, true},
	{"9301@trunk&Local/7006@lab&PJSIP/301", false, false},
	{"7006, 1", false, false},
	{"${EXTEN}", false, false},
	{"1(2)", false, false},
	{"\xef\xbc\x91", false, false}, /* full-width 1 */
	{"\xd9\xa1", false, false},	/* Arabic 1 */
	{"\xe2\x80\x8f"
	 "123",
	 false, false},
	{"1\x7f", false, false},
	{"", false, false},
	{" ", false, false},
	{"+", true, true}, /* the number's own rules come before */
	{"++49", true, true},
	{"*21*0900#", true, false},
	{"112", true, true},
	{"911#", true, false},
	{"1-800-FLOWERS", false, true},
	/* channels */
	{"PJSIP/101", false, true},
	{"PJSIP/agent1-0000000b", false, true},
	{"SIP/101@pbx.example:5060", false, true},
	{"Local/7001@lab-00000004;2", false, true},
	{"1795330917.32", false, true},
	{"pbx_1-1795330917.32", false, true},
	{"0123456789ABCDEF0123456789ABCDEF;2", false, true},
	{"/.*/", false, false},
	{"/", false, false},
	{"PJSIP/", false, false},
	{"PJSIP/101/n", false, false},
	{"PJSIP/101,30", false, false},
	{"PJSIP/101&PJSIP/102", false, false},
	{"PJ SIP/101", false, false},
	{"PJSIP/101\r\nCause: 1", false, false},
	{"PJSIP/${X}", false, false},
};

START_TEST(only_plain_names_pass)
{
	const char *text = names[_i].text;
	int err = ami_line(&out, "Exten", text);

	ck_assert_msg(ami_is_exten(text) == names[_i].exten, "exten %s", text);
	ck_assert_msg(ami_is_channel(text) == names[_i].channel, "channel %s",
		      text);
	/* the encoder guards itself, whoever forgot to look before */
	ck_assert_int_eq(err, strpbrk(text, "\r\n\t\x7f") ? -EINVAL : 0);
	ck_assert(!err || !out.len);
	ck_assert(err || strchr(out.data, '\n') == out.data + out.len - 1);
}
END_TEST

START_TEST(names_have_a_length)
{
	size_t size = 64 * 1024 + 1;
	char *text = malloc(size);

	ck_assert_ptr_nonnull(text);
	memset(text, '7', size);
	text[size - 1] = '\0';
	ck_assert(!ami_is_exten(text) && !ami_is_channel(text));
	ck_assert_int_eq(ami_line(&out, "Exten", text), -EINVAL);
	text[150] = '\0';
	ck_assert(!ami_is_channel(text));
	text[149] = '\0';
	ck_assert(ami_is_channel(text));
	text[33] = '\0';
	ck_assert(!ami_is_exten(text));
	text[32] = '\0';
	ck_assert(ami_is_exten(text));
	free(text);
}
END_TEST

#define COUNT(table) ((int)(sizeof(table) / sizeof((table)[0])))

static void add_in(TCase *tcase)
{
	tcase_add_test(tcase, banner_is_a_message_of_its_own);
	tcase_add_test(tcase, banner_is_one_whatever_it_says);
	tcase_add_loop_test(tcase, lines_are_cut_into_fields, 0,
			    COUNT(messages));
	tcase_add_loop_test(tcase, fields_survive_bytes_that_come_one_by_one, 0,
			    COUNT(messages));
	tcase_add_test(tcase, message_under_way_moves_with_its_fields);
	tcase_add_test(tcase, first_of_repeated_keys_is_got);
	tcase_add_test(tcase, reset_expects_a_banner_again);
	tcase_add_test(tcase, longest_line_is_read_and_one_more_is_not);
	tcase_add_test(tcase, line_without_an_end_is_given_up);
	tcase_add_test(tcase, message_of_too_many_bytes_is_given_up);
	tcase_add_test(tcase, message_of_too_many_fields_is_given_up);
	tcase_add_test(tcase, nul_ends_it_after_what_was_whole);
	tcase_add_test(tcase, unread_bytes_have_a_ceiling);
	tcase_add_loop_test(tcase, text_is_left_without_escapes_and_in_utf8, 0,
			    COUNT(texts));
	tcase_add_test(tcase, long_text_is_cut_at_a_character);
}

static void add_out(TCase *tcase)
{
	tcase_add_test(tcase, action_is_written_and_read_back);
	tcase_add_loop_test(tcase, line_that_would_begin_another_is_refused, 0,
			    COUNT(bad_lines));
	tcase_add_test(tcase, action_and_its_id_have_their_letters);
	tcase_add_test(tcase, line_is_as_long_as_the_manager_takes);
	tcase_add_test(tcase, action_that_does_not_fit_leaves_the_buffer);
	tcase_add_loop_test(tcase, only_plain_names_pass, 0, COUNT(names));
	tcase_add_test(tcase, names_have_a_length);
}

Suite *ami_suite(void)
{
	Suite *suite = suite_create("ami");
	TCase *tcase = tcase_create("in");

	tcase_add_checked_fixture(tcase, setup, teardown);
	add_in(tcase);
	suite_add_tcase(suite, tcase);
	tcase = tcase_create("out");
	tcase_add_checked_fixture(tcase, setup, teardown);
	add_out(tcase);
	suite_add_tcase(suite, tcase);
	return suite;
}
