/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz/fuzz_freeswitch.c - whatever a switch reports in whatever order, and an
 * agent who does what he likes meanwhile: calls begin and end as they must */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cti/conf.h"
#include "cti/log.h"
#include "drivers/freeswitch/freeswitch.h"
#include "drivers/freeswitch/priv.h"
#include "fuzz.h"

enum {
	CALLS_MAX = 256,
	STEP = 4, /* bytes of the input: what, who, with whom, how */
	JSON_MAX = 4096,
};

/* Ids, so few that they meet; two are those of dials. */
static const char *const ids[] = {
	"a",
	"b",
	"c",
	"d",
	"0123456789ABCDEF0123456789ABCDEF",
	"FEDCBA9876543210FEDCBA9876543210",
	"",
	"no id",
};
static const char *const causes[] = {
	"NORMAL_CLEARING", "USER_BUSY",	 "ORIGINATOR_CANCEL", "LOSE_RACE",
	"NO_ANSWER",	   "PICKED_OFF", "SUBSCRIBER_ABSENT", "X",
};
static const char *const names[] = {
	"CHANNEL_CREATE", "CHANNEL_PROGRESS",	     "CHANNEL_ANSWER",
	"CHANNEL_BRIDGE", "CHANNEL_UNBRIDGE",	     "CHANNEL_HOLD",
	"CHANNEL_UNHOLD", "CHANNEL_HANGUP_COMPLETE", "BACKGROUND_JOB",
};

static struct {
	struct cti_loop *loop;
	struct cti_conf *conf;
	struct cti_driver *drv;
	char ended[CALLS_MAX][ESL_ID_SIZE];
	size_t nended;
} fix;

/* --- the driver behind the codec --- */

static void on_link(void *arg, enum cti_link link, const char *why)
{
	(void)arg;
	(void)link;
	(void)why;
}

/* What every report must be; nothing comes after an end. */
static void on_event(void *arg, const struct cti_call_event *ev)
{
	(void)arg;
	fuzz_must(ev->leg_ref && esl_is_id(ev->leg_ref));
	fuzz_must(ev->state < CTI_CALL_UNKNOWN);
	fuzz_must(ev->kind < CTI_KIND_MAX && ev->cause < CTI_CAUSE_MAX);
	fuzz_must((ev->state == CTI_CALL_ENDED) ==
		  (ev->cause != CTI_CAUSE_NONE));
	fuzz_must(ev->device != NULL);
	fuzz_must(!ev->first_ref || strcmp(ev->first_ref, ev->leg_ref) != 0);
	fuzz_must(!ev->number ||
		  cti_utf8_valid(ev->number, strlen(ev->number), NULL));
	fuzz_must(!ev->withheld || (!ev->number && !ev->name));
	for (size_t i = 0; i < fix.nended; i++)
		fuzz_must(strcmp(fix.ended[i], ev->leg_ref) != 0);
	if (ev->state == CTI_CALL_ENDED && fix.nended < CALLS_MAX)
		(void)snprintf(fix.ended[fix.nended++], ESL_ID_SIZE, "%s",
			       ev->leg_ref);
}

static void on_synced(void *arg)
{
	(void)arg;
}

/* As when the link is up; no byte leaves. */
static void link_up(void)
{
	fix.drv->up = fix.drv->synced = true;
}

static void conf_load(const char *secret)
{
	static const char *const lines[] = {
		"agent \"A\" { device = \"user/agent1\" }\n",
		"agent \"B\" { device = \"sofia/internal/"
		"101@127.0.0.1:5090\" }\n",
	};
	char path[] = "/tmp/cti-fuzz-XXXXXX";
	struct cti_conf_source source = {.file = path};
	struct cti_buf errors;
	int fd = mkstemp(path);

	fuzz_must(fd >= 0);
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		fuzz_must(write(fd, lines[i], strlen(lines[i])) > 0);
	fuzz_must(dprintf(fd, "freeswitch { secret_file = \"%s\" }\n", secret) >
		  0);
	cti_buf_init(&errors, 4096);
	fuzz_must(cti_conf_load(&fix.conf, &source, &errors) == 0);
	cti_buf_fini(&errors);
	(void)close(fd);    /* written */
	(void)unlink(path); /* read */
}

static void driver_make(void)
{
	char secret[] = "/tmp/cti-fuzz-XXXXXX";
	int fd = mkstemp(secret);
	struct cti_driver_host host = {
		.on_link = on_link,
		.on_event = on_event,
		.on_synced = on_synced,
	};

	cti_log_setup(&(struct cti_log_conf){.level = CTI_LOG_ERROR});
	fuzz_must(fd >= 0 && write(fd, "secret\n", 7) == 7);
	conf_load(secret);
	fuzz_must(cti_loop_new(&fix.loop, CTI_CLOCK_FAKE) == 0);
	host.loop = fix.loop;
	fuzz_must(cti_driver_freeswitch.create(&fix.drv, fix.conf, &host) == 0);
	(void)close(fd);      /* written */
	(void)unlink(secret); /* read */
}

static void driver_reset(void)
{
	cti_driver_freeswitch.stop(fix.drv);
	memset(fix.drv->gone, 0, sizeof(fix.drv->gone));
	memset(fix.drv->orphan, 0, sizeof(fix.drv->orphan));
	fix.nended = 0;
}

/* --- what happens --- */

enum { NNAMES = sizeof(names) / sizeof(names[0]), NIDS = 8, NCAUSES = 8 };

static void channel_write(struct cti_jsonw *w, const uint8_t *step)
{
	const char *other = ids[step[2] % NIDS];
	uint8_t how = step[3];

	cti_jsonw_kstr(w, "Call-Direction", how & 1 ? "inbound" : "outbound");
	cti_jsonw_kstr(w, "Channel-Presence-ID", how & 2 ? "agent1@h" : "x@h");
	if (how & 4)
		cti_jsonw_kstr(w, "Channel-Name",
			       "sofia/internal/101@127.0.0.1:5090");
	cti_jsonw_kstr(w, "Other-Type", how & 8 ? "originator" : "originatee");
	cti_jsonw_kstr(w, "Other-Leg-Unique-ID", other);
	cti_jsonw_kstr(w, "Bridge-A-Unique-ID", ids[step[1] % NIDS]);
	cti_jsonw_kstr(w, "Bridge-B-Unique-ID", other);
	cti_jsonw_kstr(w, "Hangup-Cause", causes[how % NCAUSES]);
	cti_jsonw_kstr(w, "Caller-Caller-ID-Number",
		       how & 16 ? "101" : "0301234567");
	cti_jsonw_kstr(w, "variable_transfer_source", how & 32 ? other : "");
	cti_jsonw_kstr(w, "variable_sip_hangup_disposition",
		       how & 64 ? "recv_bye" : "send_bye");
}

static void event_happens(const uint8_t *step)
{
	struct fs_event ev;
	struct cti_buf json;
	struct cti_jsonw w;
	char body[64];

	cti_buf_init(&json, JSON_MAX);
	fuzz_must(cti_jsonw_init(&w, &json) == 0);
	cti_jsonw_obj(&w);
	cti_jsonw_kstr(&w, "Event-Name", names[step[0] % NNAMES]);
	cti_jsonw_kstr(&w, "Unique-ID", ids[step[1] % NIDS]);
	cti_jsonw_kstr(&w, "Job-UUID", ids[step[1] % NIDS]);
	(void)snprintf(
		body, sizeof(body), "%s%s\n", step[3] & 1 ? "+OK " : "-ERR ",
		step[3] & 1 ? ids[step[2] % NIDS] : causes[step[2] % NCAUSES]);
	cti_jsonw_kstr(&w, "_body", body);
	channel_write(&w, step);
	cti_jsonw_obj_end(&w);
	fuzz_must(cti_jsonw_fini(&w) == 0);
	fuzz_must(fs_event_parse(&ev, json.data, json.len) == 0);
	fs_on_event(fix.drv, &ev);
	fs_event_fini(&ev);
	cti_buf_fini(&json);
}

/* Commands fail, as no link is there: what was asked for is wanted still. */
static void agent_acts(const uint8_t *step)
{
	const struct cti_driver_ops *ops = &cti_driver_freeswitch;
	const char *id = ids[step[1] % NIDS];
	struct cti_call_ref ref = {.leg_ref = id};

	switch (step[2] % 6) {
	case 0:
		(void)ops->hangup(fix.drv, &ref); /* none is fine */
		break;
	case 1:
		(void)ops->reject(fix.drv, &ref); /* as above */
		break;
	case 2:
		(void)ops->hold(fix.drv, &ref, step[3] & 1); /* as above */
		break;
	case 3:
		(void)ops->transfer(fix.drv, &ref, "101"); /* as above */
		break;
	case 4:
		(void)ops->dtmf(fix.drv, &ref, "1,2"); /* as above */
		break;
	default:
		cti_loop_advance(fix.loop, 1000 * (step[3] % 30));
		break;
	}
}

/* A dial whose command went out. */
static void agent_dials(const uint8_t *step)
{
	const char *id = ids[4 + step[1] % 2];
	const struct cti_call_ref ref = {.call_id = id};
	struct fs_leg *leg = NULL;

	for (size_t i = 0; i < fix.nended; i++) {
		if (strcmp(fix.ended[i], id) == 0)
			return;
	}
	if (fs_leg_by_ref(fix.drv, &ref) || fs_chan_find(fix.drv, id))
		return;
	fuzz_must(fs_leg_new(&leg, fix.drv, id) == 0);
	memcpy(leg->call_id, id, CTI_ID_LEN + 1);
	leg->device = "user/agent1";
	leg->dialed = true;
	cti_timer_start(leg->timer, 20000);
}

/* Every call that was told must still come to its end. */
static void all_end(void)
{
	struct fs_leg *leg, *next;

	for (leg = TAILQ_FIRST(&fix.drv->legs); leg; leg = next) {
		next = TAILQ_NEXT(leg, link);
		fs_leg_end(leg, CTI_CAUSE_NORMAL, NULL);
	}
	fuzz_must(TAILQ_EMPTY(&fix.drv->legs));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!fix.drv)
		driver_make();
	link_up();
	for (size_t at = 0; at + STEP <= size; at += STEP) {
		const uint8_t *step = data + at;

		if (step[0] < 160)
			event_happens(step);
		else if (step[0] < 230)
			agent_acts(step);
		else
			agent_dials(step);
		fuzz_must(fix.drv->nchans <= NIDS);
	}
	all_end();
	driver_reset();
	return 0;
}
