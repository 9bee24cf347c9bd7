/* SPDX-License-Identifier: Apache-2.0 */
/* base/problem.c - the one table of all refusals */
#include <stddef.h>

#include "cti/err.h"

static const struct cti_problem problems[CTI_ERR_MAX] = {
	[CTI_OK] = {"internal", 500, "Internal error",
		    "Try again; if it stays, look into the relay's log."},
	[CTI_ERR_BAD_JSON] = {"bad_json", 400, "Not valid JSON",
			      "Send one JSON object in strict UTF-8, without "
			      "repeated keys and at most 8 levels deep."},
	[CTI_ERR_BAD_REQUEST] = {"bad_request", 400, "Bad request",
				 "Correct the field or parameter that the "
				 "detail names; /openapi.json lists what is "
				 "allowed."},
	[CTI_ERR_AGENT_REQUIRED] = {"agent_required", 400, "Which agent?",
				    "Say whose call it is: LoggedInUserID in "
				    "the payload, or ?agent=ID in the URL."},
	[CTI_ERR_TOKEN_MISSING] = {"token_missing", 401, "Token missing",
				   "Reload the page: it fetches the token and "
				   "sends it as X-CTI-Token."},
	[CTI_ERR_TOKEN_STALE] = {"token_stale", 401, "Token out of date",
				 "Reload the page: the relay was restarted and "
				 "has a new token."},
	[CTI_ERR_KEY_MISSING] = {"key_missing", 401, "Key missing",
				 "Send 'Authorization: Bearer KEY' with the "
				 "key from the file http.api_key_file."},
	[CTI_ERR_REFUSED] = {"refused", 403, "Refused",
			     "Use an address from http.listen or add the name "
			     "to http.allowed_hosts; browsers must come from "
			     "the relay's own pages."},
	[CTI_ERR_NUMBER_BLOCKED] = {"number_blocked", 403, "Number blocked",
				    "Dial it on the phone itself, or have "
				    "dial.countries, dial.premium or "
				    "dial.emergency changed."},
	[CTI_ERR_AGENT_UNKNOWN] = {"agent_unknown", 403, "Unknown agent",
				   "Add a section agent \"ID\" with the "
				   "agent's device to the configuration, or "
				   "correct the ID."},
	[CTI_ERR_ORIGIN_BLOCKED] = {"origin_blocked", 403,
				    "This page cannot be allowed with a click",
				    "Add its origin to sap.origins, or its "
				    "domain to sap.pair_suffixes, and restart "
				    "the relay."},
	[CTI_ERR_NOT_FOUND] = {"not_found", 404, "No such path",
			       "Check the path and its spelling against "
			       "/openapi.json."},
	[CTI_ERR_CALL_NOT_FOUND] = {"call_not_found", 404, "No such call",
				    "Take the id from GET /api/v1/calls; calls "
				    "older than store.keep_days are gone."},
	[CTI_ERR_EVENT_NOT_FOUND] = {"event_not_found", 404, "No such event",
				     "Take the id from GET /api/v1/events; old "
				     "events are gone."},
	[CTI_ERR_PAIRING_NOT_FOUND] = {"pairing_not_found", 404,
				       "No such paired page",
				       "Take the origin from GET "
				       "/api/v1/pairings; what sap.origins "
				       "lists is changed in the "
				       "configuration."},
	[CTI_ERR_BAD_METHOD] = {"bad_method", 405, "Method not allowed",
				"Use one of the methods in the Allow header."},
	[CTI_ERR_AGENT_BUSY] = {"agent_busy", 409, "Agent is calling already",
				"Wait until the call in set-up is answered or "
				"hang it up, then dial again."},
	[CTI_ERR_WRONG_STATE] = {"wrong_state", 409, "Not possible now",
				 "Read the call again and use one of the "
				 "actions in its 'controls'."},
	[CTI_ERR_REF_REUSED] = {"ref_reused", 409, "Reference used before",
				"Report each new call with a ref of its own; "
				"the call of this one has ended."},
	[CTI_ERR_PAIRINGS_FULL] = {"pairings_full", 409,
				   "Too many paired pages",
				   "Remove in the console the pages "
				   "that are no longer used, or list the "
				   "origins in sap.origins."},
	[CTI_ERR_CLAIM_HELD] = {"claim_held", 409, "Claimed by another tab",
				"Claim again after Retry-After seconds, unless "
				"an ack came in between."},
	[CTI_ERR_CLAIM_DONE] = {"claim_done", 409, "Posted already",
				"Nothing to do: another tab has posted this "
				"payload to SAP."},
	[CTI_ERR_CLAIM_ORDER] = {"claim_order", 409, "Not its turn yet",
				 "Post and ack the earlier payloads of the "
				 "same call first."},
	[CTI_ERR_CLAIM_STALE] = {"claim_stale", 410, "No longer useful",
				 "Drop the payload: the moment it was made for "
				 "has passed."},
	[CTI_ERR_BODY_TOO_LARGE] = {"body_too_large", 413, "Body too large",
				    "Send a smaller body, or raise "
				    "http.max_body."},
	[CTI_ERR_NOT_JSON] = {"not_json", 415, "Wrong content type",
			      "Send the body as 'Content-Type: "
			      "application/json'."},
	[CTI_ERR_BAD_NUMBER] = {"bad_number", 422, "Not a phone number",
				"Correct the number, in the CRM or as the "
				"transfer's target: digits with one leading +, "
				"or as it is dialed; GET "
				"/api/v1/numbers/explain shows each step."},
	[CTI_ERR_BAD_ORIGIN] = {"bad_origin", 422, "Not an origin",
				"Send it as the browser says it, in lower case "
				"and without a path, as in "
				"https://my300000.crm.ondemand.com."},
	[CTI_ERR_REGION_MISSING] = {"region_missing", 422,
				    "Country of the number unknown",
				    "Write the number with + and country code, "
				    "or set number.region, e.g. to DE."},
	[CTI_ERR_KEY_REUSED] = {"key_reused", 422, "Idempotency-Key reused",
				"Use a new Idempotency-Key for a request with "
				"another body."},
	[CTI_ERR_RATE_LIMITED] = {"rate_limited", 429, "Too many",
				  "Wait the seconds in Retry-After; "
				  "dial.per_minute and dial.per_hour are the "
				  "limits of dials."},
	[CTI_ERR_DIALS_PAUSED] = {"dials_paused", 429, "Dialing pauses",
				  "Wait the seconds in Retry-After, then dial "
				  "a number that is allowed; dial.refusals and "
				  "dial.pause_s set this."},
	[CTI_ERR_INTERNAL] = {"internal", 500, "Internal error",
			      "Try again; if it stays, look into the relay's "
			      "log."},
	[CTI_ERR_NOT_SUPPORTED] = {"not_supported", 501,
				   "The switch cannot do this",
				   "Do it on the phone itself; the actions a "
				   "call offers are in its 'controls'."},
	[CTI_ERR_SWITCH_DOWN] = {"switch_down", 503, "Switch not connected",
				 "Try again once GET /api/v1/status shows the "
				 "link up; its 'why' says what is wrong."},
	[CTI_ERR_DIAL_FAILED] = {"dial_failed", 503, "The switch refused",
				 "Try again; if it stays, check the agent's "
				 "device and the rights of the relay at the "
				 "switch."},
	[CTI_ERR_STORE_FULL] = {"store_full", 503,
				"The store cannot be written",
				"Free disk space or make store.path writable; "
				"dialing works again by itself then."},
	[CTI_ERR_STOPPING] = {"stopping", 503, "The relay is stopping",
			      "Try again in a few seconds, when it has "
			      "restarted."},
	[CTI_ERR_BUSY] = {"busy", 503, "Too many connections",
			  "Close pages that are not needed, or raise "
			  "http.max_connections."},
};

const struct cti_problem *cti_problem_find(enum cti_code code)
{
	/* through int, because an enum from outside may hold anything */
	int i = (int)code;

	if (i <= CTI_OK || i >= CTI_ERR_MAX)
		i = CTI_ERR_INTERNAL;
	return &problems[i];
}
