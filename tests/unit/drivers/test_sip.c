/* SPDX-License-Identifier: Apache-2.0 */
/* drivers/test_sip.c - URIs, names and endings */
#include <check.h>
#include <errno.h>
#include <string.h>

#include "drivers/baresip/sip.h"
#include "suites.h"

static const struct {
	const char *uri, *user, *domain;
} uris[] = {
	{"sip:0301234567@127.0.0.1:5060", "0301234567", "127.0.0.1:5060"},
	{"sips:+49301@pbx.example", "+49301", "pbx.example"},
	{"sip:*21%23@h;transport=tcp", "*21#", "h"},
	{"sip:101;phone-context=x@h", "101", "h"},
	{"sip:101:secret@h", "101", "h"},
	{"sip:h", "", ""},
	{"sip:%0d%0a1@h", "1", "h"},
	{"sip:%4@h", "%4", "h"},
	{"", "", ""},
};

START_TEST(uri_is_taken_apart)
{
	char user[64];
	char domain[64];

	cti_sip_user(user, sizeof(user), uris[_i].uri);
	cti_sip_domain(domain, sizeof(domain), uris[_i].uri);
	ck_assert_str_eq(user, uris[_i].user);
	ck_assert_str_eq(domain, uris[_i].domain);
}
END_TEST

START_TEST(hidden_callers_are_known)
{
	ck_assert(cti_sip_withheld("sip:anonymous@127.0.0.1"));
	ck_assert(cti_sip_withheld("sip:Anonymous@anonymous.invalid"));
	ck_assert(cti_sip_withheld("sip:123@anonymous.invalid"));
	ck_assert(cti_sip_withheld("sip:pbx.example"));
	ck_assert(!cti_sip_withheld("sip:0301@pbx.example"));
}
END_TEST

START_TEST(name_loses_its_backslashes)
{
	char name[64];

	cti_sip_name(name, sizeof(name), "J\\\"org <x>, M\xc3\xbcller");
	ck_assert_str_eq(name, "J\"org <x>, M\xc3\xbcller");
	cti_sip_name(name, sizeof(name), "a\\\\b\\");
	ck_assert_str_eq(name, "a\\b\\");
}
END_TEST

START_TEST(long_name_is_cut_at_a_character)
{
	char raw[400];
	char name[300];

	memset(raw, 'x', sizeof(raw));
	raw[sizeof(raw) - 1] = '\0';
	memcpy(raw + 255, "\xc3\xbc", 2);
	cti_sip_name(name, sizeof(name), raw);
	ck_assert_uint_eq(strlen(name), 255);
}
END_TEST

START_TEST(uri_is_made_of_a_dialable_number)
{
	char uri[64];

	ck_assert_int_eq(cti_sip_uri(uri, sizeof(uri), "*21#", "h:5060"), 0);
	ck_assert_str_eq(uri, "sip:*21%23@h:5060");
	ck_assert_int_eq(cti_sip_uri(uri, sizeof(uri), "+4930", "[::1]:50"), 0);
	ck_assert_int_eq(cti_sip_uri(uri, sizeof(uri), "1a", "h"), -EINVAL);
	ck_assert_int_eq(cti_sip_uri(uri, sizeof(uri), "11", ""), -EINVAL);
	ck_assert_int_eq(cti_sip_uri(uri, sizeof(uri), "11", "h>\r\nX: 1"),
			 -EINVAL);
	ck_assert_int_eq(cti_sip_uri(uri, 8, "11", "host"), -EINVAL);
}
END_TEST

START_TEST(uri_is_strict)
{
	ck_assert(cti_sip_uri_valid("sip:101@127.0.0.1:5060"));
	ck_assert(!cti_sip_uri_valid("101"));
	ck_assert(!cti_sip_uri_valid("sip:"));
	ck_assert(!cti_sip_uri_valid("sip:@h"));
	ck_assert(!cti_sip_uri_valid("sip:1@"));
	ck_assert(!cti_sip_uri_valid("sip:1@h x"));
	ck_assert(!cti_sip_uri_valid("sip:1@h;tag=2"));
	ck_assert(!cti_sip_uri_valid("sip:\"1\"@h"));
}
END_TEST

#define OUT .inbound = false
#define IN .inbound = true
#define TALKED .established = true
static const struct {
	struct cti_sip_closing how;
	enum cti_cause cause;
	const char *detail;
} closings[] = {
	{{"486 Busy Here", OUT}, CTI_CAUSE_BUSY, "SIP 486 Busy Here"},
	{{"603 Decline", OUT}, CTI_CAUSE_REJECTED, "SIP 603 Decline"},
	{{"404 Not Found", OUT}, CTI_CAUSE_BAD_NUMBER, "SIP 404 Not Found"},
	{{"480 Temporarily Unavailable", OUT},
	 CTI_CAUSE_UNREACHABLE,
	 "SIP 480 Temporarily Unavailable"},
	{{"408 Request Timeout", OUT},
	 CTI_CAUSE_NO_ANSWER,
	 "SIP 408 Request Timeout"},
	{{"503 Service Unavailable", OUT},
	 CTI_CAUSE_FAILED,
	 "SIP 503 Service Unavailable"},
	{{"500", OUT}, CTI_CAUSE_FAILED, "SIP 500"},
	{{"Local timeout", OUT}, CTI_CAUSE_NO_ANSWER, "Local timeout"},
	{{"Connection timed out", OUT},
	 CTI_CAUSE_UNREACHABLE,
	 "Connection timed out"},
	{{"Destination address required", OUT},
	 CTI_CAUSE_FAILED,
	 "Destination address required"},
	{{NULL, OUT}, CTI_CAUSE_FAILED, ""},
	{{"Connection reset by user", OUT, .by_us = true},
	 CTI_CAUSE_CANCELLED,
	 "Connection reset by user"},
	{{"Rejected by user", OUT, .timed_out = true},
	 CTI_CAUSE_NO_ANSWER,
	 "Rejected by user (ring time-out)"},
	{{"Connection reset by user", OUT},
	 CTI_CAUSE_CANCELLED,
	 "Connection reset by user"},
	{{"Connection reset by peer", IN},
	 CTI_CAUSE_CANCELLED,
	 "Connection reset by peer"},
	{{"Connection reset by user", IN, .by_us = true},
	 CTI_CAUSE_REJECTED,
	 "Connection reset by user"},
	{{"Rejected by user", IN}, CTI_CAUSE_REJECTED, "Rejected by user"},
	{{"Local timeout", IN}, CTI_CAUSE_NO_ANSWER, "Local timeout"},
	{{"Connection reset by peer", IN, TALKED},
	 CTI_CAUSE_NORMAL,
	 "Connection reset by peer"},
	{{"Rejected by user", OUT, TALKED, .by_us = true},
	 CTI_CAUSE_NORMAL,
	 "Rejected by user"},
	{{"Call transfered", OUT, TALKED}, CTI_CAUSE_NORMAL, "Call transfered"},
};

START_TEST(ending_has_its_cause)
{
	char detail[64];
	enum cti_cause cause =
		cti_sip_cause(detail, sizeof(detail), &closings[_i].how);

	ck_assert_int_eq((int)cause, (int)closings[_i].cause);
	ck_assert_str_eq(detail, closings[_i].detail);
}
END_TEST

Suite *sip_suite(void)
{
	Suite *suite = suite_create("sip");
	TCase *tcase = tcase_create("texts");

	tcase_add_loop_test(tcase, uri_is_taken_apart, 0,
			    sizeof(uris) / sizeof(uris[0]));
	tcase_add_test(tcase, hidden_callers_are_known);
	tcase_add_test(tcase, name_loses_its_backslashes);
	tcase_add_test(tcase, long_name_is_cut_at_a_character);
	tcase_add_test(tcase, uri_is_made_of_a_dialable_number);
	tcase_add_test(tcase, uri_is_strict);
	tcase_add_loop_test(tcase, ending_has_its_cause, 0,
			    sizeof(closings) / sizeof(closings[0]));
	suite_add_tcase(suite, tcase);
	return suite;
}
