/* SPDX-License-Identifier: Apache-2.0 */
/* http/grammar.c - what libmicrohttpd reads of a head and should not */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "http/guard.h"

static const char *const field_names[HEAD_FIELDS] = {
	[HEAD_HOST] = MHD_HTTP_HEADER_HOST,
	[HEAD_CONTENT_LENGTH] = MHD_HTTP_HEADER_CONTENT_LENGTH,
	[HEAD_ORIGIN] = MHD_HTTP_HEADER_ORIGIN,
	[HEAD_CONTENT_TYPE] = MHD_HTTP_HEADER_CONTENT_TYPE,
	[HEAD_TOKEN] = "X-CTI-Token",
	[HEAD_AUTHORIZATION] = MHD_HTTP_HEADER_AUTHORIZATION,
	[HEAD_TRANSFER_ENCODING] = MHD_HTTP_HEADER_TRANSFER_ENCODING,
	[HEAD_SITE] = "Sec-Fetch-Site",
};

/*
 * libmicrohttpd 0.9.75 takes a head apart where it lies: what ends a word or a
 * line becomes a NUL, nothing moves, and it tells how long the whole was. So
 * whatever it did not show has left a gap: a NUL and all behind it, a line
 * that ended without CR, a line that went on in the next. Later versions
 * refuse these themselves and may lay it out in another way.
 */
struct walk {
	struct http_head *head;
	const char *fault;
	uintptr_t next; /* where the next header has to begin */
	uintptr_t end;	/* behind the head; 0: the layout is not known */
};

static bool layout_known(void)
{
	static const char version[] = "0.9.75";

	return strncmp(MHD_get_version(), version, sizeof(version) - 1) == 0;
}

/* RFC 9110, 5.6.2. */
static bool is_token(const char *text)
{
	static const char token[] = "!#$%&'*+-.^_`|~0123456789"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "abcdefghijklmnopqrstuvwxyz";

	return *text && !text[strspn(text, token)];
}

static bool has_control(const char *text)
{
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if ((c < 0x20 && c != '\t') || c == 0x7f)
			return true;
	}
	return false;
}

static bool gap_before(struct walk *walk, const char *name, const char *value)
{
	uintptr_t value_at = (uintptr_t)value;
	uintptr_t blank = (uintptr_t)name + strlen(name) + 1;

	if ((uintptr_t)name != walk->next || value_at < blank ||
	    value_at >= walk->end)
		return true;
	if (strspn(name + strlen(name) + 1, " \t") < value_at - blank)
		return true;
	walk->next = value_at + strlen(value) + 2;
	return false;
}

static void walk_fault(struct walk *walk, const char *fault)
{
	if (!walk->fault)
		walk->fault = fault;
}

static enum MHD_Result walk_header(void *arg, enum MHD_ValueKind kind,
				   const char *name, const char *value)
{
	static const char fetch[] = "Sec-Fetch-";
	struct walk *walk = arg;
	struct http_head *head = walk->head;

	(void)kind; /* only headers are asked for */
	if (!value)
		value = "";
	if (walk->end && gap_before(walk, name, value))
		walk_fault(walk, "NUL byte or odd end of line in a header");
	if (!is_token(name))
		walk_fault(walk, "header name");
	if (has_control(value))
		walk_fault(walk, "control byte in a header");
	if (strncasecmp(name, fetch, sizeof(fetch) - 1) == 0)
		head->browser = true;
	for (size_t i = 0; i < HEAD_FIELDS; i++) {
		if (strcasecmp(name, field_names[i]) != 0)
			continue;
		if (head->values[i])
			walk_fault(walk, "header given twice");
		head->values[i] = value;
		break;
	}
	return MHD_YES;
}

/* Method, target and version must lie one behind the other, too. */
static void walk_begin(struct walk *walk, const struct cti_http_req *req,
		       const char *url, const char *version)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(
		req->mhd, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
	uintptr_t method_at = (uintptr_t)req->method;

	if (!info || !layout_known())
		return;
	walk->next = (uintptr_t)version + strlen(version) + 2;
	walk->end = method_at + info->header_size;
	if ((uintptr_t)url != method_at + strlen(req->method) + 1)
		walk_fault(walk, "method");
}

static bool target_is_odd(const struct cti_http_req *req)
{
	for (const char *at = req->uri; *at; at++) {
		if (*at < 0x21 || *at > 0x7e)
			return true;
	}
	return req->uri[0] != '/' || strstr(req->uri, "%00");
}

/* The target is handed out as a C text: a NUL in it shows only by the distance
 * to the version, which stands one byte behind it. */
static const char *line_fault(const struct cti_http_req *req, const char *url,
			      const char *version)
{
	if ((uintptr_t)version - (uintptr_t)url != req->uri_len + 1)
		return "NUL byte in the target";
	if (!is_token(req->method))
		return "method";
	if (strcmp(version, MHD_HTTP_VERSION_1_1) != 0 &&
	    strcmp(version, MHD_HTTP_VERSION_1_0) != 0)
		return "version";
	return target_is_odd(req) ? "target" : NULL;
}

const char *cti_grammar_read(struct http_head *head,
			     const struct cti_http_req *req, const char *url,
			     const char *version)
{
	struct walk walk = {.head = head};

	memset(head, 0, sizeof(*head));
	walk_begin(&walk, req, url, version);
	/* The count is no matter. */
	(void)MHD_get_connection_values(req->mhd, MHD_HEADER_KIND, walk_header,
					&walk);
	if (head->values[HEAD_ORIGIN])
		head->browser = true;
	if (head->values[HEAD_CONTENT_LENGTH])
		head->body_len =
			strtoull(head->values[HEAD_CONTENT_LENGTH], NULL, 10);
	walk_fault(&walk, line_fault(req, url, version));
	if (head->values[HEAD_TRANSFER_ENCODING])
		walk_fault(&walk, "Transfer-Encoding");
	if (walk.end && walk.next + 2 != walk.end)
		walk_fault(&walk, "NUL byte or odd end of the head");
	return walk.fault;
}
