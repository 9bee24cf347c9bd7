/* SPDX-License-Identifier: Apache-2.0 */
/* conf/load.h - a configuration while its sources are read */
#ifndef CONF_LOAD_H
#define CONF_LOAD_H

#include <stdbool.h>
#include <stddef.h>

#include "conf/value.h"
#include "cti/attr.h"
#include "cti/buf.h"

struct cti_agent {
	char *id;
	char *device;
};

struct cti_agents {
	struct cti_agent *items;
	size_t count;
};

struct cti_conf {
	struct cti_value *values; /* one for each row of the schema */
	struct cti_agents agents;
	struct cti_conf *older; /* whose texts may still be lent; or NULL */
};

/** Where a value comes from, for findings. */
struct cti_origin {
	const char *name; /* a file, a variable, "command line" */
	int line;	  /* 0 = there are none */
};

/** What the readers of sources share; embedded, no owner of conf. */
struct cti_load {
	struct cti_conf *conf;
	struct cti_buf *findings; /* one a line */
	size_t count;		  /* findings, also those that had no room */
};

/** Adds the finding "NAME:LINE: text". */
void cti_load_report(struct cti_load *load, const struct cti_origin *origin,
		     const char *fmt, ...) CTI_PRINTF(3, 4);
/** Reports that no key is called "section.name" and which is near. */
void cti_load_report_key(struct cti_load *load, const struct cti_origin *origin,
			 const char *dotted);
/**
 * Checks and sets one key; texts are taken on success. What does not pass is
 * a finding, not an error.
 */
void cti_load_set(struct cti_load *load, const struct cti_origin *origin,
		  const struct cti_key *key, struct cti_texts *texts);

/** Moves the agent to the end of the list; both texts are copied. */
int cti_agents_add(struct cti_agents *agents, const char *id,
		   const char *device) CTI_NODISCARD;
void cti_agents_fini(struct cti_agents *agents);

/**
 * Reads one file in libConfuse's syntax. A missing one is a finding when
 * required, else nothing. Agent sections replace those of earlier files.
 */
int cti_file_load(struct cti_load *load, const char *path,
		  bool required) CTI_NODISCARD;

#endif /* CONF_LOAD_H */
