/* SPDX-License-Identifier: Apache-2.0 */
/* cli/tail.c - follows a relay's events across its outages */
#include "cli/tail.h"

#include <errno.h>
#include <string.h>
#include <time.h>

enum {
	PAUSE_MS = 500,
	PAUSE_MOST_MS = 5000,
	FRAME_MAX = CTI_SSE_MAX,
};

static void tail_open(void *arg)
{
	struct tail *tail = arg;

	if (tail->lost)
		cti_cli_say(tail->relay->cli->err,
			    "patchcord: The stream is back.\n");
	tail->lost = false;
	tail->begun = true;
}

/* A frame that is no JSON is none of ours. */
static int tail_frame(void *arg, const char *id, const char *name,
		      const char *data)
{
	struct tail *tail = arg;
	struct cti_json *doc = NULL;
	size_t len = strlen(id);
	int stop = 0;

	/* `due` and `status` have none: the place stays the one before */
	if (len && len < sizeof(tail->last_id))
		memcpy(tail->last_id, id, len + 1);
	if (cti_json_parse(&doc, data, strlen(data), FRAME_MAX, NULL))
		return 0;
	stop = tail->fn(tail->arg, name, cti_json_root(doc));
	cti_json_destroy(doc);
	return stop;
}

static void tail_say_lost(struct tail *tail, const struct cti_err *err)
{
	if (!tail->lost)
		cti_cli_say(tail->relay->cli->err,
			    "patchcord: %s Waiting for it to come back.\n",
			    err->text);
	tail->lost = true;
}

/* A relay that stops or starts refuses for a moment only. */
static bool may_come_back(const struct tail *tail, int bad,
			  const struct cti_answer *refusal)
{
	if (bad == -EACCES)
		return tail->begun && refusal->status >= 500;
	return tail->begun && bad != -ENOMEM && bad != -ENOBUFS;
}

static void tail_pause(long *pause_ms)
{
	const struct timespec pause = {
		.tv_sec = *pause_ms / 1000,
		.tv_nsec = *pause_ms % 1000 * 1000000,
	};

	(void)nanosleep(&pause, NULL); /* shorter does no harm */
	*pause_ms =
		*pause_ms * 2 < PAUSE_MOST_MS ? *pause_ms * 2 : PAUSE_MOST_MS;
}

/* 0: fn wants no more; else as of cti_client_follow. */
static int tail_once(struct tail *tail, struct cti_answer *refusal,
		     struct cti_err *err)
{
	const char *path = relay_path(
		tail->relay, "/api/v1/events",
		(const char *const[]){"agent", tail->relay->agent, NULL});
	const struct cti_follow follow = {
		.path = path,
		.last_event_id = *tail->last_id ? tail->last_id : NULL,
		.on_event = tail_frame,
		.on_open = tail_open,
		.arg = tail,
		.refusal = refusal,
	};

	if (!path)
		return cti_err_set(err, ENOMEM, CTI_ERR_INTERNAL,
				   "The agent's name is too long.");
	return cti_client_follow(tail->relay->client, &follow, err);
}

int tail_run(struct tail *tail)
{
	struct cti_err err = {.code = CTI_OK};
	struct cti_answer refusal;
	long pause_ms = PAUSE_MS;
	int bad;

	cti_answer_init(&refusal);
	while ((bad = tail_once(tail, &refusal, &err))) {
		if (!may_come_back(tail, bad, &refusal))
			break;
		if (!tail->lost)
			pause_ms = PAUSE_MS;
		tail_say_lost(tail, &err);
		(void)fflush(tail->relay->cli->out); /* asked at the end */
		tail_pause(&pause_ms);
	}
	if (bad == -EACCES)
		bad = relay_refused(tail->relay, &refusal);
	else if (bad)
		bad = relay_failed(tail->relay, &err);
	cti_answer_fini(&refusal);
	return bad ? CTI_EXIT_FAILED : CTI_EXIT_OK;
}
