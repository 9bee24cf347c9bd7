/* SPDX-License-Identifier: Apache-2.0 */
/* base/test_log.c - lines of the log and what they hide */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cti/json.h"
#include "cti/log.h"
#include "suites.h"

/* Stderr goes into a file while a test writes lines. */
struct capture {
	FILE *file;
	int saved;
	char text[8192];
};

static void capture_start(struct capture *capture)
{
	capture->file = tmpfile();
	ck_assert_ptr_nonnull(capture->file);
	capture->saved = dup(STDERR_FILENO);
	ck_assert_int_ge(capture->saved, 0);
	ck_assert_int_ge(dup2(fileno(capture->file), STDERR_FILENO), 0);
}

static const char *capture_stop(struct capture *capture)
{
	size_t len;

	ck_assert_int_ge(dup2(capture->saved, STDERR_FILENO), 0);
	ck_assert_int_eq(close(capture->saved), 0);
	rewind(capture->file);
	len = fread(capture->text, 1, sizeof(capture->text) - 1, capture->file);
	capture->text[len] = '\0';
	ck_assert_int_eq(fclose(capture->file), 0);
	return capture->text;
}

/* The line one message makes, without its time. */
static const char *line_of(struct capture *capture,
			   const struct cti_log_conf *conf, const char *message)
{
	const char *level;

	cti_log_setup(conf);
	capture_start(capture);
	log_info("%s", message);
	capture_stop(capture);
	level = strstr(capture->text, conf->json ? "\"level\"" : "level=");
	return level ? level : capture->text;
}

static const struct cti_log_conf plain = {.level = CTI_LOG_INFO};
static const struct cti_log_conf full = {
	.level = CTI_LOG_INFO,
	.numbers_full = true,
};
static const struct cti_log_conf json = {
	.level = CTI_LOG_INFO,
	.json = true,
};

START_TEST(line_has_time_level_and_message)
{
	struct capture capture;
	const char *text;
	int year, month, day, hour, minute, ms;
	int seconds;
	char rest[64] = "";

	cti_log_setup(&plain);
	capture_start(&capture);
	log_error("call: %s", "gone");
	text = capture_stop(&capture);
	ck_assert_int_eq(sscanf(text, "time=%4d-%2d-%2dT%2d:%2d:%2d.%3dZ %60c",
				&year, &month, &day, &hour, &minute, &seconds,
				&ms, rest),
			 8);
	ck_assert_str_eq(rest, "level=error msg=\"call: gone\"\n");
}
END_TEST

START_TEST(less_urgent_lines_are_dropped)
{
	static const struct cti_log_conf conf = {.level = CTI_LOG_WARN};
	struct capture capture;
	const char *text;

	cti_log_setup(&conf);
	capture_start(&capture);
	log_error("one");
	log_warn("two");
	log_info("three");
	log_debug("four");
	text = capture_stop(&capture);
	ck_assert_ptr_nonnull(strstr(text, "one"));
	ck_assert_ptr_nonnull(strstr(text, "two"));
	ck_assert_ptr_null(strstr(text, "three"));
	ck_assert_ptr_null(strstr(text, "four"));
}
END_TEST

START_TEST(systemd_gets_its_prefix)
{
	static const struct cti_log_conf conf = {
		.level = CTI_LOG_DEBUG,
		.systemd = true,
	};
	struct capture capture;
	const char *text;

	cti_log_setup(&conf);
	capture_start(&capture);
	log_error("a");
	log_debug("b");
	text = capture_stop(&capture);
	ck_assert_int_eq(strncmp(text, "<3>time=", 8), 0);
	ck_assert_ptr_nonnull(strstr(text, "\n<7>time="));
}
END_TEST

START_TEST(number_loses_its_middle)
{
	struct capture capture;
	const char *text = line_of(&capture, &plain, "dial +49301234545 now");

	ck_assert_str_eq(text, "level=info msg=\"dial +4930*****45 now\"\n");
	text = line_of(&capture, &plain, "sip:1234567@pbx, 123456");
	ck_assert_str_eq(text, "level=info msg=\"sip:12***67@pbx, 123456\"\n");
	text = line_of(&capture, &plain, "tel:+16503054000;x=00493012345678");
	ck_assert_ptr_nonnull(strstr(text, "+1650*****00;x=0049********78"));
	ck_assert_ptr_null(strstr(capture.text, "3054"));
}
END_TEST

START_TEST(ids_are_left_alone)
{
	struct capture capture;
	static const char *const same[] = {
		"call 50C416EA1D455CFEAB8BA1B33FF7D5CE: 12 events",
		"call 30493012345450001234567890123456: gone",
		"12 50041630123455005208013331700500",
		"leg 493012345-4545-1234-8888: 301234-4545",
		"leg 49301234-4545-4545-8888-493012345450.",
		"http: 127.0.0.1:22550, 192.168.100.200 and 10.200.30.40.",
		"position 3 of 12, limit 250: 5 % at 10 of 100",
	};

	for (size_t i = 0; i < sizeof(same) / sizeof(*same); i++) {
		const char *text = line_of(&capture, &plain, same[i]);

		if (i != 3)
			ck_assert_ptr_nonnull(strstr(text, same[i]));
		else
			ck_assert_ptr_null(strstr(text, "12345"));
	}
}
END_TEST

START_TEST(no_way_to_write_a_number_shows_its_middle)
{
	static const char *const numbers[] = {
		"+49 30 1234545",
		"+49 (30) 123 45-45",
		"030/1234545",
		"+49.30.123.45.45",
		"+49.30.12.45",
		"49.30.123.45 45",
		"(030) - 12 34 54 5",
		"+49\xc2\xa0"
		"30\xc2\xa0"
		"1234545",
		"+49\xe2\x80\xaf"
		"30\xe2\x80\xaf"
		"1234545",
		"%2B49301234545",
		"%2B49%20(30)%201234545",
		"+49+301234545",
		"face4930123454",
		"PJSIP/trunk-a301234545",
		"sip:+49301234545@pbx",
		"<tel:+4930-123-45-45;ext=1>",
		"\"+49 30 12345 45\"",
		"Local/0301234545@out",
		"50C416EA1D455CFEAB8BA1B33FF7D5CE301234545",
		"ANI=%2B49301234545&DNIS=0301234545",
	};
	static const char *const parts[] = {
		"1234",	 "2345",  "3454",   "123 4", "123-4",
		"12 34", "12.45", "123.45", "12345", "34 54",
	};
	struct capture capture;

	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		const char *text = line_of(&capture, &plain, numbers[i]);

		for (size_t j = 0; j < sizeof(parts) / sizeof(*parts); j++)
			ck_assert_msg(!strstr(text, parts[j]), "%s: %s",
				      numbers[i], text);
		ck_assert_ptr_nonnull(strchr(text, '*'));
		text = line_of(&capture, &json, numbers[i]);
		ck_assert_ptr_nonnull(strchr(text, '*'));
	}
}
END_TEST

START_TEST(full_numbers_stand_where_asked_for)
{
	struct capture capture;
	char out[32];

	ck_assert_ptr_nonnull(strstr(line_of(&capture, &full, "+49301234545"),
				     "+49301234545"));
	cti_log_mask(out, sizeof(out), "+49301234545");
	ck_assert_str_eq(out, "+49301234545");
}
END_TEST

START_TEST(mask_sees_through_separators)
{
	char out[32];

	cti_log_setup(&plain);
	cti_log_mask(out, sizeof(out), "+49301234545");
	ck_assert_str_eq(out, "+4930*****45");
	cti_log_mask(out, sizeof(out), "+1 650-305-4000");
	ck_assert_str_eq(out, "+1 650-***-**00");
	cti_log_mask(out, sizeof(out), "101");
	ck_assert_str_eq(out, "101");
	cti_log_mask(out, sizeof(out), NULL);
	ck_assert_str_eq(out, "");
	cti_log_mask(out, 10, "+49301234545");
	ck_assert_str_eq(out, "+4930****");
	cti_log_mask(out, 1, "+49301234545");
	ck_assert_str_eq(out, "");
}
END_TEST

START_TEST(control_bytes_cannot_forge_a_line)
{
	struct capture capture;
	const char *text = line_of(&capture, &plain,
				   "a\nlevel=error \"q\" \\ \x1b[0m \xc2\x9b!");

	ck_assert_str_eq(text, "level=info msg=\"a\\nlevel=error \\\"q\\\" "
			       "\\\\ \\x1b[0m \\x9b!\"\n");
	text = line_of(&capture, &plain, "M\xc3\xbcller \xfc\xed\xa0\x80");
	ck_assert_str_eq(text, "level=info msg=\"M\xc3\xbcller "
			       "\\xfc\\xed\\xa0\\x80\"\n");
}
END_TEST

START_TEST(json_line_is_json)
{
	struct capture capture;
	struct cti_json *doc = NULL;

	(void)line_of(&capture, &json, "a\n\t\"q\" \\ \x1b \xff \xc3\xbc");
	ck_assert_int_eq(cti_json_parse(&doc, capture.text,
					strlen(capture.text), 8192, NULL),
			 0);
	ck_assert_str_eq(cti_json_str(cti_json_root(doc), "level"), "info");
	ck_assert_str_eq(cti_json_str(cti_json_root(doc), "msg"),
			 "a\n\t\"q\" \\ \x1b \xef\xbf\xbd \xc3\xbc");
	ck_assert_uint_eq(strlen(cti_json_str(cti_json_root(doc), "time")), 24);
	cti_json_destroy(doc);
}
END_TEST

#define CALL_ID "0123456789ABCDEF0123456789ABCDEF"

START_TEST(line_about_a_call_has_its_id_as_a_field)
{
	static const char message[] = "sap: call " CALL_ID ": lost";
	struct capture capture;
	struct cti_json *doc = NULL;

	ck_assert_str_eq(line_of(&capture, &plain, message),
			 "level=info call_id=" CALL_ID
			 " msg=\"sap: call " CALL_ID ": lost\"\n");
	(void)line_of(&capture, &json, message);
	ck_assert_int_eq(cti_json_parse(&doc, capture.text,
					strlen(capture.text), 8192, NULL),
			 0);
	ck_assert_str_eq(cti_json_str(cti_json_root(doc), "call_id"), CALL_ID);
	cti_json_destroy(doc);
	/* nothing else is taken for one */
	ck_assert_ptr_null(strstr(line_of(&capture, &plain,
					  "call 0123456789AB"
					  " call me"),
				  "call_id"));
	ck_assert_ptr_null(strstr(
		line_of(&capture, &plain, "call " CALL_ID "0"), "call_id"));
}
END_TEST

START_TEST(json_line_is_json_whatever_is_said)
{
	struct capture capture;
	uint32_t dice = 1;

	for (int round = 0; round < 300; round++) {
		struct cti_json *doc = NULL;
		char text[200];
		size_t len;

		for (len = 0; len < sizeof(text) - 1; len++) {
			dice = dice * 1664525 + 1013904223;
			text[len] = (char)(dice >> 24);
			if (!text[len])
				text[len] = '"';
		}
		text[len] = '\0';
		(void)line_of(&capture, &json, text);
		ck_assert_msg(cti_json_parse(&doc, capture.text,
					     strlen(capture.text), 8192,
					     NULL) == 0,
			      "%s", capture.text);
		ck_assert_uint_eq(strcspn(capture.text, "\n") + 1,
				  strlen(capture.text));
		cti_json_destroy(doc);
	}
}
END_TEST

START_TEST(long_line_ends_within_1_kib)
{
	struct capture capture;
	struct cti_json *doc = NULL;
	char big[3000];

	memset(big, '"', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	(void)line_of(&capture, &json, big);
	ck_assert_uint_le(strlen(capture.text), 1024);
	ck_assert_uint_ge(strlen(capture.text), 1000);
	ck_assert_int_eq(cti_json_parse(&doc, capture.text,
					strlen(capture.text), 8192, NULL),
			 0);
	cti_json_destroy(doc);
	(void)line_of(&capture, &plain, big);
	ck_assert_uint_le(strlen(capture.text), 1024);
	ck_assert_int_eq(capture.text[strlen(capture.text) - 1], '\n');
}
END_TEST

START_TEST(errno_is_said_in_words)
{
	struct capture capture;
	const char *text;
	char big[2000];

	memset(big, 'x', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	cti_log_setup(&plain);
	capture_start(&capture);
	log_warn_errno(-ENOENT, "conf: %s", "patchcord.conf");
	log_warn_errno(ENOENT, "%s", big);
	text = capture_stop(&capture);
	ck_assert_ptr_nonnull(strstr(text, "level=warn msg=\"conf: "
					   "patchcord.conf: No such file or "
					   "directory\"\n"));
	ck_assert_ptr_nonnull(strstr(text, "x: No such file or directory\"\n"));
}
END_TEST

START_TEST(errno_line_obeys_the_level)
{
	static const struct cti_log_conf conf = {.level = CTI_LOG_ERROR};
	struct capture capture;

	cti_log_setup(&conf);
	capture_start(&capture);
	log_warn_errno(-EIO, "x");
	ck_assert_str_eq(capture_stop(&capture), "");
}
END_TEST

Suite *log_suite(void)
{
	Suite *suite = suite_create("log");
	TCase *tcase = tcase_create("log");

	tcase_add_test(tcase, line_has_time_level_and_message);
	tcase_add_test(tcase, less_urgent_lines_are_dropped);
	tcase_add_test(tcase, systemd_gets_its_prefix);
	tcase_add_test(tcase, number_loses_its_middle);
	tcase_add_test(tcase, ids_are_left_alone);
	tcase_add_test(tcase, no_way_to_write_a_number_shows_its_middle);
	tcase_add_test(tcase, full_numbers_stand_where_asked_for);
	tcase_add_test(tcase, mask_sees_through_separators);
	tcase_add_test(tcase, control_bytes_cannot_forge_a_line);
	tcase_add_test(tcase, json_line_is_json);
	tcase_add_test(tcase, json_line_is_json_whatever_is_said);
	tcase_add_test(tcase, line_about_a_call_has_its_id_as_a_field);
	tcase_add_test(tcase, long_line_ends_within_1_kib);
	tcase_add_test(tcase, errno_is_said_in_words);
	tcase_add_test(tcase, errno_line_obeys_the_level);
	suite_add_tcase(suite, tcase);
	return suite;
}
