/* SPDX-License-Identifier: Apache-2.0 */
/* cti/sap.h - SAP's edge: what comes from its page, what goes back, the lint */
#ifndef CTI_SAP_H
#define CTI_SAP_H

#include <stdbool.h>
#include <stddef.h>

#include "cti/attr.h"
#include "cti/buf.h"
#include "cti/call.h"
#include "cti/err.h"
#include "cti/event.h"
#include "cti/json.h"

struct cti_conf;

/* --- From SAP: the outbound payload (KBA 3481409) --- */

/** What patchcord reads of it; texts owned. */
struct cti_outbound {
	char *number;	     /* PhoneNumber as it came */
	char *activity_uuid; /* canonical; NULL when absent or empty */
	char *user;	     /* LoggedInUserID; NULL when absent or empty */
	char *bp;	     /* BusinessPartnerID; NULL likewise */
	char *crm;	     /* the flat object, byte for byte */
};

/**
 * Reads a body: the flat object, an object whose `payload` is that object, or
 * a JSON string whose text is either. Only PhoneNumber is required (a
 * non-empty string). -EINVAL: BAD_JSON (with the byte or the field),
 * BAD_NUMBER when PhoneNumber is missing, empty or no string. -ENOMEM.
 */
int cti_outbound_parse(struct cti_outbound *out, const char *body, size_t len,
		       struct cti_err *err) CTI_NODISCARD;
void cti_outbound_fini(struct cti_outbound *out);

/* --- To SAP: payloads --- */

/** The `sap.*` switches. */
struct cti_sap_conf {
	bool accept_omit;   /* sap.accept_action = omit */
	bool missed_silent; /* sap.missed = silent */
	bool original_omit; /* sap.original_id = omit */
	bool outbound_end;  /* sap.outbound = end or full */
	bool outbound_full; /* sap.outbound = full */
};
void cti_sap_conf_read(struct cti_sap_conf *out, const struct cti_conf *conf);

/**
 * What an event of this call asks SAP to be told: a pure decision by table.
 * call: as it is after the event; before: its state and kind before it.
 * Inbound only kind CUSTOMER speaks to SAP; a consult or internal call that
 * becomes a customer call while active or held is a TRANSFER ACCEPT, without a
 * known first leg an INBOUND one. Outbound only a call that SAP's
 * page asked for (it has CRM or ACTIVITY_UUID). Never UPDATE: that is asked
 * for when facts are learned late.
 */
struct cti_sap_moment {
	enum cti_event_type type;
	enum cti_call_state before;
	enum cti_call_kind kind_before;
};
enum cti_sap_post cti_sap_decide(const struct cti_sap_conf *conf,
				 const struct cti_call *call,
				 const struct cti_sap_moment *moment);

/**
 * Writes the payload of that post (a flat JSON object of strings, without the
 * `payload` wrapper, empty fields left out). post is not CTI_SAP_NOTHING.
 * Why there is no ANI says cti_sap_ani(). changed: for UPDATE, the facts to
 * carry (bit n = enum cti_fact n); ignored otherwise. -ENOBUFS, -ENOMEM; then
 * out may hold a part.
 */
int cti_sap_payload(struct cti_buf *out, const struct cti_sap_conf *conf,
		    const struct cti_call *call, enum cti_sap_post post,
		    unsigned long changed) CTI_NODISCARD;

/** The number as ANI: call's NUMBER when it is "+" and 7 to 15 digits and not
 * withheld; else NULL and *whyp (may be NULL) is the sentence for people. */
const char *cti_sap_ani(const struct cti_call *call, const char **whyp);

/* --- The lint --- */

enum cti_severity {
	CTI_LINT_ERROR,	  /* SAP will not do what is meant */
	CTI_LINT_WARNING, /* SAP may not do it */
	CTI_LINT_NOTE,
};

/** "error", "warning" or "note". */
const char *cti_severity_word(enum cti_severity severity);

/** One finding, lent for the callback. */
struct cti_finding {
	const char *rule; /* stable: "id.missing", "ani.plus" … */
	enum cti_severity severity;
	const char *field;    /* "ExternalReferenceID", or NULL */
	const char *sentence; /* for people */
	const char *kba;      /* "3481409", or NULL */
};
typedef void cti_finding_fn(void *arg, const struct cti_finding *finding);

/**
 * Checks a widget→SAP message, JSON ({"payload":{…}}, as posted) or XML
 * (`<payload>…</payload>`, told by the first character), by each rule once;
 * rules about every field have a finding for each field that breaks them.
 * 0 however many findings; the number of CTI_LINT_ERROR ones comes in
 * *errorsp. Never fails on bad input (that is a finding); -ENOMEM.
 */
int cti_lint(size_t *errorsp, const char *text, size_t len, cti_finding_fn *fn,
	     void *arg) CTI_NODISCARD;
/** The same for a payload object without wrapper that we are about to
 * publish. */
int cti_lint_payload(size_t *errorsp, const char *json, size_t len,
		     cti_finding_fn *fn, void *arg) CTI_NODISCARD;
/** The same as a JSON array of findings in *jsonp (malloc'd; NULL when there is
 * none); each is logged with id, the call's. */
int cti_lint_report(char **jsonp, const char *json,
		    const char *id) CTI_NODISCARD;
/** The stable name of a rule, "id.missing"; NULL behind the last one. */
const char *cti_lint_rule_name(size_t index);
/** Writes a finding as an object: rule, severity, field, sentence, kba. */
void cti_finding_write(struct cti_jsonw *w, const struct cti_finding *f);

#endif /* CTI_SAP_H */
