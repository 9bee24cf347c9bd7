/* SPDX-License-Identifier: Apache-2.0 */
/* unit/doctor/test_policy.c - browser policies, as their files have them */
#include <string.h>

#include "doctor/policy.h"
#include "suites.h"

static const char *const pages[] = {"https://my1.crm.ondemand.com",
				    "https://a.example:8443"};
static const struct cti_origins origins = {pages, 2};
static const struct cti_origins one = {pages, 1};
static struct cti_policy_facts facts;
static struct cti_check check;

static void setup(void)
{
	memset(&facts, 0, sizeof(facts));
	memset(&check, 0, sizeof(check));
}

static void read_file(const char *text, const struct cti_origins *of)
{
	struct cti_buf buf;

	cti_buf_init(&buf, 4096);
	ck_assert_int_eq(cti_buf_str(&buf, text), 0);
	cti_policy_read(&facts, "/etc/x.json", &buf, of);
	cti_buf_fini(&buf);
	cti_policy_judge(&check, &facts, of->n);
}

static void expect(enum cti_verdict verdict, const char *part)
{
	ck_assert_int_eq((int)check.verdict, (int)verdict);
	ck_assert_msg(strstr(check.sentence, part) != NULL, "%s",
		      check.sentence);
	ck_assert_int_eq((int)check.side, (int)CTI_SIDE_BROWSER);
}

START_TEST(patterns_cover_what_the_browser_would_let_in)
{
	static const struct {
		const char *pattern, *origin;
		bool covers;
	} cases[] = {
		{"*", "https://a.example", true},
		{"https://a.example", "https://a.example", true},
		{"https://a.example", "https://a.example:8443", true},
		{"https://a.example/", "https://a.example", true},
		{"http://a.example", "https://a.example", false},
		{"a.example", "https://a.example", true},
		{"a.example", "https://b.a.example", false},
		{"[*.]a.example", "https://b.a.example", true},
		{"[*.]a.example", "https://a.example", true},
		{"*.a.example", "https://x.y.a.example", true},
		{"[*.]a.example", "https://evila.example", false},
		{"https://[*.]a.example", "https://b.a.example", true},
		{"", "https://a.example", false},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		ck_assert_msg(
			cti_policy_covers(cases[i].pattern, cases[i].origin) ==
				cases[i].covers,
			"%s for %s", cases[i].pattern, cases[i].origin);
}
END_TEST

START_TEST(no_file_is_a_finding_once_a_page_is_configured)
{
	cti_policy_judge(&check, &facts, 0);
	expect(CTI_VERDICT_SKIPPED, "No browser policy");
	cti_policy_judge(&check, &facts, 1);
	expect(CTI_VERDICT_WARN, "No browser policy");
	ck_assert_ptr_nonnull(strstr(check.fix, "/docs/browser-policy"));
}
END_TEST

START_TEST(a_policy_of_chrome_for_every_page_is_well)
{
	read_file("{\"LoopbackNetworkAllowedForUrls\":[\"[*.]ondemand.com\","
		  "\"https://a.example\"],"
		  "\"LocalNetworkAccessPermissionsPolicyDefaultEnabled\":"
		  "true}",
		  &origins);
	expect(CTI_VERDICT_OK, "frames inside frames");
}
END_TEST

START_TEST(the_older_name_counts_too)
{
	read_file("{\"LocalNetworkAccessAllowedForUrls\":"
		  "[\"https://my1.crm.ondemand.com\"]}",
		  &one);
	expect(CTI_VERDICT_OK, "/etc/x.json");
}
END_TEST

START_TEST(a_policy_of_firefox_counts)
{
	read_file("{\"policies\":{\"LocalNetworkAccess\":{\"SkipDomains\":"
		  "[\"my1.crm.ondemand.com\"]}}}",
		  &one);
	expect(CTI_VERDICT_OK, "/etc/x.json");
}
END_TEST

START_TEST(a_page_that_is_not_named_is_told)
{
	read_file("{\"LoopbackNetworkAllowedForUrls\":"
		  "[\"https://my1.crm.ondemand.com\"]}",
		  &origins);
	expect(CTI_VERDICT_WARN, "https://a.example:8443");
}
END_TEST

START_TEST(a_file_about_something_else_is_none)
{
	read_file("{\"HomepageLocation\":\"https://x\"}", &one);
	expect(CTI_VERDICT_WARN, "No browser policy");
}
END_TEST

START_TEST(a_broken_file_is_told)
{
	read_file("{\"LoopbackNetworkAllowedForUrls\":[", &one);
	expect(CTI_VERDICT_WARN, "no JSON");
}
END_TEST

START_TEST(a_policy_that_lets_everybody_in_is_told)
{
	read_file("{\"LocalNetworkAccessRestrictionsTemporaryOptOut\":true}",
		  &one);
	expect(CTI_VERDICT_WARN, "every site");
}
END_TEST

Suite *suite_policy(void)
{
	Suite *suite = suite_create("doctor policy");
	TCase *tcase = tcase_create("policy");

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_test(tcase, patterns_cover_what_the_browser_would_let_in);
	tcase_add_test(tcase, no_file_is_a_finding_once_a_page_is_configured);
	tcase_add_test(tcase, a_policy_of_chrome_for_every_page_is_well);
	tcase_add_test(tcase, the_older_name_counts_too);
	tcase_add_test(tcase, a_policy_of_firefox_counts);
	tcase_add_test(tcase, a_page_that_is_not_named_is_told);
	tcase_add_test(tcase, a_file_about_something_else_is_none);
	tcase_add_test(tcase, a_broken_file_is_told);
	tcase_add_test(tcase, a_policy_that_lets_everybody_in_is_told);
	suite_add_tcase(suite, tcase);
	return suite;
}
