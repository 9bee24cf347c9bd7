/* SPDX-License-Identifier: Apache-2.0 */
/* conf/test_swap.c - newer values while it runs */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "suites.h"

static char told[512];

static void tell(void *arg, const char *key, bool waits)
{
	size_t len = strlen(told);

	(void)arg;
	(void)snprintf(told + len, sizeof(told) - len, "%s%s ", key,
		       waits ? "!" : "");
}

static struct cti_conf *other(const char *text)
{
	struct cti_conf *conf = NULL;
	const char *path = fixture_file(text);
	const char *files[] = {path, NULL};
	const struct cti_conf_source src = {.files = files};

	ck_assert_int_eq(cti_conf_load(&conf, &src, &fix.errors), 0);
	return conf;
}

static void setup(void)
{
	fixture_setup();
	told[0] = '\0';
	fixture_load(0, (struct cti_conf_source){0});
}

START_TEST(what_may_change_changes_and_the_rest_waits)
{
	struct cti_conf *fresh =
		other("dial { per_minute = 3 }\nhttp { max_body = 2000 "
		      "max_connections = 9 }\nasterisk { port = 1 }\n");

	ck_assert_uint_eq(cti_conf_swap(fix.conf, fresh, tell, NULL), 2);
	ck_assert_str_eq(told, "http.max_body http.max_connections! "
			       "dial.per_minute asterisk.port! ");
	ck_assert_int_eq(cti_conf_int(fix.conf, "dial.per_minute"), 3);
	ck_assert(cti_conf_given(fix.conf, "dial.per_minute"));
	ck_assert_int_eq(cti_conf_int(fix.conf, "http.max_body"), 2000);
	ck_assert_int_eq(cti_conf_int(fix.conf, "http.max_connections"), 256);
	ck_assert_int_eq(cti_conf_int(fix.conf, "asterisk.port"), 5038);
	ck_assert_int_eq(cti_conf_int(fresh, "dial.per_minute"), 10);
	cti_conf_destroy(fresh);
}
END_TEST

START_TEST(a_swap_is_undone_by_another)
{
	struct cti_conf *fresh =
		other("agent \"A\" { device = \"a\" }\n"
		      "sap { origins = {\"https://a.example\"} }\n");

	ck_assert_uint_eq(cti_conf_swap(fix.conf, fresh, tell, NULL), 2);
	ck_assert_str_eq(told, "sap.origins agent ");
	ck_assert_uint_eq(cti_conf_agents(fix.conf), 1);
	ck_assert_uint_eq(cti_conf_swap(fix.conf, fresh, NULL, NULL), 2);
	ck_assert_uint_eq(cti_conf_agents(fix.conf), 0);
	ck_assert_uint_eq(cti_conf_count(fix.conf, "sap.origins"), 0);
	cti_conf_destroy(fresh);
}
END_TEST

START_TEST(what_is_the_same_is_not_told)
{
	struct cti_conf *fresh = other("dial { per_minute = 10 }\n");

	ck_assert_uint_eq(cti_conf_swap(fix.conf, fresh, tell, NULL), 0);
	ck_assert_str_eq(told, "");
	cti_conf_destroy(fresh);
}
END_TEST

START_TEST(lent_texts_outlive_a_swap)
{
	const char *prefix =
		cti_conf_str(fix.conf, "dial.international_prefix");
	struct cti_conf *fresh =
		other("dial { international_prefix = \"+\" }\n");

	ck_assert_uint_eq(cti_conf_swap(fix.conf, fresh, NULL, NULL), 1);
	cti_conf_keep(fix.conf, fresh);
	ck_assert_str_eq(prefix, "00");
	ck_assert_str_eq(cti_conf_str(fix.conf, "dial.international_prefix"),
			 "+");
}
END_TEST

START_TEST(sockets_and_switches_wait_for_a_restart)
{
	static const char *const waits[] = {
		"http.listen",	"http.exposure",    "http.tls_cert_file",
		"store.path",	"telephony.driver", "baresip.control",
		"sapling.tree", "freeswitch.port",
	};
	static const char *const live[] = {
		"log.level",	       "sap.origins",
		"sap_fields.BP",       "agent.device",
		"store.keep_days",     "number.region",
		"dial.countries",      "push.max_s",
		"simulator.ring_ms",   "http.allowed_hosts",
		"http.public_origins", "http.host_page",
	};

	for (size_t i = 0; i < sizeof(waits) / sizeof(waits[0]); i++)
		ck_assert_msg(!cti_conf_live(waits[i]), "%s", waits[i]);
	for (size_t i = 0; i < sizeof(live) / sizeof(live[0]); i++)
		ck_assert_msg(cti_conf_live(live[i]), "%s", live[i]);
}
END_TEST

Suite *suite_swap(void)
{
	Suite *suite = suite_create("swap");
	TCase *tc = tcase_create("swap");

	tcase_add_checked_fixture(tc, setup, fixture_teardown);
	tcase_add_test(tc, what_may_change_changes_and_the_rest_waits);
	tcase_add_test(tc, a_swap_is_undone_by_another);
	tcase_add_test(tc, what_is_the_same_is_not_told);
	tcase_add_test(tc, lent_texts_outlive_a_swap);
	tcase_add_test(tc, sockets_and_switches_wait_for_a_restart);
	suite_add_tcase(suite, tc);
	return suite;
}
