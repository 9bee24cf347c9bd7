/* SPDX-License-Identifier: Apache-2.0 */
/* cli/test_client.c - which relay is asked, and how paths are written */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/client.h"
#include "suites.h"

enum { FLAGS = 4 };

static struct cti_conf *conf;
static struct cti_client *client;
static struct cti_err err;

static void setup(void)
{
	err = (struct cti_err){.code = CTI_OK};
}

static void teardown(void)
{
	cti_client_destroy(client);
	cti_conf_destroy(conf);
	client = NULL;
	conf = NULL;
}

/* Of values for http.listen, http.exposure, store.path. */
static int begin(const char *listen, const char *exposure, const char *store)
{
	const struct cti_conf_flag flags[] = {
		{"http.listen", listen},
		{"http.exposure", exposure},
		{"store.path", store},
	};
	const struct cti_conf_source source = {.flags = flags, .nflags = 3};
	struct cti_buf errors;

	cti_buf_init(&errors, 4096);
	ck_assert_int_eq(cti_conf_load(&conf, &source, &errors), 0);
	cti_buf_fini(&errors);
	return cti_client_new(&client, conf, &err);
}

static const struct {
	const char *listen;
	const char *url;
} places[] = {
	{"127.0.0.1:22550,[::1]:22550", "http://127.0.0.1:22550"},
	{"[::1]:9,127.0.0.1:8", "http://[::1]:9"},
	{"10.0.0.5:80,127.0.0.1:8", "http://127.0.0.1:8"},
	{"0.0.0.0:22550", "http://127.0.0.1:22550"},
	{"[::]:22550", "http://[::1]:22550"},
	{"10.0.0.5:80", "http://10.0.0.5:80"},
};

START_TEST(the_relay_is_where_the_configuration_has_it)
{
	ck_assert_int_eq(begin(places[_i].listen, "network", "/tmp/x.db"), 0);
	ck_assert_str_eq(cti_client_url(client), places[_i].url);
}
END_TEST

START_TEST(a_port_that_is_left_open_must_be_named)
{
	ck_assert_int_eq(begin("127.0.0.1:0", "loopback", "/tmp/x.db"),
			 -EINVAL);
	ck_assert_ptr_nonnull(strstr(err.text, "--url"));
	ck_assert_ptr_null(client);
}
END_TEST

START_TEST(the_key_is_needed_outside_of_loopback_only)
{
	ck_assert_int_eq(begin("127.0.0.1:9", "loopback", "/nonexistent/x.db"),
			 0);
	ck_assert_ptr_null(cti_client_trouble(client));
	teardown();
	ck_assert_int_eq(begin("127.0.0.1:9", "container", "/nonexistent/x.db"),
			 0);
	ck_assert_ptr_nonnull(
		strstr(cti_client_trouble(client), "/nonexistent/api.key"));
	ck_assert_int_eq(cti_client_aim(client, "http://127.0.0.1:9", &err), 0);
	ck_assert_ptr_null(cti_client_trouble(client));
}
END_TEST

START_TEST(a_key_that_cannot_be_read_is_refused)
{
	ck_assert_int_eq(begin("127.0.0.1:9", "loopback", "/tmp/x.db"), 0);
	ck_assert_int_eq(cti_client_key(client, "/nonexistent/k", &err),
			 -ENOENT);
	ck_assert_ptr_nonnull(strstr(err.text, "/nonexistent/k"));
}
END_TEST

static const struct {
	const char *url;
	const char *taken; /* NULL: refused */
} urls[] = {
	{"http://127.0.0.1:22551", "http://127.0.0.1:22551"},
	{"https://cti.example.com/", "https://cti.example.com"},
	{"http://[::1]:9", "http://[::1]:9"},
	{"", NULL},
	{"127.0.0.1:9", NULL},
	{"ftp://x", NULL},
	{"http://", NULL},
	{"http://x/y", NULL},
	{"http://x?y", NULL},
	{"http://a:b@x", NULL},
	{"file:///etc/passwd", NULL},
};

START_TEST(an_address_is_scheme_host_and_port)
{
	int got;

	ck_assert_int_eq(begin("127.0.0.1:9", "loopback", "/tmp/x.db"), 0);
	got = cti_client_aim(client, urls[_i].url, &err);
	ck_assert_int_eq(got, urls[_i].taken ? 0 : -EINVAL);
	ck_assert_str_eq(cti_client_url(client),
			 urls[_i].taken ? urls[_i].taken
					: "http://127.0.0.1:9");
}
END_TEST

START_TEST(nobody_at_the_port_is_a_refused_connection)
{
	struct cti_answer answer;

	cti_answer_init(&answer);
	/* tcpmux: nobody has it, and none but root could */
	ck_assert_int_eq(begin("127.0.0.1:1", "loopback", "/tmp/x.db"), 0);
	ck_assert_int_eq(cti_client_get(client, "/version", &answer, &err),
			 -ECONNREFUSED);
	ck_assert_ptr_nonnull(strstr(err.text, "http://127.0.0.1:1"));
	cti_answer_fini(&answer);
}
END_TEST

START_TEST(a_part_of_a_path_is_escaped)
{
	struct cti_buf url;

	cti_buf_init(&url, 256);
	ck_assert_int_eq(cti_url_add(&url, "+49 a/b?c=d&\xc3\xa4~-._"), 0);
	ck_assert_str_eq(cti_buf_text(&url),
			 "%2B49%20a%2Fb%3Fc%3Dd%26%C3%A4~-._");
	cti_buf_fini(&url);
}
END_TEST

Suite *suite_client(void)
{
	Suite *suite = suite_create("client");
	TCase *tc = tcase_create("client");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, the_relay_is_where_the_configuration_has_it, 0,
			    sizeof(places) / sizeof(places[0]));
	tcase_add_test(tc, a_port_that_is_left_open_must_be_named);
	tcase_add_test(tc, the_key_is_needed_outside_of_loopback_only);
	tcase_add_test(tc, a_key_that_cannot_be_read_is_refused);
	tcase_add_loop_test(tc, an_address_is_scheme_host_and_port, 0,
			    sizeof(urls) / sizeof(urls[0]));
	tcase_add_test(tc, nobody_at_the_port_is_a_refused_connection);
	tcase_add_test(tc, a_part_of_a_path_is_escaped);
	suite_add_tcase(suite, tc);
	return suite;
}
