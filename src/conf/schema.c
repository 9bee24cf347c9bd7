/* SPDX-License-Identifier: Apache-2.0 */
/* conf/schema.c - every key: type, default, range and its sentence */
#include "conf/schema.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define TEXT(longest) .type = CTI_KEY_TEXT, .min = 0, .max = (longest)
#define TEXT_SOME(longest) .type = CTI_KEY_TEXT, .min = 1, .max = (longest)
#define INT(least, most) .type = CTI_KEY_INT, .min = (least), .max = (most)
#define WORD(choice) .type = CTI_KEY_WORD, .words = (choice)
#define LIST(least, most) .type = CTI_KEY_LIST, .min = (least), .max = (most)
#define FORM(regex, in_words) .pattern = (regex), .form = (in_words)

/* up to 65535 */
#define PORT                                                                   \
	"([0-9]{1,4}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|"            \
	"655[0-2][0-9]|6553[0-5])"
#define ADDRESS_PORT "^([0-9.]+|\\[[0-9A-Fa-f:.]+\\]):" PORT "$"
#define LOOPBACK_PORT "^((127([.][0-9]{1,3}){3}|\\[::1\\]):" PORT ")?$"
#define HOST_PORT "^([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+\\]):" PORT "$"
#define HOST "^[][A-Za-z0-9._:-]+$"
#define NETWORK "^[0-9A-Fa-f:.]+(/[0-9]{1,3})?$"
#define ORIGIN "^https?://[][A-Za-z0-9._:-]+$"
#define SUFFIX "^[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)+$"
#define DIGITS "^[0-9]*$"
#define PREFIX "^[+]?[0-9]+$"
#define WAY_OUT "^([+]|[0-9]*)$"
#define CODE "^[0-9*#]+$"
#define REGION "^([A-Z][A-Z])?$"
#define COUNTRY "^([A-Z][A-Z]|[+]?[1-9][0-9]{0,2})$"
#define DOMAIN "^[][A-Za-z0-9._:-]*$"
#define NAME "^[A-Za-z0-9_.@-]*$"
#define VARIABLE "^[A-Za-z0-9_.():-]*$"

enum {
	PATH_MAX_BYTES = 1024,
	TEXT_MAX_BYTES = 255,
	DAY_S = 86400,
};

static const struct cti_key schema_keys[] = {
	{"http", "listen", "127.0.0.1:22550,[::1]:22550", LIST(1, 8),
	 FORM(ADDRESS_PORT, "ADDRESS:PORT, as in 127.0.0.1:22550"),
	 .help = "Addresses and ports patchcord listens on; port 0 takes a "
		 "free one."},
	{"http", "exposure", "loopback", WORD("loopback|container|network"),
	 .help = "Who can reach it: this machine alone, a container's host, or "
		 "the network behind a TLS proxy."},
	{"http", "allowed_hosts", "", LIST(0, 32), FORM(HOST, "a host name"),
	 .help = "Names a request's Host header may carry besides localhost, "
		 "127.0.0.1 and [::1]."},
	{"http", "allowed_peers", "", LIST(0, 32),
	 FORM(NETWORK, "an address or ADDRESS/BITS"),
	 .help = "Addresses that may connect besides loopback: to a container, "
		 "its gateway aside; in a network, all when this is empty."},
	{"http", "public_origins", "", LIST(0, 16),
	 FORM(ORIGIN, "an origin, as in https://cti.example.com"),
	 .help = "Origins patchcord itself is published under by a TLS proxy."},
	{"http", "api_key_file", "", TEXT(PATH_MAX_BYTES),
	 .help = "File with the bearer key of programs; empty is a file beside "
		 "the store, made when missing."},
	{"http", "tls_cert_file", "", TEXT(PATH_MAX_BYTES),
	 .help = "PEM file with the certificate chain; set together with "
		 "tls_key_file it turns on https."},
	{"http", "tls_key_file", "", TEXT(PATH_MAX_BYTES),
	 .help = "PEM file with the private key of the certificate."},
	{"http", "peer_check", "same-user", WORD("same-user|off"),
	 .help = "Whether a connection must come from a process of the same "
		 "user."},
	{"http", "max_body", "8192", INT(1024, 65536),
	 .help = "Largest request body, in bytes."},
	{"http", "max_connections", "256", INT(8, 4096),
	 .help = "Most connections at one time."},
	{"http", "legacy_listen", "", TEXT(64),
	 FORM(LOOPBACK_PORT, "a loopback address, as in 127.0.0.1:36729"),
	 .help = "Where programs report calls as to SAP's client adapter "
		 "(127.0.0.1:36729); empty is nowhere."},
	{"http", "host_page", "auto", WORD("auto|on|off"),
	 .help = "Whether /host.html, the stand-in for SAP's page, is served; "
		 "auto: with the simulator only."},

	{"sap", "origins", "", LIST(0, 16),
	 FORM(ORIGIN, "an origin, as in https://my300000.crm.ondemand.com"),
	 .help = "Origins of the SAP pages that may frame the widget, every "
		 "ancestor of it."},
	{"sap", "pair_suffixes", "crm.ondemand.com,crm.cloud.sap", LIST(0, 16),
	 FORM(SUFFIX, "a domain, as in crm.ondemand.com"),
	 .help = "Domains whose hosts may be allowed with one click on /pair."},
	{"sap", "encoding", "json", WORD("json|xml"),
	 .help = "How the widget writes what it posts to SAP."},
	{"sap", "accept_action", "send", WORD("send|omit"),
	 .help = "Whether the message of an answered call carries Action "
		 "ACCEPT."},
	{"sap", "missed", "end", WORD("end|silent"),
	 .help = "Whether SAP hears of the end of a call nobody answered."},
	{"sap", "original_id", "same", WORD("same|omit"),
	 .help = "Whether ExternalOriginalReferenceID is sent when it equals "
		 "ExternalReferenceID."},
	{"sap", "outbound", "none", WORD("none|end|full"),
	 .help = "What SAP hears of a clicked call: nothing, its end, or its "
		 "answer and its end."},
	{"sap", "late_s", "600", INT(10, DAY_S),
	 .help = "Seconds after a call's end until its ACCEPT is too late to "
		 "be posted."},
	{"sap", "communication_system", "", TEXT(TEXT_MAX_BYTES),
	 .help = "ID of the communication system SAP knows this server by, "
		 "shown where SAP asks for it."},

	{"sap_fields", "Custom_1", "", TEXT(128), FORM(VARIABLE, "a name"),
	 .help = "Variable of the switch whose value becomes SAP's Custom_1."},
	{"sap_fields", "Custom_2", "", TEXT(128), FORM(VARIABLE, "a name"),
	 .help = "Variable of the switch whose value becomes SAP's Custom_2."},
	{"sap_fields", "Custom_3", "", TEXT(128), FORM(VARIABLE, "a name"),
	 .help = "Variable of the switch whose value becomes SAP's Custom_3."},
	{"sap_fields", "Custom_4", "", TEXT(128), FORM(VARIABLE, "a name"),
	 .help = "Variable of the switch whose value becomes SAP's Custom_4."},
	{"sap_fields", "TicketID", "", TEXT(128), FORM(VARIABLE, "a name"),
	 .help = "Variable of the switch whose value becomes SAP's TicketID."},
	{"sap_fields", "BP", "", TEXT(128), FORM(VARIABLE, "a name"),
	 .help = "Variable of the switch whose value becomes SAP's BP."},
	{"sap_fields", "Serial", "", TEXT(128), FORM(VARIABLE, "a name"),
	 .help = "Variable of the switch whose value becomes SAP's Serial."},

	{"number", "region", "", TEXT(2),
	 FORM(REGION, "two capital letters, as in DE"),
	 .help = "Country (ISO 3166) whose national numbers are understood; "
		 "empty understands only + and 00."},

	{"dial", "international_prefix", "00", TEXT(8),
	 FORM(WAY_OUT, "digits, a single +, or nothing"),
	 .help = "What the switch wants before a country code."},
	{"dial", "outside_line", "", TEXT(8), FORM(DIGITS, "digits"),
	 .help = "Digits the switch wants before every outside number."},
	{"dial", "own_country", "international", WORD("national|international"),
	 .help = "How numbers of the own region are dialed."},
	{"dial", "extension_digits", "4", INT(0, 8),
	 .help = "Longest internal extension, in digits; 0 dials none."},
	{"dial", "countries", "", LIST(0, 64),
	 FORM(COUNTRY, "two capital letters, as in DE, or a calling code"),
	 .help = "Countries (ISO 3166 or calling code) that may be dialed; "
		 "empty allows all."},
	{"dial", "premium", "", LIST(0, 256),
	 FORM(PREFIX, "digits, or + and digits"),
	 .help = "Prefixes refused as premium besides the built-in ones."},
	{"dial", "emergency", "", LIST(0, 64), FORM(DIGITS, "digits"),
	 .help = "Numbers refused as emergency numbers besides the built-in "
		 "ones."},
	{"dial", "feature_codes", "", LIST(0, 64),
	 FORM(CODE, "digits, * and #"),
	 .help = "Codes with * and # that may be dialed, each in full."},
	{"dial", "merge_s", "3", INT(0, 60),
	 .help = "Seconds in which a second click on the same number is the "
		 "same call; 0 turns it off."},
	{"dial", "per_minute", "10", INT(0, 1000),
	 .help = "Most dials of one agent in a minute; 0 is no limit."},
	{"dial", "per_hour", "200", INT(0, 10000),
	 .help = "Most dials of one agent in an hour; 0 is no limit."},
	{"dial", "concurrent", "1", INT(0, 100),
	 .help = "Most calls of one agent in set-up at one time; 0 is no "
		 "limit."},
	{"dial", "refusals", "20", INT(0, 1000),
	 .help = "Refused dials of one agent in a minute after which his dials "
		 "pause; 0 is no limit."},
	{"dial", "pause_s", "60", INT(1, 3600),
	 .help = "Seconds an agent's dials pause after too many refusals."},
	{"dial", "ring_timeout_s", "60", INT(5, 600),
	 .help = "Seconds a dialed call may ring before it is given up."},

	{"store", "path", "", TEXT(PATH_MAX_BYTES),
	 .help = "Database file; empty is patchcord/patchcord.db in the "
		 "user's state directory."},
	{"store", "sync", "full", WORD("full|normal"),
	 .help = "Whether an acknowledgement survives a power loss, or only "
		 "the end of the process."},
	{"store", "keep_days", "90", INT(0, 3650),
	 .help = "Days calls are kept; 0 keeps them for ever."},

	{"log", "level", "info", WORD("error|warn|info|debug"),
	 .help = "Least urgent lines that are logged."},
	{"log", "format", "logfmt", WORD("logfmt|json"),
	 .help = "Form of a log line."},
	{"log", "numbers", "masked", WORD("masked|full"),
	 .help = "Whether logs show phone numbers in full."},

	{"agent", "device", "", TEXT(TEXT_MAX_BYTES),
	 .help = "The agent's phone as the switch names it; the section's "
		 "title is the user in SAP."},

	{"telephony", "driver", "simulator", TEXT_SOME(32),
	 FORM(NAME, "a driver's name"),
	 .help = "Driver of the telephone system: simulator, baresip, "
		 "asterisk or freeswitch."},
	{"telephony", "instance", "", TEXT(64),
	 FORM(NAME, "letters, digits and . _ @ -"),
	 .help = "Name of the telephone system that call ids are computed "
		 "from; empty is this host's name."},
	{"telephony", "reconnect_min_ms", "500", INT(10, 60000),
	 .help = "Milliseconds before the first attempt to reconnect."},
	{"telephony", "reconnect_max_ms", "30000", INT(10, 600000),
	 .help = "Longest pause between attempts to reconnect, in "
		 "milliseconds."},

	{"push", "ring_s", "180", INT(5, 3600),
	 .help = "Seconds after which a call reported over HTTP that nobody "
		 "answered is taken as ended."},
	{"push", "max_s", "14400", INT(60, 7 * DAY_S),
	 .help = "Seconds after which a call reported over HTTP is taken as "
		 "ended."},

	{"simulator", "ring_ms", "1000", INT(0, 600000),
	 .help = "Milliseconds a simulated call rings until it is answered."},
	{"simulator", "talk_ms", "30000", INT(0, DAY_S * 1000),
	 .help = "Milliseconds until the simulated far end hangs up; 0 never "
		 "does."},

	{"baresip", "control", "127.0.0.1:4444", TEXT_SOME(TEXT_MAX_BYTES),
	 FORM(HOST_PORT, "HOST:PORT"),
	 .help = "Where baresip's ctrl_tcp module listens."},
	{"baresip", "account", "", TEXT(TEXT_MAX_BYTES),
	 .help = "Account (address of record) calls are made with; empty is "
		 "baresip's current one."},
	{"baresip", "domain", "", TEXT(TEXT_MAX_BYTES),
	 FORM(DOMAIN, "a domain, or DOMAIN:PORT"),
	 .help = "SIP domain dialed numbers are put in; empty is that of the "
		 "account."},

	{"asterisk", "host", "127.0.0.1", TEXT_SOME(TEXT_MAX_BYTES),
	 FORM(HOST, "a host name or address"),
	 .help = "Host of Asterisk's manager interface."},
	{"asterisk", "port", "5038", INT(1, 65535),
	 .help = "Port of Asterisk's manager interface."},
	{"asterisk", "username", "", TEXT(64),
	 .help = "Manager user of manager.conf."},
	{"asterisk", "secret_file", "", TEXT(PATH_MAX_BYTES),
	 .help = "File with the manager user's secret."},
	{"asterisk", "context", "from-internal", TEXT_SOME(80),
	 FORM(NAME, "a context"),
	 .help = "Dialplan context dialed numbers go to."},
	{"asterisk", "caller_id", "", TEXT(128),
	 .help = "Caller id shown to the far end; empty leaves it to the "
		 "switch."},
	{"asterisk", "auto_answer", "", LIST(0, 8),
	 .help = "Variables with the headers that make the agent's own phone "
		 "answer a dial by itself."},
	{"asterisk", "ping_s", "15", INT(1, 300),
	 .help = "Seconds between two pings of the manager interface."},

	{"freeswitch", "host", "127.0.0.1", TEXT_SOME(TEXT_MAX_BYTES),
	 FORM(HOST, "a host name or address"),
	 .help = "Host of FreeSWITCH's event socket."},
	{"freeswitch", "port", "8021", INT(1, 65535),
	 .help = "Port of FreeSWITCH's event socket."},
	{"freeswitch", "secret_file", "", TEXT(PATH_MAX_BYTES),
	 .help = "File with the event socket's password."},
	{"freeswitch", "context", "default", TEXT_SOME(80),
	 FORM(NAME, "a context"),
	 .help = "Dialplan context dialed numbers go to."},
	{"freeswitch", "domain", "", TEXT(TEXT_MAX_BYTES),
	 FORM(DOMAIN, "a domain, or DOMAIN:PORT"),
	 .help = "Domain of the agents' users; empty is the switch's default "
		 "one."},
	{"freeswitch", "auto_answer", "", LIST(0, 8),
	 .help = "Variables (NAME=VALUE) that make the agent's own phone "
		 "answer a dial by itself."},
	{"freeswitch", "ping_s", "15", INT(1, 20),
	 .help = "Seconds between two looks whether FreeSWITCH is still "
		 "there."},
};

enum {
	SCHEMA_COUNT = sizeof(schema_keys) / sizeof(schema_keys[0]),
};

const struct cti_key *cti_schema_keys(size_t *countp)
{
	*countp = SCHEMA_COUNT;
	return schema_keys;
}

const struct cti_key *cti_schema_find_in(const char *section, const char *name)
{
	for (size_t i = 0; i < SCHEMA_COUNT; i++) {
		const struct cti_key *key = &schema_keys[i];

		if (!strcmp(key->section, section) && !strcmp(key->name, name))
			return key;
	}
	return NULL;
}

const struct cti_key *cti_schema_find(const char *dotted)
{
	const char *dot = strchr(dotted, '.');
	size_t len = dot ? (size_t)(dot - dotted) : 0;

	for (size_t i = 0; dot && i < SCHEMA_COUNT; i++) {
		const struct cti_key *key = &schema_keys[i];

		if (!strcmp(key->name, dot + 1) &&
		    !strncmp(key->section, dotted, len) && !key->section[len])
			return key;
	}
	return NULL;
}

size_t cti_schema_index(const struct cti_key *key)
{
	return (size_t)(key - schema_keys);
}

bool cti_schema_has_section(const char *section)
{
	for (size_t i = 0; i < SCHEMA_COUNT; i++) {
		if (!strcmp(schema_keys[i].section, section))
			return true;
	}
	return false;
}

bool cti_schema_titled(const struct cti_key *key)
{
	return !strcmp(key->section, "agent");
}

void cti_schema_dotted(char *out, const struct cti_key *key)
{
	(void)snprintf(out, CTI_KEY_SIZE, "%s.%s", key->section,
		       key->name); /* all fit: unit tested */
}

void cti_schema_env(char *out, const struct cti_key *key)
{
	(void)snprintf(out, CTI_KEY_SIZE, "PATCHCORD_%s_%s", key->section,
		       key->name); /* all fit: unit tested */
	for (char *c = out; *c; c++)
		*c = (char)toupper((unsigned char)*c);
}

static void range_number(char *out, size_t size, const struct cti_key *key)
{
	(void)snprintf(out, size, "%" PRId64 " to %" PRId64, key->min,
		       key->max); /* for people: cut is fine */
}

static void range_text(char *out, size_t size, const struct cti_key *key)
{
	(void)snprintf(out, size, "%s, up to %" PRId64 " bytes",
		       key->form ? key->form : "text", key->max); /* same */
}

static void range_list(char *out, size_t size, const struct cti_key *key)
{
	(void)snprintf(out, size, "list of %" PRId64 " to %" PRId64 ", each %s",
		       key->min, key->max,
		       key->form ? key->form : "text"); /* same */
}

static void range_word(char *out, size_t size, const struct cti_key *key)
{
	(void)snprintf(out, size, "%s", key->words); /* same */
}

static void range_bool(char *out, size_t size, const struct cti_key *key)
{
	(void)key;				 /* every truth is the same */
	(void)snprintf(out, size, "true|false"); /* same */
}

void cti_schema_range(char *out, size_t size, const struct cti_key *key)
{
	static void (*const write[])(char *, size_t, const struct cti_key *) = {
		[CTI_KEY_TEXT] = range_text, [CTI_KEY_INT] = range_number,
		[CTI_KEY_BOOL] = range_bool, [CTI_KEY_WORD] = range_word,
		[CTI_KEY_LIST] = range_list,
	};

	write[key->type](out, size, key);
}
