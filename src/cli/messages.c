/* SPDX-License-Identifier: Apache-2.0 */
/* cli/messages.c - messages to SAP, out of files, folders and streams */
#include "cli/messages.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cti/buf.h"
#include "cti/json.h"

/* --- one text --- */

/* What is handed on, and how many were. */
struct cut {
	struct messages *m;
	const char *file;
	size_t number;
};

static int cut_one(struct cut *cut, const char *text, size_t len)
{
	const struct message message = {
		.file = cut->file,
		.number = ++cut->number,
		.text = text,
		.len = len,
	};

	return cut->m->fn(cut->m->arg, &message);
}

/* An event of ours carries a message, or has nothing for SAP. */
static int cut_value(struct cut *cut, const struct cti_json_value *v)
{
	const struct cti_json_value *sap = cti_json_find(v, "sap");

	if (!sap || !cti_json_str(v, "type"))
		return cut_one(cut, v->raw, v->raw_len);
	if (sap->type == CTI_JSON_NULL)
		return 0;
	return cut_one(cut, sap->raw, sap->raw_len);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Lines of JSON: more than one, and the first stands for itself. */
static bool is_lines(const char *text, size_t len)
{
	const char *end = memchr(text, '\n', len);
	size_t first = end ? (size_t)(end - text) : len;
	struct cti_json *doc = NULL;
	bool is;

	while (end && end < text + len && is_blank(*end))
		end++;
	if (!end || end == text + len || *text != '{')
		return false;
	is = !cti_json_parse(&doc, text, first, MESSAGES_MAX, NULL);
	cti_json_destroy(doc);
	return is;
}

static int cut_line(struct cut *cut, const char *line, size_t len)
{
	struct cti_json *doc = NULL;
	int err;

	while (len && is_blank(line[len - 1]))
		len--;
	if (!len)
		return 0;
	err = cti_json_parse(&doc, line, len, MESSAGES_MAX, NULL);
	if (err == -ENOMEM)
		return err;
	err = err ? cut_one(cut, line, len)
		  : cut_value(cut, cti_json_root(doc));
	cti_json_destroy(doc);
	return err;
}

static int cut_lines(struct cut *cut, const char *text, size_t len)
{
	int err = 0;

	while (len && !err) {
		const char *end = memchr(text, '\n', len);
		size_t line = end ? (size_t)(end - text) + 1 : len;

		err = cut_line(cut, text, line);
		text += line;
		len -= line;
	}
	return err;
}

static int cut_json(struct cut *cut, const char *text, size_t len)
{
	struct cti_json *doc = NULL;
	const struct cti_json_value *root;
	int err = cti_json_parse(&doc, text, len, MESSAGES_MAX, NULL);

	if (err == -ENOMEM)
		return err;
	if (err)
		return cut_one(cut, text, len); /* the lint says what it is */
	root = cti_json_root(doc);
	if (root->type != CTI_JSON_ARRAY)
		err = cut_value(cut, root);
	for (const struct cti_json_value *v =
		     root->type == CTI_JSON_ARRAY ? root->first : NULL;
	     v && !err; v = v->next)
		err = cut_value(cut, v);
	cti_json_destroy(doc);
	return err;
}

int messages_text(struct messages *m, const char *file, const char *text,
		  size_t len)
{
	struct cut cut = {.m = m, .file = file};

	while (len && is_blank(*text)) {
		text++;
		len--;
	}
	if (is_lines(text, len))
		return cut_lines(&cut, text, len);
	if (len && (*text == '[' || *text == '{'))
		return cut_json(&cut, text, len);
	return cut_one(&cut, text, len);
}

/* --- one file --- */

static int stream_read(struct cti_buf *out, FILE *in)
{
	char part[16384];
	size_t n;
	int err = 0;

	while (!err && (n = fread(part, 1, sizeof(part), in)) > 0)
		err = cti_buf_add(out, part, n);
	return !err && ferror(in) ? -EIO : err;
}

static int file_read(struct messages *m, const char *path, FILE *in)
{
	struct cti_buf text;
	int err;

	cti_buf_init(&text, MESSAGES_MAX);
	err = stream_read(&text, in);
	if (err && err != -ENOMEM) {
		m->unread(m->arg, path,
			  err == -ENOBUFS ? "too large" : strerror(-err));
		err = 0;
	} else if (!err) {
		m->files++;
		err = messages_text(m, path, cti_buf_text(&text), text.len);
	}
	cti_buf_fini(&text);
	return err;
}

static int file_open(struct messages *m, const char *path)
{
	FILE *in = fopen(path, "re");
	int err;

	if (!in) {
		m->unread(m->arg, path, strerror(errno));
		return 0;
	}
	err = file_read(m, path, in);
	(void)fclose(in); /* it was only read */
	return err;
}

/* --- folders --- */

static int path_any(struct messages *m, const char *path, int depth);

static bool is_message_name(const char *name)
{
	static const char *const ends[] = {".json", ".jsonl", ".ndjson",
					   ".xml"};
	size_t len = strlen(name);

	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		size_t end = strlen(ends[i]);

		if (len > end && !strcmp(name + len - end, ends[i]))
			return true;
	}
	return false;
}

static int is_wanted(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static bool is_folder(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISDIR(st.st_mode);
}

/* A link to a folder could lead round in circles. */
static bool is_own_folder(const char *path)
{
	struct stat st;

	return !lstat(path, &st) && S_ISDIR(st.st_mode);
}

static bool is_special(const char *path)
{
	struct stat st;

	return !stat(path, &st) && !S_ISREG(st.st_mode);
}

static int entry_read(struct messages *m, const char *path, const char *name,
		      int depth)
{
	if (is_own_folder(path))
		return path_any(m, path, depth + 1);
	if (!is_message_name(name))
		return 0;
	if (!is_special(path))
		return file_open(m, path);
	m->unread(m->arg, path, "not a file");
	return 0;
}

static int folder_entry(struct messages *m, const char *folder,
			const char *name, int depth)
{
	struct cti_buf path;
	size_t len = strlen(folder);
	bool slash = len && folder[len - 1] == '/';
	int err;

	cti_buf_init(&path, MESSAGES_MAX);
	err = cti_buf_fmt(&path, "%s%s%s", folder, slash ? "" : "/", name);
	if (!err)
		err = entry_read(m, cti_buf_text(&path), name, depth);
	cti_buf_fini(&path);
	return err;
}

static int folder_read(struct messages *m, const char *path, int depth)
{
	struct dirent **entries = NULL;
	int err = 0, n;

	if (depth > MESSAGES_DEPTH) {
		m->unread(m->arg, path, "too deep");
		return 0;
	}
	n = scandir(path, &entries, is_wanted, alphasort);
	if (n < 0) {
		m->unread(m->arg, path, strerror(errno));
		return 0;
	}
	for (int i = 0; i < n; i++) {
		if (!err)
			err = folder_entry(m, path, entries[i]->d_name, depth);
		free(entries[i]);
	}
	free(entries);
	return err;
}

static int path_any(struct messages *m, const char *path, int depth)
{
	if (is_folder(path))
		return folder_read(m, path, depth);
	return file_open(m, path);
}

int messages_path(struct messages *m, const char *path, FILE *in)
{
	if (strcmp(path, "-") != 0)
		return path_any(m, path, 0);
	if (in)
		return file_read(m, "-", in);
	m->unread(m->arg, "-", "there is no input");
	return 0;
}
