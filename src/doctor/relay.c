/* SPDX-License-Identifier: Apache-2.0 */
/* doctor/relay.c - the relay, its journal, its numbers, its certificate */
#include <errno.h>
#include <string.h>

#include "doctor/priv.h"

enum {
	DISK_LOW = 100 * 1024 * 1024,
	DISK_EMPTY = 10 * 1024 * 1024,
	CERT_SOON_DAYS = 21,
};

static const int64_t DAY_MS = 24 * 3600 * 1000;

void check_relay(struct cti_check *c, const struct cti_relay_facts *f)
{
	char when[CTI_WHEN_SIZE];

	if (f->running) {
		cti_check_say(c, CTI_VERDICT_OK, CTI_SIDE_RELAY,
			      "patchcord %s runs since %s.", CTI_VERSION,
			      cti_when(when, f->started_ms));
		return;
	}
	cti_check_say(c, CTI_VERDICT_WARN, CTI_SIDE_RELAY,
		      "No relay runs here, so no click is dialed and no ring "
		      "reaches SAP.");
	cti_check_fix(c, "Start it: patchcord serve, or by the service "
			 "manager.");
}

/* --- the journal --- */

static void store_trouble(struct cti_check *c, const struct cti_store_facts *s,
			  bool running)
{
	char when[CTI_WHEN_SIZE];

	if (s->err == -EBADMSG)
		cti_check_say(c, CTI_VERDICT_FAIL, CTI_SIDE_RELAY,
			      "The journal %s is damaged.", s->path);
	else if (!running)
		cti_check_say(c, CTI_VERDICT_FAIL, CTI_SIDE_RELAY,
			      "The journal %s cannot be written: %s; a relay "
			      "would refuse every dial.",
			      s->path, strerror(-s->err));
	else
		cti_check_say(c, CTI_VERDICT_FAIL, CTI_SIDE_RELAY,
			      "The journal %s cannot be written since %s: %s; "
			      "dials are refused meanwhile.",
			      s->path, cti_when(when, s->since_ms),
			      strerror(-s->err));
	if (s->err == -EBADMSG)
		cti_check_fix(c,
			      "%s sets the file aside, takes over what can be "
			      "read and begins a fresh one.",
			      running ? "Ask again in a moment: the relay"
				      : "Start the relay: it");
	else if (s->err == -ENOSPC || s->err == -EDQUOT)
		cti_check_fix(c, "Make room on its disk; the relay goes on by "
				 "itself.");
	else
		cti_check_fix(c,
			      "Make the file and its folder writable for the "
			      "relay's user, or set store.path; a running "
			      "relay goes on by itself.");
}

void check_store(struct cti_check *c, const struct cti_relay_facts *f)
{
	const struct cti_store_facts *s = &f->store;

	if (!s->path) {
		cti_check_say(c, CTI_VERDICT_FAIL, CTI_SIDE_RELAY,
			      "There is no place for the journal.");
		cti_check_fix(c, "Set store.path, or HOME.");
	} else if (s->held) {
		cti_check_say(c, CTI_VERDICT_WARN, CTI_SIDE_RELAY,
			      "Another patchcord has the journal %s, yet none "
			      "answers here.",
			      s->path);
		cti_check_fix(c, "Ask that one: its address by --url, or its "
				 "configuration by -c.");
	} else if (s->err) {
		store_trouble(c, s, f->running);
	} else if (s->missing) {
		cti_check_say(c, CTI_VERDICT_OK, CTI_SIDE_RELAY,
			      "There is no journal yet; the first start makes "
			      "%s.",
			      s->path);
	} else if (s->aside) {
		cti_check_say(c, CTI_VERDICT_WARN, CTI_SIDE_RELAY,
			      "The journal is whole; a damaged one was set "
			      "aside as %s.",
			      s->aside);
		cti_check_fix(c, "Look at the disk's health, then keep that "
				 "file elsewhere or delete it.");
	} else {
		cti_check_say(c, CTI_VERDICT_OK, CTI_SIDE_RELAY,
			      "The journal %s is writable and whole.", s->path);
	}
}

void check_disk(struct cti_check *c, const struct cti_relay_facts *f)
{
	int64_t free_bytes = f->store.free_bytes;
	long long mib = free_bytes / (1024 * 1024);

	if (free_bytes < 0 || !f->store.path) {
		cti_check_say(c, CTI_VERDICT_SKIPPED, CTI_SIDE_RELAY,
			      "How much room the journal's disk has is not "
			      "known.");
		return;
	}
	cti_check_say(c,
		      free_bytes < DISK_EMPTY ? CTI_VERDICT_FAIL
		      : free_bytes < DISK_LOW ? CTI_VERDICT_WARN
					      : CTI_VERDICT_OK,
		      CTI_SIDE_RELAY, "The journal's disk has %lld MiB free.",
		      mib);
	if (free_bytes < DISK_LOW)
		cti_check_fix(c, "Make room: on a full disk every dial is "
				 "refused.");
}

/* --- numbers --- */

static void region_missing(struct cti_check *c,
			   const struct cti_number_facts *n)
{
	cti_check_say(c, CTI_VERDICT_WARN, CTI_SIDE_RELAY,
		      "number.region is not set: only numbers with + or 00 are "
		      "dialed, and callers in national form reach SAP without "
		      "ANI (KBA 3705829). %s: %s.",
		      n->abroad.text, n->abroad.outcome);
	cti_check_fix(c, "Set number.region to your country, as in "
			 "number.region = \"DE\".");
}

void check_numbers(struct cti_check *c, const struct cti_relay_facts *f)
{
	const struct cti_number_facts *n = &f->number;

	if (!n->sampled) {
		cti_check_say(c, CTI_VERDICT_FAIL, CTI_SIDE_RELAY,
			      "The sections number and dial of the "
			      "configuration make no rules: the relay does not "
			      "start.");
		cti_check_fix(c, "patchcord check-config says which key is "
				 "wrong.");
		return;
	}
	if (!n->emergency.blocked) {
		cti_check_say(c, CTI_VERDICT_FAIL, CTI_SIDE_RELAY,
			      "The emergency number %s is not refused: %s.",
			      n->emergency.text, n->emergency.outcome);
		cti_check_fix(c, "Add it to dial.emergency.");
		return;
	}
	if (!*n->region) {
		region_missing(c, n);
		return;
	}
	cti_check_say(c,
		      n->own.ok && (n->abroad.ok || n->abroad.blocked)
			      ? CTI_VERDICT_OK
			      : CTI_VERDICT_FAIL,
		      CTI_SIDE_RELAY, "%s: %s. %s: %s. %s: %s.", n->own.text,
		      n->own.outcome, n->abroad.text, n->abroad.outcome,
		      n->emergency.text, n->emergency.outcome);
	if (c->verdict == CTI_VERDICT_FAIL)
		cti_check_fix(c, "Look at the sections number and dial of the "
				 "configuration; patchcord explain NUMBER "
				 "shows each step.");
}

/* --- https --- */

static const char cert_fix[] =
	"Have a new certificate made by your company's CA or mkcert, for the "
	"name SAP's page uses, put it at http.tls_cert_file and restart.";

/* Days until then; below 0 when it is over. */
static int64_t days_until(int64_t now_ms, int64_t until_ms)
{
	int64_t left = until_ms - now_ms;

	return left < 0 ? -1 - (-left / DAY_MS) : left / DAY_MS;
}

static void cert_dates(struct cti_check *c, const struct cti_cert_facts *cert,
		       int64_t now_ms)
{
	int64_t days = days_until(now_ms, cert->until_ms);
	char when[CTI_WHEN_SIZE];

	if (days < 0)
		cti_check_say(c, CTI_VERDICT_FAIL, CTI_SIDE_RELAY,
			      "The certificate %s expired %s: no page loads "
			      "the widget any more.",
			      cert->path, cti_when(when, cert->until_ms));
	else if (cert->from_ms > now_ms)
		cti_check_say(c, CTI_VERDICT_FAIL, CTI_SIDE_RELAY,
			      "The certificate %s is good from %s only.",
			      cert->path, cti_when(when, cert->from_ms));
	else if (!cert->for_host)
		cti_check_say(c, CTI_VERDICT_WARN, CTI_SIDE_RELAY,
			      "The certificate %s is for neither localhost nor "
			      "a name of http.allowed_hosts.",
			      cert->path);
	else
		cti_check_say(c,
			      days < CERT_SOON_DAYS ? CTI_VERDICT_WARN
						    : CTI_VERDICT_OK,
			      CTI_SIDE_RELAY,
			      "The certificate %s is good for %lld more days.",
			      cert->path, (long long)days);
	if (c->verdict != CTI_VERDICT_OK)
		cti_check_fix(c, "%s", cert_fix);
}

void check_https(struct cti_check *c, const struct cti_relay_facts *f)
{
	const struct cti_cert_facts *cert = &f->cert;

	if (!cert->path) {
		cti_check_say(c, CTI_VERDICT_OK, CTI_SIDE_RELAY,
			      "The relay speaks http, which pages may use on "
			      "this machine; no certificate can expire.");
		return;
	}
	if (cert->err) {
		cti_check_say(c, CTI_VERDICT_FAIL, CTI_SIDE_RELAY,
			      "The certificate %s cannot be read: %s.",
			      cert->path,
			      cert->err == -EBADMSG ? "it is no PEM file"
						    : strerror(-cert->err));
		cti_check_fix(c, "%s", cert_fix);
		return;
	}
	cert_dates(c, cert, f->now_ms);
	if (f->running && c->verdict == CTI_VERDICT_OK &&
	    cert->renewed_ms > f->started_ms) {
		cti_check_say(c, CTI_VERDICT_WARN, CTI_SIDE_RELAY,
			      "The certificate %s is newer than the relay, "
			      "which still serves the one before.",
			      cert->path);
		cti_check_fix(c, "Restart the relay.");
	}
}

/* --- who was refused --- */

/* Only what a person may have to set right, and how. */
static const struct {
	const char *word;
	const char *fix;
} hints[] = {
	{"host", "A page or program used another name than localhost: add it "
		 "to http.allowed_hosts if it is yours."},
	{"peer", "Another user's program knocked. If that is the browser, run "
		 "relay and browser as one user."},
	{"exposure", "A request came from outside: see http.exposure and "
		     "http.allowed_peers."},
	{"key", "A program had no or a wrong key: give it that of "
		"http.api_key_file."},
	{"busy", "There were too many connections: close tabs, or raise "
		 "http.max_connections."},
};

static uint64_t refused_count(const struct cti_relay_facts *f, const char *word)
{
	for (size_t i = 0; i < f->nrefused; i++)
		if (strcmp(f->refused[i].word, word) == 0)
			return f->refused[i].count;
	return 0;
}

void check_refused(struct cti_check *c, const struct cti_relay_facts *f)
{
	uint64_t all = 0;

	for (size_t i = 0; i < f->nrefused; i++)
		all += f->refused[i].count;
	if (!f->running)
		cti_check_say(c, CTI_VERDICT_SKIPPED, CTI_SIDE_NETWORK,
			      "No relay runs that could have refused.");
	else if (!all)
		cti_check_say(c, CTI_VERDICT_OK, CTI_SIDE_NETWORK,
			      "No request was refused since the start.");
	else
		cti_check_say(c, CTI_VERDICT_OK, CTI_SIDE_NETWORK,
			      "%llu requests of strangers were refused since "
			      "the start.",
			      (unsigned long long)all);
	for (size_t i = 0; i < sizeof(hints) / sizeof(hints[0]); i++) {
		uint64_t count = refused_count(f, hints[i].word);

		if (!f->running || !count)
			continue;
		cti_check_say(c, CTI_VERDICT_WARN, CTI_SIDE_NETWORK,
			      "%llu requests were refused since the start, "
			      "%llu of them for \"%s\".",
			      (unsigned long long)all,
			      (unsigned long long)count, hints[i].word);
		cti_check_fix(c, "%s", hints[i].fix);
		break;
	}
}

/* --- all of it --- */

static const struct {
	const char *name;
	void (*look)(struct cti_check *c, const struct cti_relay_facts *f);
} checks_table[] = {
	{"relay", check_relay},	    {"store", check_store},
	{"disk", check_disk},	    {"switch", check_switch},
	{"devices", check_devices}, {"numbers", check_numbers},
	{"https", check_https},	    {"origins", check_origins},
	{"page", check_page},	    {"ids", check_ids},
	{"due", check_due},	    {"dials", check_dials},
	{"system", check_system},   {"refused", check_refused},
};

void cti_relay_judge(struct cti_checks *checks,
		     const struct cti_relay_facts *facts)
{
	for (size_t i = 0; i < sizeof(checks_table) / sizeof(checks_table[0]);
	     i++) {
		struct cti_check *check =
			cti_checks_add(checks, checks_table[i].name);

		checks_table[i].look(check, facts);
	}
	for (size_t i = 0; i < facts->sw.ndevices; i++)
		check_device(cti_checks_add(checks, "originate"), facts,
			     &facts->sw.device[i]);
}

void cti_https_judge(struct cti_checks *checks,
		     const struct cti_relay_facts *facts)
{
	check_https(cti_checks_add(checks, "https"), facts);
}
