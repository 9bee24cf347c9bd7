/* SPDX-License-Identifier: Apache-2.0 */
/* api/reload.c - the configuration was read again: who is told, who must go */
#include <stdlib.h>
#include <string.h>

#include "api/priv.h"

enum { LINE_SIZE = 640 }; /* a finding of the configuration fits */

/* Without memory it is told without the text. */
static void text_keep(char **textp, const char *text)
{
	free(*textp);
	*textp = text && *text ? strdup(text) : NULL;
}

void cti_api_reloaded(struct cti_api *api, const struct cti_api_reload *how)
{
	api->reloaded_ms = cti_loop_wall_ms(api->parts.loop);
	text_keep(&api->reload_error, how->error);
	if (how->error)
		return;
	text_keep(&api->reload_waits, how->waits);
	if (how->pages)
		pages_end(api);
	stream_end_strangers(api);
}

static void write_lines(struct cti_jsonw *w, const char *key, const char *text)
{
	cti_jsonw_key(w, key);
	cti_jsonw_arr(w);
	while (text && *text) {
		size_t len = strcspn(text, "\n");
		char line[LINE_SIZE];

		/* a path of a file is whatever bytes it is */
		cti_utf8_clean(line, sizeof(line), text, len);
		cti_jsonw_str(w, line);
		text += len + (text[len] != '\0');
	}
	cti_jsonw_arr_end(w);
}

void reload_write(struct cti_jsonw *w, const struct cti_api *api)
{
	int64_t at = api->reloaded_ms ? api->reloaded_ms : api->started_ms;

	cti_jsonw_key(w, "config");
	cti_jsonw_obj(w);
	cti_jsonw_kstr(w, "status", api->reload_error ? "fail" : "ok");
	cti_jsonw_ktime(w, "since", at);
	write_lines(w, "errors", api->reload_error);
	write_lines(w, "needs_restart", api->reload_waits);
	cti_jsonw_obj_end(w);
}
