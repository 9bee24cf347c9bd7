/* SPDX-License-Identifier: Apache-2.0 */
/* unit/doctor/test_relay.c - each check of a relay, well and not */
#include <errno.h>
#include <string.h>

#include "doctor/facts.h"
#include "suites.h"

enum { NOW = 2000000000, MINUTE = 60000 };

static const int64_t DAY_MS = 24 * 3600 * 1000;

/* A relay that is well; each test spoils one thing. */
static struct cti_relay_facts facts;
static struct cti_checks checks;

static void sample(struct cti_sample_facts *out, const char *text, bool ok,
		   bool blocked)
{
	*out = (struct cti_sample_facts){.ok = ok, .blocked = blocked};
	memcpy(out->text, text, strlen(text) + 1);
	memcpy(out->outcome, "outcome", 8);
}

static void setup(void)
{
	memset(&checks, 0, sizeof(checks));
	facts = (struct cti_relay_facts){
		.running = true,
		.now_ms = NOW,
		.started_ms = NOW - 60 * MINUTE,
		.sw = {.driver = "asterisk",
		       .link = CTI_LINK_UP,
		       .synced = true,
		       .since_ms = NOW - 5 * MINUTE,
		       .why = "Asterisk",
		       .agents = 1,
		       .ndevices = 1},
		.store = {.path = "/j.db", .free_bytes = (int64_t)1 << 40},
		.number = {.region = "DE", .sampled = true},
		.page = {.origins = 1,
			 .seen_ms = NOW - MINUTE,
			 .click_ms = NOW - MINUTE,
			 .streams = 1,
			 .communication_system = "CORD"},
		.day = {.findings = "", .refusals = ""},
		.refused = {{"peer", 0}, {"host", 0}, {"page", 0}},
		.nrefused = 3,
	};
	facts.sw.device[0] = (struct cti_device_facts){
		.agent = "ANN",
		.device = "PJSIP/101",
		.asked = true,
		.ok = true,
		.why = "may dial",
	};
	sample(&facts.number.own, "030 123456", true, false);
	sample(&facts.number.abroad, "+1 650 305 4000", true, false);
	sample(&facts.number.emergency, "112", false, true);
}

/* The check of that name says so much, with that verdict. */
static const struct cti_check *expect(const char *name,
				      enum cti_verdict verdict,
				      const char *part)
{
	const struct cti_check *check = NULL;

	checks.n = 0;
	cti_relay_judge(&checks, &facts);
	for (size_t i = 0; i < checks.n; i++)
		if (!strcmp(checks.item[i].name, name))
			check = &checks.item[i];
	ck_assert_msg(check != NULL, "no check %s", name);
	ck_assert_msg(strstr(check->sentence, part) != NULL, "%s: %s", name,
		      check->sentence);
	ck_assert_str_eq(cti_verdict_word(check->verdict),
			 cti_verdict_word(verdict));
	if (verdict > CTI_VERDICT_SKIPPED)
		ck_assert_str_ne(check->fix, "");
	return check;
}

START_TEST(a_relay_that_is_well_has_no_finding)
{
	cti_relay_judge(&checks, &facts);
	for (size_t i = 0; i < checks.n; i++)
		ck_assert_msg(checks.item[i].verdict == CTI_VERDICT_OK, "%s",
			      checks.item[i].sentence);
	ck_assert_uint_eq(checks.n, 15);
}
END_TEST

START_TEST(no_relay_is_a_finding_and_skips_what_only_it_knows)
{
	facts.running = false;
	(void)expect("relay", CTI_VERDICT_WARN, "No relay runs");
	(void)expect("page", CTI_VERDICT_SKIPPED, "No relay");
	(void)expect("ids", CTI_VERDICT_SKIPPED, "running relay");
	(void)expect("due", CTI_VERDICT_SKIPPED, "running");
	(void)expect("dials", CTI_VERDICT_SKIPPED, "running");
	(void)expect("refused", CTI_VERDICT_SKIPPED, "No relay");
}
END_TEST

START_TEST(the_journal_tells_its_trouble)
{
	facts.store.err = -ENOSPC;
	ck_assert_ptr_nonnull(strstr(
		expect("store", CTI_VERDICT_FAIL, "No space")->fix, "room"));
	facts.store.err = -EROFS;
	ck_assert_ptr_nonnull(
		strstr(expect("store", CTI_VERDICT_FAIL, "Read-only")->fix,
		       "writable"));
	facts.store.err = -EBADMSG;
	ck_assert_ptr_nonnull(strstr(
		expect("store", CTI_VERDICT_FAIL, "damaged")->fix, "aside"));
	facts.store.err = 0;
	facts.store.aside = "/j.db.corrupt-1";
	(void)expect("store", CTI_VERDICT_WARN, "/j.db.corrupt-1");
	facts.store.held = true;
	(void)expect("store", CTI_VERDICT_WARN, "Another patchcord");
	facts.store.path = NULL;
	(void)expect("store", CTI_VERDICT_FAIL, "no place");
	(void)expect("disk", CTI_VERDICT_SKIPPED, "not known");
}
END_TEST

START_TEST(a_journal_to_come_is_well)
{
	facts.store.missing = true;
	(void)expect("store", CTI_VERDICT_OK, "no journal yet");
}
END_TEST

START_TEST(a_full_disk_is_told_before_it_is_full)
{
	facts.store.free_bytes = 50 * 1024 * 1024;
	(void)expect("disk", CTI_VERDICT_WARN, "50 MiB");
	facts.store.free_bytes = 1024;
	(void)expect("disk", CTI_VERDICT_FAIL, "0 MiB");
	facts.store.free_bytes = -1;
	(void)expect("disk", CTI_VERDICT_SKIPPED, "not known");
}
END_TEST

START_TEST(the_link_tells_whose_side)
{
	facts.sw.link = CTI_LINK_FAILED;
	facts.sw.why = "bad secret";
	ck_assert_int_eq(
		(int)expect("switch", CTI_VERDICT_FAIL, "bad secret")->side,
		(int)CTI_SIDE_SWITCH);
	facts.sw.link = CTI_LINK_DOWN;
	ck_assert_int_eq(
		(int)expect("switch", CTI_VERDICT_FAIL, "no link")->side,
		(int)CTI_SIDE_NETWORK);
	facts.sw.link = CTI_LINK_CONNECTING;
	(void)expect("switch", CTI_VERDICT_WARN, "being made");
	facts.sw.link = CTI_LINK_UP;
	facts.sw.synced = false;
	(void)expect("switch", CTI_VERDICT_WARN, "being made");
	(void)expect("switch", CTI_VERDICT_WARN, "for 5 min now");
	facts.running = false;
	ck_assert_ptr_null(strstr(
		expect("switch", CTI_VERDICT_WARN, "being made")->sentence,
		"now"));
	facts.sw.left_alone = true;
	(void)expect("switch", CTI_VERDICT_SKIPPED, "bad secret");
}
END_TEST

START_TEST(settings_a_driver_does_not_take_are_the_relays)
{
	const struct cti_check *check;

	facts.running = false;
	facts.sw.unusable = true;
	facts.sw.link = CTI_LINK_FAILED;
	facts.sw.why = "/secret: Permission denied";
	check = expect("switch", CTI_VERDICT_FAIL, "Permission denied");
	ck_assert_int_eq((int)check->side, (int)CTI_SIDE_RELAY);
	ck_assert_ptr_null(strstr(check->fix, "manager.conf"));
}
END_TEST

START_TEST(every_driver_has_its_cure)
{
	static const struct {
		const char *driver, *word;
	} cures[] = {
		{"simulator", "Restart"},
		{"baresip", "ctrl_tcp"},
		{"asterisk", "manager.conf"},
		{"freeswitch", "event_socket"},
	};

	facts.sw.link = CTI_LINK_DOWN;
	for (size_t i = 0; i < 4; i++) {
		facts.sw.driver = cures[i].driver;
		ck_assert_ptr_nonnull(strstr(
			expect("switch", CTI_VERDICT_FAIL, cures[i].driver)
				->fix,
			cures[i].word));
	}
}
END_TEST

START_TEST(a_device_that_may_not_dial_is_the_switchs)
{
	facts.sw.device[0].ok = false;
	ck_assert_ptr_nonnull(
		strstr(expect("originate", CTI_VERDICT_FAIL, "PJSIP/101")->fix,
		       "originate"));
	facts.sw.device[0].asked = false;
	(void)expect("originate", CTI_VERDICT_SKIPPED, "PJSIP/101");
	facts.sw.device[0] = (struct cti_device_facts){
		.agent = "", .device = "", .asked = true, .ok = true};
	(void)expect("originate", CTI_VERDICT_OK, "May it dial");
}
END_TEST

START_TEST(agents_need_devices_where_the_driver_does)
{
	facts.sw.without_device = 1;
	(void)expect("devices", CTI_VERDICT_FAIL, "1 of 1");
	facts.sw.driver = "baresip";
	(void)expect("devices", CTI_VERDICT_OK, "with a device: 0");
	facts.sw.agents = facts.sw.without_device = 0;
	(void)expect("devices", CTI_VERDICT_OK, "one agent's");
	facts.sw.driver = "freeswitch";
	(void)expect("devices", CTI_VERDICT_FAIL, "No agent is listed");
}
END_TEST

START_TEST(numbers_tell_which_rule_is_missing)
{
	facts.number.own.ok = false;
	(void)expect("numbers", CTI_VERDICT_FAIL, "030 123456");
	facts.number.own.ok = true;
	facts.number.abroad.ok = false;
	(void)expect("numbers", CTI_VERDICT_FAIL, "+1 650");
	facts.number.abroad.blocked = true;
	(void)expect("numbers", CTI_VERDICT_OK, "+1 650");
	facts.number.region = "";
	(void)expect("numbers", CTI_VERDICT_WARN, "number.region");
	facts.number.emergency.blocked = false;
	(void)expect("numbers", CTI_VERDICT_FAIL, "112");
	facts.number.sampled = false;
	(void)expect("numbers", CTI_VERDICT_FAIL, "make no rules");
}
END_TEST

START_TEST(a_certificate_tells_its_days)
{
	struct cti_cert_facts *cert = &facts.cert;

	*cert = (struct cti_cert_facts){
		.path = "/c.pem",
		.until_ms = NOW + 90 * DAY_MS,
		.for_host = true,
	};
	(void)expect("https", CTI_VERDICT_OK, "90 more days");
	cert->until_ms = NOW + 3 * DAY_MS;
	(void)expect("https", CTI_VERDICT_WARN, "3 more days");
	cert->until_ms = NOW - 1;
	(void)expect("https", CTI_VERDICT_FAIL, "expired");
	cert->until_ms = NOW + 90 * DAY_MS;
	cert->from_ms = NOW + DAY_MS;
	(void)expect("https", CTI_VERDICT_FAIL, "from");
	cert->from_ms = 0;
	cert->for_host = false;
	(void)expect("https", CTI_VERDICT_WARN, "neither localhost");
	cert->for_host = true;
	cert->renewed_ms = NOW;
	ck_assert_ptr_nonnull(strstr(
		expect("https", CTI_VERDICT_WARN, "is newer")->fix, "Restart"));
	cert->err = -ENOENT;
	(void)expect("https", CTI_VERDICT_FAIL, "No such file");
	cert->err = -EBADMSG;
	(void)expect("https", CTI_VERDICT_FAIL, "no PEM");
}
END_TEST

START_TEST(a_page_that_never_came_points_to_the_browser)
{
	facts.page.seen_ms = 0;
	ck_assert_int_eq(
		(int)expect("page", CTI_VERDICT_WARN, "not loaded")->side,
		(int)CTI_SIDE_BROWSER);
	facts.page.origins = 0;
	(void)expect("page", CTI_VERDICT_SKIPPED, "not loaded");
	(void)expect("origins", CTI_VERDICT_WARN, "No page");
	facts.page.simulator = true;
	(void)expect("origins", CTI_VERDICT_SKIPPED, "/host.html");
}
END_TEST

START_TEST(a_page_that_left_is_told)
{
	facts.page.streams = 0;
	(void)expect("page", CTI_VERDICT_WARN, "60 s ago");
	facts.page.streams = 2;
	facts.page.click_ms = 0;
	(void)expect("page", CTI_VERDICT_OK, "never since the start");
}
END_TEST

START_TEST(findings_of_the_last_day_are_told)
{
	facts.day.findings = "ani.plus (KBA 3705829): 2";
	(void)expect("ids", CTI_VERDICT_WARN, "KBA 3705829");
	facts.day.cut = true;
	(void)expect("ids", CTI_VERDICT_WARN, "its newest calls");
}
END_TEST

START_TEST(payloads_that_wait_are_told_after_a_while)
{
	facts.day.due = 3;
	facts.day.due_ms = NOW - 1000;
	(void)expect("due", CTI_VERDICT_OK, "No payload");
	facts.day.due_ms = NOW - MINUTE;
	(void)expect("due", CTI_VERDICT_WARN, "3 payloads");
}
END_TEST

START_TEST(refused_dials_are_a_hint_and_no_finding)
{
	facts.day.refusals = "bad_number: 2";
	(void)expect("dials", CTI_VERDICT_OK, "bad_number: 2");
}
END_TEST

START_TEST(a_communication_system_is_shown_or_explained)
{
	(void)expect("system", CTI_VERDICT_OK, "CORD");
	facts.page.communication_system = "";
	(void)expect("system", CTI_VERDICT_SKIPPED, "3481409");
}
END_TEST

START_TEST(refused_requests_tell_what_to_set_right)
{
	facts.refused[2].count = 5;
	(void)expect("refused", CTI_VERDICT_OK, "5 requests");
	facts.refused[0].count = 1;
	ck_assert_ptr_nonnull(
		strstr(expect("refused", CTI_VERDICT_WARN, "\"peer\"")->fix,
		       "one user"));
	facts.refused[1].count = 1;
	ck_assert_ptr_nonnull(
		strstr(expect("refused", CTI_VERDICT_WARN, "\"host\"")->fix,
		       "http.allowed_hosts"));
}
END_TEST

Suite *suite_relay(void)
{
	Suite *suite = suite_create("doctor relay");
	TCase *tcase = tcase_create("relay");

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_test(tcase, a_relay_that_is_well_has_no_finding);
	tcase_add_test(tcase,
		       no_relay_is_a_finding_and_skips_what_only_it_knows);
	tcase_add_test(tcase, the_journal_tells_its_trouble);
	tcase_add_test(tcase, a_journal_to_come_is_well);
	tcase_add_test(tcase, a_full_disk_is_told_before_it_is_full);
	tcase_add_test(tcase, the_link_tells_whose_side);
	tcase_add_test(tcase, every_driver_has_its_cure);
	tcase_add_test(tcase, settings_a_driver_does_not_take_are_the_relays);
	tcase_add_test(tcase, a_device_that_may_not_dial_is_the_switchs);
	tcase_add_test(tcase, agents_need_devices_where_the_driver_does);
	tcase_add_test(tcase, numbers_tell_which_rule_is_missing);
	tcase_add_test(tcase, a_certificate_tells_its_days);
	tcase_add_test(tcase, a_page_that_never_came_points_to_the_browser);
	tcase_add_test(tcase, a_page_that_left_is_told);
	tcase_add_test(tcase, findings_of_the_last_day_are_told);
	tcase_add_test(tcase, payloads_that_wait_are_told_after_a_while);
	tcase_add_test(tcase, refused_dials_are_a_hint_and_no_finding);
	tcase_add_test(tcase, a_communication_system_is_shown_or_explained);
	tcase_add_test(tcase, refused_requests_tell_what_to_set_right);
	suite_add_tcase(suite, tcase);
	return suite;
}
