/* SPDX-License-Identifier: Apache-2.0 */
/* base/test_origin.c - what is an origin, and below which domain */
#include <errno.h>
#include <string.h>

#include "cti/origin.h"
#include "suites.h"

#define L63 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const char *const good[] = {
	"https://my300000.crm.ondemand.com",
	"https://a.crm.cloud.sap:8443",
	"https://xn--mller-kva.crm.ondemand.com",
	"https://sap",
	"https://a-b.c0.example:1",
	"https://192.0.2.1",
	"https://192.0.2.1:65535",
	"https://[2001:db8::1]",
	"https://[2001:db8::1]:8443",
	"https://localhost",
	"http://localhost",
	"http://localhost:22550",
	"http://app.localhost:3000",
	"http://127.0.0.1:8080",
	"http://127.1.2.3",
	"http://[::1]:8080",
	"https://" L63 ".example",
	"https://" L63 "." L63 "." L63 ".example",
};

static const char *const bad[] = {
	"",
	"null",
	"*",
	"https:",
	"https://",
	"HTTPS://my300000.crm.ondemand.com",
	"https://MY300000.crm.ondemand.com",
	"https://my300000.crm.ondemand.com/",
	"https://my300000.crm.ondemand.com/x",
	"https://my300000.crm.ondemand.com?x",
	"https://my300000.crm.ondemand.com#x",
	"https://my300000.crm.ondemand.com ",
	" https://my300000.crm.ondemand.com",
	"https://my300000.crm.ondemand.com.",
	"https://my300000..crm.ondemand.com",
	"https://.crm.ondemand.com",
	"https://*.crm.ondemand.com",
	"https://user@my300000.crm.ondemand.com",
	"https://a:b@my300000.crm.ondemand.com",
	"https://my300000.crm.ondemand.com:443",
	"https://my300000.crm.ondemand.com:",
	"https://my300000.crm.ondemand.com:0",
	"https://my300000.crm.ondemand.com:08443",
	"https://my300000.crm.ondemand.com:65536",
	"https://my300000.crm.ondemand.com:99999999999",
	"https://my300000.crm.ondemand.com:8443:1",
	"https://my300000.crm.ondemand.com:8443/",
	"https://m\xc3\xbcller.crm.ondemand.com",
	"https://my300000.crm.ondemand.com\xe3\x80\x82"
	"evil.example",
	"https://evil.example\\.crm.ondemand.com",
	"https://evil.example%2f.crm.ondemand.com",
	"https://evil_example.crm.ondemand.com",
	"https://evil.example;.crm.ondemand.com",
	"https://evil.example https://my1.crm.ondemand.com",
	"https://evil.example\t.crm.ondemand.com",
	"https://evil.example\n.crm.ondemand.com",
	"https://-a.crm.ondemand.com",
	"https://a-.crm.ondemand.com",
	"https://" L63 "a.example",
	"https://" L63 "." L63 "." L63 "." L63 ".example",
	"https://1.2.3",
	"https://1.2.3.4.5",
	"https://01.2.3.4",
	"https://1.2.3.256",
	"https://0x7f000001",
	"https://127.1",
	"https://2130706433",
	"https://[::1",
	"https://[::1]x",
	"https://[::1]]",
	"https://[]",
	"https://[0:0:0:0:0:0:0:1]",
	"https://[2001:DB8::1]",
	"https://[::ffff:7f00:1]",
	"https://[fe80::1%25eth0]",
	"http://my300000.crm.ondemand.com",
	"http://192.0.2.1",
	"http://[2001:db8::1]",
	"http://localhost:80",
	"http://notlocalhost",
	"http://127.evil.example",
	"http://localhost.evil.example",
	"ws://localhost",
	"file://",
	"data:text/html,x",
	"javascript:alert(1)",
	"https//my300000.crm.ondemand.com",
};

START_TEST(an_origin_is_what_browsers_say)
{
	struct cti_err err = {.code = CTI_OK};

	ck_assert_msg(cti_origin_check(good[_i], &err) == 0, "%s: %s", good[_i],
		      err.text);
	ck_assert_int_eq(err.code, CTI_OK);
	ck_assert_uint_lt(strlen(good[_i]), CTI_ORIGIN_SIZE);
}
END_TEST

START_TEST(anything_else_is_no_origin)
{
	struct cti_err err = {.code = CTI_OK};

	ck_assert_msg(cti_origin_check(bad[_i], &err) == -EINVAL, "%s",
		      bad[_i]);
	ck_assert_int_eq(err.code, CTI_ERR_BAD_ORIGIN);
	ck_assert_ptr_nonnull(strstr(err.text, "This is no origin: "));
	ck_assert(!strstr(bad[_i], "evil") || !strstr(err.text, "evil"));
	ck_assert_int_eq(cti_origin_check(bad[_i], NULL), -EINVAL);
}
END_TEST

START_TEST(a_host_is_below_a_domain_by_whole_labels)
{
	static const struct {
		const char *origin, *domain;
		bool below;
	} rows[] = {
		{"https://my1.crm.ondemand.com", "crm.ondemand.com", true},
		{"https://my1.crm.ondemand.com", "CRM.OnDemand.com", true},
		{"https://a.b.crm.cloud.sap", "crm.cloud.sap", true},
		{"https://my1.crm.ondemand.com:8443", "crm.ondemand.com", true},
		{"https://crm.ondemand.com", "crm.ondemand.com", false},
		{"https://evilcrm.ondemand.com", "crm.ondemand.com", false},
		{"https://my1.crm.ondemand.com.evil.example",
		 "crm.ondemand.com", false},
		{"https://ondemand.com", "crm.ondemand.com", false},
		{"https://com", "crm.ondemand.com", false},
		{"http://app.localhost", "localhost", false},
		{"null", "crm.ondemand.com", false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ck_assert_msg(cti_origin_under(rows[i].origin,
					       rows[i].domain) == rows[i].below,
			      "%s %s", rows[i].origin, rows[i].domain);
}
END_TEST

Suite *origin_suite(void)
{
	Suite *suite = suite_create("origin");
	TCase *tcase = tcase_create("grammar");

	tcase_add_loop_test(tcase, an_origin_is_what_browsers_say, 0,
			    (int)(sizeof(good) / sizeof(good[0])));
	tcase_add_loop_test(tcase, anything_else_is_no_origin, 0,
			    (int)(sizeof(bad) / sizeof(bad[0])));
	tcase_add_test(tcase, a_host_is_below_a_domain_by_whole_labels);
	suite_add_tcase(suite, tcase);
	return suite;
}
