/* SPDX-License-Identifier: Apache-2.0 */
/* sap/lint_xml.c - reads an XML message for the lint */
#include <errno.h>
#include <expat.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "sap/lint.h"

enum { XML_DEPTH_ROOT = 1, XML_DEPTH_FIELD = 2 };

struct xml_reader {
	struct lint_msg *msg;
	XML_Parser parser;
	int depth;
	bool nested;	      /* the current field has elements inside */
	struct cti_buf value; /* text of the current field */
	int err;
};

static void xml_stop(struct xml_reader *r, int err)
{
	r->err = err;
	(void)XML_StopParser(r->parser, XML_FALSE); /* only fails if stopped */
}

static void xml_root(struct xml_reader *r, const char *name)
{
	char hint[LINT_HINT] = "";

	if (!strcmp(name, "payload"))
		return;
	if (!strcasecmp(name, "payload"))
		(void)snprintf(hint, sizeof(hint), "Write it in lower case.");
	cti_lint_flaw(r->msg, LINT_XML_ROOT, name, hint);
}

static void xml_start(void *arg, const XML_Char *name, const XML_Char **attrs)
{
	struct xml_reader *r = arg;

	r->depth++;
	if (attrs[0])
		cti_lint_flaw(r->msg, LINT_XML_ATTRIBUTE, name, NULL);
	if (r->depth == XML_DEPTH_ROOT)
		xml_root(r, name);
	if (r->depth == XML_DEPTH_FIELD) {
		r->nested = false;
		cti_buf_reset(&r->value);
	}
	if (r->depth > XML_DEPTH_FIELD)
		r->nested = true;
}

static void xml_end(void *arg, const XML_Char *name)
{
	struct xml_reader *r = arg;
	const char *value = r->nested ? "" : cti_buf_text(&r->value);
	int err;

	if (r->depth-- != XML_DEPTH_FIELD)
		return;
	if (cti_lint_field_find(r->msg, name)) {
		cti_lint_flaw(r->msg, LINT_TWICE, name, NULL);
		return;
	}
	err = cti_lint_field_add(r->msg, name, value,
				 r->nested ? LINT_NESTED : LINT_TEXT);
	if (err)
		xml_stop(r, err);
}

static void xml_text(void *arg, const XML_Char *text, int len)
{
	struct xml_reader *r = arg;
	int err;

	if (r->depth != XML_DEPTH_FIELD || len <= 0)
		return;
	err = cti_buf_add(&r->value, text, (size_t)len);
	if (err)
		xml_stop(r, err);
}

/* Nothing after a DOCTYPE is read, so no entity is ever expanded. */
static void xml_doctype(void *arg, const XML_Char *name, const XML_Char *sysid,
			const XML_Char *pubid, int internal)
{
	struct xml_reader *r = arg;

	(void)name;
	(void)sysid;
	(void)pubid;
	(void)internal;
	cti_lint_flaw(r->msg, LINT_XML_DOCTYPE, NULL, NULL);
	xml_stop(r, -ECANCELED);
}

static bool xml_entity(const char *text, size_t len)
{
	static const char *const names[] = {"amp;",  "lt;",   "gt;",
					    "quot;", "apos;", "#"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		size_t n = strlen(names[i]);

		if (len >= n && !memcmp(text, names[i], n))
			return true;
	}
	return false;
}

static bool xml_markup(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
	       c == '/' || c == '?' || c == '!' || (unsigned char)c >= 0x80;
}

/* The commonest fault of senders deserves its own words. */
static bool xml_unescaped(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '&' && !xml_entity(text + i + 1, len - i - 1))
			return true;
		if (text[i] == '<' &&
		    (i + 1 == len || !xml_markup(text[i + 1])))
			return true;
	}
	return false;
}

static void xml_broken(struct xml_reader *r, const char *text, size_t len)
{
	enum XML_Error code = XML_GetErrorCode(r->parser);
	bool unescaped = xml_unescaped(text, len);
	char hint[LINT_HINT];

	(void)snprintf(hint, sizeof(hint),
		       "The parser says: %s, line %lu, column %lu.",
		       XML_ErrorString(code),
		       (unsigned long)XML_GetCurrentLineNumber(r->parser),
		       (unsigned long)XML_GetCurrentColumnNumber(r->parser));
	cti_lint_flaw(r->msg, unescaped ? LINT_XML_ESCAPE : LINT_XML_SYNTAX,
		      NULL, hint);
}

static void xml_settle(struct lint_msg *msg)
{
	msg->readable = !msg->flaw[LINT_XML_ROOT].seen;
	for (size_t i = 0; i < msg->nfields && !msg->readable; i++)
		msg->readable = cti_lint_known(msg->field[i].name);
}

static int xml_parse(struct xml_reader *r, const char *text, size_t len)
{
	enum XML_Status status = XML_Parse(r->parser, text, (int)len, XML_TRUE);

	if (status == XML_STATUS_OK) {
		xml_settle(r->msg);
		return 0;
	}
	if (r->err)
		return r->err == -ECANCELED ? 0 : r->err;
	if (XML_GetErrorCode(r->parser) == XML_ERROR_NO_MEMORY)
		return -ENOMEM;
	xml_broken(r, text, len);
	return 0;
}

int cti_lint_read_xml(struct lint_msg *msg, const char *text, size_t len)
{
	struct xml_reader r = {.msg = msg};
	int err;

	r.parser = XML_ParserCreate(NULL);
	if (!r.parser)
		return -ENOMEM;
	cti_buf_init(&r.value, LINT_SIZE_MAX);
	XML_SetUserData(r.parser, &r);
	XML_SetElementHandler(r.parser, xml_start, xml_end);
	XML_SetCharacterDataHandler(r.parser, xml_text);
	XML_SetStartDoctypeDeclHandler(r.parser, xml_doctype);
	err = xml_parse(&r, text, len);
	cti_buf_fini(&r.value);
	XML_ParserFree(r.parser);
	return err;
}
