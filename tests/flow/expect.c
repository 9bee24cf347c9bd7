/* SPDX-License-Identifier: Apache-2.0 */
/* flow/expect.c - what an answer must hold */
#include <stdlib.h>
#include <string.h>

#include "harness.h"

static const struct cti_json_value *child(const struct cti_json_value *v,
					  const char *name, size_t len)
{
	size_t index = strtoul(name, NULL, 10);
	const struct cti_json_value *at = v->first;

	if (v->type == CTI_JSON_ARRAY) {
		while (at && index--)
			at = at->next;
		return at;
	}
	while (at && (strncmp(at->key, name, len) != 0 || at->key[len]))
		at = at->next;
	return at;
}

const struct cti_json_value *json_at(const struct cti_json_value *v,
				     const char *path)
{
	while (v && *path) {
		size_t len = strcspn(path, ".");

		if (v->type != CTI_JSON_OBJECT && v->type != CTI_JSON_ARRAY)
			return NULL;
		v = child(v, path, len);
		path += len;
		path += *path == '.';
	}
	return v;
}

static const struct cti_json_value *must(const struct cti_json_value *v,
					 const char *path)
{
	const struct cti_json_value *at = json_at(v, path);

	ck_assert_msg(v != NULL, "no JSON to take %s from", path);
	ck_assert_msg(at != NULL, "no %s in %.*s", path, (int)v->raw_len,
		      v->raw);
	return at;
}

const char *json_text(const struct cti_json_value *v, const char *path)
{
	return must(v, path)->text;
}

int64_t json_int(const struct cti_json_value *v, const char *path)
{
	const struct cti_json_value *at = must(v, path);

	ck_assert_msg(at->type == CTI_JSON_NUMBER, "%s is no number: %.*s",
		      path, (int)at->raw_len, at->raw);
	return strtoll(at->text, NULL, 10);
}

size_t json_count(const struct cti_json_value *v, const char *path)
{
	const struct cti_json_value *at = must(v, path)->first;
	size_t n = 0;

	for (; at; at = at->next)
		n++;
	return n;
}

bool json_holds(const struct cti_json_value *v, const char *path,
		const char *text)
{
	const struct cti_json_value *at = must(v, path)->first;

	for (; at; at = at->next)
		if (at->text && strcmp(at->text, text) == 0)
			return true;
	return false;
}

void expect_text(const struct cti_json_value *v, const char *path,
		 const char *text)
{
	const struct cti_json_value *at = must(v, path);

	ck_assert_msg(at->type == CTI_JSON_STRING &&
			      strcmp(at->text, text) == 0,
		      "%s is %.*s, not \"%s\"", path, (int)at->raw_len, at->raw,
		      text);
}

void expect_null(const struct cti_json_value *v, const char *path)
{
	const struct cti_json_value *at = must(v, path);

	ck_assert_msg(at->type == CTI_JSON_NULL, "%s is %.*s, not null", path,
		      (int)at->raw_len, at->raw);
}

void expect_bool(const struct cti_json_value *v, const char *path, bool is)
{
	const struct cti_json_value *at = must(v, path);

	ck_assert_msg(at->type == CTI_JSON_BOOL && at->boolean == is,
		      "%s is %.*s", path, (int)at->raw_len, at->raw);
}

void expect_int(const struct cti_json_value *v, const char *path, int64_t is)
{
	ck_assert_msg(json_int(v, path) == is, "%s is %s, not %lld", path,
		      json_text(v, path), (long long)is);
}

void expect_status(const struct flow *f, int status)
{
	ck_assert_msg(f->status == status, "status %d, not %d: %s", f->status,
		      status, f->last.body);
}

/* What an agent or an administrator reads. */
static void expect_sentence(const struct flow *f, const char *path)
{
	const char *text = json_text(f->json, path);
	size_t len = strlen(text);

	ck_assert_msg(len > 1 && text[0] >= 'A' && text[0] <= 'Z' &&
			      text[len - 1] == '.' && text[len - 2] != '.',
		      "%s is no sentence: %s", path, text);
}

void expect_problem(struct flow *f, int status, const char *code)
{
	const char *type = flow_header(f, "Content-Type");

	expect_status(f, status);
	ck_assert_ptr_nonnull(type);
	ck_assert_str_eq(type, "application/problem+json");
	expect_text(f->json, "code", code);
	expect_int(f->json, "status", status);
	ck_assert_uint_gt(strlen(json_text(f->json, "type")), 0);
	ck_assert_uint_gt(strlen(json_text(f->json, "title")), 0);
	expect_sentence(f, "detail");
	expect_sentence(f, "fix");
}
