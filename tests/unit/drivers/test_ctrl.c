/* SPDX-License-Identifier: Apache-2.0 */
/* drivers/test_ctrl.c - messages of ctrl_tcp */
#include <check.h>
#include <errno.h>
#include <string.h>

#include "drivers/baresip/ctrl.h"
#include "suites.h"

static struct cti_ctrl_msg msg;

static int decode(const char *text)
{
	return cti_ctrl_decode(&msg, text, strlen(text));
}

static int encode(const char *expected, enum cti_ctrl_cmd cmd,
		  const char *params)
{
	struct cti_buf buf;
	int err;

	cti_buf_init(&buf, 4096);
	err = cti_ctrl_encode(&buf, cmd, params, "7");
	if (!err)
		ck_assert_str_eq(cti_buf_text(&buf), expected);
	else
		ck_assert_uint_eq(buf.len, 0);
	cti_buf_fini(&buf);
	return err;
}

START_TEST(token_is_always_a_string)
{
	ck_assert_int_eq(encode("32:{\"command\":\"hangup\",\"token\":\"7\"},",
				CTI_CTRL_HANGUP, NULL),
			 0);
}
END_TEST

START_TEST(params_are_never_empty)
{
	ck_assert_int_eq(encode("32:{\"command\":\"accept\",\"token\":\"7\"},",
				CTI_CTRL_ACCEPT, ""),
			 0);
	ck_assert_int_eq(encode("", CTI_CTRL_DIAL, ""), -EINVAL);
	ck_assert_int_eq(encode("", CTI_CTRL_DIAL, NULL), -EINVAL);
	ck_assert_int_eq(encode("", CTI_CTRL_CALLFIND, ""), -EINVAL);
}
END_TEST

START_TEST(params_that_could_inject_are_refused)
{
	char big[1000];

	memset(big, 'x', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	ck_assert_int_eq(encode("", CTI_CTRL_DIAL, "sip:1@h\r\nX-Evil: 1"),
			 -EINVAL);
	ck_assert_int_eq(encode("", CTI_CTRL_DIAL, "sip:j\xc3\xb6rg@h"),
			 -EINVAL);
	ck_assert_int_eq(encode("", CTI_CTRL_DIAL, big), -EINVAL);
}
END_TEST

START_TEST(every_command_has_its_word)
{
	ck_assert_ptr_nonnull(cti_ctrl_word((enum cti_ctrl_cmd)_i));
	ck_assert_str_ne(cti_ctrl_word((enum cti_ctrl_cmd)_i), "quit");
	ck_assert_str_ne(cti_ctrl_word((enum cti_ctrl_cmd)_i), "insmod");
}
END_TEST

START_TEST(response_is_read)
{
	ck_assert_int_eq(decode("{\"response\":true,\"ok\":true,\"data\":"
				"\"call not found\\n\",\"token\":\"t1\"}"),
			 0);
	ck_assert(msg.response && msg.ok);
	ck_assert_str_eq(msg.data, "call not found\n");
	ck_assert_str_eq(msg.token, "t1");
	cti_ctrl_fini(&msg);
	ck_assert_int_eq(decode("{\"response\":true,\"ok\":false}"), 0);
	ck_assert(!msg.ok && !msg.token);
	ck_assert_str_eq(msg.data, "");
	cti_ctrl_fini(&msg);
}
END_TEST

START_TEST(event_is_read)
{
	ck_assert_int_eq(
		decode("{\"event\":true,\"type\":\"CALL_INCOMING\","
		       "\"direction\":\"incoming\",\"accountaor\":\"sip:a@b\","
		       "\"peeruri\":\"sip:1@h\",\"peerdisplayname\":\"Ann\","
		       "\"id\":\"1-2@h\",\"param\":\"x\"}"),
		0);
	ck_assert(!msg.response && msg.inbound);
	ck_assert_int_eq((int)msg.type, CTI_CTRL_INCOMING);
	ck_assert_str_eq(msg.account, "sip:a@b");
	ck_assert_str_eq(msg.name, "Ann");
	ck_assert_str_eq(msg.id, "1-2@h");
	cti_ctrl_fini(&msg);
}
END_TEST

START_TEST(event_of_another_type_is_other)
{
	ck_assert_int_eq(decode("{\"event\":true,\"type\":\"REGISTER_OK\"}"),
			 0);
	ck_assert_int_eq((int)msg.type, CTI_CTRL_OTHER);
	ck_assert_ptr_null(msg.id);
	cti_ctrl_fini(&msg);
}
END_TEST

START_TEST(id_that_cannot_be_sent_is_none)
{
	ck_assert_int_eq(decode("{\"event\":true,\"type\":\"CALL_RINGING\","
				"\"id\":\"x scode=200\"}"),
			 0);
	ck_assert_ptr_null(msg.id);
	cti_ctrl_fini(&msg);
}
END_TEST

START_TEST(colours_and_latin1_do_not_hurt)
{
	ck_assert_int_eq(decode("{\"response\":true,\"ok\":true,\"data\":"
				"\"\x1b[34;1mJ\xf6rg\",\"token\":\"1\"}"),
			 0);
	ck_assert_str_eq(msg.data, "[34;1mJ\xc3\xb6rg");
	cti_ctrl_fini(&msg);
}
END_TEST

START_TEST(anything_else_is_refused)
{
	static const char *const texts[] = {
		"",    "x",	    "[]",
		"{}",  "{\"a\":1}", "{\"event\":true}",
		"{\"", "5",	    "{\"event\":\"yes\",\"type\":\"X\"}",
	};

	ck_assert_int_eq(decode(texts[_i]), -EBADMSG);
}
END_TEST

Suite *ctrl_suite(void)
{
	Suite *suite = suite_create("ctrl");
	TCase *tcase = tcase_create("messages");

	tcase_add_test(tcase, token_is_always_a_string);
	tcase_add_test(tcase, params_are_never_empty);
	tcase_add_test(tcase, params_that_could_inject_are_refused);
	tcase_add_loop_test(tcase, every_command_has_its_word, 0,
			    CTI_CTRL_CMD_MAX);
	tcase_add_test(tcase, response_is_read);
	tcase_add_test(tcase, event_is_read);
	tcase_add_test(tcase, event_of_another_type_is_other);
	tcase_add_test(tcase, id_that_cannot_be_sent_is_none);
	tcase_add_test(tcase, colours_and_latin1_do_not_hurt);
	tcase_add_loop_test(tcase, anything_else_is_refused, 0, 9);
	suite_add_tcase(suite, tcase);
	return suite;
}
