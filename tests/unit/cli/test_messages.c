/* SPDX-License-Identifier: Apache-2.0 */
/* cli/test_messages.c - messages found in texts, files and folders */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/messages.h"
#include "suites.h"

enum { SEEN = 1024 };

static char seen[SEEN];
static int stop_with;

static int note(void *arg, const struct message *m)
{
	const char *base = strrchr(m->file, '/');
	size_t len = strlen(seen);

	(void)arg;
	(void)snprintf(seen + len, sizeof(seen) - len,
		       "%s:%zu:", base ? base + 1 : m->file, m->number);
	len = strlen(seen);
	ck_assert_uint_lt(len + m->len + 2, sizeof(seen));
	memcpy(seen + len, m->text, m->len);
	memcpy(seen + len + m->len, ";", 2);
	return stop_with;
}

static void unread(void *arg, const char *path, const char *why)
{
	size_t len = strlen(seen);
	const char *base = strrchr(path, '/');

	(void)arg;
	(void)snprintf(seen + len, sizeof(seen) - len, "(%s: %s)",
		       base ? base + 1 : path, why);
}

static struct messages all = {.fn = note, .unread = unread};

static void setup(void)
{
	seen[0] = '\0';
	stop_with = 0;
	all.files = 0;
}

static const struct {
	const char *text;
	const char *wanted;
} texts[] = {
	{"", "f:1:;"},
	{"{\"a\":1}", "f:1:{\"a\":1};"},
	{"  {\"a\":1}\n", "f:1:{\"a\":1};"},
	{"{\n\"a\": 1\n}", "f:1:{\n\"a\": 1\n};"},
	{"[{\"a\":1},{\"b\":2}]", "f:1:{\"a\":1};f:2:{\"b\":2};"},
	{"[]", ""},
	{"[1,\"x\"]", "f:1:1;f:2:\"x\";"},
	{"{\"a\":1}\n{\"b\":2}\n", "f:1:{\"a\":1};f:2:{\"b\":2};"},
	{"{\"a\":1}\n\n{broken\r\n{\"b\":2}",
	 "f:1:{\"a\":1};f:2:{broken;f:3:{\"b\":2};"},
	{"{broken", "f:1:{broken;"},
	{"[{\"a\":1},", "f:1:[{\"a\":1},;"},
	{"<payload><a>1</a></payload>", "f:1:<payload><a>1</a></payload>;"},
	{"\"text\"", "f:1:\"text\";"},
	{"{\"type\":\"call.ringing\",\"sap\":{\"payload\":{}}}\n"
	 "{\"type\":\"call.held\",\"sap\":null}\n",
	 "f:1:{\"payload\":{}};"},
	{"{\"sap\":null}", "f:1:{\"sap\":null};"},
};

START_TEST(messages_are_found_in_a_text)
{
	const char *text = texts[_i].text;

	ck_assert_int_eq(messages_text(&all, "f", text, strlen(text)), 0);
	ck_assert_str_eq(seen, texts[_i].wanted);
}
END_TEST

START_TEST(who_reads_can_stop)
{
	static const char text[] = "[{\"a\":1},{\"b\":2}]";

	stop_with = -ENOMEM;
	ck_assert_int_eq(messages_text(&all, "f", text, strlen(text)), -ENOMEM);
	ck_assert_str_eq(seen, "f:1:{\"a\":1};");
}
END_TEST

static void write_file(const char *folder, const char *name, const char *text)
{
	char path[256];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	ck_assert_int_ge(fputs(text, file), 0);
	ck_assert_int_eq(fclose(file), 0);
}

START_TEST(a_folder_is_read_by_name_with_those_inside)
{
	static const char *const files[] = {"b.json",	  "a.xml",
					    "c.txt",	  ".d.json",
					    "in/e.jsonl", "in/f.ndjson"};
	char folder[] = "/tmp/cti-messages-XXXXXX", path[256];

	ck_assert_ptr_nonnull(mkdtemp(folder));
	(void)snprintf(path, sizeof(path), "%s/in", folder);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		write_file(folder, files[i], "{}");
	ck_assert_int_eq(messages_path(&all, folder, NULL), 0);
	ck_assert_str_eq(seen, "a.xml:1:{};b.json:1:{};e.jsonl:1:{};"
			       "f.ndjson:1:{};");
	ck_assert_uint_eq(all.files, 4);
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", folder, files[i]);
		ck_assert_int_eq(unlink(path), 0);
	}
	(void)snprintf(path, sizeof(path), "%s/in", folder);
	ck_assert_int_eq(rmdir(path), 0);
	ck_assert_int_eq(rmdir(folder), 0);
}
END_TEST

START_TEST(what_cannot_be_read_is_told)
{
	ck_assert_int_eq(messages_path(&all, "/nonexistent/x.json", NULL), 0);
	ck_assert_str_eq(seen, "(x.json: No such file or directory)");
	setup();
	ck_assert_int_eq(messages_path(&all, "-", NULL), 0);
	ck_assert_str_eq(seen, "(-: there is no input)");
}
END_TEST

START_TEST(the_standard_input_is_a_dash)
{
	char text[] = "{\"a\":1}";
	FILE *in = fmemopen(text, strlen(text), "r");

	ck_assert_ptr_nonnull(in);
	ck_assert_int_eq(messages_path(&all, "-", in), 0);
	ck_assert_str_eq(seen, "-:1:{\"a\":1};");
	ck_assert_int_eq(fclose(in), 0);
}
END_TEST

Suite *suite_messages(void)
{
	Suite *suite = suite_create("messages");
	TCase *tc = tcase_create("messages");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_loop_test(tc, messages_are_found_in_a_text, 0,
			    sizeof(texts) / sizeof(texts[0]));
	tcase_add_test(tc, who_reads_can_stop);
	tcase_add_test(tc, a_folder_is_read_by_name_with_those_inside);
	tcase_add_test(tc, what_cannot_be_read_is_told);
	tcase_add_test(tc, the_standard_input_is_a_dash);
	suite_add_tcase(suite, tc);
	return suite;
}
