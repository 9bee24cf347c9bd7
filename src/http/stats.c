/* SPDX-License-Identifier: Apache-2.0 */
/* http/stats.c - how many answers each route gave, and after what time */
#include <errno.h>
#include <stdlib.h>

#include "cti/loop.h"
#include "http/internal.h"

/* What we answer with; the last place is for all others. */
static const int codes[] = {
	200, 201, 202, 204, 400, 401, 403, 404, 405, 409,
	410, 413, 415, 422, 429, 500, 501, 503, 0,
};

enum { CODES = sizeof(codes) / sizeof(codes[0]) };
_Static_assert((int)CODES <= (int)CTI_HTTP_CODES, "they have room");

int cti_http_code(size_t index)
{
	return index < CODES ? codes[index] : -1;
}

int cti_answers_new(struct cti_http *http)
{
	size_t n = http->conf.nroutes;

	http->answers = calloc(n + 1, sizeof(*http->answers));
	if (!http->answers)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		http->answers[i].route = &http->conf.routes[i];
	return 0;
}

const struct cti_http_answers *cti_http_answers(const struct cti_http *http,
						size_t index)
{
	return index <= http->conf.nroutes ? &http->answers[index] : NULL;
}

static size_t code_place(int status)
{
	size_t i = 0;

	while (i < CODES - 1 && codes[i] != status)
		i++;
	return i;
}

void cti_answers_count(const struct cti_http_req *req)
{
	const struct cti_http *http = req->http;
	size_t place = http->conf.nroutes;
	struct cti_http_answers *answers;

	if (req->asked)
		place = (size_t)(req->asked - http->conf.routes);
	answers = &http->answers[place];
	answers->code[code_place(req->status)]++;
	cti_histogram_note(&answers->time,
			   cti_loop_mono_ms(http->loop) - req->began_ms);
}
