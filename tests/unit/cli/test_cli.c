/* SPDX-License-Identifier: Apache-2.0 */
/* cli/test_cli.c - commands, what they print and their exit codes */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app.h"
#include "cli/cli.h"
#include "cti/buf.h"
#include "cti/conf.h"
#include "suites.h"

enum {
	WORDS_MAX = 8,
};

/* The server of these tests: notes how it was called. */
static struct {
	int calls;
	bool check_only;
	char listen[64];
	char driver[64];
	int err;
} app;

static int app_called(const struct cti_conf *conf, bool check_only)
{
	app.calls++;
	app.check_only = check_only;
	(void)snprintf(app.listen, sizeof(app.listen), "%s",
		       cti_conf_item(conf, "http.listen", 0));
	(void)snprintf(app.driver, sizeof(app.driver), "%s",
		       cti_conf_str(conf, "telephony.driver"));
	return app.err;
}

int cti_app_check(const struct cti_conf *conf)
{
	return app_called(conf, true);
}

int cti_app_serve(struct cti_conf *conf, const struct cti_app_source *source)
{
	struct cti_conf *again = NULL;
	struct cti_buf findings;

	cti_buf_init(&findings, 4096);
	/* it can be read again as often as the server is told to */
	ck_assert_int_eq(source->load(source->arg, &again, &findings), 0);
	ck_assert_str_eq(cti_conf_item(again, "http.listen", 0),
			 cti_conf_item(conf, "http.listen", 0));
	cti_conf_destroy(again);
	cti_buf_fini(&findings);
	return app_called(conf, false);
}

static char *out, *err_out;

static void setup(void)
{
	memset(&app, 0, sizeof(app));
}

static void teardown(void)
{
	free(out);
	free(err_out);
	out = err_out = NULL;
}

static int run_in(const char *const *env, const char *const *words)
{
	static char program[] = "patchcord";
	static char store[WORDS_MAX][128];
	char *argv[WORDS_MAX + 2] = {program};
	size_t out_size, err_size;
	struct cti_cli cli = {.env = env};
	int argc = 1, code;

	teardown();
	for (; words[argc - 1]; argc++) {
		(void)snprintf(store[argc - 1], sizeof(store[0]), "%s",
			       words[argc - 1]);
		argv[argc] = store[argc - 1];
	}
	cli.out = open_memstream(&out, &out_size);
	cli.err = open_memstream(&err_out, &err_size);
	ck_assert(cli.out && cli.err);
	code = cti_cli_run(&cli, argc, argv);
	ck_assert_int_eq(fclose(cli.out), 0);
	ck_assert_int_eq(fclose(cli.err), 0);
	return code;
}

static int run(const char *const *words)
{
	static const char *const env[] = {NULL};

	return run_in(env, words);
}

/* Words, their exit code, and what must be on either stream. */
static const struct {
	const char *words[WORDS_MAX];
	int code;
	const char *out;
	const char *err;
} cases[] = {
	{{NULL}, 2, "", "Usage: patchcord COMMAND"},
	{{"help"}, 0, "  check-config ", ""},
	{{"--help"}, 0, "  serve ", ""},
	{{"-h"}, 0, "Usage: patchcord COMMAND", ""},
	{{"help", "serve"}, 0, "--listen ADDRESS:PORT", ""},
	{{"help", "help"}, 0, "patchcord help [OPTION...] [COMMAND]", ""},
	{{"help", "serv"}, 2, "", "unknown command serv (serve?)"},
	{{"help", "serve", "x"}, 2, "", "unexpected word x"},
	{{"serve", "--help"}, 0, "  -c, --config FILE", ""},
	{{"serve", "-h"}, 0, "Usage: patchcord serve", ""},
	{{"version"}, 0, "patchcord " CTI_VERSION "\n", ""},
	{{"--version"}, 0, "patchcord " CTI_VERSION "\n", ""},
	{{"-V"}, 0, "patchcord " CTI_VERSION "\n", ""},
	{{"chek-config"}, 2, "", "unknown command chek-config (check-config?)"},
	{{"qwertzuiop"}, 2, "", "unknown command qwertzuiop\nTry: patchcord"},
	{{"serve", "--lisen", "x"},
	 2,
	 "",
	 "patchcord serve: unknown option --lisen (--listen?)\nUsage: "},
	{{"serve", "now"}, 2, "", "patchcord serve: unexpected word now\n"},
	{{"serve", "--set", "x"}, 2, "", "is not section.key=value"},
	{{"serve", "--listen", "nowhere"},
	 1,
	 "",
	 "command line: http.listen: \"nowhere\" is not ADDRESS:PORT"},
	{{"serve", "-c", "/nonexistent/x.conf"}, 1, "", "cannot be read: "},
	{{"check-config"}, 0, "OK\n", ""},
	{{"check-config", "--set", "dial.merge_s=5"}, 0, "OK\n", ""},
	{{"check-config", "--set", "number.region=XX"}, 1, "", ""},
	{{"check-config", "--set", "dial.merge_s=99"},
	 1,
	 "command line: dial.merge_s: 99 is over 60\n",
	 ""},
	{{"check-config", "-c", "/nonexistent/x.conf"},
	 1,
	 "/nonexistent/x.conf: cannot be read: ",
	 ""},
	{{"help-config"}, 0, "PATCHCORD_DIAL_MERGE_S", ""},
	{{"help-config", "--example"}, 0, "# merge_s = 3\n", ""},
	{{"help-config", "x"}, 2, "", "unexpected word x"},
	{{"help"}, 0, "Calls of a running relay:\n  dial ", ""},
	{{"help", "call"}, 0, "  transfer CALL NUMBER ", ""},
	{{"explain", "+49", "30", "1234567"},
	 0,
	 "It is dialed as 0049301234567\n",
	 ""},
	{{"explain", "--json", "+49301234567"},
	 0,
	 "\"dialed\":\"0049301234567\"",
	 ""},
	{{"explain", "110"}, 1, "It is refused: ", ""},
	{{"explain", "030 12345"}, 1, "number.region", ""},
	{{"explain"}, 2, "", "which NUMBER?\nUsage: patchcord explain "},
	{{"explain", "--set", "x.y=1", "1"}, 1, "", "x.y"},
	{{"lint", "--rules"}, 0, "id.missing  error  ExternalReferenceID", ""},
	{{"lint", "--rules", "--json"}, 0, "{\"rules\":[{\"rule\":", ""},
	{{"lint", "/nonexistent/x"}, 1, "0 messages", "/nonexistent/x: No "},
	{{"lint"}, 1, "0 messages", "there is no input"},
	{{"call"}, 2, "", "which word?"},
	{{"call", "anwser"}, 2, "", "unknown word anwser (answer?)"},
	{{"call", "dtmf", "1"}, 2, "", "dtmf needs more: CALL DIGITS"},
	{{"call", "redial"}, 2, "", "redial needs more: CALL"},
	{{"call", "list", "--script", "ring"},
	 2,
	 "",
	 "--script goes with inbound only"},
	{{"dial"}, 2, "", "which NUMBER?"},
	{{"events", "--last", "1x"}, 2, "", "--last takes a number"},
	{{"status", "--set", "http.listen=127.0.0.1:1"},
	 1,
	 "",
	 "No relay answers at http://127.0.0.1:1"},
	{{"health", "--url", "x"}, 1, "", "x is no address of a relay"},
	{{"completion", "bash"}, 0, "complete -F _patchcord patchcord\n", ""},
	{{"completion"}, 2, "", "for which shell?"},
	{{"version", "--json"}, 0, "\"version\":\"" CTI_VERSION "\"", ""},
};

static void assert_said(const char *text, const char *wanted)
{
	ck_assert_msg(*wanted ? strstr(text, wanted) != NULL : !*text,
		      "wanted %s, got %s", wanted, text);
}

START_TEST(a_command_prints_and_answers_as_it_should)
{
	int code = run(cases[_i].words);

	assert_said(out, cases[_i].out);
	assert_said(err_out, cases[_i].err);
	ck_assert_int_eq(code, cases[_i].code);
	ck_assert_int_eq(app.calls, 0);
}
END_TEST

START_TEST(serve_runs_the_server_with_its_flags)
{
	static const char *const words[] = {"serve", "--listen=127.0.0.1:0",
					    "--driver", "asterisk", NULL};

	ck_assert_int_eq(run(words), 0);
	ck_assert_int_eq(app.calls, 1);
	ck_assert(!app.check_only);
	ck_assert_str_eq(app.listen, "127.0.0.1:0");
	ck_assert_str_eq(app.driver, "asterisk");
}
END_TEST

START_TEST(serve_check_only_checks_and_reports_failure)
{
	static const char *const words[] = {"serve", "--check", NULL};

	ck_assert_int_eq(run(words), 0);
	ck_assert(app.check_only);
	app.err = -EADDRINUSE;
	ck_assert_int_eq(run(words), 1);
	ck_assert_int_eq(app.calls, 2);
}
END_TEST

START_TEST(the_environment_reaches_the_configuration)
{
	static const char *const env[] = {"PATCHCORD_TELEPHONY_DRIVER=baresip",
					  NULL};
	static const char *const words[] = {"serve", NULL};

	ck_assert_int_eq(run_in(env, words), 0);
	ck_assert_str_eq(app.driver, "baresip");
}
END_TEST

START_TEST(the_users_file_is_read)
{
	static const char *const words[] = {"serve", NULL};
	char home[] = "/tmp/cti-cli-XXXXXX", folder[64], path[96], env[64];
	const char *const envp[] = {env, NULL};
	FILE *fp;

	ck_assert_ptr_nonnull(mkdtemp(home));
	(void)snprintf(env, sizeof(env), "XDG_CONFIG_HOME=%s", home);
	(void)snprintf(folder, sizeof(folder), "%s/patchcord", home);
	(void)snprintf(path, sizeof(path), "%s/patchcord.conf", folder);
	ck_assert_int_eq(mkdir(folder, 0700), 0);
	fp = fopen(path, "w");
	ck_assert_ptr_nonnull(fp);
	ck_assert_int_ge(fputs("telephony { driver = mine }\n", fp), 0);
	ck_assert_int_eq(fclose(fp), 0);

	ck_assert_int_eq(run_in(envp, words), 0);
	ck_assert_str_eq(app.driver, "mine");
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(rmdir(folder), 0);
	ck_assert_int_eq(rmdir(home), 0);
}
END_TEST

START_TEST(output_that_cannot_be_written_is_a_failure)
{
	static char program[] = "patchcord", command[] = "version";
	static const char *const env[] = {NULL};
	char *argv[] = {program, command, NULL};
	struct cti_cli cli = {.err = stderr, .env = env};

	cli.out = fopen("/dev/full", "w");
	ck_assert_ptr_nonnull(cli.out);
	ck_assert_int_eq(cti_cli_run(&cli, 2, argv), 1);
	(void)fclose(cli.out); /* full again */
}
END_TEST

Suite *suite_cli(void)
{
	Suite *suite = suite_create("cli");
	TCase *tc = tcase_create("cli");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, a_command_prints_and_answers_as_it_should, 0,
			    sizeof(cases) / sizeof(cases[0]));
	tcase_add_test(tc, serve_runs_the_server_with_its_flags);
	tcase_add_test(tc, serve_check_only_checks_and_reports_failure);
	tcase_add_test(tc, the_environment_reaches_the_configuration);
	tcase_add_test(tc, the_users_file_is_read);
	tcase_add_test(tc, output_that_cannot_be_written_is_a_failure);
	suite_add_tcase(suite, tc);
	return suite;
}
