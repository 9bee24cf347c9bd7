/* SPDX-License-Identifier: Apache-2.0 */
/* base/log.c - one line a decision, without the numbers of people */
#include "cti/log.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/iso.h"
#include "base/utf8.h"

enum {
	LINE_MAX_BYTES = 1024,
	REASON_MAX_BYTES = 128,
	MASK_FROM = 7, /* digits of one number */
	MASK_LONG = 10,
	ID_DIGITS = 32,	 /* of a call's id */
	FILLERS_MAX = 3, /* between two of them, as in ") - " */
};

static struct cti_log_conf log_conf = {.level = CTI_LOG_INFO};

struct level {
	const char *word;
	const char *prefix; /* sd-daemon(3) */
};

static const struct level levels[] = {
	[CTI_LOG_ERROR] = {"error", "<3>"},
	[CTI_LOG_WARN] = {"warn", "<4>"},
	[CTI_LOG_INFO] = {"info", "<6>"},
	[CTI_LOG_DEBUG] = {"debug", "<7>"},
};

void cti_log_setup(const struct cti_log_conf *conf)
{
	log_conf = *conf;
}

static bool char_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool char_is_hex(char c)
{
	return char_is_digit(c) || (c >= 'a' && c <= 'f') ||
	       (c >= 'A' && c <= 'F');
}

static bool char_is_word(char c)
{
	return char_is_hex(c) || (c > 'F' && c <= 'Z') || (c > 'f' && c <= 'z');
}

/* Hides the middle of the digits in text, whatever stands between them. */
static void mask_middle(char *text, size_t len, size_t digits)
{
	size_t head = digits >= MASK_LONG ? 4 : 2;
	size_t seen = 0;

	for (size_t i = 0; i < len; i++) {
		if (!char_is_digit(text[i]))
			continue;
		if (seen >= head && seen + 2 < digits)
			text[i] = '*';
		seen++;
	}
}

/* An id, as this program or a switch makes them: no phone number is as long.
 * 0: there is none. */
static size_t id_length(const char *text)
{
	static const char uuid[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
	size_t len = 0;

	while (char_is_hex(text[len]))
		len++;
	if (len == ID_DIGITS && !char_is_word(text[len]))
		return len;
	for (len = 0; uuid[len]; len++)
		if (uuid[len] == 'x' ? !char_is_hex(text[len])
				     : text[len] != uuid[len])
			return 0;
	return char_is_word(text[len]) ? 0 : len;
}

/* One of the four parts of an IPv4 address. */
static size_t octet_length(const char *text)
{
	unsigned int value = 0;
	size_t len = 0;

	while (len < 3 && char_is_digit(text[len]))
		value = value * 10 + (unsigned int)(text[len++] - '0');
	return value > 255 || (len > 1 && text[0] == '0') ? 0 : len;
}

/* An IPv4 address, unless more digits follow as in a number; 0: none. */
static size_t address_length(const char *text)
{
	size_t len = 0;

	for (int i = 0; i < 4; i++) {
		size_t part;

		if (i && text[len++] != '.')
			return 0;
		part = octet_length(text + len);
		if (!part)
			return 0;
		len += part;
	}
	if (char_is_digit(text[len]))
		return 0;
	return text[len] && strchr(" .-", text[len]) &&
			       char_is_digit(text[len + 1])
		       ? 0
		       : len;
}

/* What people, and URLs, put between the digits of one number. */
static size_t filler_length(const char *text)
{
	if (*text && strchr(" -./()", *text))
		return 1;
	if (strncmp(text, "\xc2\xa0", 2) == 0)
		return 2;
	if (strncmp(text, "\xe2\x80\xaf", 3) == 0)
		return 3;
	return *text == '%' && char_is_hex(text[1]) && char_is_hex(text[2]) ? 3
									    : 0;
}

/* The length of the number that text begins with, to its last digit. */
static size_t number_length(const char *text)
{
	size_t at = 0, len = 0, fillers = 0;

	while (fillers <= FILLERS_MAX) {
		size_t filler = filler_length(text + at);

		if (char_is_digit(text[at])) {
			if (fillers && id_length(text + at))
				break;
			len = ++at;
			fillers = 0;
		} else if (filler) {
			at += filler;
			fillers++;
		} else {
			break;
		}
	}
	return len;
}

static void mask_number(char *text, size_t len)
{
	size_t digits = 0;

	for (size_t i = 0; i < len; i++)
		digits += char_is_digit(text[i]);
	if (digits >= MASK_FROM)
		mask_middle(text, len, digits);
}

static void mask_numbers(char *text)
{
	size_t i = 0;

	while (text[i]) {
		bool first = i == 0 || !char_is_word(text[i - 1]);
		size_t len = first ? id_length(text + i) : 0;

		if (!len && first && (i == 0 || text[i - 1] != '+'))
			len = address_length(text + i);
		if (!len && char_is_digit(text[i])) {
			len = number_length(text + i);
			mask_number(text + i, len);
		}
		i += len ? len : 1;
	}
}

void cti_log_mask(char *out, size_t size, const char *number)
{
	size_t len = number ? strlen(number) : 0;
	size_t digits = 0;

	if (!size)
		return;
	if (len >= size)
		len = cti_utf8_cut(number, size - 1);
	if (len)
		memcpy(out, number, len);
	out[len] = '\0';
	/* of all the text, so that a cut one shows no more of the middle */
	for (const char *at = number; at && *at; at++)
		digits += char_is_digit(*at);
	if (digits >= MASK_FROM && !log_conf.numbers_full)
		mask_middle(out, len, digits);
}

/* A line that is being made; what does not fit is left out. */
struct line {
	size_t len;
	char text[LINE_MAX_BYTES];
};

enum { LINE_TAIL = 3 }; /* quote, brace, newline: always fit */

static bool line_add(struct line *line, const char *text, size_t len)
{
	if (len > sizeof(line->text) - LINE_TAIL - line->len)
		return false;
	memcpy(line->text + line->len, text, len);
	line->len += len;
	return true;
}

static void line_str(struct line *line, const char *text)
{
	(void)line_add(line, text, strlen(text)); /* short: it fits */
}

/* The escape of a character that cannot stand for itself. */
static void escape_make(char out[8], uint32_t value, bool valid)
{
	if (value == '"' || value == '\\')
		(void)snprintf(out, 8, "\\%c", (int)value);
	else if (value == '\n')
		(void)snprintf(out, 8, "\\n");
	else if (!log_conf.json)
		(void)snprintf(out, 8, "\\x%02x", (unsigned int)value & 0xff);
	else
		(void)snprintf(out, 8, "\\u%04x",
			       valid ? (unsigned int)value & 0xffff : 0xfffdU);
}

static bool char_is_plain(uint32_t value)
{
	return value >= 0x20 && (value < 0x7f || value >= 0xa0) &&
	       value != '"' && value != '\\';
}

static void line_quote(struct line *line, const char *text)
{
	size_t len = strlen(text);
	size_t used = 0;
	bool fits = true;

	for (size_t i = 0; i < len && fits; i += used) {
		uint32_t value = (unsigned char)text[i];
		bool valid = false;
		char escape[8];

		used = cti_utf8_next(&value, text + i, len - i);
		valid = used > 0;
		used = valid ? used : 1;
		if (valid && char_is_plain(value)) {
			fits = line_add(line, text + i, used);
			continue;
		}
		escape_make(escape, value, valid);
		fits = line_add(line, escape, strlen(escape));
	}
}

static int64_t wall_now_ms(void)
{
	struct timespec now = {0};

	(void)clock_gettime(CLOCK_REALTIME, &now); /* 1970 is still a line */
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* The id of the call that a line is about, for those who collect them. */
static void line_call(struct line *line, const char *message)
{
	static const char word[] = "call ";
	bool json = log_conf.json;
	const char *at = strstr(message, word);

	while (at && id_length(at + sizeof(word) - 1) != ID_DIGITS)
		at = strstr(at + 1, word);
	if (!at)
		return;
	line_str(line, json ? ",\"call_id\":\"" : " call_id=");
	(void)line_add(line, at + sizeof(word) - 1, ID_DIGITS); /* fits */
	line_str(line, json ? "\"" : "");
}

static void line_write(enum cti_log_level level, char *message)
{
	bool json = log_conf.json;
	char now[CTI_ISO_SIZE];
	struct line line;

	line.len = 0;
	if (!log_conf.numbers_full)
		mask_numbers(message);
	cti_iso_write(now, wall_now_ms());
	line_str(&line, log_conf.systemd ? levels[level].prefix : "");
	line_str(&line, json ? "{\"time\":\"" : "time=");
	line_str(&line, now);
	line_str(&line, json ? "\",\"level\":\"" : " level=");
	line_str(&line, levels[level].word);
	line_str(&line, json ? "\"" : "");
	line_call(&line, message);
	line_str(&line, json ? ",\"msg\":\"" : " msg=\"");
	line_quote(&line, message);
	memcpy(line.text + line.len, json ? "\"}\n" : "\"\n", json ? 3 : 2);
	line.len += json ? 3 : 2;
	/* where stderr fails there is no place left to say so */
	(void)fwrite(line.text, 1, line.len, stderr);
}

static void message_make(char *message, size_t size, const char *fmt,
			 va_list args) CTI_PRINTF(3, 0);

static void message_make(char *message, size_t size, const char *fmt,
			 va_list args)
{
	if (vsnprintf(message, size, fmt, args) < 0)
		message[0] = '\0';
	message[cti_utf8_cut(message, strlen(message))] = '\0';
}

static void log_at(enum cti_log_level level, const char *fmt, va_list args)
	CTI_PRINTF(2, 0);

static void log_at(enum cti_log_level level, const char *fmt, va_list args)
{
	char message[LINE_MAX_BYTES];

	if (level > log_conf.level)
		return;
	message_make(message, sizeof(message), fmt, args);
	line_write(level, message);
}

void log_error(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	log_at(CTI_LOG_ERROR, fmt, args);
	va_end(args);
}

void log_warn(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	log_at(CTI_LOG_WARN, fmt, args);
	va_end(args);
}

void log_info(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	log_at(CTI_LOG_INFO, fmt, args);
	va_end(args);
}

void log_debug(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	log_at(CTI_LOG_DEBUG, fmt, args);
	va_end(args);
}

void log_warn_errno(int err, const char *fmt, ...)
{
	char message[LINE_MAX_BYTES];
	char reason[REASON_MAX_BYTES] = "";
	va_list args;
	size_t len;

	if (log_conf.level < CTI_LOG_WARN)
		return;
	va_start(args, fmt);
	message_make(message, sizeof(message) - sizeof(reason) - 2, fmt, args);
	va_end(args);
	if (strerror_r(err < 0 ? -err : err, reason, sizeof(reason)) != 0)
		(void)snprintf(reason, sizeof(reason), "error %d", err);
	len = strlen(message);
	memcpy(message + len, ": ", 2);
	memcpy(message + len + 2, reason, strlen(reason) + 1);
	line_write(CTI_LOG_WARN, message);
}
