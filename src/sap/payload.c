/* SPDX-License-Identifier: Apache-2.0 */
/* sap/payload.c - writes what the widget posts to SAP */
#include <assert.h>
#include <errno.h>
#include <string.h>

#include "cti/id.h"
#include "cti/sap.h"
#include "sap/text.h"

enum {
	ANI_DIGITS_MIN = 7,
	ANI_DIGITS_MAX = 15, /* E.164 */
	ON_START = 1 << CTI_SAP_NOTIFY | 1 << CTI_SAP_ACCEPT,
	ON_UPDATE = 1 << CTI_SAP_UPDATE,
};

/* Which fact goes out under which name, and with which posts. */
static const struct payload_field {
	const char *name;
	enum cti_fact fact;
	unsigned int posts;
} payload_fields[] = {
	{"DNIS", CTI_FACT_DNIS, ON_START},
	{"Custom_1", CTI_FACT_CUSTOM_1, ON_START | ON_UPDATE},
	{"Custom_2", CTI_FACT_CUSTOM_2, ON_START | ON_UPDATE},
	{"Custom_3", CTI_FACT_CUSTOM_3, ON_START | ON_UPDATE},
	{"Custom_4", CTI_FACT_CUSTOM_4, ON_START | ON_UPDATE},
	{"TicketID", CTI_FACT_TICKET, ON_START | ON_UPDATE},
	{"BP", CTI_FACT_BP, ON_START | ON_UPDATE},
	{"Serial", CTI_FACT_SERIAL, ON_START | ON_UPDATE},
	{"Subject", CTI_FACT_SUBJECT, ON_UPDATE},
	{"Text", CTI_FACT_TEXT, ON_UPDATE},
	{"RecordingId", CTI_FACT_RECORDING_ID, ON_UPDATE},
};

/* The writer, a place to clean a value in, and what is written about. */
struct payload {
	struct cti_jsonw w;
	struct cti_buf clean;
	const struct cti_sap_conf *conf;
	const struct cti_call *call;
	enum cti_sap_post post;
	int err;
};

static const char *ani_why(const struct cti_call *call)
{
	const char *number = call->fact[CTI_FACT_NUMBER];

	if (call->withheld)
		return "no ANI: the caller withholds the number";
	if (!number || !number[0])
		return "no ANI: the switch gave no number";
	if (number[0] != '+')
		return "no ANI: the number is an extension or could not be "
		       "made international (number.region)";
	if (strspn(number + 1, "0123456789") != strlen(number + 1))
		return "no ANI: the number has other characters than digits";
	if (strlen(number + 1) < ANI_DIGITS_MIN)
		return "no ANI: the number is too short to be a phone number";
	if (strlen(number + 1) > ANI_DIGITS_MAX)
		return "no ANI: the number is too long to be a phone number";
	return NULL;
}

const char *cti_sap_ani(const struct cti_call *call, const char **whyp)
{
	const char *why = ani_why(call);

	if (!why)
		return call->fact[CTI_FACT_NUMBER];
	if (whyp)
		*whyp = why;
	return NULL;
}

/* Copies the runs between characters that SAP's XML form cannot carry. */
static int payload_clean(struct cti_buf *clean, const char *text)
{
	cti_buf_reset(clean);
	while (*text) {
		size_t bad = cti_text_illegal(text);
		size_t good = 0;
		int err;

		text += bad;
		while (text[good] && !cti_text_illegal(text + good))
			good++;
		err = cti_buf_add(clean, text, good);
		if (err)
			return err;
		text += good;
	}
	return 0;
}

static void payload_put(struct payload *p, const char *name, const char *text)
{
	/* One odd value must not cost SAP the whole message. */
	if (p->err || !text || !cti_utf8_valid(text, strlen(text), NULL))
		return;
	p->err = payload_clean(&p->clean, text);
	if (p->err || cti_text_blank(cti_buf_text(&p->clean)))
		return;
	cti_jsonw_kstr(&p->w, name, cti_buf_text(&p->clean));
}

static bool payload_starts(const struct payload *p)
{
	return p->post == CTI_SAP_NOTIFY || p->post == CTI_SAP_ACCEPT;
}

static bool call_transferred(const struct cti_call *call)
{
	return call->transferred && call->original_id[0] &&
	       strcmp(call->original_id, call->id) != 0;
}

static const char *payload_event_type(const struct payload *p)
{
	if (!payload_starts(p))
		return "UPDATEACTIVITY";
	if (p->call->direction == CTI_OUTBOUND)
		return "OUTBOUND";
	return call_transferred(p->call) ? "TRANSFER" : "INBOUND";
}

static const char *payload_action(const struct payload *p)
{
	static const char *const actions[] = {
		[CTI_SAP_NOTIFY] = "NOTIFY",
		[CTI_SAP_ACCEPT] = "ACCEPT",
		[CTI_SAP_END] = "END",
		[CTI_SAP_UPDATE] = NULL,
	};

	if (p->post == CTI_SAP_ACCEPT && p->conf->accept_omit)
		return NULL;
	return actions[p->post];
}

/* SAP's own key of a click's activity, where it has the known shape. */
static const char *payload_activity(const struct payload *p)
{
	const char *uuid = p->call->fact[CTI_FACT_ACTIVITY_UUID];

	if (p->call->direction != CTI_OUTBOUND || !uuid || !cti_id_is_hex(uuid))
		return NULL;
	return uuid;
}

static const char *payload_original(const struct payload *p)
{
	const struct cti_call *call = p->call;

	if (call_transferred(call))
		return p->post == CTI_SAP_UPDATE ? NULL : call->original_id;
	if (!payload_starts(p) || p->conf->original_omit)
		return NULL;
	return call->id;
}

static void payload_ids(struct payload *p)
{
	const char *uuid = payload_activity(p);
	bool uuid_only =
		uuid && p->post == CTI_SAP_UPDATE && p->conf->outbound_end;

	payload_put(p, "ActivityUUID", uuid);
	if (!uuid_only)
		payload_put(p, "ExternalReferenceID", p->call->id);
	payload_put(p, "ExternalOriginalReferenceID", payload_original(p));
}

static void payload_facts(struct payload *p, unsigned long changed)
{
	size_t n = sizeof(payload_fields) / sizeof(payload_fields[0]);

	for (size_t i = 0; i < n; i++) {
		const struct payload_field *field = &payload_fields[i];
		bool wanted = p->post != CTI_SAP_UPDATE ||
			      (changed >> field->fact & 1) != 0;

		if (wanted && (field->posts >> p->post & 1))
			payload_put(p, field->name, p->call->fact[field->fact]);
	}
}

static void payload_write(struct payload *p, unsigned long changed)
{
	cti_jsonw_obj(&p->w);
	payload_put(p, "Type", "CALL");
	payload_put(p, "EventType", payload_event_type(p));
	payload_put(p, "Action", payload_action(p));
	if (p->post != CTI_SAP_UPDATE)
		payload_put(p, "ANI", cti_sap_ani(p->call, NULL));
	payload_ids(p);
	payload_facts(p, changed);
	cti_jsonw_obj_end(&p->w);
}

int cti_sap_payload(struct cti_buf *out, const struct cti_sap_conf *conf,
		    const struct cti_call *call, enum cti_sap_post post,
		    unsigned long changed)
{
	struct payload p = {.conf = conf, .call = call, .post = post};
	int err;

	assert(post != CTI_SAP_NOTHING);
	cti_buf_init(&p.clean, CTI_JSON_WIRE_MAX);
	err = cti_jsonw_init(&p.w, out);
	if (err)
		goto out;
	payload_write(&p, changed);
	err = cti_jsonw_fini(&p.w);
	if (!err)
		err = p.err;
out:
	cti_buf_fini(&p.clean);
	return err;
}
