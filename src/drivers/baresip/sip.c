/* SPDX-License-Identifier: Apache-2.0 */
/* baresip/sip.c - taking URIs apart, building them, why a call closed */
#include "drivers/baresip/sip.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cti/json.h"
#include "cti/number.h"

enum { NAME_MAX_BYTES = 256 };

static const char uri_letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				  "abcdefghijklmnopqrstuvwxyz"
				  "0123456789";

/** Behind "sip:" or "sips:"; the whole text when it has no scheme. */
static const char *scheme_skip(const char *uri)
{
	if (strncasecmp(uri, "sip:", 4) == 0)
		return uri + 4;
	if (strncasecmp(uri, "sips:", 5) == 0)
		return uri + 5;
	return uri;
}

static int hex_value(char c)
{
	if (!isxdigit((unsigned char)c))
		return -1;
	return isdigit((unsigned char)c) ? c - '0'
					 : tolower((unsigned char)c) - 'a' + 10;
}

/** One character of the user part, %-escapes undone; returns its length. */
static size_t user_char(char *out, const char *text)
{
	int high = text[0] == '%' ? hex_value(text[1]) : -1;
	int low = high >= 0 ? hex_value(text[2]) : -1;

	*out = low >= 0 ? (char)(high * 16 + low) : text[0];
	return low >= 0 ? 3 : 1;
}

void cti_sip_user(char *out, size_t size, const char *uri)
{
	const char *user = scheme_skip(uri);
	const char *at = strchr(user, '@');
	char raw[NAME_MAX_BYTES];
	size_t n = 0;

	while (at && user < at && !strchr(";:", *user) && n < sizeof(raw))
		user += user_char(&raw[n++], user);
	cti_utf8_clean(out, size, raw, n);
}

void cti_sip_domain(char *out, size_t size, const char *uri)
{
	const char *at = strchr(uri, '@');
	size_t len = at ? strcspn(at + 1, ";>? ") : 0;

	if (len >= size)
		len = 0;
	if (at)
		memcpy(out, at + 1, len);
	out[len] = '\0';
}

bool cti_sip_withheld(const char *uri)
{
	static const char *const users[] = {"", "anonymous", "unavailable",
					    "restricted", "unknown"};
	char user[NAME_MAX_BYTES];
	char host[NAME_MAX_BYTES];

	cti_sip_user(user, sizeof(user), uri);
	cti_sip_domain(host, sizeof(host), uri);
	for (size_t i = 0; i < sizeof(users) / sizeof(users[0]); i++) {
		if (strcasecmp(user, users[i]) == 0)
			return true;
	}
	return strcasecmp(host, "anonymous.invalid") == 0;
}

void cti_sip_name(char *out, size_t size, const char *raw)
{
	char plain[NAME_MAX_BYTES];
	size_t n = 0;

	for (; *raw && n < sizeof(plain); raw++) {
		if (raw[0] == '\\' && raw[1])
			raw++;
		plain[n++] = *raw;
	}
	/* A cut inside a character must not turn the name into Latin-1. */
	while (*raw && n > 0 && ((unsigned char)plain[n - 1] & 0xc0) == 0x80)
		n--;
	if (*raw && n > 0)
		n--;
	cti_utf8_clean(out, size, plain, n);
}

static bool domain_valid(const char *domain)
{
	size_t len = strspn(domain, uri_letters);

	while (domain[len] && strchr(".-:[]", domain[len]))
		len += 1 + strspn(domain + len + 1, uri_letters);
	return len > 0 && domain[len] == '\0';
}

bool cti_sip_uri_valid(const char *uri)
{
	const char *user = strncmp(uri, "sip:", 4) == 0 ? uri + 4 : uri;
	size_t len = strspn(user, uri_letters);

	if (user == uri)
		return false;
	while (user[len] && strchr("*+._-%", user[len]))
		len += 1 + strspn(user + len + 1, uri_letters);
	return len > 0 && user[len] == '@' && domain_valid(user + len + 1);
}

int cti_sip_uri(char *out, size_t size, const char *number, const char *domain)
{
	char uri[NAME_MAX_BYTES] = "sip:";
	size_t n = strlen(uri);
	int len;

	if (!cti_number_dialable(number) || !domain_valid(domain))
		return -EINVAL;
	for (; *number; number++) {
		if (*number == '#') { /* not allowed in a user part */
			memcpy(uri + n, "%23", 3);
			n += 3;
		} else {
			uri[n++] = *number;
		}
	}
	len = snprintf(uri + n, sizeof(uri) - n, "@%s", domain);
	if (len < 0 || (size_t)len >= sizeof(uri) - n ||
	    n + (size_t)len >= size)
		return -EINVAL;
	if (!cti_sip_uri_valid(uri))
		return -EINVAL;
	memcpy(out, uri, n + (size_t)len + 1);
	return 0;
}

/* --- Endings --- */

static const struct {
	int status;
	enum cti_cause cause;
} statuses[] = {
	{404, CTI_CAUSE_BAD_NUMBER},  {410, CTI_CAUSE_BAD_NUMBER},
	{416, CTI_CAUSE_BAD_NUMBER},  {484, CTI_CAUSE_BAD_NUMBER},
	{604, CTI_CAUSE_BAD_NUMBER},  {408, CTI_CAUSE_NO_ANSWER},
	{480, CTI_CAUSE_UNREACHABLE}, {486, CTI_CAUSE_BUSY},
	{600, CTI_CAUSE_BUSY},	      {487, CTI_CAUSE_CANCELLED},
	{433, CTI_CAUSE_REJECTED},    {603, CTI_CAUSE_REJECTED},
	{607, CTI_CAUSE_REJECTED},
};

static const struct {
	const char *text;
	enum cti_cause cause;
} texts[] = {
	{"Local timeout", CTI_CAUSE_NO_ANSWER},
	{"Connection timed out", CTI_CAUSE_UNREACHABLE},
	{"Connection refused", CTI_CAUSE_UNREACHABLE},
	{"No route to host", CTI_CAUSE_UNREACHABLE},
	{"Network is unreachable", CTI_CAUSE_UNREACHABLE},
	{"Connection reset by peer", CTI_CAUSE_NORMAL},
	{"Connection reset by user", CTI_CAUSE_CANCELLED},
	{"Rejected by user", CTI_CAUSE_CANCELLED},
};

/** "486 Busy Here" → 486; 0 when it does not begin with a SIP status. */
static int status_read(const char *param)
{
	char *end;
	long status = strtol(param, &end, 10);

	if (end != param + 3 || (*end && *end != ' ') || status < 300 ||
	    status > 699)
		return 0;
	return (int)status;
}

static enum cti_cause refusal_find(const char *param, int status)
{
	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
		if (status == statuses[i].status)
			return statuses[i].cause;
	}
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (strcmp(param, texts[i].text) == 0)
			return texts[i].cause;
	}
	return CTI_CAUSE_FAILED;
}

/** A call that was never established. */
static enum cti_cause setup_cause(const struct cti_sip_closing *closing,
				  int status)
{
	if (closing->timed_out)
		return CTI_CAUSE_NO_ANSWER;
	if (closing->by_us)
		return closing->inbound ? CTI_CAUSE_REJECTED
					: CTI_CAUSE_CANCELLED;
	if (!closing->inbound)
		return refusal_find(closing->param, status);
	/* Rejected at the softphone itself, not by us. */
	if (strstr(closing->param, "by user"))
		return CTI_CAUSE_REJECTED;
	if (strcmp(closing->param, "Local timeout") == 0)
		return CTI_CAUSE_NO_ANSWER;
	return CTI_CAUSE_CANCELLED;
}

enum cti_cause cti_sip_cause(char *detail, size_t size,
			     const struct cti_sip_closing *how)
{
	struct cti_sip_closing closing = *how;
	int status;

	if (!closing.param)
		closing.param = "";
	status = status_read(closing.param);
	(void)snprintf(detail, size, "%s%s%s", status ? "SIP " : "",
		       closing.param,
		       closing.timed_out ? " (ring time-out)" : "");
	if (closing.established)
		return CTI_CAUSE_NORMAL;
	return setup_cause(&closing, status);
}
