/* SPDX-License-Identifier: Apache-2.0 */
/* api/routes.c - the route table: method, path, who may, what does it */
#include "api/priv.h"

/* The first row that fits counts, so `{action}` and `{asset}` stand behind
 * the paths they would take, too. */
static const struct cti_route routes[] = {
	{"GET", "/", CTI_ROUTE_DOCUMENT, get_widget, false},
	{"GET", "/host.html", CTI_ROUTE_DOCUMENT, get_host_page, false},
	{"GET", "/pair", CTI_ROUTE_DOCUMENT, get_pair_page, false},
	{"GET", "/console.html", CTI_ROUTE_DOCUMENT, get_console, false},
	{"GET", "/docs/", CTI_ROUTE_DOCUMENT, get_docs, false},
	{"GET", "/docs/{page}", CTI_ROUTE_DOCUMENT, get_docs_page, false},
	{"GET", "/healthz", CTI_ROUTE_OPEN, get_healthz, false},
	{"GET", "/readyz", CTI_ROUTE_OPEN, get_readyz, false},
	{"GET", "/metrics", CTI_ROUTE_MACHINE, get_metrics, false},
	{"GET", "/version", CTI_ROUTE_OPEN, get_version, false},
	{"GET", "/openapi.json", CTI_ROUTE_OPEN, get_openapi, false},
	{"GET", "/api/v1/token", CTI_ROUTE_TOKEN, get_token, false},
	{"GET", "/api/v1/status", CTI_ROUTE_API, get_status, false},
	{"GET", "/api/v1/doctor", CTI_ROUTE_API, get_doctor, false},
	{"GET", "/api/v1/pairings", CTI_ROUTE_API, get_pairings, false},
	{"POST", "/api/v1/pairings", CTI_ROUTE_API, post_pairings, false},
	{"DELETE", "/api/v1/pairings", CTI_ROUTE_API, delete_pairing, false},
	{"POST", "/api/v1/calls", CTI_ROUTE_API, post_calls, false},
	{"GET", "/api/v1/calls", CTI_ROUTE_API, get_calls, false},
	{"GET", "/api/v1/calls/{id}", CTI_ROUTE_API, get_call, false},
	{"PATCH", "/api/v1/calls/{id}", CTI_ROUTE_API, patch_call, false},
	{"DELETE", "/api/v1/calls/{id}", CTI_ROUTE_API, delete_call, false},
	{"GET", "/api/v1/calls/{id}/timeline", CTI_ROUTE_API, get_timeline,
	 false},
	{"POST", "/api/v1/calls/{id}/redial", CTI_ROUTE_API, post_redial,
	 false},
	{"POST", "/api/v1/calls/{id}/{action}", CTI_ROUTE_API, post_action,
	 false},
	{"GET", "/api/v1/events", CTI_ROUTE_API, get_events, false},
	{"POST", "/api/v1/events/{id}/claim", CTI_ROUTE_API, post_claim, false},
	{"POST", "/api/v1/events/{id}/ack", CTI_ROUTE_API, post_ack, false},
	{"POST", "/api/v1/inbound", CTI_ROUTE_API, post_inbound, false},
	{"POST", "/api/v1/simulator/calls", CTI_ROUTE_API, post_simulator,
	 false},
	{"GET", "/api/v1/numbers/explain", CTI_ROUTE_API, get_explain, false},
	{"POST", "/api/v1/lint", CTI_ROUTE_API, post_lint, true},
	{"GET", "/cti", CTI_ROUTE_MACHINE, any_cti, false},
	{"POST", "/cti", CTI_ROUTE_MACHINE, any_cti, false},
	{"GET", "/cti/", CTI_ROUTE_MACHINE, any_cti, false},
	{"POST", "/cti/", CTI_ROUTE_MACHINE, any_cti, false},
	{"GET", "/cti/{connection}", CTI_ROUTE_MACHINE, any_cti_agent, false},
	{"POST", "/cti/{connection}", CTI_ROUTE_MACHINE, any_cti_agent, false},
	{"GET", "/cti/{connection}/", CTI_ROUTE_MACHINE, any_cti_agent, false},
	{"POST", "/cti/{connection}/", CTI_ROUTE_MACHINE, any_cti_agent, false},
	{"GET", "/{asset}", CTI_ROUTE_ASSET, get_asset, false},
	{"GET", "/{folder}/{asset}", CTI_ROUTE_ASSET, get_folder_asset, false},
};

const struct cti_route *cti_api_routes(size_t *np)
{
	*np = sizeof(routes) / sizeof(routes[0]);
	return routes;
}
