/* SPDX-License-Identifier: Apache-2.0 */
/* api/compat_sap.c - a report in SAP's words: EventType, Action, ANI … */
#include <errno.h>
#include <string.h>

#include "api/compat.h"
#include "cti/id.h"
#include "cti/log.h"

/* Texts, and where they go. SerialNo is the client adapter's spelling. */
static const struct {
	const char *name;
	enum cti_fact fact;
	bool late; /* only what is learned late has it (KBA 2803384) */
} texts[] = {
	{"DNIS", CTI_FACT_DNIS, false},
	{"BP", CTI_FACT_BP, false},
	{"TicketID", CTI_FACT_TICKET, false},
	{"SerialNo", CTI_FACT_SERIAL, false},
	{"Serial", CTI_FACT_SERIAL, false},
	{"Custom_1", CTI_FACT_CUSTOM_1, false},
	{"Custom_2", CTI_FACT_CUSTOM_2, false},
	{"Custom_3", CTI_FACT_CUSTOM_3, false},
	{"Custom_4", CTI_FACT_CUSTOM_4, false},
	{"Subject", CTI_FACT_SUBJECT, true},
	{"Text", CTI_FACT_TEXT, true},
	{"RecordingId", CTI_FACT_RECORDING_ID, true},
};

static const char *const others[] = {
	"Type",		"EventType",
	"Action",	"ANI",
	"CID",		"ExternalReferenceID",
	"ActivityUUID", "ExternalOriginalReferenceID",
	"connectionId", "payload",
};

bool sap_knows(const char *name)
{
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (strcmp(texts[i].name, name) == 0)
			return true;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (strcmp(others[i], name) == 0)
			return true;
	return false;
}

/* What SAP would make of the two words; absent Action means accept. */
static const struct {
	const char *type;   /* NULL: any, or none */
	const char *action; /* NULL: none */
	enum cti_push_event event;
} steps[] = {
	{"UPDATEACTIVITY", NULL, CTI_PUSH_FACTS},
	{NULL, "NOTIFY", CTI_PUSH_RINGING},
	{NULL, "ACCEPT", CTI_PUSH_ANSWERED},
	{NULL, "END", CTI_PUSH_ENDED},
	{NULL, NULL, CTI_PUSH_ANSWERED},
};

static bool same(const char *word, const char *said)
{
	return word && said ? strcmp(word, said) == 0 : word == said;
}

static int read_step(struct report *report, const struct told *told,
		     struct cti_err *err)
{
	const char *type = told_raw(told, "EventType");
	const char *action = told_raw(told, "Action");

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		if ((!steps[i].type || same(steps[i].type, type)) &&
		    same(steps[i].action, action)) {
			report->push.event = steps[i].event;
			return 0;
		}
	return cti_err_set(err, EINVAL, CTI_ERR_BAD_REQUEST,
			   "The field \"Action\" must be NOTIFY, ACCEPT or "
			   "END, or be left out.");
}

/* Chats are none of a telephone's, and what the agent dials is not reported:
 * SAP made that activity itself. */
static int read_kind(struct report *report, const struct told *told,
		     struct cti_err *err)
{
	const char *kind = told_raw(told, "Type");
	const char *type = told_raw(told, "EventType");

	if (kind && strcmp(kind, "CALL") != 0)
		return cti_err_set(err, EINVAL, CTI_ERR_BAD_REQUEST,
				   "The field \"Type\" is %.20s; only CALL is "
				   "a call.",
				   kind);
	report->ignored = same("OUTBOUND", type) ||
			  (told_raw(told, "ActivityUUID") &&
			   !told_raw(told, "ExternalReferenceID"));
	if (report->ignored)
		log_info("cti: an outbound call is reported; SAP knows it");
	return 0;
}

/* Another shape than SAP takes is still a name, so later reports find it. */
static int read_ids(struct report *report, const struct told *told,
		    struct cti_err *err)
{
	struct cti_push *push = &report->push;
	const char *first = NULL;
	int rc =
		told_text(report, told, &push->ref, "ExternalReferenceID", err);

	if (!rc)
		rc = told_text(report, told, &first,
			       "ExternalOriginalReferenceID", err);
	if (rc)
		return rc;
	if (push->ref && cti_id_valid(push->ref))
		push->id = push->ref;
	else if (push->ref)
		log_warn("cti: ExternalReferenceID \"%.64s\" is none that SAP "
			 "takes (KBA 3481409); one is made",
			 push->ref);
	if (!first || (push->ref && strcmp(first, push->ref) == 0))
		return 0;
	if (cti_id_valid(first))
		push->original_id = first;
	else
		push->transfer_of = first;
	return 0;
}

int sap_report(struct report *report, const struct told *told,
	       struct cti_err *err)
{
	struct cti_push *push = &report->push;
	int rc = read_kind(report, told, err);

	if (rc || report->ignored)
		return rc;
	rc = read_step(report, told, err);
	if (!rc)
		rc = read_ids(report, told, err);
	if (!rc)
		rc = told_number(report, told, &push->from, "ANI", err);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]) && !rc; i++)
		if (!texts[i].late || push->event == CTI_PUSH_FACTS)
			rc = told_text(report, told, &push->fact[texts[i].fact],
				       texts[i].name, err);
	return rc;
}
