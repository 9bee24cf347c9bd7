/* SPDX-License-Identifier: Apache-2.0 */
/* freeswitch/command.c - the event socket's text: writing commands */
#include <errno.h>
#include <string.h>

#include "drivers/freeswitch/esl.h"

#define DIGITS "0123456789"
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define SPECIAL ",{}[]&|^'\"\\$"

enum {
	NUMBER_MAX = 32,
	DEVICE_MAX = 120,
	CONTEXT_MAX = 80,
	DTMF_MAX = 64,
	VARIABLE_MAX = 200,
};

static bool consists_of(const char *text, size_t most, const char *allowed)
{
	size_t len = strlen(text);

	return len > 0 && len <= most && strspn(text, allowed) == len;
}

bool esl_is_number(const char *text)
{
	return consists_of(text, NUMBER_MAX, DIGITS "+*#");
}

bool esl_is_device(const char *text)
{
	return consists_of(text, DEVICE_MAX, DIGITS LETTERS "_.@/:%+-") &&
	       strchr(text, '/');
}

bool esl_is_id(const char *text)
{
	return consists_of(text, ESL_ID_SIZE - 1, DIGITS LETTERS "_.-");
}

bool esl_is_context(const char *text)
{
	return consists_of(text, CONTEXT_MAX, DIGITS LETTERS "_.-");
}

bool esl_is_dtmf(const char *text)
{
	return consists_of(text, DTMF_MAX, DIGITS "ABCDwW*#");
}

/** Printable ASCII without what a dial string takes for its own. */
static bool is_plain(const char *text)
{
	for (; *text; text++) {
		if (*text < ' ' || *text > '~' || strchr(SPECIAL, *text))
			return false;
	}
	return true;
}

bool esl_is_variable(const char *text)
{
	size_t name = strspn(text, DIGITS LETTERS "_-");
	const char *value = text + name + 1;
	size_t len = strlen(text);

	if (name == 0 || text[name] != '=' || len > VARIABLE_MAX)
		return false;
	return *value && *value != ' ' && text[len - 1] != ' ' &&
	       is_plain(value);
}

/* --- commands --- */

static int finish(struct cti_buf *out, size_t before, int err)
{
	if (!err)
		err = cti_buf_str(out, "\n\n");
	if (!err && out->len - before > ESL_SENT_MAX)
		err = -EINVAL;
	if (err && out->data) {
		out->len = before;
		out->data[before] = '\0';
	}
	return err;
}

static bool is_printable(const char *text)
{
	size_t len = strlen(text);

	if (len == 0 || text[0] == ' ' || text[len - 1] == ' ')
		return false;
	for (; *text; text++) {
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return false;
	}
	return true;
}

int esl_auth(struct cti_buf *out, const char *password)
{
	if (!is_printable(password))
		return -EINVAL;
	return finish(out, out->len, cti_buf_fmt(out, "auth %s", password));
}

int esl_command(struct cti_buf *out, const char *command)
{
	if (!is_printable(command))
		return -EINVAL;
	return finish(out, out->len, cti_buf_str(out, command));
}

int esl_api(struct cti_buf *out, const struct esl_api *api)
{
	if (!is_printable(api->verb) || !is_plain(api->verb) ||
	    !esl_is_id(api->id))
		return -EINVAL;
	if (api->rest && (!is_printable(api->rest) || !is_plain(api->rest)))
		return -EINVAL;
	return finish(out, out->len,
		      cti_buf_fmt(out, "api %s %s%s%s", api->verb, api->id,
				  api->rest ? " " : "",
				  api->rest ? api->rest : ""));
}

static bool dial_is_valid(const struct esl_originate *dial)
{
	if (!esl_is_id(dial->id) || !esl_is_device(dial->device) ||
	    !esl_is_number(dial->number) || !esl_is_context(dial->context))
		return false;
	for (size_t i = 0; i < dial->nvariables; i++) {
		if (!esl_is_variable(dial->variables[i]))
			return false;
	}
	return true;
}

/* A value stands in quotes: it may hold blanks. */
static int variable_add(struct cti_buf *out, const char *variable)
{
	size_t name = strcspn(variable, "=");

	return cti_buf_fmt(out, ",%.*s='%s'", (int)name, variable,
			   variable + name + 1);
}

int esl_originate(struct cti_buf *out, const struct esl_originate *dial)
{
	size_t before = out->len;
	int err;

	if (!dial_is_valid(dial))
		return -EINVAL;
	err = cti_buf_fmt(out,
			  "bgapi originate {origination_uuid=%s,"
			  "origination_caller_id_number=%s,"
			  "originate_timeout=%u,ignore_early_media=true",
			  dial->id, dial->number, (unsigned)dial->timeout_s);
	for (size_t i = 0; i < dial->nvariables && !err; i++)
		err = variable_add(out, dial->variables[i]);
	if (!err)
		err = cti_buf_fmt(out, "}%s %s XML %s\nJob-UUID: %s",
				  dial->device, dial->number, dial->context,
				  dial->id);
	return finish(out, before, err);
}
