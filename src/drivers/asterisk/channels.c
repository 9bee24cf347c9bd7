/* SPDX-License-Identifier: Apache-2.0 */
/* asterisk/channels.c - the switch's channels and bridges, as its events tell
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cti/json.h"
#include "cti/log.h"
#include "drivers/asterisk/priv.h"

/* --- texts --- */

/** Ids and names are compared only; what does not fit is no id. */
static bool text_keep(char *out, size_t size, const char *text)
{
	size_t len = strlen(text);

	if (len >= size)
		return false;
	memcpy(out, text, len + 1);
	return true;
}

static void var_keep(struct ast_chan *chan, const char *var)
{
	const struct ast_conf *conf = &chan->drv->conf;
	const char *equals = strchr(var, '=');
	size_t len = equals ? (size_t)(equals - var) : 0;
	char value[AST_VALUE_SIZE];

	if (!len || !conf->nfields)
		return;
	cti_utf8_clean(value, sizeof(value), equals + 1, strlen(equals + 1));
	for (size_t i = 0; i < conf->nfields; i++) {
		const char *old = chan->var[i] ? chan->var[i] : "";

		if (strncmp(conf->field[i], var, len) != 0 ||
		    conf->field[i][len] || strcmp(old, value) == 0)
			continue;
		free(chan->var[i]);
		chan->var[i] = value[0] ? strdup(value) : NULL;
	}
}

static void snap_keep(struct ast_chan *chan, const struct ast_snap *snap)
{
	ami_text(chan->cid_num, sizeof(chan->cid_num), snap->f[AST_F_CID_NUM]);
	ami_text(chan->cid_name, sizeof(chan->cid_name),
		 snap->f[AST_F_CID_NAME]);
	ami_text(chan->cl_num, sizeof(chan->cl_num), snap->f[AST_F_CL_NUM]);
	ami_text(chan->cl_name, sizeof(chan->cl_name), snap->f[AST_F_CL_NAME]);
	if (snap->f[AST_F_LINKED][0])
		(void)text_keep(chan->linked, sizeof(chan->linked),
				snap->f[AST_F_LINKED]);
	if (snap->f[AST_F_STATE][0])
		chan->state =
			(unsigned char)strtoul(snap->f[AST_F_STATE], NULL, 10);
	for (size_t i = 0; i < snap->nvars; i++)
		var_keep(chan, snap->var[i]);
}

/* --- channels --- */

void ast_switch_init(struct ast_switch *sw)
{
	TAILQ_INIT(&sw->all);
}

void ast_switch_fini(struct ast_switch *sw)
{
	while (!TAILQ_EMPTY(&sw->all))
		ast_chan_destroy(TAILQ_FIRST(&sw->all));
	cti_map_fini(&sw->by_uid);
	cti_map_fini(&sw->locals);
	cti_map_fini(&sw->bridges);
}

struct ast_chan *ast_chan_find(const struct cti_driver *drv, const char *uid)
{
	return cti_map_find(&drv->sw.by_uid, uid, strlen(uid));
}

/** The name and what follows from it. A Local channel counts as a device only
 * by its first half, the one that is dialed. */
static void chan_name(struct ast_chan *chan, const char *name)
{
	struct ast_switch *sw = &chan->drv->sw;
	const char *dash;
	size_t len;

	if (chan->local)
		cti_map_remove(&sw->locals, chan->name, strlen(chan->name));
	(void)text_keep(chan->name, sizeof(chan->name), name);
	len = strlen(chan->name);
	dash = strrchr(chan->name, '-');
	chan->endpoint = dash ? (size_t)(dash - chan->name) : len;
	chan->device =
		cti_map_find(&chan->drv->devices, chan->name, chan->endpoint);
	chan->local = strncmp(chan->name, "Local/", 6) == 0;
	if (!chan->local)
		return;
	if (len < 2 || strcmp(chan->name + len - 2, ";1") != 0)
		chan->device = NULL;
	if (cti_map_add(&sw->locals, chan->name, len, chan))
		chan->local = false; /* twice, or no memory: seen as it is */
}

void ast_chan_rename(struct ast_chan *chan, const char *name)
{
	if (strlen(name) < sizeof(chan->name))
		chan_name(chan, name);
}

static struct ast_chan *chan_new(struct cti_driver *drv, const char *uid)
{
	struct ast_switch *sw = &drv->sw;
	struct ast_chan *chan = NULL;

	if (sw->n >= AST_CHANNELS_MAX)
		goto out;
	chan = calloc(1, sizeof(*chan));
	if (!chan || !text_keep(chan->uid, sizeof(chan->uid), uid) ||
	    cti_map_add(&sw->by_uid, chan->uid, strlen(chan->uid), chan)) {
		free(chan);
		chan = NULL;
		goto out;
	}
	chan->drv = drv;
	TAILQ_INIT(&chan->dialed);
	TAILQ_INSERT_TAIL(&sw->all, chan, link);
	sw->n++;
out:
	if (!chan && !sw->full)
		log_warn("asterisk: %zu channels; further ones are not "
			 "followed",
			 sw->n);
	sw->full = !chan;
	return chan;
}

struct ast_chan *ast_chan_see(struct cti_driver *drv,
			      const struct ast_snap *snap)
{
	const char *uid = snap->f[AST_F_UID];
	struct ast_chan *chan;
	bool fresh;

	if (!uid[0])
		return NULL;
	chan = ast_chan_find(drv, uid);
	fresh = !chan;
	if (fresh && snap->make && ami_is_channel(uid))
		chan = chan_new(drv, uid);
	if (!chan)
		return NULL;
	snap_keep(chan, snap);
	chan->seen = true;
	if (fresh) {
		ast_chan_rename(chan, snap->f[AST_F_CHANNEL]);
		ast_leg_adopt(drv, chan);
	}
	return chan;
}

/** The other half of a Local channel. */
static struct ast_chan *chan_half(const struct ast_chan *chan)
{
	char name[AST_NAME_SIZE];
	size_t len = strlen(chan->name);

	if (!chan->local || len < 2)
		return NULL;
	memcpy(name, chan->name, len + 1);
	name[len - 1] = name[len - 1] == '1' ? '2' : '1';
	return cti_map_find(&chan->drv->sw.locals, name, len);
}

/* What it knows of the dial goes over to those it dialed, itself or by its
 * other half. */
static void chan_desert(struct ast_chan *chan)
{
	struct ast_chan *half = chan_half(chan);
	struct ast_chan *dest;

	if (half) {
		half->elsewhere = ast_chan_elsewhere(chan);
		half->deserted = true;
		half->given_up = ast_chan_given_up(chan);
	}
	while ((dest = TAILQ_FIRST(&chan->dialed))) {
		dest->elsewhere = ast_chan_elsewhere(dest);
		dest->given_up = ast_chan_given_up(dest);
		dest->deserted = true;
		TAILQ_REMOVE(&chan->dialed, dest, callee);
		dest->dialer = NULL;
	}
}

void ast_chan_destroy(struct ast_chan *chan)
{
	struct ast_switch *sw = &chan->drv->sw;

	ast_leg_unbind(chan);
	chan_desert(chan);
	if (chan->dialer)
		TAILQ_REMOVE(&chan->dialer->dialed, chan, callee);
	ast_chan_leave(chan);
	if (chan->local)
		cti_map_remove(&sw->locals, chan->name, strlen(chan->name));
	cti_map_remove(&sw->by_uid, chan->uid, strlen(chan->uid));
	TAILQ_REMOVE(&sw->all, chan, link);
	sw->n--;
	for (size_t i = 0; i < AST_VARS; i++)
		free(chan->var[i]);
	free(chan);
}

/* --- bridges --- */

static struct ast_bridge *bridge_get(struct ast_switch *sw, const char *id)
{
	struct ast_bridge *bridge = cti_map_find(&sw->bridges, id, strlen(id));

	if (bridge)
		return bridge;
	bridge = calloc(1, sizeof(*bridge));
	if (!bridge)
		return NULL;
	TAILQ_INIT(&bridge->members);
	if (!text_keep(bridge->id, sizeof(bridge->id), id) ||
	    cti_map_add(&sw->bridges, bridge->id, strlen(bridge->id), bridge)) {
		free(bridge);
		return NULL;
	}
	return bridge;
}

int ast_chan_enter(struct ast_chan *chan, const char *id)
{
	struct ast_bridge *bridge = bridge_get(&chan->drv->sw, id);

	if (!bridge)
		return -ENOMEM;
	if (chan->bridge == bridge)
		return 0;
	ast_chan_leave(chan);
	TAILQ_INSERT_TAIL(&bridge->members, chan, member);
	bridge->n++;
	chan->bridge = bridge;
	return 0;
}

void ast_chan_leave(struct ast_chan *chan)
{
	struct ast_bridge *bridge = chan->bridge;

	if (!bridge)
		return;
	chan->bridge = NULL;
	TAILQ_REMOVE(&bridge->members, chan, member);
	if (--bridge->n)
		return;
	cti_map_remove(&chan->drv->sw.bridges, bridge->id, strlen(bridge->id));
	free(bridge);
}

/* --- who is with whom --- */

void ast_chan_dials(struct ast_chan *chan, struct ast_chan *dest)
{
	if (chan == dest || dest->dialer == chan)
		return;
	if (dest->dialer)
		TAILQ_REMOVE(&dest->dialer->dialed, dest, callee);
	dest->dialer = chan;
	dest->deserted = false;
	dest->dialed_at = ++chan->drv->sw.clock;
	TAILQ_INSERT_TAIL(&chan->dialed, dest, callee);
}

static struct ast_chan *chan_partner(const struct ast_chan *chan)
{
	const struct ast_bridge *bridge = chan->bridge;
	struct ast_chan *first;

	if (!bridge || bridge->n != 2)
		return NULL;
	first = TAILQ_FIRST(&bridge->members);
	return first == chan ? TAILQ_NEXT(first, member) : first;
}

struct ast_chan *ast_chan_peer(const struct ast_chan *chan)
{
	struct ast_chan *peer = chan_partner(chan);

	for (int i = 0; peer && peer->local && i < AST_HOPS_MAX; i++) {
		const struct ast_chan *half = chan_half(peer);

		peer = half ? chan_partner(half) : NULL;
	}
	return peer && !peer->local && peer != chan ? peer : NULL;
}

struct ast_chan *ast_chan_behind(const struct ast_chan *chan)
{
	const struct ast_chan *partner = chan_partner(chan);

	if (chan->local)
		return chan_half(chan);
	return partner && partner->local ? chan_half(partner) : NULL;
}

/** Who dialed it: the channel itself, a Local half included. A half that
 * nobody dialed was made by a transfer, for the one it talks to. */
static struct ast_chan *chan_before(const struct ast_chan *chan)
{
	const struct ast_chan *half;

	if (!chan->local)
		return chan->dialer;
	half = chan_half(chan);
	if (!half)
		return NULL;
	return half->dialer ? half->dialer : chan_partner(half);
}

struct ast_chan *ast_chan_real(struct ast_chan *chan)
{
	for (int i = 0; chan && chan->local && i < AST_HOPS_MAX; i++)
		chan = chan_before(chan);
	return chan && !chan->local ? chan : NULL;
}

struct ast_chan *ast_chan_caller(const struct ast_chan *chan)
{
	struct ast_chan *caller = chan->dialer;

	for (int i = 0; caller && caller->local && i < AST_HOPS_MAX; i++)
		caller = chan_before(caller);
	return caller && !caller->local && caller != chan ? caller : NULL;
}

struct ast_chan *ast_chan_dialer_leg(const struct ast_chan *chan)
{
	struct ast_chan *caller = chan->dialer;

	for (int i = 0; caller && !caller->leg && i < AST_HOPS_MAX; i++)
		caller = caller->local ? chan_before(caller) : NULL;
	return caller && caller != chan && caller->leg ? caller : NULL;
}

static bool dial_lost(const struct ast_chan *chan)
{
	const struct ast_chan *dialer = chan->dialer;

	if (chan->elsewhere || (dialer && dialer->local && dialer->elsewhere))
		return true;
	return dialer && dialer->picked_at > chan->dialed_at &&
	       dialer->picked != chan->dialed_at;
}

bool ast_chan_elsewhere(const struct ast_chan *chan)
{
	for (int i = 0; chan && i < AST_HOPS_MAX; i++) {
		if (dial_lost(chan))
			return true;
		if (!chan->dialer || !chan->dialer->local)
			break;
		chan = chan_half(chan->dialer);
	}
	return false;
}

bool ast_chan_given_up(const struct ast_chan *chan)
{
	for (int i = 0; chan && i < AST_HOPS_MAX; i++) {
		const struct ast_chan *dialer = chan->dialer;

		if (chan->given_up)
			return true;
		if (!dialer || !dialer->local)
			break;
		if (dialer->given_up)
			return true;
		chan = chan_half(dialer);
	}
	return false;
}

bool ast_chan_deserted(const struct ast_chan *chan)
{
	for (int i = 0; chan && i < AST_HOPS_MAX; i++) {
		const struct ast_chan *dialer = chan->dialer;

		if (!dialer)
			return chan->deserted;
		if (!dialer->local)
			return dialer->hanging;
		if (dialer->deserted)
			return true;
		chan = chan_half(dialer);
	}
	return false;
}

static bool chan_same_endpoint(const struct ast_chan *a,
			       const struct ast_chan *b)
{
	return a->endpoint == b->endpoint &&
	       memcmp(a->name, b->name, a->endpoint) == 0;
}

bool ast_chan_busy(const struct ast_chan *chan)
{
	const struct ast_chan *other;

	if (chan->held)
		return true;
	TAILQ_FOREACH(other, &chan->drv->sw.all, link)
	{
		if (other != chan && !other->local &&
		    (other->bridge || other->held) &&
		    chan_same_endpoint(chan, other))
			return true;
	}
	return false;
}

bool ast_chan_kin_held(const struct ast_chan *chan)
{
	const struct ast_chan *other;

	TAILQ_FOREACH(other, &chan->drv->sw.all, link)
	{
		if (other->held && strcmp(other->linked, chan->linked) == 0)
			return true;
	}
	return false;
}
