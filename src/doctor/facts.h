/* SPDX-License-Identifier: Apache-2.0 */
/* doctor/facts.h - what a doctor looks at; pure data, all texts lent */
#ifndef DOCTOR_FACTS_H
#define DOCTOR_FACTS_H

#include "cti/driver.h"
#include "doctor/cert.h"
#include "doctor/doctor.h"

struct cti_numbers;

enum {
	CTI_DEVICES_MAX = 16, /* agents' devices that are asked about */
};

/** What the driver said of one device; agent and device may be "". */
struct cti_device_facts {
	const char *agent, *device;
	bool asked; /* else the link was not up */
	bool ok;
	char why[CTI_CHECK_TEXT];
};

struct cti_switch_facts {
	const char *driver;
	enum cti_link link;
	bool synced;
	bool left_alone; /* not tried, on purpose; why says it */
	bool unusable;	 /* the driver does not take its settings; likewise */
	int64_t since_ms;
	const char *why;
	struct cti_device_facts device[CTI_DEVICES_MAX];
	size_t ndevices;
	size_t agents, without_device;
};

struct cti_store_facts {
	const char *path;
	bool missing; /* no file yet */
	bool held;    /* somebody has it, and it is not the relay we ask */
	int err;      /* -errno: cannot be written; -EBADMSG: damaged */
	int64_t since_ms;
	const char *aside;  /* a damaged file that was set aside, or NULL */
	int64_t free_bytes; /* of its disk; -1 = not known */
};

/** One number of the rules' test. */
struct cti_sample_facts {
	char text[40];
	bool ok, blocked;
	char outcome[200]; /* the dial string, or why not */
};

struct cti_number_facts {
	const char *region; /* "" = none */
	bool sampled;
	struct cti_sample_facts own, abroad, emergency;
};

struct cti_page_facts {
	bool simulator; /* its own page may frame the widget */
	size_t origins; /* configured and paired */
	int64_t seen_ms, click_ms;
	size_t streams;
	const char *communication_system; /* "" = not set */
};

/** The last day. */
struct cti_day_facts {
	int64_t inbound, made, claimed, acked;
	bool cut;	      /* only the newest calls were counted */
	const char *findings; /* "ani.plus 3 times (KBA 3705829)" or "" */
	const char *refusals; /* "bad_number 2 times", or "" */
	size_t due;	      /* nobody has claimed them … */
	int64_t due_ms;	      /* … since then */
};

/** Requests that were refused since the start, by reason. */
struct cti_refused_facts {
	const char *word; /* of cti_http_refusal_word() */
	uint64_t count;
};
enum { CTI_REFUSED_MAX = 12 };

struct cti_relay_facts {
	bool running; /* else only what one can see without it is filled */
	int64_t now_ms, started_ms;
	struct cti_switch_facts sw;
	struct cti_store_facts store;
	struct cti_number_facts number;
	struct cti_page_facts page;
	struct cti_day_facts day;
	struct cti_cert_facts cert;
	struct cti_refused_facts refused[CTI_REFUSED_MAX];
	size_t nrefused;
};

/** Room, and what was set aside beside it: fills aside and free_bytes; aside
 * points into name. */
void cti_disk_look(struct cti_store_facts *facts, const char *path, char *name,
		   size_t size);
/** Tries the rules on three numbers. */
void cti_numbers_try(struct cti_number_facts *facts,
		     const struct cti_numbers *numbers, const char *region);

/** Looks at all of it, check by check. */
void cti_relay_judge(struct cti_checks *checks,
		     const struct cti_relay_facts *facts);

/** The certificate alone. */
void cti_https_judge(struct cti_checks *checks,
		     const struct cti_relay_facts *facts);

#endif /* DOCTOR_FACTS_H */
