/* SPDX-License-Identifier: Apache-2.0 */
/* cli/test_options.c - words become options, flags and sources */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/options.h"
#include "suites.h"

enum {
	WORDS_MAX = 8,
};

static const struct cti_option table[] = {
	{.name = "config", .letter = 'c', .metavar = "FILE"},
	{.name = "set", .metavar = "S.K=V", .kind = CTI_OPTION_SET},
	{.name = "listen",
	 .metavar = "A:P",
	 .key = "http.listen",
	 .kind = CTI_OPTION_ITEM},
	{.name = "driver",
	 .metavar = "NAME",
	 .key = "telephony.driver",
	 .kind = CTI_OPTION_KEY},
	{.name = "check", .letter = 'k'},
	{.name = NULL},
};

static struct cti_args args;
static struct cti_err err;

static int parse(const char *const *words)
{
	static char store[WORDS_MAX][64];
	char *argv[WORDS_MAX + 1];
	size_t n = 0;

	/* what was parsed before is let go of first */
	cti_args_fini(&args);
	for (; words[n]; n++) {
		ck_assert_uint_lt(n, WORDS_MAX);
		(void)snprintf(store[n], sizeof(store[n]), "%s", words[n]);
		argv[n] = store[n];
	}
	argv[n] = NULL;
	return cti_args_parse(&args, table, argv, &err);
}

static void teardown(void)
{
	cti_args_fini(&args);
}

/* Every way of writing one option, and the flag it makes. */
static const struct {
	const char *words[WORDS_MAX];
	const char *key;
	const char *value;
} flags[] = {
	{{"--listen", "127.0.0.1:0"}, "http.listen", "127.0.0.1:0"},
	{{"--listen=127.0.0.1:0"}, "http.listen", "127.0.0.1:0"},
	{{"--listen", "a:1", "--listen=b:2"}, "http.listen", "a:1,b:2"},
	{{"--driver", "x", "--driver", "y"}, "telephony.driver", "y"},
	{{"--driver="}, "telephony.driver", ""},
	{{"--set", "dial.merge_s=5"}, "dial.merge_s", "5"},
	{{"--set=dial.merge_s=5"}, "dial.merge_s", "5"},
	{{"--set", "store.path=/a=b"}, "store.path", "/a=b"},
	{{"--set", "sap.origins="}, "sap.origins", ""},
	{{"--set", "dial.merge_s=5", "--set", "dial.merge_s=6"},
	 "dial.merge_s",
	 "6"},
	{{"--listen", "a:1", "--set", "http.listen=c:3"}, "http.listen", "c:3"},
};

START_TEST(an_option_sets_its_key)
{
	ck_assert_int_eq(parse(flags[_i].words), 0);
	ck_assert_uint_eq(args.nflags, 1);
	ck_assert_str_eq(args.flags[0].key, flags[_i].key);
	ck_assert_str_eq(args.flags[0].value, flags[_i].value);
}
END_TEST

static const struct {
	const char *words[WORDS_MAX];
	const char *what;
} mistakes[] = {
	{{"--lisen", "x"}, "unknown option --lisen (--listen?)"},
	{{"--lisen=x"}, "unknown option --lisen=x (--listen?)"},
	{{"--list"}, "unknown option --list (--listen?)"},
	{{"--qwertz"}, "unknown option --qwertz"},
	{{"--=x"}, "unknown option --=x"},
	{{"-x"}, "unknown option -x"},
	{{"-drivr"}, "unknown option -drivr (--driver?)"},
	{{"--listen"}, "--listen needs a value: A:P"},
	{{"-c"}, "--config needs a value: FILE"},
	{{"--check=yes"}, "--check takes no value"},
	{{"-kk"}, "--check takes no value"},
	{{"--set", "dial"}, "--set dial is not section.key=value"},
	{{"--set", "dial=5"}, "--set dial=5 is not section.key=value"},
	{{"--set", "=5"}, "--set =5 is not section.key=value"},
	{{"--set", ""}, "--set  is not section.key=value"},
};

START_TEST(a_mistake_is_named_with_the_nearest_option)
{
	ck_assert_int_eq(parse(mistakes[_i].words), -EINVAL);
	ck_assert_str_eq(err.text, mistakes[_i].what);
}
END_TEST

START_TEST(switches_letters_and_operands_are_told_apart)
{
	static const char *const words[] = {"one", "-c", "file",    "--check",
					    "-",   "--", "--check", NULL};

	ck_assert_int_eq(parse(words), 0);
	ck_assert_str_eq(cti_args_value(&args, "config"), "file");
	ck_assert_str_eq(cti_args_value(&args, "check"), "");
	ck_assert_ptr_null(cti_args_value(&args, "driver"));
	ck_assert_uint_eq(args.noperands, 3);
	ck_assert_str_eq(args.operands[0], "one");
	ck_assert_str_eq(args.operands[1], "-");
	ck_assert_str_eq(args.operands[2], "--check");
	ck_assert_uint_eq(args.nflags, 0);
}
END_TEST

START_TEST(a_letter_takes_its_value_in_the_same_word)
{
	static const char *const words[] = {"-cmy.conf", NULL};

	ck_assert_int_eq(parse(words), 0);
	ck_assert_str_eq(cti_args_value(&args, "config"), "my.conf");
}
END_TEST

START_TEST(words_have_no_limit_and_keys_have_one)
{
	char words[CTI_FLAGS_MAX + 1][32];
	char *argv[CTI_FLAGS_MAX + 2];

	for (int i = 0; i <= CTI_FLAGS_MAX; i++) {
		(void)snprintf(words[i], sizeof(words[i]), "word%d", i);
		argv[i] = words[i];
	}
	argv[CTI_FLAGS_MAX + 1] = NULL;
	ck_assert_int_eq(cti_args_parse(&args, table, argv, &err), 0);
	ck_assert_uint_eq(args.noperands, CTI_FLAGS_MAX + 1);
	ck_assert_str_eq(args.operands[CTI_FLAGS_MAX], "word64");

	cti_args_fini(&args);
	for (int i = 0; i <= CTI_FLAGS_MAX; i++)
		(void)snprintf(words[i], sizeof(words[i]), "--set=a.k%d=1", i);
	ck_assert_int_eq(cti_args_parse(&args, table, argv, &err), -EINVAL);
	ck_assert_str_eq(err.text, "more than 64 keys are set");
}
END_TEST

/* The environment and the user's file that follows from it. */
static const struct {
	const char *env[3];
	const char *path;
} homes[] = {
	{{"HOME=/home/ada"}, "/home/ada/.config/patchcord/patchcord.conf"},
	{{"HOME=/home/ada", "XDG_CONFIG_HOME=/etc/ada"},
	 "/etc/ada/patchcord/patchcord.conf"},
	{{"HOME=/home/ada", "XDG_CONFIG_HOME="},
	 "/home/ada/.config/patchcord/patchcord.conf"},
	{{"HOME=/home/ada", "XDG_CONFIG_HOME=relative"},
	 "/home/ada/.config/patchcord/patchcord.conf"},
	{{"HOMER=/x", "XDG_CONFIG_HOMES=/y"}, NULL},
	{{"HOME="}, NULL},
	{{NULL}, NULL},
};

START_TEST(the_usual_files_follow_from_the_environment)
{
	static const char *const words[] = {"-c", "x", "--driver=y", NULL};
	struct cti_sources sources;
	const char *path;

	ck_assert_int_eq(parse(words), 0);
	ck_assert_int_eq(cti_sources_init(&sources, &args, homes[_i].env), 0);
	ck_assert_str_eq(sources.conf.files[0],
			 "/etc/patchcord/patchcord.conf");
	path = sources.conf.files[1];
	ck_assert_int_eq(path == NULL, homes[_i].path == NULL);
	if (path)
		ck_assert_str_eq(path, homes[_i].path);
	ck_assert_ptr_null(sources.conf.files[2]);
	ck_assert_str_eq(sources.conf.file, "x");
	ck_assert_ptr_eq(sources.conf.env, homes[_i].env);
	ck_assert_uint_eq(sources.conf.nflags, 1);
	ck_assert_str_eq(sources.conf.flags[0].key, "telephony.driver");
	cti_sources_fini(&sources);
}
END_TEST

Suite *suite_options(void)
{
	Suite *suite = suite_create("options");
	TCase *tc = tcase_create("options");

	tcase_add_checked_fixture(tc, NULL, teardown);
	tcase_add_loop_test(tc, an_option_sets_its_key, 0,
			    sizeof(flags) / sizeof(flags[0]));
	tcase_add_loop_test(tc, a_mistake_is_named_with_the_nearest_option, 0,
			    sizeof(mistakes) / sizeof(mistakes[0]));
	tcase_add_test(tc, switches_letters_and_operands_are_told_apart);
	tcase_add_test(tc, a_letter_takes_its_value_in_the_same_word);
	tcase_add_test(tc, words_have_no_limit_and_keys_have_one);
	tcase_add_loop_test(tc, the_usual_files_follow_from_the_environment, 0,
			    sizeof(homes) / sizeof(homes[0]));
	suite_add_tcase(suite, tc);
	return suite;
}
