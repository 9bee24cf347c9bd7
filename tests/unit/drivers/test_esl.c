/* SPDX-License-Identifier: Apache-2.0 */
/* drivers/test_esl.c - the event socket's text, both ways */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "drivers/freeswitch/esl.h"
#include "suites.h"
#include "transcript.h"

enum { TEXT_MAX = 1 << 20 };

static struct esl_parser parser;
static const struct esl_msg *msg;

static void setup(void)
{
	esl_parser_init(&parser);
}

static void teardown(void)
{
	esl_parser_fini(&parser);
}

static int feed(const char *text)
{
	return esl_parser_feed(&parser, text, strlen(text));
}

static int next_of(const char *text)
{
	ck_assert_int_eq(feed(text), 0);
	return esl_parser_next(&parser, &msg);
}

START_TEST(reply_is_a_head_alone)
{
	ck_assert_int_eq(next_of("Content-Type: command/reply\n"
				 "Reply-Text: +OK accepted\n\n"),
			 0);
	ck_assert_int_eq((int)msg->type, ESL_REPLY);
	ck_assert_str_eq(msg->reply, "+OK accepted");
	ck_assert(esl_begins(msg, "+OK"));
	ck_assert(!esl_begins(msg, "+OK accepted!"));
	ck_assert_int_eq(esl_parser_next(&parser, &msg), -ENODATA);
}
END_TEST

START_TEST(two_messages_in_one_packet_are_two)
{
	ck_assert_int_eq(next_of("Content-Type: auth/request\n\n"
				 "Content-Type: api/response\n"
				 "Content-Length: 4\n\ntrueContent-Ty"),
			 0);
	ck_assert_int_eq((int)msg->type, ESL_AUTH_REQUEST);
	ck_assert_int_eq(esl_parser_next(&parser, &msg), 0);
	ck_assert_int_eq((int)msg->type, ESL_ANSWER);
	ck_assert_uint_eq(msg->body_len, 4);
	ck_assert(esl_begins(msg, "true"));
	ck_assert_int_eq(next_of("pe: text/rude-rejection\n\n"), 0);
	ck_assert_int_eq((int)msg->type, ESL_REJECTION);
}
END_TEST

START_TEST(answer_as_text_is_one_line)
{
	char text[16];

	ck_assert_int_eq(next_of("Content-Type: api/response\n"
				 "Content-Length: 22\n\n"
				 "-ERR No such channel!\n"),
			 0);
	esl_text(text, sizeof(text), msg);
	ck_assert_str_eq(text, "-ERR No such ch");
	ck_assert_int_eq(next_of("\n\nContent-Type: api/response\n"
				 "Content-Length: 0\n\n"),
			 0);
	esl_text(text, sizeof(text), msg);
	ck_assert_str_eq(text, "");
}
END_TEST

START_TEST(unknown_kinds_and_keys_are_passed_over)
{
	ck_assert_int_eq(next_of("Content-Type: log/data\nLog-Level: 7\n"
				 "Content-Length: 2\n\nhiContent-Type: x\n\n"),
			 0);
	ck_assert_int_eq((int)msg->type, ESL_OTHER);
	ck_assert_int_eq(esl_parser_next(&parser, &msg), 0);
	ck_assert_int_eq((int)msg->type, ESL_OTHER);
}
END_TEST

/** Types and bodies of all messages, as one text. */
static void read_all(struct cti_buf *out, const struct cti_buf *wire,
		     size_t chunk)
{
	esl_parser_reset(&parser);
	for (size_t at = 0; at < wire->len; at += chunk) {
		size_t left = wire->len - at;
		int err;

		ck_assert_int_eq(esl_parser_feed(&parser, wire->data + at,
						 left < chunk ? left : chunk),
				 0);
		while (!(err = esl_parser_next(&parser, &msg))) {
			ck_assert_int_eq(cti_buf_fmt(out, "%d %s ",
						     (int)msg->type,
						     msg->reply),
					 0);
			ck_assert_int_eq(
				cti_buf_add(out, msg->body, msg->body_len), 0);
		}
		ck_assert_int_eq(err, -ENODATA);
	}
	ck_assert_uint_eq(parser.begun + parser.length, parser.buf.len);
}

START_TEST(pieces_of_any_size_give_the_same_messages)
{
	static const size_t chunks[] = {1, 2, 7, 1000, 4096, 65536};
	struct cti_buf wire, whole, pieces;

	cti_buf_init(&wire, TEXT_MAX);
	cti_buf_init(&whole, TEXT_MAX);
	cti_buf_init(&pieces, TEXT_MAX);
	ck_assert_int_eq(
		transcript_file(&wire, CTI_TEST_DATA "/esl/originate-ok.esl"),
		0);
	read_all(&whole, &wire, wire.len);
	ck_assert_uint_gt(whole.len, 80000);
	for (size_t i = 0; i < sizeof(chunks) / sizeof(chunks[0]); i++) {
		cti_buf_reset(&pieces);
		read_all(&pieces, &wire, chunks[i]);
		ck_assert_str_eq(cti_buf_text(&pieces), cti_buf_text(&whole));
	}
	cti_buf_fini(&wire);
	cti_buf_fini(&whole);
	cti_buf_fini(&pieces);
}
END_TEST

static const char *const no_socket[] = {
	"HTTP/1.1 400 Bad Request\r\n",
	"SSH-2.0-OpenSSH_9.2\n",
	"Asterisk Call Manager/11.0.0\r\n",
	": no key\n",
	"Content-Length: \n",
	"Content-Length: -1\n",
	"Content-Length: 1x\n",
	"Content-Length: 0x10\n",
	"Content-Length: 1234567890\n",
	"Content-Length: 99999999999999999999999\n",
	"Content-Length: 4\nContent-Length: 4\n",
	"Content-Type: text/event-json\nContent-Length: 1048577\n\n",
	"Content-Length: 1048577\n\n",
	"Content-Type: api/response\nContent-Length: 16777217\n\n",
};

START_TEST(what_is_no_event_socket_is_found)
{
	ck_assert_int_eq(next_of(no_socket[_i]), -EBADMSG);
}
END_TEST

START_TEST(nul_in_a_head_is_refused)
{
	static const char text[] = "Content-Type: x\0y\n\n";

	ck_assert_int_eq(esl_parser_feed(&parser, text, sizeof(text) - 1), 0);
	ck_assert_int_eq(esl_parser_next(&parser, &msg), -EBADMSG);
}
END_TEST

START_TEST(head_without_an_end_is_refused)
{
	char block[1024];
	int err = -ENODATA;

	memset(block, 'x', sizeof(block));
	for (size_t n = 0; n <= ESL_HEAD_MAX && err == -ENODATA;
	     n += sizeof(block)) {
		ck_assert_int_eq(esl_parser_feed(&parser, block, sizeof(block)),
				 0);
		err = esl_parser_next(&parser, &msg);
	}
	ck_assert_int_eq(err, -EBADMSG);
}
END_TEST

START_TEST(long_answer_is_taken_and_its_memory_given_back)
{
	char block[65536];
	int err;

	memset(block, 'x', sizeof(block));
	err = next_of("Content-Type: api/response\n"
		      "Content-Length: 4194304\n\n");
	for (size_t n = 0; n < 64; n++) {
		ck_assert_int_eq(err, -ENODATA);
		ck_assert_int_eq(esl_parser_feed(&parser, block, sizeof(block)),
				 0);
		err = esl_parser_next(&parser, &msg);
	}
	ck_assert_int_eq(err, 0);
	ck_assert_uint_eq(msg->body_len, 4194304);
	esl_parser_reset(&parser);
	ck_assert_uint_eq(parser.buf.size, 0);
}
END_TEST

/* --- commands --- */

static const char *const good_numbers[] = {"101", "+49301234567", "*98#", "0"};

START_TEST(numbers_are_digits_and_keys)
{
	ck_assert(esl_is_number(good_numbers[_i]));
}
END_TEST

static const char *const bad_texts[] = {
	"",
	" ",
	"101 &system(touch x)",
	"&system(touch_x)",
	"101,102",
	"101|102",
	"101&102",
	"{a=b}101",
	"[a=b]101",
	"101^102",
	"101'",
	"101\"",
	"101\n",
	"101\nJob-UUID: x",
	"101\r\n\r\napi shutdown",
	"101\n\napi fsctl shutdown",
	"101\t102",
	"101\x7f",
	"${hostname}",
	"$(id)",
	"101\\n",
	"101;ext=5",
	"(101)",
	"101 XML public",
	"\xc3\xa4",
	"101\xe4",
	"<101>",
	"101?x",
};

START_TEST(text_outside_the_grammar_reaches_no_line)
{
	const char *bad = bad_texts[_i];
	struct esl_originate dial = {.id = "A1",
				     .device = "user/101",
				     .number = "101",
				     .context = "default",
				     .timeout_s = 5};
	const char *variable = bad;
	struct esl_api api = {.verb = "uuid_kill", .id = bad};
	char device[64];
	struct cti_buf out;

	cti_buf_init(&out, 4096);
	ck_assert(!esl_is_number(bad) && !esl_is_id(bad));
	ck_assert(!esl_is_context(bad) && !esl_is_dtmf(bad));
	(void)snprintf(device, sizeof(device), "user/%s%s", bad,
		       *bad ? "" : " ");
	ck_assert(!esl_is_device(device) && !esl_is_variable(bad));
	dial.number = bad;
	ck_assert_int_eq(esl_originate(&out, &dial), -EINVAL);
	dial.number = "101";
	dial.device = device;
	ck_assert_int_eq(esl_originate(&out, &dial), -EINVAL);
	dial.device = "user/101";
	dial.context = bad;
	ck_assert_int_eq(esl_originate(&out, &dial), -EINVAL);
	dial.context = "default";
	dial.id = bad;
	ck_assert_int_eq(esl_originate(&out, &dial), -EINVAL);
	dial.id = "A1";
	dial.variables = &variable;
	dial.nvariables = 1;
	ck_assert_int_eq(esl_originate(&out, &dial), -EINVAL);
	ck_assert_int_eq(esl_api(&out, &api), -EINVAL);
	ck_assert_uint_eq(out.len, 0);
	cti_buf_fini(&out);
}
END_TEST

START_TEST(rest_and_password_bear_no_line_end)
{
	struct esl_api api = {"uuid_transfer", "u-1", "101 XML default\n\nx"};
	struct cti_buf out;

	cti_buf_init(&out, 4096);
	ck_assert_int_eq(esl_api(&out, &api), -EINVAL);
	api.rest = "101 XML {default}";
	ck_assert_int_eq(esl_api(&out, &api), -EINVAL);
	api = (struct esl_api){"uuid_kill\n", "u-1", NULL};
	ck_assert_int_eq(esl_api(&out, &api), -EINVAL);
	ck_assert_int_eq(esl_auth(&out, "secret\n\napi status"), -EINVAL);
	ck_assert_int_eq(esl_auth(&out, ""), -EINVAL);
	ck_assert_int_eq(esl_command(&out, "event json\nX"), -EINVAL);
	ck_assert_uint_eq(out.len, 0);
	cti_buf_fini(&out);
}
END_TEST

START_TEST(commands_are_written_as_the_switch_reads_them)
{
	static const char *const variables[] = {
		"sip_auto_answer=true",
		"sip_h_Alert-Info=<http://x>;info=Ring Answer"};
	struct esl_originate dial = {.id = "0F",
				     .device = "user/101@pbx.example",
				     .number = "+4930123",
				     .context = "default",
				     .timeout_s = 21,
				     .variables = variables,
				     .nvariables = 2};
	struct esl_api api = {"uuid_hold off", "u-1", NULL};
	struct cti_buf out;

	cti_buf_init(&out, 4096);
	ck_assert_int_eq(esl_auth(&out, "p w"), 0);
	ck_assert_int_eq(esl_api(&out, &api), 0);
	api = (struct esl_api){"uuid_transfer", "u-1", "101 XML default"};
	ck_assert_int_eq(esl_api(&out, &api), 0);
	ck_assert_int_eq(esl_originate(&out, &dial), 0);
	ck_assert_str_eq(
		cti_buf_text(&out),
		"auth p w\n\napi uuid_hold off u-1\n\n"
		"api uuid_transfer u-1 101 XML default\n\n"
		"bgapi originate {origination_uuid=0F,"
		"origination_caller_id_number=+4930123,originate_timeout=21,"
		"ignore_early_media=true,sip_auto_answer='true',"
		"sip_h_Alert-Info='<http://x>;info=Ring Answer'}"
		"user/101@pbx.example +4930123 XML default\nJob-UUID: 0F\n\n");
	cti_buf_fini(&out);
}
END_TEST

START_TEST(long_texts_are_refused_whole)
{
	char text[256];
	struct esl_originate dial = {.id = text,
				     .device = "user/101",
				     .number = "1",
				     .context = "default"};
	struct cti_buf out;

	memset(text, '1', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	cti_buf_init(&out, 4096);
	ck_assert_int_eq(cti_buf_str(&out, "kept"), 0);
	ck_assert_int_eq(esl_originate(&out, &dial), -EINVAL);
	ck_assert(!esl_is_number(text) && !esl_is_id(text));
	ck_assert(!esl_is_dtmf(text) && !esl_is_context(text));
	ck_assert_str_eq(cti_buf_text(&out), "kept");
	cti_buf_fini(&out);
}
END_TEST

static TCase *reading(void)
{
	TCase *tcase = tcase_create("reading");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, reply_is_a_head_alone);
	tcase_add_test(tcase, two_messages_in_one_packet_are_two);
	tcase_add_test(tcase, answer_as_text_is_one_line);
	tcase_add_test(tcase, unknown_kinds_and_keys_are_passed_over);
	tcase_add_test(tcase, pieces_of_any_size_give_the_same_messages);
	tcase_add_loop_test(tcase, what_is_no_event_socket_is_found, 0,
			    sizeof(no_socket) / sizeof(no_socket[0]));
	tcase_add_test(tcase, nul_in_a_head_is_refused);
	tcase_add_test(tcase, head_without_an_end_is_refused);
	tcase_add_test(tcase, long_answer_is_taken_and_its_memory_given_back);
	return tcase;
}

Suite *esl_suite(void)
{
	Suite *suite = suite_create("esl");
	TCase *tcase = tcase_create("writing");

	tcase_add_loop_test(tcase, numbers_are_digits_and_keys, 0,
			    sizeof(good_numbers) / sizeof(good_numbers[0]));
	tcase_add_loop_test(tcase, text_outside_the_grammar_reaches_no_line, 0,
			    sizeof(bad_texts) / sizeof(bad_texts[0]));
	tcase_add_test(tcase, rest_and_password_bear_no_line_end);
	tcase_add_test(tcase, commands_are_written_as_the_switch_reads_them);
	tcase_add_test(tcase, long_texts_are_refused_whole);
	suite_add_tcase(suite, reading());
	suite_add_tcase(suite, tcase);
	return suite;
}
