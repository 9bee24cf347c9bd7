/* SPDX-License-Identifier: Apache-2.0 */
/* http/query.c - queries and forms, decoded in place */
#include <errno.h>
#include <string.h>

#include "cti/json.h"
#include "http/guard.h"

static int hex_value(char c)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)((at - digits) % 16) : -1;
}

/* One byte of the form encoding; *inp moves behind it. */
static int query_byte(const char **inp)
{
	const char *in = *inp;

	if (*in != '%') {
		*inp = in + 1;
		return *in == '+' ? ' ' : (unsigned char)*in;
	}
	int high = hex_value(in[1]);
	int low = high < 0 ? -1 : hex_value(in[2]);
	if (low < 0)
		return -EINVAL;
	*inp = in + 3;
	return high * 16 + low;
}

/* text is never longer decoded than encoded, so it can stay where it is. */
static int query_decode(char *text, bool strict)
{
	int least = strict ? 0x20 : 1;
	const char *in = text;
	char *out = text;

	while (*in) {
		int byte = query_byte(&in);

		if (byte < least || (strict && byte == 0x7f))
			return -EINVAL;
		*out++ = (char)(unsigned char)byte;
	}
	*out = '\0';
	if (!strict)
		return 0;
	return cti_utf8_valid(text, (size_t)(out - text), NULL) ? 0 : -EINVAL;
}

/* PHP's way of many values: queue[]=1&queue[]=2. */
static bool is_list(const char *name)
{
	size_t len = strlen(name);

	return len > 2 && strcmp(name + len - 2, "[]") == 0;
}

/* Before a route is known nothing is lenient. */
static bool is_strict(const struct cti_http_req *req)
{
	return !req->route || req->route->access != CTI_ROUTE_MACHINE;
}

static int query_pair(struct cti_http_req *req, char *pair)
{
	bool strict = is_strict(req);
	char *value = strchr(pair, '=');

	if (value)
		*value++ = '\0';
	else
		value = pair + strlen(pair);
	if (!*pair || req->nquery == HTTP_QUERY_MAX)
		return -EINVAL;
	if (query_decode(pair, strict) || query_decode(value, strict))
		return -EINVAL;
	if (cti_http_query(req, pair))
		return !strict && is_list(pair) ? 0 : -EINVAL;
	req->query[req->nquery++] = (struct http_pair){pair, value};
	return 0;
}

static int pairs_parse(struct cti_http_req *req, char *pair)
{
	int err = 0;

	while (pair && *pair && !err) {
		char *next = strchr(pair, '&');

		if (next)
			*next++ = '\0';
		err = query_pair(req, pair);
		pair = next;
		if (pair && !*pair)
			err = -EINVAL;
	}
	return err;
}

int cti_query_parse(struct cti_http_req *req)
{
	return pairs_parse(req, req->query_text);
}

int cti_form_parse(struct cti_http_req *req)
{
	char *text = req->body.data;

	if (text && strlen(text) != req->body.len)
		return -EINVAL;
	return pairs_parse(req, text);
}

const char *cti_http_query_at(const struct cti_http_req *req, size_t index)
{
	return index < req->nquery ? req->query[index].name : NULL;
}

const char *cti_http_query(const struct cti_http_req *req, const char *name)
{
	for (size_t i = 0; i < req->nquery; i++) {
		if (strcmp(req->query[i].name, name) == 0)
			return req->query[i].value;
	}
	return NULL;
}
