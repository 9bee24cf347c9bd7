/* SPDX-License-Identifier: Apache-2.0 */
/* call/patch.c - facts learned late: notes, ticket, recording (KBA 2803384) */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "call/priv.h"

struct patch_wait {
	struct live *live;
	struct cti_reply reply;
};

static void patch_stored(void *arg, int err)
{
	struct patch_wait *w = arg;

	(void)err; /* not durable is still reported: the event says so */
	reply_call(&w->reply, w->live, false);
	free(w);
}

/* Does SAP get it: it knows the call, or will by what is due. */
static bool patch_posts(struct cti_calls *c, struct live *live)
{
	if (live->call->direction == CTI_INBOUND)
		return live->call->kind == CTI_KIND_CUSTOMER &&
		       posts_touched(c, live);
	return c->sap.outbound_end && live->call->fact[CTI_FACT_ACTIVITY_UUID];
}

static bool differs(const char *old, const char *text)
{
	if (!old || !text)
		return old != text;
	return strcmp(old, text) != 0;
}

static int patch_event(struct cti_event **evp, const struct live *live,
		       const struct cti_patch *patch, unsigned long *changedp)
{
	struct cti_event *ev = NULL;
	int err = emit_begin(&ev, live, CTI_EVENT_UPDATED);

	if (err)
		return err;
	for (int i = 0; i < CTI_FACT_MAX && !err; i++) {
		const char *text = patch->fact[i];

		if (text && !*text)
			text = NULL;
		if (!(patch->mask & (1UL << i)) ||
		    !differs(live->call->fact[i], text))
			continue;
		err = cti_event_change(ev, (enum cti_fact)i, text);
		if (text)
			*changedp |= 1UL << i;
	}
	if (err) {
		cti_event_destroy(ev);
		return err;
	}
	*evp = ev;
	return 0;
}

/* Takes ev over. */
static int patch_tell(struct cti_calls *c, struct patch_wait *w,
		      struct cti_event *ev, unsigned long changed)
{
	if (!ev->nchanges) {
		cti_event_destroy(ev);
		return emit_wait(w->live, patch_stored, w);
	}
	if (!patch_posts(c, w->live))
		changed = 0;
	return emit_event(c, &(struct emission){.live = w->live,
						.ev = ev,
						.update = changed,
						.after = patch_stored,
						.arg = w});
}

int cti_calls_patch(struct cti_calls *c, const struct cti_patch *patch,
		    const struct cti_reply *reply, struct cti_err *err)
{
	struct live *live = registry_get(c, patch->id);
	struct patch_wait *w;
	struct cti_event *ev = NULL;
	unsigned long changed = 0;
	int rc;

	if (!live || !live->known)
		return cti_err_set(err, ENOENT, CTI_ERR_CALL_NOT_FOUND,
				   "There is no call %.40s.", patch->id);
	w = malloc(sizeof(*w));
	if (!w)
		return -ENOMEM;
	*w = (struct patch_wait){.live = live, .reply = *reply};
	rc = patch_event(&ev, live, patch, &changed);
	if (!rc)
		rc = patch_tell(c, w, ev, changed);
	if (rc)
		free(w);
	return rc;
}
