/* SPDX-License-Identifier: Apache-2.0 */
/* conf/test_load.c - defaults, files, environment, flags: the later wins */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "suites.h"

START_TEST(without_any_source_every_key_has_its_default)
{
	fixture_load(0, (struct cti_conf_source){0});
	ck_assert_uint_eq(cti_conf_count(fix.conf, "http.listen"), 2);
	ck_assert_str_eq(cti_conf_item(fix.conf, "http.listen", 0),
			 "127.0.0.1:22550");
	ck_assert_str_eq(cti_conf_item(fix.conf, "http.listen", 1),
			 "[::1]:22550");
	ck_assert(!cti_conf_given(fix.conf, "http.listen"));
	ck_assert_int_eq(cti_conf_int(fix.conf, "http.max_body"), 8192);
	ck_assert(cti_conf_is(fix.conf, "http.peer_check", "same-user"));
	ck_assert_uint_eq(cti_conf_count(fix.conf, "sap.pair_suffixes"), 2);
	ck_assert_uint_eq(cti_conf_count(fix.conf, "sap.origins"), 0);
	ck_assert_int_eq(cti_conf_int(fix.conf, "sap.late_s"), 600);
	ck_assert_str_eq(cti_conf_str(fix.conf, "sap_fields.BP"), "");
	ck_assert_str_eq(cti_conf_str(fix.conf, "number.region"), "");
	ck_assert_str_eq(cti_conf_str(fix.conf, "dial.international_prefix"),
			 "00");
	ck_assert_int_eq(cti_conf_int(fix.conf, "dial.concurrent"), 1);
	ck_assert(cti_conf_is(fix.conf, "store.sync", "full"));
	ck_assert_str_eq(cti_conf_str(fix.conf, "telephony.driver"),
			 "simulator");
	ck_assert_int_eq(cti_conf_int(fix.conf, "push.max_s"), 14400);
	ck_assert_str_eq(cti_conf_str(fix.conf, "baresip.control"),
			 "127.0.0.1:4444");
	ck_assert_int_eq(cti_conf_int(fix.conf, "asterisk.port"), 5038);
	ck_assert_int_eq(cti_conf_int(fix.conf, "freeswitch.port"), 8021);
	ck_assert_uint_eq(cti_conf_agents(fix.conf), 0);
}
END_TEST

START_TEST(the_later_source_wins_and_lists_are_replaced)
{
	static const char *const env[] = {"HOME=/",
					  "PATCHCORD_DIAL_EMERGENCY=3,4",
					  "PATCHCORD_DIAL_PER_HOUR=30", NULL};
	static const struct cti_conf_flag flags[] = {{"dial.per_minute", "40"}};

	fixture_file("dial {\n merge_s = 1\n per_hour = 1\n per_minute = 1\n"
		     " emergency = {1, 2}\n}\n");
	fixture_file("dial {\n merge_s = 20\n emergency = {5}\n}\n");
	fixture_load(0, (struct cti_conf_source){
				.env = env, .flags = flags, .nflags = 1});
	ck_assert_int_eq(cti_conf_int(fix.conf, "dial.merge_s"), 20);
	ck_assert_int_eq(cti_conf_int(fix.conf, "dial.per_hour"), 30);
	ck_assert_int_eq(cti_conf_int(fix.conf, "dial.per_minute"), 40);
	ck_assert_uint_eq(cti_conf_count(fix.conf, "dial.emergency"), 2);
	ck_assert_str_eq(cti_conf_item(fix.conf, "dial.emergency", 0), "3");
	ck_assert(cti_conf_given(fix.conf, "dial.per_minute"));
}
END_TEST

START_TEST(the_named_file_wins_over_the_usual_ones)
{
	const char *named = fixture_file("dial {\n merge_s = 9\n}\n");

	fix.nfiles--;
	fix.files[fix.nfiles] = NULL;
	fixture_load(0, (struct cti_conf_source){.file = named});
	fix.nfiles++;
	ck_assert_int_eq(cti_conf_int(fix.conf, "dial.merge_s"), 9);
}
END_TEST

START_TEST(a_list_may_be_emptied_again)
{
	static const char *const env[] = {"PATCHCORD_SAP_PAIR_SUFFIXES=", NULL};

	fixture_file("dial { emergency = {1} }\n");
	fixture_file("dial { emergency = {} }\n");
	fixture_load(0, (struct cti_conf_source){.env = env});
	ck_assert_uint_eq(cti_conf_count(fix.conf, "dial.emergency"), 0);
	ck_assert_uint_eq(cti_conf_count(fix.conf, "sap.pair_suffixes"), 0);
	ck_assert(cti_conf_given(fix.conf, "sap.pair_suffixes"));
}
END_TEST

START_TEST(the_last_file_with_agents_names_all_agents)
{
	fixture_file("agent \"A\" { }\nagent \"B\" { }\n");
	fixture_file("agent \"C\" { device = \"d\" }\n");
	fixture_file("dial { merge_s = 1 }\n");
	fixture_load(0, (struct cti_conf_source){0});
	ck_assert_uint_eq(cti_conf_agents(fix.conf), 1);
	ck_assert_str_eq(cti_conf_agent_id(fix.conf, 0), "C");
}
END_TEST

START_TEST(a_missing_usual_file_is_fine_but_not_the_named_one)
{
	char path[FIXTURE_PATH], wanted[2 * FIXTURE_PATH];

	(void)snprintf(path, sizeof(path), "%s/none.conf", fix.folder);
	fix.files[0] = path;
	fixture_load(0, (struct cti_conf_source){0});
	fixture_load(-EINVAL, (struct cti_conf_source){.file = path});
	(void)snprintf(wanted, sizeof(wanted),
		       "%s: cannot be read: No such file or directory\n", path);
	ck_assert_str_eq(cti_buf_text(&fix.errors), wanted);
}
END_TEST

START_TEST(a_folder_is_no_configuration_file)
{
	fixture_load(-EINVAL, (struct cti_conf_source){.file = fix.folder});
	ck_assert_ptr_nonnull(
		strstr(cti_buf_text(&fix.errors), "cannot be read"));
}
END_TEST

START_TEST(a_huge_file_is_refused)
{
	char *text = malloc(300 * 1024);

	ck_assert_ptr_nonnull(text);
	memset(text, '\n', 300 * 1024);
	text[300 * 1024 - 1] = '\0';
	fixture_file(text);
	free(text);
	fixture_load(-EINVAL, (struct cti_conf_source){0});
}
END_TEST

START_TEST(wrong_variables_are_named)
{
	static const char *const env[] = {
		"PATCHCORD_DIAL_MERGE_S=99",
		"PATCHCORD_HTTP_LISTN=1",
		"PATCHCORD_AGENT_DEVICE=x",
		"PATCHCORD_QWERTZ=x",
		"patchcord_log_level=x",
		"PATCHCORD_LOG_LEVEL",
		NULL,
	};

	fixture_load(-EINVAL, (struct cti_conf_source){.env = env});
	ck_assert_str_eq(cti_buf_text(&fix.errors),
			 "PATCHCORD_DIAL_MERGE_S: dial.merge_s: 99 is over 60\n"
			 "environment: unknown variable PATCHCORD_HTTP_LISTN "
			 "(PATCHCORD_HTTP_LISTEN?)\n"
			 "environment: unknown variable PATCHCORD_AGENT_DEVICE "
			 "(agents are named in a file only)\n"
			 "environment: unknown variable PATCHCORD_QWERTZ\n");
}
END_TEST

START_TEST(variables_a_container_platform_sets_are_left_alone)
{
	static const char *const env[] = {
		"PATCHCORD_SERVICE_HOST=10.0.0.1",
		"PATCHCORD_PORT=tcp://10.0.0.1:22550",
		"PATCHCORD_PORT_22550_TCP_ADDR=10.0.0.1", NULL};

	fixture_load(0, (struct cti_conf_source){.env = env});
}
END_TEST

START_TEST(wrong_flags_are_named)
{
	static const struct cti_conf_flag flags[] = {
		{"http.listen", "nowhere"},
		{"http.listn", "x"},
		{"agent.device", "x"},
		{"listen", "x"},
	};

	fixture_load(-EINVAL,
		     (struct cti_conf_source){.flags = flags, .nflags = 4});
	ck_assert_str_eq(cti_buf_text(&fix.errors),
			 "command line: http.listen: \"nowhere\" is not "
			 "ADDRESS:PORT, as in 127.0.0.1:22550\n"
			 "command line: unknown key http.listn (http.listen?)\n"
			 "command line: agent.device: agents are named in a "
			 "file only\n"
			 "command line: unknown key listen (http.listen?)\n");
}
END_TEST

START_TEST(a_later_source_does_not_hide_an_earlier_mistake)
{
	static const struct cti_conf_flag flags[] = {{"dial.merge_s", "5"}};

	fixture_file("dial {\n merge_s = 99\n}\n");
	fixture_load(-EINVAL,
		     (struct cti_conf_source){.flags = flags, .nflags = 1});
}
END_TEST

START_TEST(destroying_nothing_is_allowed)
{
	cti_conf_destroy(NULL);
}
END_TEST

Suite *suite_load(void)
{
	Suite *suite = suite_create("load");
	TCase *tc = tcase_create("load");

	tcase_add_checked_fixture(tc, fixture_setup, fixture_teardown);
	tcase_add_test(tc, without_any_source_every_key_has_its_default);
	tcase_add_test(tc, the_later_source_wins_and_lists_are_replaced);
	tcase_add_test(tc, the_named_file_wins_over_the_usual_ones);
	tcase_add_test(tc, a_list_may_be_emptied_again);
	tcase_add_test(tc, the_last_file_with_agents_names_all_agents);
	tcase_add_test(tc, a_missing_usual_file_is_fine_but_not_the_named_one);
	tcase_add_test(tc, a_folder_is_no_configuration_file);
	tcase_add_test(tc, a_huge_file_is_refused);
	tcase_add_test(tc, wrong_variables_are_named);
	tcase_add_test(tc, variables_a_container_platform_sets_are_left_alone);
	tcase_add_test(tc, wrong_flags_are_named);
	tcase_add_test(tc, a_later_source_does_not_hide_an_earlier_mistake);
	tcase_add_test(tc, destroying_nothing_is_allowed);
	suite_add_tcase(suite, tc);
	return suite;
}
