/* SPDX-License-Identifier: Apache-2.0 */
/* unit/http/test_exposure.c - container and network: keys, pages, peers */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "fixture.h"
#include "suites.h"

#define SITE "Sec-Fetch-Site: same-origin\r\n"
#define TOKEN_LINE "X-CTI-Token: " TOKEN "\r\n"
#define KEY_LINE "Authorization: Bearer " KEY "\r\n"

static struct fixture *f;

static void begin(enum cti_exposure exposure)
{
	static struct fixture fixture;

	f = &fixture;
	fixture_setup_as(f, exposure);
}

static void setup_container(void)
{
	begin(CTI_EXPOSURE_CONTAINER);
}

static void setup_network(void)
{
	begin(CTI_EXPOSURE_NETWORK);
}

static void teardown(void)
{
	fixture_teardown(f);
}

struct row {
	const char *line;
	const char *headers;
	int status;
};

static void check_rows(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		int status = client_get(f, rows[i].line, rows[i].headers);

		ck_assert_msg(status == rows[i].status, "%s / %s: %d",
			      rows[i].line, rows[i].headers, status);
	}
}

#define CHECK_ROWS(rows) check_rows(rows, sizeof(rows) / sizeof(*(rows)))

START_TEST(container_asks_programs_for_the_key)
{
	static const struct row rows[] = {
		{"GET /api/v1/query", "", 401},
		{"GET /api/v1/query", KEY_LINE, 200},
		{"GET /api/v1/query", "authorization: bearer  " KEY "\r\n",
		 200},
		{"GET /api/v1/query", "Authorization: " KEY "\r\n", 401},
		{"GET /api/v1/query", "Authorization: Basic " KEY "\r\n", 401},
		{"GET /api/v1/query", "Authorization: Bearer \r\n", 401},
		{"GET /api/v1/query", "Authorization: Bearer " KEY "x\r\n",
		 401},
		{"GET /api/v1/query", "Authorization: Bearer a-key\r\n", 401},
		{"GET /api/v1/query", KEY_LINE KEY_LINE, 403},
		{"GET /metrics", "", 401},
		{"GET /metrics", KEY_LINE, 204},
		{"GET /metrics", KEY_LINE SITE, 403},
		{"GET /none", "", 401},
		{"GET /none", KEY_LINE, 404},
		{"GET /healthz", "", 204},
		{"GET /", "", 200},
		{"GET /app.js", "", 200},
	};

	CHECK_ROWS(rows);
	ck_assert_uint_eq(cti_http_refusals(f->http, CTI_REFUSAL_KEY), 8);
}
END_TEST

START_TEST(container_serves_its_pages_by_their_token)
{
	static const struct row rows[] = {
		{"GET /api/v1/query", SITE TOKEN_LINE, 200},
		{"GET /api/v1/query", SITE, 401},
		{"GET /api/v1/query", SITE KEY_LINE, 401},
		{"GET /api/v1/query",
		 "Origin: https://evil.example\r\n" TOKEN_LINE KEY_LINE, 403},
		{"GET /api/v1/token", SITE, 204},
	};

	CHECK_ROWS(rows);
}
END_TEST

START_TEST(who_lacks_the_key_learns_how_to_send_it)
{
	ck_assert_int_eq(client_get(f, "GET /api/v1/query", ""), 401);
	ck_assert(answered(f, "\"code\":\"key_missing\""));
	ck_assert(answered(f, "WWW-Authenticate: Bearer\r\n"));
	ck_assert(!answered(f, KEY));
}
END_TEST

START_TEST(network_serves_programs_only)
{
	static const struct row rows[] = {
		{"GET /app.js", "", 403},
		{"GET /app.js", KEY_LINE, 403},
		{"GET /api/v1/token", SITE, 403},
		{"GET /healthz", "", 204},
		{"GET /metrics", "", 401},
		{"GET /metrics", KEY_LINE, 204},
		{"GET /api/v1/query", "", 401},
		{"GET /api/v1/query", KEY_LINE, 200},
		{"GET /api/v1/query", SITE TOKEN_LINE, 401},
		{"GET /api/v1/query", SITE TOKEN_LINE KEY_LINE, 200},
	};

	CHECK_ROWS(rows);
	ck_assert_uint_eq(cti_http_refusals(f->http, CTI_REFUSAL_EXPOSURE), 3);
}
END_TEST

START_TEST(root_of_a_network_relay_only_says_what_it_is)
{
	ck_assert_int_eq(client_get(f, "GET /", ""), 200);
	ck_assert(answered(f, "Content-Type: text/plain"));
	ck_assert(answered(f, "http.exposure = network"));
	ck_assert(!answered(f, TOKEN));
	ck_assert_int_eq(
		client_get(f, "GET /", "Sec-Fetch-Site: cross-site\r\n"), 200);
	ck_assert_uint_eq(f->handled, 0);
}
END_TEST

START_TEST(odd_peers_in_the_list_stop_the_start)
{
	static const char *const peers[] = {"10.0.0.0/8", "10.0.0/8"};
	struct cti_http_conf conf = fixture_conf(f);
	struct cti_http *http = NULL;
	struct cti_err err;

	conf.exposure = CTI_EXPOSURE_CONTAINER;
	conf.peers = peers;
	conf.npeers = 2;
	ck_assert_int_eq(cti_http_new(&http, f->loop, &conf, &err), -EINVAL);
	ck_assert_ptr_nonnull(strstr(err.text, "http.allowed_peers"));
	conf.npeers = 1;
	ck_assert_int_eq(cti_http_new(&http, f->loop, &conf, &err), 0);
	cti_http_destroy(http);
}
END_TEST

START_TEST(https_without_its_files_stops_the_start)
{
	struct cti_http_conf conf = fixture_conf(f);
	struct cti_http *http = NULL;
	struct cti_err err;

	conf.tls_cert_file = "/nowhere/cert.pem";
	conf.tls_key_file = "/nowhere/key.pem";
	ck_assert_int_eq(cti_http_new(&http, f->loop, &conf, &err), -ENOENT);
	ck_assert_ptr_nonnull(strstr(err.text, "http.tls_cert_file"));
	conf.tls_cert_file = "/proc/self/status"; /* a file, but no PEM */
	conf.tls_key_file = "/proc/self/status";
	ck_assert_int_eq(cti_http_new(&http, f->loop, &conf, &err), -EINVAL);
	ck_assert_ptr_nonnull(strstr(err.text, "https cannot start"));
}
END_TEST

Suite *exposure_suite(void)
{
	Suite *suite = suite_create("exposure");
	TCase *container = tcase_create("container");
	TCase *network = tcase_create("network");

	tcase_add_checked_fixture(container, setup_container, teardown);
	tcase_add_test(container, container_asks_programs_for_the_key);
	tcase_add_test(container, container_serves_its_pages_by_their_token);
	tcase_add_test(container, who_lacks_the_key_learns_how_to_send_it);
	tcase_add_test(container, odd_peers_in_the_list_stop_the_start);
	tcase_add_test(container, https_without_its_files_stops_the_start);
	suite_add_tcase(suite, container);
	tcase_add_checked_fixture(network, setup_network, teardown);
	tcase_add_test(network, network_serves_programs_only);
	tcase_add_test(network, root_of_a_network_relay_only_says_what_it_is);
	suite_add_tcase(suite, network);
	return suite;
}
