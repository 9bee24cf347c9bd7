/* SPDX-License-Identifier: Apache-2.0 */
/* conf/test_schema.c - the table is complete and does not contradict itself */
#include <regex.h>
#include <stdio.h>
#include <string.h>

#include "conf/schema.h"
#include "suites.h"

/* The names that are fixed. */
static const char *const fixed[] = {
	"http.listen",
	"http.exposure",
	"http.allowed_hosts",
	"http.allowed_peers",
	"http.public_origins",
	"http.api_key_file",
	"http.tls_cert_file",
	"http.tls_key_file",
	"http.peer_check",
	"http.max_body",
	"http.max_connections",
	"http.host_page",
	"sap.origins",
	"sap.pair_suffixes",
	"sap.encoding",
	"sap.accept_action",
	"sap.missed",
	"sap.original_id",
	"sap.outbound",
	"sap.late_s",
	"sap.communication_system",
	"sap_fields.Custom_1",
	"sap_fields.Custom_2",
	"sap_fields.Custom_3",
	"sap_fields.Custom_4",
	"sap_fields.TicketID",
	"sap_fields.BP",
	"sap_fields.Serial",
	"number.region",
	"dial.international_prefix",
	"dial.outside_line",
	"dial.own_country",
	"dial.extension_digits",
	"dial.countries",
	"dial.premium",
	"dial.emergency",
	"dial.feature_codes",
	"dial.merge_s",
	"dial.per_minute",
	"dial.per_hour",
	"dial.refusals",
	"dial.pause_s",
	"dial.concurrent",
	"dial.ring_timeout_s",
	"store.path",
	"store.sync",
	"store.keep_days",
	"log.level",
	"log.format",
	"log.numbers",
	"agent.device",
	"telephony.driver",
	"telephony.instance",
	"telephony.reconnect_min_ms",
	"telephony.reconnect_max_ms",
	"push.ring_s",
	"push.max_s",
	"simulator.ring_ms",
	"simulator.talk_ms",
	"baresip.control",
	"baresip.account",
	"baresip.domain",
	"asterisk.host",
	"asterisk.port",
	"asterisk.username",
	"asterisk.secret_file",
	"asterisk.context",
	"asterisk.caller_id",
	"asterisk.auto_answer",
	"asterisk.ping_s",
	"freeswitch.host",
	"freeswitch.port",
	"freeswitch.secret_file",
	"freeswitch.context",
	"freeswitch.domain",
	"freeswitch.auto_answer",
	"freeswitch.ping_s",
};

enum {
	NFIXED = sizeof(fixed) / sizeof(fixed[0]),
};

START_TEST(every_fixed_name_is_in_the_table)
{
	const struct cti_key *key = cti_schema_find(fixed[_i]);
	char dotted[CTI_KEY_SIZE];
	size_t count;

	ck_assert_msg(key != NULL, "%s", fixed[_i]);
	cti_schema_dotted(dotted, key);
	ck_assert_str_eq(dotted, fixed[_i]);
	ck_assert_ptr_eq(key, &cti_schema_keys(&count)[cti_schema_index(key)]);
}
END_TEST

START_TEST(every_key_is_declared_once_and_sections_stand_together)
{
	size_t count;
	const struct cti_key *keys = cti_schema_keys(&count);

	for (size_t i = 1; i < count; i++) {
		bool begins = strcmp(keys[i].section, keys[i - 1].section) != 0;

		for (size_t j = 0; j < i; j++) {
			ck_assert(strcmp(keys[i].section, keys[j].section) ||
				  (!begins &&
				   strcmp(keys[i].name, keys[j].name)));
		}
	}
}
END_TEST

START_TEST(every_key_has_a_sentence_of_help_a_range_and_a_default)
{
	size_t count;
	const struct cti_key *keys = cti_schema_keys(&count);

	for (size_t i = 0; i < count; i++) {
		const struct cti_key *key = &keys[i];
		size_t len = strlen(key->help);
		char range[128];

		ck_assert_int_eq(key->help[len - 1], '.');
		ck_assert_uint_lt(len, 120);
		ck_assert_ptr_nonnull(key->fallback);
		ck_assert_int_eq(key->type == CTI_KEY_WORD, key->words != NULL);
		ck_assert_int_eq(key->pattern != NULL, key->form != NULL);
		ck_assert_int_le(key->min, key->max);
		cti_schema_range(range, sizeof(range), key);
		ck_assert_uint_gt(strlen(range), 0);
		ck_assert_uint_lt(strlen(range), sizeof(range) - 1);
	}
}
END_TEST

START_TEST(names_fit_their_buffers_and_patterns_compile)
{
	size_t count;
	const struct cti_key *keys = cti_schema_keys(&count);

	for (size_t i = 0; i < count; i++) {
		regex_t regex;

		ck_assert_uint_lt(strlen("PATCHCORD__") +
					  strlen(keys[i].section) +
					  strlen(keys[i].name),
				  CTI_KEY_SIZE);
		if (!keys[i].pattern)
			continue;
		ck_assert_int_eq(regcomp(&regex, keys[i].pattern,
					 REG_EXTENDED | REG_NOSUB),
				 0);
		regfree(&regex);
	}
}
END_TEST

START_TEST(variables_are_upper_case)
{
	char env[CTI_KEY_SIZE];

	cti_schema_env(env, cti_schema_find("sap_fields.TicketID"));
	ck_assert_str_eq(env, "PATCHCORD_SAP_FIELDS_TICKETID");
}
END_TEST

START_TEST(unknown_names_are_not_found)
{
	ck_assert_ptr_null(cti_schema_find("http.Listen"));
	ck_assert_ptr_null(cti_schema_find("http"));
	ck_assert_ptr_null(cti_schema_find(""));
	ck_assert_ptr_null(cti_schema_find_in("http", "region"));
	ck_assert(cti_schema_has_section("agent"));
	ck_assert(!cti_schema_has_section("agents"));
}
END_TEST

START_TEST(ranges_are_said_for_every_type)
{
	struct cti_key truth = {.type = CTI_KEY_BOOL};
	char range[128];

	cti_schema_range(range, sizeof(range), cti_schema_find("dial.merge_s"));
	ck_assert_str_eq(range, "0 to 60");
	cti_schema_range(range, sizeof(range), cti_schema_find("store.sync"));
	ck_assert_str_eq(range, "full|normal");
	cti_schema_range(range, sizeof(range), cti_schema_find("store.path"));
	ck_assert_str_eq(range, "text, up to 1024 bytes");
	cti_schema_range(range, sizeof(range),
			 cti_schema_find("dial.emergency"));
	ck_assert_str_eq(range, "list of 0 to 64, each digits");
	cti_schema_range(range, sizeof(range), &truth);
	ck_assert_str_eq(range, "true|false");
}
END_TEST

Suite *suite_schema(void)
{
	Suite *suite = suite_create("schema");
	TCase *tc = tcase_create("schema");

	tcase_add_loop_test(tc, every_fixed_name_is_in_the_table, 0, NFIXED);
	tcase_add_test(tc,
		       every_key_is_declared_once_and_sections_stand_together);
	tcase_add_test(tc,
		       every_key_has_a_sentence_of_help_a_range_and_a_default);
	tcase_add_test(tc, names_fit_their_buffers_and_patterns_compile);
	tcase_add_test(tc, variables_are_upper_case);
	tcase_add_test(tc, unknown_names_are_not_found);
	tcase_add_test(tc, ranges_are_said_for_every_type);
	suite_add_tcase(suite, tc);
	return suite;
}
