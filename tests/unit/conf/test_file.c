/* SPDX-License-Identifier: Apache-2.0 */
/* conf/test_file.c - the file's syntax, and every finding with its line */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "fixture.h"
#include "suites.h"

/* A file and all that is to be said about it. */
static const struct {
	const char *text;
	const char *findings;
} cases[] = {
	{"", ""},
	{"# only a comment\n// and one more\n/* and\nanother */\n", ""},
	{"http {\n}\n", ""},
	{"dial {\n\tmerge_s = 99\n}\n",
	 "FILE:2: dial.merge_s: 99 is over 60\n"},
	{"dial {\n\tmerge_s = many\n\tper_hour = -1\n}\nsap {\n"
	 "\tencoding = \"jsn\"\n}\n",
	 "FILE:6: sap.encoding: \"jsn\" is not one of json|xml (json?)\n"
	 "FILE:2: dial.merge_s: \"many\" is not a whole number\n"
	 "FILE:3: dial.per_hour: -1 is under 0\n"},
	{"http {\n\tlistn = {\"127.0.0.1:0\"}\n}\n",
	 "FILE:2: unknown key http.listn (http.listen?)\n"},
	{"http {\n\tlistn = 5\n\tmax_bdy = 9\n}\nsap {\n\tmised = end\n}\n",
	 "FILE:2: unknown key http.listn (http.listen?)\n"
	 "FILE:3: unknown key http.max_bdy (http.max_body?)\n"
	 "FILE:6: unknown key sap.mised (sap.missed?)\n"},
	{"sap {\n\tregion = DE\n}\n",
	 "FILE:2: unknown key sap.region (number.region?)\n"},
	{"http {\n\txyzzy = 1\n}\n", "FILE:2: unknown key http.xyzzy\n"},
	{"agent \"A\" {\n\tdevise = \"PJSIP/101\"\n}\n",
	 "FILE:2: unknown key agent.devise (agent.device?)\n"},
	{"htp {\n\tlisten = {\"127.0.0.1:0\"}\n\tother = 5\n}\n"
	 "dial {\n\tmerge_s = 99\n}\n",
	 "FILE:1: unknown section htp (http?)\n"
	 "FILE:6: dial.merge_s: 99 is over 60\n"},
	{"agnt \"A\" {\n\tdevice = 5\n}\nqwertz { }\n",
	 "FILE:1: unknown section agnt (agent?)\n"
	 "FILE:4: unknown section qwertz\n"},
	{"merge_s = 5\n", "FILE:1: unknown section merge_s\n"},
	{"dial.merge_s = 5\n", "FILE:1: unknown section dial.merge_s\n"},
	{"http {\n\tlistn = 1\n\tmerge = \"x\n",
	 "FILE:2: unknown key http.listn (http.listen?)\n"
	 "FILE:3: unknown key http.merge\n"
	 "FILE:4: premature end of file\n"},
	{"http {\n\tmax_body = {1}\n}\n", "FILE:2: unexpected token '{'\n"},
	{"http {\n\tmax_body 9\n}\n",
	 "FILE:2: missing equal sign after option 'max_body'\n"},
	{"http\n= 9\n", "FILE:2: missing opening brace for section 'http'\n"},
	{"agent {\n}\n", "FILE:1: missing title for section 'agent'\n"},
	{"agent \"A\" { }\nagent \"A\" { }\n",
	 "FILE:2: found duplicate title 'A'\n"},
	{"agent \"A B\" {\n}\n",
	 "FILE:2: agent \"A B\": an ID is 1 to 64 visible characters without "
	 "blanks\n"},
	{"agent \"\" { }\n",
	 "FILE:1: agent \"\": an ID is 1 to 64 visible characters without "
	 "blanks\n"},
	{"http { listen = {} }\n", "FILE: http.listen: 0 items are under 1\n"},
	{"http {\n\tlisten = {\n\t\t\"127.0.0.1:0\",\n\t\t\"here\"\n\t}\n}\n",
	 "FILE:5: http.listen: \"here\" is not ADDRESS:PORT, as in "
	 "127.0.0.1:22550\n"},
	{"http {\n\ttls_cert_file = \"/x\"\n}\n",
	 "configuration: http.tls_cert_file and http.tls_key_file are set "
	 "together or not at all\n"},
	{"telephony {\n\treconnect_min_ms = 900\n\treconnect_max_ms = 800\n}\n",
	 "configuration: telephony.reconnect_min_ms is over "
	 "telephony.reconnect_max_ms\n"},
	{"root {\n\tx = 1\n}\n",
	 "FILE:1: unknown section root\nFILE:2: unknown section x\n"},
	{"http|nope = 1\n",
	 "FILE:1: unknown section nope\nFILE:1: no such option 'nope'\n"},
	{"'agent=x' = 1\n", "FILE:1: no sub-section 'x' in 'agent'\n"},
	{"'http=x|y' = 1\n", "FILE:1: no such option 'http'\n"},
	{"\"\" = 1\n", "FILE:1: not understood\n"},
	{"}\n", "FILE:1: unexpected closing brace\n"},
	{"\"\001file\" = 5\n", "FILE:1: unexpected name\n"},
};

START_TEST(a_file_gets_its_findings)
{
	fixture_findings(cases[_i].text, cases[_i].findings);
}
END_TEST

START_TEST(values_of_every_type_are_read)
{
	fixture_findings("http {\n"
			 "  listen = {\"127.0.0.1:0\", '[::1]:1'}\n"
			 "  max_body = 2048 # bytes\n"
			 "  exposure = container\n"
			 "}\n"
			 "store { path = \"/tmp/a b\\\"c\" }\n",
			 "");
	ck_assert_uint_eq(cti_conf_count(fix.conf, "http.listen"), 2);
	ck_assert_str_eq(cti_conf_item(fix.conf, "http.listen", 0),
			 "127.0.0.1:0");
	ck_assert_str_eq(cti_conf_item(fix.conf, "http.listen", 1), "[::1]:1");
	ck_assert_int_eq(cti_conf_int(fix.conf, "http.max_body"), 2048);
	ck_assert(cti_conf_is(fix.conf, "http.exposure", "container"));
	ck_assert(!cti_conf_is(fix.conf, "http.exposure", "loopback"));
	ck_assert_str_eq(cti_conf_str(fix.conf, "store.path"), "/tmp/a b\"c");
	ck_assert(cti_conf_given(fix.conf, "store.path"));
	ck_assert(!cti_conf_given(fix.conf, "store.sync"));
}
END_TEST

START_TEST(a_byte_order_mark_and_crlf_are_no_matter)
{
	fixture_findings("\xef\xbb\xbf"
			 "dial {\r\n\tmerge_s = 7\r\n}\r\n",
			 "");
	ck_assert_int_eq(cti_conf_int(fix.conf, "dial.merge_s"), 7);
}
END_TEST

START_TEST(plus_equal_appends_within_a_file)
{
	fixture_findings("dial {\n emergency = {19222}\n emergency += {110}\n}",
			 "");
	ck_assert_uint_eq(cti_conf_count(fix.conf, "dial.emergency"), 2);
	ck_assert_str_eq(cti_conf_item(fix.conf, "dial.emergency", 1), "110");
}
END_TEST

START_TEST(a_section_may_come_twice_and_the_last_value_counts)
{
	fixture_findings("dial {\n merge_s = 1\n per_hour = 9\n}\n"
			 "dial {\n merge_s = 2\n}\n",
			 "");
	ck_assert_int_eq(cti_conf_int(fix.conf, "dial.merge_s"), 2);
	ck_assert_int_eq(cti_conf_int(fix.conf, "dial.per_hour"), 9);
}
END_TEST

START_TEST(agents_keep_the_order_of_the_file)
{
	fixture_findings("agent \"ZOE\" { device = \"PJSIP/102\" }\n"
			 "agent \"ADA\" { device = \"PJSIP/101\" }\n"
			 "agent \"BOB\" { }\n",
			 "");
	ck_assert_uint_eq(cti_conf_agents(fix.conf), 3);
	ck_assert_str_eq(cti_conf_agent_id(fix.conf, 0), "ZOE");
	ck_assert_str_eq(cti_conf_agent_device(fix.conf, 0), "PJSIP/102");
	ck_assert_str_eq(cti_conf_agent_id(fix.conf, 1), "ADA");
	ck_assert_str_eq(cti_conf_agent_device(fix.conf, 2), "");
}
END_TEST

START_TEST(unknown_names_are_reported_up_to_a_limit)
{
	char text[4096];
	size_t len = 0, lines = 0;

	for (int i = 0; i < 40; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len,
					"unknown%d { x = 1 }\n", i);
	fixture_file(text);
	fixture_load(-EINVAL, (struct cti_conf_source){0});
	for (const char *at = cti_buf_text(&fix.errors); *at; at++)
		lines += *at == '\n';
	ck_assert_uint_gt(lines, 10);
	ck_assert_uint_le(lines, 33);
	ck_assert_ptr_nonnull(strstr(cti_buf_text(&fix.errors), "too many"));
}
END_TEST

START_TEST(control_characters_never_reach_a_finding)
{
	fixture_file("http {\n \"a\033[2Jb\" = 1\n}\n");
	fixture_load(-EINVAL, (struct cti_conf_source){0});
	ck_assert_ptr_null(strchr(cti_buf_text(&fix.errors), '\033'));
}
END_TEST

START_TEST(a_full_buffer_of_findings_still_fails)
{
	fixture_file("http {\n listn = 1\n listm = 2\n}\n");
	cti_buf_fini(&fix.errors);
	cti_buf_init(&fix.errors, 8);
	fixture_load(-EINVAL, (struct cti_conf_source){0});
	ck_assert_uint_le(fix.errors.len, 8);
}
END_TEST

Suite *suite_file(void)
{
	Suite *suite = suite_create("file");
	TCase *tc = tcase_create("file");

	tcase_add_checked_fixture(tc, fixture_setup, fixture_teardown);
	tcase_add_loop_test(tc, a_file_gets_its_findings, 0,
			    sizeof(cases) / sizeof(cases[0]));
	tcase_add_test(tc, values_of_every_type_are_read);
	tcase_add_test(tc, a_byte_order_mark_and_crlf_are_no_matter);
	tcase_add_test(tc, plus_equal_appends_within_a_file);
	tcase_add_test(tc, a_section_may_come_twice_and_the_last_value_counts);
	tcase_add_test(tc, agents_keep_the_order_of_the_file);
	tcase_add_test(tc, unknown_names_are_reported_up_to_a_limit);
	tcase_add_test(tc, control_characters_never_reach_a_finding);
	tcase_add_test(tc, a_full_buffer_of_findings_still_fails);
	suite_add_tcase(suite, tc);
	return suite;
}
