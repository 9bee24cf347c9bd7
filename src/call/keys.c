/* SPDX-License-Identifier: Apache-2.0 */
/* call/keys.c - which dial was asked for before: the keys of 24 hours */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "call/priv.h"

static void key_name(unsigned char name[CTI_ID_BLOB], char kind,
		     const char *first, const char *second)
{
	char text[640];
	int len = snprintf(text, sizeof(text), "%c\x1f%s\x1f%s", kind, first,
			   second);
	size_t used = len < (int)sizeof(text) ? (size_t)len : sizeof(text) - 1;

	cti_store_fingerprint(name, text, used);
}

void key_name_activity(unsigned char name[CTI_ID_BLOB], const char *activity,
		       const char *number)
{
	key_name(name, 'A', activity, number);
}

void key_name_header(unsigned char name[CTI_ID_BLOB], const char *agent,
		     const char *key)
{
	key_name(name, 'I', agent, key);
}

static void key_drop(struct cti_calls *c, struct dial_key *key)
{
	cti_map_remove(&c->by_key, key->name, sizeof(key->name));
	TAILQ_REMOVE(&c->keys, key, age);
	free(key);
}

static void keys_expire(struct cti_calls *c)
{
	int64_t oldest = cti_loop_mono_ms(c->loop) - KEY_LIFE_MS;
	struct dial_key *key;

	while ((key = TAILQ_FIRST(&c->keys)) && key->at_mono < oldest)
		key_drop(c, key);
}

struct dial_key *keys_find(struct cti_calls *c,
			   const unsigned char name[CTI_ID_BLOB])
{
	keys_expire(c);
	return cti_map_find(&c->by_key, name, CTI_ID_BLOB);
}

int keys_bind(struct cti_calls *c, const struct dial_key *key)
{
	struct dial_key *mine;
	int err;

	keys_unbind(c, key->name);
	mine = calloc(1, sizeof(*mine));
	if (!mine)
		return -ENOMEM;
	*mine = *key;
	err = cti_map_add(&c->by_key, mine->name, sizeof(mine->name), mine);
	if (err) {
		free(mine);
		return err;
	}
	TAILQ_INSERT_TAIL(&c->keys, mine, age);
	return 0;
}

void keys_unbind(struct cti_calls *c, const unsigned char name[CTI_ID_BLOB])
{
	struct dial_key *key = keys_find(c, name);

	if (key)
		key_drop(c, key);
}

void keys_clear(struct cti_calls *c)
{
	struct dial_key *key;

	while ((key = TAILQ_FIRST(&c->keys)))
		key_drop(c, key);
	cti_map_fini(&c->by_key);
}

static int load_one(void *arg, const struct cti_link_row *link, const char *id)
{
	struct cti_calls *c = arg;
	struct dial_key key = {.at_mono = mono_of(c, link->at_ms)};

	if (!cti_id_valid(id))
		return 0;
	memcpy(key.id, id, strlen(id) + 1);
	if (link->kind == CTI_LINK_ACTIVITY) {
		memcpy(key.name, link->print, sizeof(key.name));
	} else {
		if (!cti_id_is_hex(link->value))
			return 0;
		cti_id_pack(key.name, link->value);
		memcpy(key.print, link->print, sizeof(key.print));
	}
	return keys_bind(c, &key);
}

int keys_load(struct cti_calls *c)
{
	return cti_store_links(
		c->store, cti_loop_wall_ms(c->loop) - KEY_LIFE_MS, load_one, c);
}
