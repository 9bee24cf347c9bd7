/* SPDX-License-Identifier: Apache-2.0 */
/* dist/man.c - fills a man page's template from the tables of the program */
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "conf/schema.h"

enum {
	LINE_SIZE = 1024,
	RANGE_SIZE = 128,
	LINE_FULL = 56, /* then it ends at the next blank */
};

#define say(...) cti_cli_say(stdout, __VA_ARGS__) /* main asks the stream */

/* --- text that roff takes as it is --- */

static void put_char(char c)
{
	if (c == '\\')
		say("\\e");
	else if (c == '-')
		say("\\-"); /* else a reader cannot copy an option */
	else
		say("%c", c);
}

/* Whether the blank ends a line: mdoc wants each sentence to begin one. */
static bool ends_line(const char *blank, size_t column)
{
	return *blank == ' ' && (blank[-1] == '.' || column > LINE_FULL);
}

/* As lines of their own. */
static void put_text(const char *text)
{
	size_t column = 0;

	for (; *text; text++) {
		if (*text == '\n' && !text[1])
			break;
		if (column && (*text == '\n' || ends_line(text, column))) {
			say("\n");
			column = 0;
			continue;
		}
		if (!column++ && (*text == '.' || *text == '\''))
			say("\\&");
		put_char(*text);
	}
	say("\n");
}

/* As one argument of a macro. */
static void put_argument(const char *text)
{
	say("\"\\&");
	for (; *text; text++) {
		if (*text == '"')
			say("\\(dq");
		else
			put_char(*text);
	}
	say("\"");
}

/* --- patchcord(1): the commands --- */

static void put_value(const struct cti_option *opt)
{
	if (!opt->metavar)
		return;
	say(" Ar ");
	put_argument(opt->metavar);
}

static void put_option(const struct cti_option *opt)
{
	say(".It ");
	if (opt->letter) {
		say("Fl %c", opt->letter);
		put_value(opt);
		say(" , ");
	}
	say("Fl -%s", opt->name);
	put_value(opt);
	say("\n");
	put_text(opt->help);
}

/* The page says once what every command has. */
static bool is_general(const struct cti_option *opt)
{
	return !strcmp(opt->name, "help");
}

static void put_options(const struct cti_option *options)
{
	size_t n = 0;

	for (const struct cti_option *opt = options; opt->name; opt++) {
		if (is_general(opt))
			continue;
		if (!n++)
			say(".Bl -tag -width Ds\n");
		put_option(opt);
	}
	if (n)
		say(".El\n");
}

/* The words behind the command's own, "hangup" of "call hangup". */
static void put_words(const struct cti_word *words)
{
	say(".Bl -tag -width Ds\n");
	for (const struct cti_word *word = words; word->name; word++) {
		say(".It Cm %s", word->name);
		if (word->operands) {
			say(" Ar ");
			put_argument(word->operands);
		}
		say("\n");
		put_text(word->summary);
	}
	say(".El\n");
}

static void put_command(const struct cti_command *command)
{
	say(".It Xo\n.Nm Cm %s\n", command->name);
	if (command->options[0].name && !is_general(command->options))
		say(".Op Ar option ...\n");
	if (command->operands)
		put_text(command->operands);
	say(".Xc\n");
	put_text(command->summary);
	if (command->about) {
		say(".br\n");
		put_text(command->about);
	}
	if (command->words)
		put_words(command->words);
	put_options(command->options);
}

static void put_commands(void)
{
	say(".Bl -tag -width Ds\n");
	for (const struct cti_command *const *at = cti_commands; *at; at++)
		put_command(*at);
	say(".El\n");
}

/* --- patchcord.conf(5): the keys --- */

static void put_default(const struct cti_key *key)
{
	if (!*key->fallback) {
		say("Default: empty.\n");
		return;
	}
	say("Default:\n.Ql ");
	put_argument(key->fallback);
	say(" .\n");
}

static void put_range(const struct cti_key *key)
{
	char range[RANGE_SIZE];

	cti_schema_range(range, sizeof(range), key);
	say(".br\nTakes:\n");
	put_text(range);
}

static void put_key(const struct cti_key *key)
{
	char env[CTI_KEY_SIZE];

	say(".It Ic %s\n", key->name);
	put_text(key->help);
	say(".br\n");
	put_default(key);
	put_range(key);
	if (cti_schema_titled(key))
		return;
	cti_schema_env(env, key);
	say(".br\nVariable:\n.Ev %s\n", env);
}

static void put_section(const struct cti_key *key)
{
	say(".Ss %s%s\n", key->section,
	    cti_schema_titled(key) ? " \\(dqID\\(dq" : "");
	say(".Bl -tag -width Ds\n");
}

static void put_keys(void)
{
	size_t n;
	const struct cti_key *keys = cti_schema_keys(&n);

	for (size_t i = 0; i < n; i++) {
		if (!i || strcmp(keys[i].section, keys[i - 1].section) != 0)
			put_section(&keys[i]);
		put_key(&keys[i]);
		if (i + 1 == n ||
		    strcmp(keys[i].section, keys[i + 1].section) != 0)
			say(".El\n");
	}
}

/* --- the template --- */

/* A mark is a comment of roff, so that a template is a page, too. */
static const struct {
	const char *mark;
	void (*put)(void);
} marks[] = {
	{".\\\" commands\n", put_commands},
	{".\\\" keys\n", put_keys},
};

static void put_line(const char *line)
{
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		if (!strcmp(marks[i].mark, line)) {
			marks[i].put();
			return;
		}
	}
	say("%s", line);
}

int main(void)
{
	char line[LINE_SIZE];

	while (fgets(line, sizeof(line), stdin))
		put_line(line);
	return ferror(stdin) || fflush(stdout) || ferror(stdout);
}
